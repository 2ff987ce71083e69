"""What a product's attributes say in a marketplace's own words: its attribute, its unit, its dictionary. Pure.

Names are matched as they are, folded, and by likeness; a value that was taken by likeness alone is doubtful, and a person
looks at it first. Nothing is made up: every value has the attribute of the product that it came from.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from rapidfuzz import fuzz

from vitrina.enrichment.reading.units import unit_of
from vitrina.lib.text import fold

SURE, DOUBTFUL, PERSON = "sure", "doubtful", "person"
LIKE_NAME = 88.0  # of 100; below it two names are two things
LIKE_VALUE = 90.0
# What marketplaces and suppliers call the same thing. Folded.
SAME_NAMES = (
    {"цвет", "цвет товара", "основной цвет"},
    {"материал", "материал изделия", "состав", "состав материала"},
    {"страна производства", "страна-изготовитель", "страна изготовитель", "страна происхождения", "страна"},
    {"объем", "емкость", "вместимость"},
    {"пол", "для кого"},
    {"бренд", "торговая марка", "производитель"},
    {"вес", "вес товара", "масса"},
    {"высота", "высота предмета"},
    {"ширина", "ширина предмета"},
    {"длина", "длина предмета"},
)
_BRACKETS = re.compile(r"\(([^()]*)\)")
_NUMBER = re.compile(r"^\s*(\d+(?:[.,]\d+)?)\s*([^\d\s].*)?$")
_BETWEEN = re.compile(r"\s*[;,/]\s*|\s+и\s+")


@dataclass(frozen=True)
class Mapped:
    """`evidence`: the product's attribute as it is named there, and what stands in it."""

    name: str
    values: tuple[tuple[str, str], ...]  # (id of the dictionary or "", text)
    is_number: bool
    state: str
    evidence: tuple[str, str]

    @property
    def row(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "values": [{"id": key, "text": text} for key, text in self.values],
            "is_number": self.is_number,
            "state": self.state,
            "evidence": {"name": self.evidence[0], "value": self.evidence[1]},
        }


def mapped(schema: Sequence[Mapping[str, Any]], attributes: Mapping[str, str]) -> dict[str, Mapped]:
    """By the marketplace's id of the attribute. `schema`: rows of `catalog.places.trees.as_row`."""
    found: dict[str, Mapped] = {}
    sources = [(name, *_parts(name), value) for name, value in attributes.items()]
    for row in schema:
        bare, unit = _parts(str(row["name"]))
        unit = str(row.get("unit") or unit)
        likeness, source = max(
            ((_like(bare, other), index) for index, (_name, other, _unit, _value) in enumerate(sources)),
            default=(0.0, 0),
        )
        if likeness < LIKE_NAME:
            continue
        name, _bare, source_unit, value = sources[source]
        said = _value(row, value, unit, source_unit)
        if said is None:
            continue
        values, is_sure = said
        found[str(row["key"])] = Mapped(
            name=str(row["name"]),
            values=values,
            is_number=row.get("kind") == "number",
            state=SURE if is_sure and likeness == 100.0 else DOUBTFUL,
            evidence=(name, value),
        )
    return found


def sought(schema: Sequence[Mapping[str, Any]], attributes: Mapping[str, str]) -> list[tuple[str, str]]:
    """(attribute's id, words) of what stands in no dictionary that is kept, and is to be searched for at the marketplace."""
    free = [
        {name: said for name, said in row.items() if name not in ("is_long", "found")}
        for row in schema
        if row.get("is_long")
    ]
    return [(key, text) for key, one in mapped(free, attributes).items() for _id, text in one.values]


def missing(schema: Sequence[Mapping[str, Any]], values: Mapping[str, Any]) -> list[str]:
    """Ids of what is required and has no value."""
    return [
        str(row["key"])
        for row in schema
        if row.get("required") and not (values.get(str(row["key"])) or {}).get("values")
    ]


def _parts(name: str) -> tuple[str, str]:
    """«Объем (мл)», «Объём, мл» → («объем», «мл»): a name folded and bare, and the unit that it ends in."""
    unit = ""
    for inner in _BRACKETS.findall(name):
        unit = inner.strip() if unit_of(inner) else unit
    bare = fold(_BRACKETS.sub(" ", name)).strip(" :")
    head, comma, tail = bare.rpartition(",")
    if comma and head and unit_of(tail.strip()):
        bare, unit = head.strip(), tail.strip()
    return " ".join(bare.split()), unit


def _like(one: str, other: str) -> float:
    """100 for what is the same name, by itself or among those known to mean the same."""
    if one == other or any(one in names and other in names for names in SAME_NAMES):
        return 100.0
    likeness = float(fuzz.token_sort_ratio(one, other))
    return min(likeness, 99.0)


def _value(
    row: Mapping[str, Any], value: str, unit: str, source_unit: str
) -> tuple[tuple[tuple[str, str], ...], bool] | None:
    """None: it can't be said there. The second: nothing was guessed."""
    if row.get("kind") == "number":
        number = _number(value, unit, source_unit)
        return None if number is None else ((("", number),), True)
    if row.get("is_long") and not row.get("found"):
        return None
    most = int(row.get("most") or 0)
    choices = row.get("choices") or row.get("found") or []
    parts = [part.strip() for part in _BETWEEN.split(value) if part.strip()] if most != 1 else [value.strip()]
    if not choices:
        kept = tuple(("", part) for part in dict.fromkeys(parts))
        return (kept, True) if kept and (not most or len(kept) <= most) else None
    chosen = [_choice(choices, part) or _own(row, part) for part in parts]
    taken = {one[:2]: one for one in chosen if one is not None}
    if not taken or (most and len(taken) > most):
        return None
    is_sure = None not in chosen and all(one[2] for one in taken.values())
    return tuple((key, text) for key, text, _sure in taken.values()), is_sure


def _choice(choices: Sequence[Mapping[str, Any]], said: str) -> tuple[str, str, bool] | None:
    """(id, text, whether it is the same word)"""
    wanted = fold(said)
    best: tuple[float, str, str] = (0.0, "", "")
    for choice in choices:
        text = str(choice["value"])
        folded = fold(text)
        if folded == wanted:
            return str(choice.get("id") or ""), text, True
        best = max(best, (float(fuzz.ratio(folded, wanted)), str(choice.get("id") or ""), text))
    return (best[1], best[2], False) if best[0] >= LIKE_VALUE else None


def _own(row: Mapping[str, Any], said: str) -> tuple[str, str, bool] | None:
    """A word that the dictionary doesn't have, where it takes others: nobody at the marketplace knows it yet."""
    return ("", said, False) if row.get("is_open") else None


def _number(value: str, unit: str, source_unit: str) -> str | None:
    """In the marketplace's unit; None where it is no one number, or its unit is unknown or of another kind."""
    read = _NUMBER.match(value)
    if read is None:
        return None
    try:
        number = Decimal(read[1].replace(",", "."))
    except InvalidOperation:
        return None
    written = (read[2] or source_unit).strip()
    if not unit:
        return None if read[2] else _plain(number)
    if fold(written).rstrip(".") == fold(unit).rstrip("."):
        return _plain(number)
    ours, theirs = unit_of(written) if written else None, unit_of(unit)
    if ours is None or theirs is None or ours.dimension != theirs.dimension:
        return None
    return _plain(ours.in_base(number) / theirs.factor)


def _plain(number: Decimal) -> str:
    rounded = round(number, 3).normalize()
    return f"{rounded:f}"
