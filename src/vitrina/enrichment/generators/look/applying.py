"""What of an answer applies to this kind of product, and speaks to a buyer. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from vitrina.enrichment.checks.injection import speaks_to_a_model
from vitrina.enrichment.data import load
from vitrina.enrichment.generators.look.schema import LookOutput
from vitrina.enrichment.reading.morphology import lemma
from vitrina.lib.text import words

GENERIC = "generic"
VALUES = (
    "item_type", "style", "pattern", "neckline", "sleeve_length", "length", "fabric", "quality", "audience", "occasion",
)  # fmt: skip

OTHER_KIND, SPEAKS, NO_SUCH_PICTURE = "other_kind", "speaks_to_a_model", "no_such_picture"


@dataclass(frozen=True, slots=True)
class Dropped:
    """A value that was not taken. `why`: it applies to other goods, it is meant for a machine, or it names a picture
    that was not shown."""

    field: str
    value: str
    why: str


def fields_for(kind: str, item: str = "") -> tuple[str, ...]:
    """The fields besides those of everything. `item`: the thing's name, in any form, in Russian or English."""
    data = load("seen.json")
    named = {form for word in words(item) for form in (lemma(word), word.lower())}
    return tuple(
        field
        for field in data["fields"].get(kind, data["fields"][GENERIC])
        if not _begins(named, data["not_for"].get(field, ()))
    )


def has_own_colour(kind: str) -> bool:
    """Whether a picture of such goods shows their colour, and not that of a box or a bottle."""
    return kind in load("seen.json")["own_colour"]


def _begins(named: Iterable[str], stems: Iterable[str]) -> bool:
    beginnings = tuple(stems)
    return bool(beginnings) and any(form.startswith(beginnings) for form in named)


def applying(
    output: LookOutput, fields: Iterable[str], *, pictures: int
) -> tuple[LookOutput, tuple[Dropped, ...]]:
    """The answer without what doesn't apply, and what was taken away. `pictures`: how many were shown.

    Words that stand in a picture stay whatever they say: they are what was seen, and go no further.
    """
    allowed = {*fields, *load("seen.json")["always"]}
    dropped: list[Dropped] = []

    def why_not(field: str, value: str, picture: int) -> str:
        if field not in allowed:
            return OTHER_KIND
        if picture > pictures:
            return NO_SUCH_PICTURE
        return SPEAKS if field != "text_in_picture" and speaks_to_a_model(value) else ""

    def is_kept(field: str, value: str, picture: int) -> bool:
        why = why_not(field, value, picture)
        if why:
            dropped.append(Dropped(field, value, why))
        return not why

    changes: dict[str, Any] = {
        "colours": [one for one in output.colours if is_kept("colours", one.name, one.picture)],
        "key_features": [
            one for one in output.key_features if is_kept("key_features", one.value, one.picture)
        ],
        "text_in_picture": [
            one for one in output.text_in_picture if is_kept("text_in_picture", one.value, one.picture)
        ],
    }
    for field in VALUES:
        seen = getattr(output, field)
        if seen is not None and not is_kept(field, str(seen.value), seen.picture):
            changes[field] = None
    return output.model_copy(update=changes), tuple(dropped)
