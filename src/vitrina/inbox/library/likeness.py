"""Which earlier answers a draft is written after: those whose buyers said what this one says. Pure.

Two texts are alike by the stems that they share, each weighing by how rare it is (Dice's coefficient, 0 to 1). How rare a
stem is was counted in the labelled rows of this room: the same for every shop, however few answers it has.
On these 583 rows, nearest three of each: at 0.25 the intents agree in 66 of 100 pairs, at 0.2 in 57, of all pairs in 44;
the cosine of the index' own n-grams reaches 57 of 100 at its best, since greetings and endings count there.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from vitrina.inbox.halves import labelled
from vitrina.lib.text import stem, words

LEAST = 0.25
# An intent or a channel that is the same counts as so much likeness.
SAME_INTENT = 0.06
SAME_KIND = 0.03
# The cosine of embeddings beside likeness by words: 0.5 is alike. Models differ in this; one that finds everything close
# still gives the closest first.
CLOSENESS = 0.5


@dataclass(frozen=True)
class Sought:
    """What a buyer said, masked."""

    words: str
    kind: str
    intent: str


@dataclass(frozen=True)
class Candidate:
    """An earlier answer by what its buyer said. `closeness`: the cosine of embeddings, 0 without."""

    id: int
    words: str
    kind: str
    intent: str
    closeness: float = 0.0


def nearest_first(asked: Sought, candidates: Iterable[Candidate]) -> list[int]:
    """Ids of those that are alike enough, the best first, of equals the newer."""
    ranked = [(_rank(asked, candidate), candidate.id) for candidate in candidates]
    return [pk for rank, pk in sorted(ranked, reverse=True) if rank >= LEAST]


def likeness(one: str, other: str) -> float:
    """0: no word in common; 1: the same words."""
    mine, theirs = _stems(one), _stems(other)
    both = _weight(mine) + _weight(theirs)
    return 2 * _weight(mine & theirs) / both if both else 0.0


def _rank(asked: Sought, candidate: Candidate) -> float:
    alike = max(likeness(asked.words, candidate.words), CLOSENESS * candidate.closeness)
    same_intent = bool(asked.intent) and asked.intent == candidate.intent
    return alike + SAME_INTENT * same_intent + SAME_KIND * (asked.kind == candidate.kind)


def _stems(text: str) -> frozenset[str]:
    return frozenset(stem(word) for word in words(text))


def _weight(stems: Iterable[str]) -> float:
    rarity, rows = _counted()
    # Whatever the order of a set: the same to the last bit.
    return math.fsum(math.log(1 + rows / rarity.get(stem, 1)) for stem in stems)


@cache
def _counted() -> tuple[Counter[str], int]:
    """(rows that have a stem, all rows). About 70 ms, once per process."""
    texts: Sequence[str] = [row.text for row in labelled() if row.text]
    return Counter(stem for text in texts for stem in _stems(text)), len(texts)
