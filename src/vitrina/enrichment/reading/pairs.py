"""«Название: значение» pairs and lists of features that suppliers write into a description."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from vitrina.enrichment.reading.morphology import is_cyrillic, marks
from vitrina.lib.text import words

_PIECE = re.compile(r"[^.;•●▪\n]+(?:\.(?=\S)[^.;•●▪\n]*)*")
_PAIR = re.compile(
    r"^\s*[-–—*]?\s*(?P<label>[А-ЯЁа-яёA-Za-z][^:;—]{1,45}?)\s*(?::\s*|\s[—–-]\s+)(?P<value>\S.{0,118}?)\s*$"
)
_FEATURE_LIST = re.compile(r"^[^.;:!?]{3,60}(?:,\s+[^.;:!?,]{3,60}){2,11}\.?$")


@dataclass(frozen=True, slots=True)
class Pair:
    label: str
    value: str
    start: int  # of the value in the text
    end: int


@lru_cache(maxsize=4_096)
def pairs_in(text: str) -> tuple[Pair, ...]:
    """Short «label: value» pieces between stops; a sentence that merely holds a dash is none."""
    return tuple(_pairs(text))


def _pairs(text: str) -> Iterator[Pair]:
    for piece in _PIECE.finditer(text):
        match = _PAIR.match(piece.group())
        if match is None:
            continue
        label, value = match.group("label").strip(), match.group("value").strip()
        if (
            len(label.split()) > 4
            or marks(label.split()[-1]) & {"PREP", "CONJ"}
            or len(value.split()) > 14
            or ":" in value
            or _has_verb(value)
            or _has_verb(label)
        ):
            continue
        start = piece.start() + match.start("value")
        yield Pair(label, value, start, start + len(value))


def _has_verb(text: str) -> bool:
    return any(
        marks(word) & {"VERB", "PRTS", "INFN", "GRND"} and not marks(word) & {"NOUN"}
        for word in words(text)
        if is_cyrillic(word)
    )


@lru_cache(maxsize=2_048)
def features_in(text: str) -> tuple[str, ...]:
    """«…машина, освещение рабочей зоны, 21 операция, дисплей» → its pieces after the first; empty for running text."""
    for line in re.split(r"\n+|(?<=\.)\s+", text):
        bare = line.strip()
        if _FEATURE_LIST.match(bare) and not _has_verb(bare):
            pieces = [piece.strip(" .") for piece in bare.split(",")]
            return tuple(piece for piece in pieces[1:] if len(piece.split()) <= 7)
    return ()
