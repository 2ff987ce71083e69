"""A mention: one value that a text states, with where it stands."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    NUMBER = "number"  # a bare number
    QUANTITY = "quantity"  # a number with a unit, or with the thing it counts
    SIZE = "size"  # 20х30 см, XL, A4, 42-44
    CODE = "code"  # a model or part code: letters and digits in one word
    COLOUR = "colour"
    MATERIAL = "material"
    COUNTRY = "country"
    NAME = "name"  # a brand, or a name that looks like one


@dataclass(frozen=True, slots=True)
class Mention:
    """`value` is canonical: a plain decimal for numbers, an id of the dictionary, a folded name or code.

    A quantity's `unit` is the id of the unit, or the dictionary form of the noun that it counts.
    A word outside of the dictionaries, met where a value must stand («цвета фуксии»), has `known` False.
    """

    kind: Kind
    start: int
    end: int
    text: str
    value: str
    unit: str = ""
    known: bool = True
    parts: tuple[str, ...] = ()  # the numbers of a size, or both ends of a range
