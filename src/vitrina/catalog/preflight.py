"""May this card go to that target? Every limit that it breaks, as words. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from vitrina.catalog.card import Card
from vitrina.catalog.limits import ADVICE, HARD, NOT_CHECKED, Limit, Target
from vitrina.catalog.listing import Remark
from vitrina.catalog.pictures import rules
from vitrina.lib.sentences import gettext_noop

NOT_FINISHED = gettext_noop("there is no finished text in this language")
UNREACHABLE = gettext_noop(
    "pictures that were added by hand and are left out, since marketplaces can't fetch them from this studio: %(count)s. Give files a public address (VITRINA_MEDIA_URL or R2_PUBLIC_URL)."
)
CONTROLS = gettext_noop("%(field)s holds a control character that no file of cards can carry")
REQUIRED = gettext_noop("%(field)s is missing")
TOO_LONG = gettext_noop("%(field)s has %(length)s characters, the limit is %(limit)s")
TOO_SHORT = gettext_noop("%(field)s has %(length)s characters, the least is %(limit)s")
TOO_MANY = gettext_noop("%(field)s: %(count)s of them, the limit is %(limit)s")
TOO_FEW = gettext_noop("%(field)s: %(count)s of them, the least is %(limit)s")
NOT_OPTIMAL = gettext_noop("%(field)s has %(length)s characters, best are %(low)s to %(high)s")
ITEM_TOO_LONG = gettext_noop("%(field)s: «%(item)s…» has %(length)s characters, the limit is %(limit)s")
NOT_ONE_OF = gettext_noop("%(field)s is «%(value)s», allowed are: %(allowed)s")
EMOJI_FOUND = gettext_noop("%(field)s holds an emoji or a fancy sign: %(found)s")
EMAIL_FOUND = gettext_noop("%(field)s holds an e-mail address: %(found)s")
TAG_FOUND = gettext_noop("%(field)s holds the HTML tags %(found)s, allowed are: %(allowed)s")

EMOJI = re.compile(
    "[\U0001f000-\U0001faff\U0001fb00-\U0001fbff\u2600-\u27bf\u2b00-\u2bff\u2190-\u21ff\u231a\u231b\u2328\u23cf\u23e9-\u23fa\u25a0-\u25ff\ufe0f\u20e3\U000e0020-\U000e007f]"
)
EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
TAG = re.compile(r"</?([a-zA-Z][a-zA-Z0-9]*)")
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Problem:
    code: str  # "title.max_chars"
    kind: str  # "hard" or "advice"
    remark: Remark
    source: str = ""

    @property
    def is_hard(self) -> bool:
        return self.kind == HARD


def preflight(card: Card, target: Target, *, format_limits: Sequence[Limit] = ()) -> list[Problem]:
    """`card` in the target's own form (`card.for_target`), since that is what is measured. Empty: it may go."""
    problems = []
    if not card.is_finished:
        problems.append(Problem("text.finished", HARD, Remark(NOT_FINISHED)))
    problems += [
        Problem(f"{field}.controls", HARD, Remark(CONTROLS, {"field": field}))
        for field in (*TEXT_FIELDS, "attributes", "image_urls")
        if _has_control(getattr(card, field))
    ]
    if card.unreachable:
        problems.append(
            Problem("image_urls.unreachable", ADVICE, Remark(UNREACHABLE, {"count": card.unreachable}))
        )
    for limit in target.limits:
        if limit.kind == NOT_CHECKED:
            continue
        remark = CHECKS[limit.limit](limit.field, _value(card, limit.field), limit.value)
        if remark:
            problems.append(Problem(limit.code, limit.kind, remark, limit.source))
    for limit in format_limits:
        if limit.code == "cell.max_chars":
            problems += _long_cells(card, limit)
    return problems


def holds_back(problems: Sequence[Problem]) -> list[Problem]:
    return [problem for problem in problems if problem.is_hard]


def advice(problems: Sequence[Problem]) -> list[Problem]:
    return [problem for problem in problems if problem.kind == ADVICE]


TEXT_FIELDS = (
    "external_id", "title", "description", "short_description", "seo_title", "seo_description", "brand", "currency",
    "supplier", "url", "category", "barcode",
)  # fmt: skip


def _value(card: Card, field: str) -> Any:
    return card.is_available if field == "availability" else getattr(card, field)


