"""Words of a prompt that a drawing can answer to."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence


def first_of(words: str, known: Mapping[str, Sequence[str]], otherwise: str) -> str:
    """The key one of whose words comes first in the prompt, which is in lower case."""
    found = {key: min(_places(words, each), default=None) for key, each in known.items()}
    placed = {key: place for key, place in found.items() if place is not None}
    return min(placed, key=lambda key: placed[key]) if placed else otherwise


def has_any(words: str, known: Sequence[str]) -> bool:
    return bool(_places(words, known))


def _places(words: str, known: Sequence[str]) -> list[int]:
    """Also of plurals: «tree» in «trees»."""
    return [found.start() for each in known if (found := re.search(rf"\b{each}(s|es)?\b", words))]


COLORS: dict[str, str] = {
    "white": "#eceef0",
    "silver": "#b9bec5",
    "gray": "#7d838b",
    "grey": "#7d838b",
    "black": "#24272c",
    "red": "#b3262c",
    "burgundy": "#6d1f2c",
    "orange": "#d9702a",
    "yellow": "#e0b32f",
    "green": "#3a7b4f",
    "turquoise": "#2f9a98",
    "blue": "#2b5c9e",
    "navy": "#22365c",
    "purple": "#6b4a94",
    "pink": "#d98ba3",
    "brown": "#7a5236",
    "beige": "#d8c6a8",
    "gold": "#b8924a",
}


def color_of(words: str, asked: str, otherwise: str) -> str:
    """ "#RRGGBB": the one asked for, else the first that the prompt names."""
    if re.fullmatch(r"#[0-9a-fA-F]{6}", asked):
        return asked
    name = first_of(words, {name: (name,) for name in COLORS}, "")
    return COLORS.get(name, otherwise)
