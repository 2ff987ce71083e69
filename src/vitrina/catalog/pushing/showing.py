"""How a pushed card is shown: field by field, what stands there and what is to, with what was said of each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from vitrina.catalog.limit_words import field_words
from vitrina.catalog.listing import Remark
from vitrina.catalog.pushing.deciding import differing
from vitrina.catalog.pushing.models import Push, PushState
from vitrina.catalog.pushing.planning import CHANGED
from vitrina.catalog.showing_preview import sentence
from vitrina.channels.cards import DESCRIPTION, PICTURES, TITLE, WHOLE, attribute_of
from vitrina.lib.differences import shown
from vitrina.lib.html import to_text


@dataclass(frozen=True)
class FieldShown:
    """`words`: what it changes, as HTML. `said`: the marketplace's own words about it."""

    name: str
    words: SafeString | str
    said: tuple[str, ...]
    changes: bool


@dataclass(frozen=True)
class CardShown:
    row: Push
    fields: tuple[FieldShown, ...]
    reasons: tuple[str, ...]  # why it is held back
    advice: tuple[str, ...]
    said: tuple[str, ...]  # of the card as a whole
    may_be_overwritten: bool


def card_shown(row: Push) -> CardShown:
    names = {one["id"]: one["name"] for one in row.attributes}
    names |= {attribute_of(one["field"]): one["name"] for one in row.said if one.get("name")}
    said: dict[str, list[str]] = {}
    for one in row.said:
        said.setdefault(one["field"], []).append(one["words"])
    changed = set(differing(row.wanted, row.before)) if row.before is not None else set()
    fields = [
        FieldShown(
            name=field_name(field, names),
            words=_change(field, row),
            said=tuple(said.pop(field, ())),
            changes=field in changed or field == PICTURES,
        )
        for field in row.wanted
        if field in changed or field in said or (field == PICTURES and row.state != PushState.SAME)
    ]
    # What the marketplace says of a field that we don't change still has to be read.
    fields += [
        FieldShown(field_name(field, names), "", tuple(words), changes=False)
        for field, words in said.items()
        if field != WHOLE
    ]
    return CardShown(
        row=row,
        fields=tuple(fields),
        reasons=tuple(_problem(one) for one in row.problems if one["is_hard"]),
        advice=tuple(_problem(one) for one in row.problems if not one["is_hard"]),
        said=tuple(said.get(WHOLE, ())),
        may_be_overwritten=row.state == PushState.HELD
        and any(one["sentence"] == CHANGED for one in row.problems),
    )


def field_name(field: str, names: dict[str, str]) -> str:
    if field in (TITLE, DESCRIPTION, PICTURES):
        return {TITLE: _("Title"), DESCRIPTION: _("Description"), PICTURES: _("Pictures")}[field]
    attribute = attribute_of(field)
    return names.get(attribute) or _("Attribute %(id)s") % {"id": attribute}


def _change(field: str, row: Push) -> SafeString:
    before = (row.before or {}).get(field)
    return shown(_plain(field, before), _plain(field, row.wanted[field]))


def _plain(field: str, value: Any) -> str:
    if field == PICTURES:
        count = len(value or [])
        return ngettext("%(count)s picture", "%(count)s pictures", count) % {"count": count}
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return to_text(str(value or "")) if field == DESCRIPTION else str(value or "")


def _problem(problem: dict[str, Any]) -> str:
    values = dict(problem["values"])
    if "field" in values:
        values["field"] = field_words(values["field"])
    return sentence(Remark(problem["sentence"], values))
