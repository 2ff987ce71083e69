"""Words for what can be seen, as data: Russian with their English, and the words of English itself. Pure.

The lists lie in `data/words/`, written for this program: a heading «[part theme]», then «dictionary form, its English;».
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from vitrina.lib.text import stem

WORDS = Path(__file__).parent / "data" / "words"
ENGLISH = "english.txt"
VISIBLE = ("noun", "adjective", "verb")

# What is taken in by the senses at once, in place of being known: light, color, weather, sound, smell, touch.
SENSORY = frozenset({"light", "color", "weather", "sound", "smell", "touch", "material"})


@dataclass(frozen=True, slots=True)
class Sight:
    """Something that can be seen, heard or felt. `english`: one or a few words; `theme`: a heading of the lists."""

    english: str
    part: str
    theme: str


@cache
def russian() -> Mapping[tuple[str, str], Sight]:
    """By (dictionary form with е for ё, part of speech)."""
    return {
        (word, part): Sight(english, part, theme)
        for path in sorted(WORDS.glob("*.txt"))
        if path.name != ENGLISH
        for part, theme, entry in _entries(path)
        for word, _, english in [entry.partition(" ")]
    }


@dataclass(frozen=True, slots=True)
class EnglishWords:
    """`parts`: of words that have one in any sentence, by the word as written. `sights`: by stem and part."""

    parts: Mapping[str, str]
    sights: Mapping[tuple[str, str], Sight]


@cache
def english() -> EnglishWords:
    parts: dict[str, str] = {}
    sights: dict[tuple[str, str], Sight] = {}
    for part, theme, entry in _entries(WORDS / ENGLISH):
        if theme:
            sights.setdefault((stem(entry, "en"), part), Sight(entry, part, theme))
        else:
            parts.setdefault(entry, part)
    for sight in russian().values():
        if " " not in sight.english and sight.part in VISIBLE:
            sights.setdefault((stem(sight.english, "en"), sight.part), sight)
    return EnglishWords(parts, sights)


def _entries(path: Path) -> Iterator[tuple[str, str, str]]:
    part = theme = ""
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            part, _, theme = line.strip("[] ").partition(" ")
        elif line and not line.startswith("#"):
            yield from ((part, theme, entry.strip()) for entry in line.split(";") if entry.strip())
