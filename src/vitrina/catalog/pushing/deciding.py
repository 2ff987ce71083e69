"""May our words take the place of what stands there? Pure.

Fields are {"title": "…", "description": "…", "attribute:14177449": ["синий"], "pictures": ["https://…"]}: what is wanted
names those that are ours to change, and nothing else is looked at.

A marketplace shows pictures under addresses of its own: how many there are is all that can be compared, and whether they
are ours only what was brought before can say.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any

from vitrina.channels.cards import DESCRIPTION, PICTURES, TITLE, CardSeen, attribute_field
from vitrina.lib.html import to_text

Fields = Mapping[str, Any]


class Verdict(StrEnum):
    GOES = "goes"
    SAME = "same"  # what is wanted stands there already
    MISSING = "missing"  # there is no such card
    CHANGED = "changed"  # it isn't as it was when it was last known: somebody wrote there meanwhile


def judge(
    wanted: Fields,
    now: Fields | None,
    known: Fields | None,
    *,
    overwrites: bool = False,
    brought: Sequence[str] = (),
) -> Verdict:
    """`now`: as the marketplace shows it, None: it shows none. `known`: as it was when we last looked or wrote; None: we
    never did, and what stands there is nobody's change. `overwrites`: a person saw it and wants ours all the same. `brought`: the
    addresses of the pictures that were last seen to arrive there."""
    if now is None:
        return Verdict.MISSING
    if not differing(wanted, now) and wanted.get(PICTURES, []) == (
        list(brought) if PICTURES in wanted else []
    ):
        return Verdict.SAME
    if known is not None and not overwrites:
        # What reads as wanted by now is nobody's loss, whoever wrote it: an earlier try of ours may have.
        looked_at = {field: known[field] for field in differing(wanted, now) if field in known}
        if differing(looked_at, now):
            return Verdict.CHANGED
    return Verdict.GOES


def differing(wanted: Fields, now: Fields) -> list[str]:
    """The fields of `wanted` that read otherwise in `now`; spaces, mark-up and the order of values don't count."""
    return [field for field, value in wanted.items() if _plain(field, value) != _plain(field, now.get(field))]


def fields_of(seen: CardSeen, wanted: Fields) -> dict[str, Any]:
    """How the wanted fields stand in a card. An attribute that the card doesn't have is an empty list."""
    attributes = {attribute_field(one.id): list(one.values) for one in seen.attributes if one.id}
    stands: dict[str, Any] = {
        TITLE: seen.title,
        DESCRIPTION: seen.description,
        PICTURES: list(seen.image_urls),
    }
    return {field: stands[field] if field in stands else attributes.get(field, []) for field in wanted}


def _plain(field: str, value: Any) -> Any:
    if field in (TITLE, DESCRIPTION):
        text = str(value or "")
        return " ".join((to_text(text) if field == DESCRIPTION else text).split())
    if field == PICTURES:
        return len(_listed(value))
    return sorted(_value(one) for one in _listed(value))


def _listed(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _value(one: Any) -> str:
    """«12,50», 12.5 and «12.5» are one value."""
    text = " ".join(str(one).split()).casefold()
    try:
        return f"{float(text.replace(',', '.')):g}"
    except ValueError:
        return text
