"""Of what type a passage is, by the words in it that can be seen. Pure.

Types are those of `models.PassageType`; a test holds the two together.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from vitrina.books.tagging import Word
from vitrina.books.vocabulary import VISIBLE

# What one word of a theme says for each type.
SAYS: Mapping[str, Mapping[str, float]] = {
    "place": {"location": 1.0},
    "nature": {"location": 1.0, "atmosphere": 0.2},
    "plant": {"location": 0.8},
    "furniture": {"location": 0.7, "object": 0.4},
    "person": {"character": 0.6},
    "body": {"character": 1.0},
    "clothing": {"character": 1.3},
    "mood": {"character": 0.3, "atmosphere": 0.3},
    "light": {"atmosphere": 1.1},
    "weather": {"atmosphere": 1.5},
    "sound": {"atmosphere": 1.1},
    "smell": {"atmosphere": 1.3},
    "time": {"atmosphere": 0.8},
    "touch": {"atmosphere": 0.6},
    "motion": {"action": 1.1},
    "object": {"object": 0.9},
    "material": {"object": 0.5, "location": 0.2},
    "animal": {"object": 0.6, "action": 0.3},
}
MOST_WORDS = 8
# Where nothing speaks for any type, a passage shows a place: the widest of pictures.
DEFAULT = "location"


@dataclass(frozen=True, slots=True)
class Typed:
    """`scores`: of every type that anything speaks for, per hundred words. `words`: what spoke for the winner, as written."""

    type: str
    scores: dict[str, float]
    words: tuple[str, ...]


def type_of(words: Iterable[Word]) -> Typed:
    """The type that most speaks for; of equal ones the first in the order of the alphabet."""
    scores: dict[str, float] = {}
    speakers: dict[str, dict[str, float]] = {}
    count = 0
    for word in words:
        count += 1
        if word.sight is None or word.sight.part not in VISIBLE:
            continue
        for type_, weight in SAYS.get(word.sight.theme, {}).items():
            scores[type_] = scores.get(type_, 0.0) + weight
            by_word = speakers.setdefault(type_, {})
            by_word[word.text.lower()] = by_word.get(word.text.lower(), 0.0) + weight
    if not scores:
        return Typed(DEFAULT, {}, ())
    best = min(scores, key=lambda type_: (-scores[type_], type_))
    told = sorted(speakers[best], key=lambda word: -speakers[best][word])[:MOST_WORDS]
    return Typed(
        best, {name: round(100 * score / count, 1) for name, score in sorted(scores.items())}, tuple(told)
    )