def _has_control(value: Any) -> bool:
    if isinstance(value, str):
        return bool(CONTROL.search(value))
    if isinstance(value, tuple):
        return any(map(_has_control, value))
    return any(_has_control(name) or _has_control(said) for name, said in value.items())


def _long_cells(card: Card, limit: Limit) -> list[Problem]:
    """A spreadsheet's cell holds so much and no more; attributes and pictures stand in one cell each."""
    lengths = {field: len(getattr(card, field)) for field in TEXT_FIELDS}
    # JSON, the longer form of the attributes' cell, at most doubles every character and adds its signs.
    lengths["attributes"] = sum(2 * len(name) + 2 * len(said) + 8 for name, said in card.attributes.items())
    lengths["image_urls"] = sum(len(url) + 3 for url in card.image_urls)
    return [
        Problem(
            f"{field}.cell",
            HARD,
            Remark(TOO_LONG, {"field": field, "length": length, "limit": limit.value}),
            limit.source,
        )
        for field, length in lengths.items()
        if length >= limit.value  # one is left for the sign that defuses a formula
    ]


def _required(field: str, value: Any, limit: bool) -> Remark | None:
    return Remark(REQUIRED, {"field": field}) if value is None or value == "" else None


def _max_chars(field: str, value: str, limit: int) -> Remark | None:
    return (
        Remark(TOO_LONG, {"field": field, "length": len(value), "limit": limit})
        if len(value) > limit
        else None
    )


def _min_chars(field: str, value: str, limit: int) -> Remark | None:
    return (
        Remark(TOO_SHORT, {"field": field, "length": len(value), "limit": limit})
        if len(value) < limit
        else None
    )


def _optimal_chars(field: str, value: str, limit: Sequence[int]) -> Remark | None:
    low, high = limit
    if not value or low <= len(value) <= high:
        return None
    return Remark(NOT_OPTIMAL, {"field": field, "length": len(value), "low": low, "high": high})


def _max_count(field: str, value: Any, limit: int) -> Remark | None:
    return (
        Remark(TOO_MANY, {"field": field, "count": len(value), "limit": limit})
        if len(value) > limit
        else None
    )


def _min_count(field: str, value: Any, limit: int) -> Remark | None:
    return (
        Remark(TOO_FEW, {"field": field, "count": len(value), "limit": limit}) if len(value) < limit else None
    )


def _items_too_long(field: str, value: Any, limit: int) -> Remark | None:
    """Of a tuple its items, of a mapping its names."""
    longest = max(value, key=len, default="")
    if len(longest) <= limit:
        return None
    return Remark(
        ITEM_TOO_LONG, {"field": field, "item": longest[:40], "length": len(longest), "limit": limit}
    )


def _one_of(field: str, value: str, limit: Sequence[str]) -> Remark | None:
    if not value or value in limit:
        return None
    return Remark(NOT_ONE_OF, {"field": field, "value": value, "allowed": ", ".join(limit)})


def _no_emoji(field: str, value: str, limit: bool) -> Remark | None:
    found = EMOJI.findall(value)
    return Remark(EMOJI_FOUND, {"field": field, "found": " ".join(found[:5])}) if found else None


def _no_email(field: str, value: str, limit: bool) -> Remark | None:
    found = EMAIL.search(value)
    return Remark(EMAIL_FOUND, {"field": field, "found": found[0][:80]}) if found else None


def _allowed_html(field: str, value: str, limit: Sequence[str]) -> Remark | None:
    found = {tag.lower() for tag in TAG.findall(value)} - set(limit)
    if not found:
        return None
    return Remark(
        TAG_FOUND, {"field": field, "found": ", ".join(sorted(found)[:10]), "allowed": ", ".join(limit)}
    )


CHECKS: dict[str, Callable[[str, Any, Any], Remark | None]] = rules.CHECKS | {
    "required": _required,
    "max_chars": _max_chars,
    "min_chars": _min_chars,
    "optimal_chars": _optimal_chars,
    "max_count": _max_count,
    "min_count": _min_count,
    "max_chars_each": _items_too_long,
    "max_name_chars": _items_too_long,
    "one_of": _one_of,
    "no_emoji": _no_emoji,
    "no_email": _no_email,
    "allowed_html": _allowed_html,
}
