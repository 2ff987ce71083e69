"""Units of measure: looked up by any form, compared across conversions (1,5 л is 1500 мл)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import cache, lru_cache

from vitrina.enrichment.data import load
from vitrina.lib.text import fold


@dataclass(frozen=True, slots=True)
class Unit:
    id: str
    dimension: str
    factor: Decimal  # how many base units of the dimension it holds

    def in_base(self, number: Decimal) -> Decimal:
        return number * self.factor


@cache
def _tables() -> tuple[dict[str, Unit], dict[str, Unit], list[tuple[str, Unit]], dict[str, Unit]]:
    """By exact form, by form whose case counts, by beginning of the word (longest first), by id."""
    forms: dict[str, Unit] = {}
    cased: dict[str, Unit] = {}
    stems: list[tuple[str, Unit]] = []
    by_id: dict[str, Unit] = {}
    for row in load("units.json")["units"]:
        unit = Unit(row["id"], row["dimension"], Decimal(row["factor"]))
        by_id[unit.id] = unit
        forms.update((form, unit) for form in row["forms"])
        cased.update((form, unit) for form in row.get("cased", ()))
        stems.extend((stem, unit) for stem in row["stems"])
    return forms, cased, sorted(stems, key=lambda pair: -len(pair[0])), by_id


@lru_cache(maxsize=8_192)
def unit_of(word: str) -> Unit | None:
    """The unit that a word names («мл», «литров», «дюймовый», «W»), or None."""
    forms, cased, stems, _ = _tables()
    bare = word.rstrip(".").strip()
    if found := cased.get(bare):
        return found
    lowered = fold(bare)
    if found := forms.get(lowered):
        return found
    for stem, unit in stems:
        if lowered.startswith(stem) and len(lowered) - len(stem) <= 5:
            return unit
    return None


def unit_by_id(unit_id: str) -> Unit | None:
    return _tables()[3].get(unit_id)


@cache
def multiplier_of(word: str) -> Decimal | None:
    """«тыс.» is 1000."""
    found = load("units.json")["multipliers"].get(fold(word).rstrip("."))
    return Decimal(found) if found else None


@lru_cache(maxsize=4_096)
def dimensions_of_name(name: str) -> frozenset[str]:
    """What an attribute's name says of the unit that its bare number is in: «Вес» is a mass."""
    words = fold(name).replace("(", " ").replace(")", " ").replace(",", " ").split()
    found: set[str] = set()
    for row in load("units.json")["attribute_names"]:
        if any(word.startswith(stem) for word in words for stem in row["stems"]):
            found.update(row["dimensions"])
    return frozenset(found)
