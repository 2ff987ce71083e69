"""The passages of a chapter that are worth a picture. Pure: no model; a novel takes a few seconds.

A window of one to three paragraphs is scored by what descriptions have more of than the rest of a book (adjectives,
nouns, prepositions, things that can be seen) and what they have less of (verbs of action, pronouns, notions, talk). The
signals are those of published work on descriptive fiction (Koolen, Wubben, van Cranenburgh: physical descriptions in
Dutch novels; Qureshi et al. 2019: adjectives against pronouns; Brysbaert et al. 2014: concreteness); the weights were
tried on four books, and what they give there is told in `docs/books.md`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import exp
from typing import Any

import razdel

from vitrina.books.names import Name, names_in, names_of
from vitrina.books.passage_types import type_of
from vitrina.books.speech import spoken
from vitrina.books.tagging import Word, tagged
from vitrina.books.vocabulary import SENSORY, VISIBLE, Sight

LEAST_WORDS, MOST_WORDS = 25, 160
MOST_PARAGRAPHS = 3
LONG_PARAGRAPH = 90  # words; a longer one is cut between its sentences
LEAST_AT_AN_EDGE = 8  # words: a window neither begins nor ends with an epigraph's or a heading's line
MOST_SPOKEN = 0.15  # share of a window's words; with more it is no candidate
MOST_LINES_OF_VERSE = 2  # verse names many things and shows few
BETWEEN_PICKS = 300  # characters
LEAST_PRIORITY, MOST_FOUND = 40, 60
WORTH_A_PICTURE = 70

# Points of priority for one whole unit of a share: a window with ten of a hundred words more adjectives than the
# average gets a tenth of them.
WEIGHTS = {
    "visible": 360.0,
    "senses": 220.0,
    "adjectives": 80.0,
    "nouns": 50.0,
    "prepositions": 100.0,
    "names": 30.0,
    "verbs": -150.0,
    "pronouns": -150.0,
    "notions": -200.0,
    "speech": -300.0,
}
# What an average window of narration has of each, measured on the sample books: shares of its words.
AVERAGES: Mapping[str, Mapping[str, float]] = {
    "ru": {
        "visible": 0.110,
        "senses": 0.016,
        "adjectives": 0.109,
        "nouns": 0.294,
        "prepositions": 0.105,
        "names": 0.085,
        "verbs": 0.164,
        "pronouns": 0.127,
        "notions": 0.028,
    },
    "en": {
        "visible": 0.109,
        "senses": 0.016,
        "adjectives": 0.070,
        "nouns": 0.152,
        "prepositions": 0.144,
        "names": 0.061,
        "verbs": 0.093,
        "pronouns": 0.129,
        "notions": 0.026,
    },
}
AVERAGE_PRIORITY = 40.0
# English is taken apart more roughly, so that its windows differ less from one another.
STRETCH = {"ru": 1.0, "en": 1.25}
# A short window says little about itself: it is scored as if so many average words stood beside it.
STEADYING_WORDS = 40

_DESCRIBING = frozenset({"posture", "light", "sound"})  # verbs that tell how things stand, not what happens
_NOT_SEEN = frozenset({"motion", "mood", "person", "time"})
_LINES = "lines of verse"
_OPENING_LINES = frozenset(
    {"and", "but", "or", "while", "when", "as", "the", "a", "so", "then", "that", "was", "were"}
)
_ENDS_SENTENCE = re.compile(r"[^\w\s,;]")
_NOTION = re.compile(r"(?:ост(?:ь|и|ью)|(?:ени|ани|стви)(?:е|я|ю|ем)|ств(?:о|а|у|ом))$")


@dataclass(frozen=True, slots=True)
class Found:
    """Characters `begin` to `end` of the text. `priority`: 0–100.

    `parts`: {"points": {signal: points of priority}, "types": {type: score}, "words": [what the type was told by]};
    the points add up to the priority as far as 70, beyond which it is flattened. `names`: people and places in it.
    """

    begin: int
    end: int
    type: str
    priority: int
    parts: dict[str, Any]
    names: tuple[str, ...] = ()


def find(text: str, language: str, names: Sequence[Name] | None = None) -> list[Found]:
    """The best passages of a chapter, best first, none closer than BETWEEN_PICKS to another.

    `text`: paragraphs, one a line. `language`: "ru", or anything else, which is read as English. `names`: those of the
    whole book (`names.names_in`), by default of this text.
    """
    kind = "ru" if language == "ru" else "en"
    windows = sorted(_windows(list(_pieces(text, kind)), kind), key=lambda one: (-one.score, one.begin))
    taken: list[_Window] = []
    for window in windows:
        if window.score < LEAST_PRIORITY or len(taken) == MOST_FOUND:
            break
        if all(_are_apart(window, other) for other in taken):
            taken.append(window)
    if taken and names is None:
        names = names_in(text, kind)
    return [_found(text, window, kind, names or ()) for window in taken]


def _are_apart(one: _Window, other: _Window) -> bool:
    return one.begin >= other.end + BETWEEN_PICKS or other.begin >= one.end + BETWEEN_PICKS


def _found(text: str, window: _Window, language: str, names: Sequence[Name]) -> Found:
    typed = type_of(word for piece in window.pieces for word in piece.words)
    points = {name: round(value, 1) for name, value in window.points.items()}
    return Found(
        window.begin,
        window.end,
        typed.type,
        _priority(window.score),
        {"points": points, "types": typed.scores, "words": list(typed.words)},
        names_of(text[window.begin : window.end], names, language),
    )


def _priority(score: float) -> int:
    """0–100: the sum of the points; beyond 70 more and more is needed for the next point, so that the best differ."""
    if score > WORTH_A_PICTURE:
        room = 100 - WORTH_A_PICTURE
        score = WORTH_A_PICTURE + room * (1 - exp((WORTH_A_PICTURE - score) / (1.5 * room)))
    return max(0, round(score))


# --- Windows ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Piece:
    """A paragraph, or a run of sentences of a long one. `spoken`: words of direct speech."""

    begin: int
    end: int
    words: tuple[Word, ...]
    spoken: int
    counts: Counter[str]


@dataclass(frozen=True, slots=True)
class _Window:
    pieces: tuple[_Piece, ...]
    points: dict[str, float]
    score: float

    @property
    def begin(self) -> int:
        return self.pieces[0].begin

    @property
    def end(self) -> int:
        return self.pieces[-1].end


def _windows(pieces: Sequence[_Piece], language: str) -> Iterator[_Window]:
    for first, piece in enumerate(pieces):
        if len(piece.words) < LEAST_AT_AN_EDGE:
            continue
        for length in range(1, MOST_PARAGRAPHS + 1):
            window = tuple(pieces[first : first + length])
            count = sum(len(one.words) for one in window)
            if len(window) < length or (count > MOST_WORDS and length > 1):
                break
            spoken_share = sum(one.spoken for one in window) / count
            if (
                sum(one.counts[_LINES] for one in window) <= MOST_LINES_OF_VERSE
                and count >= LEAST_WORDS
                and spoken_share <= MOST_SPOKEN
                and len(window[-1].words) >= LEAST_AT_AN_EDGE
            ):
                points = _points(window, count, spoken_share, language)
                yield _Window(window, points, sum(points.values()))


def _points(window: Sequence[_Piece], count: int, spoken_share: float, language: str) -> dict[str, float]:
    points = {"average": AVERAGE_PRIORITY}
    for signal, average in AVERAGES[language].items():
        there = sum(piece.counts[signal] for piece in window)
        steadied = (there + STEADYING_WORDS * average) / (count + STEADYING_WORDS)
        points[signal] = STRETCH[language] * WEIGHTS[signal] * (steadied - average)
    if spoken_share:
        points["speech"] = WEIGHTS["speech"] * spoken_share
    return points


def _pieces(text: str, language: str) -> Iterator[_Piece]:
    place = 0
    for paragraph in text.split("\n"):
        talk = spoken(paragraph)
        for begin, end in _cut(paragraph):
            part = paragraph[begin:end]
            words = tuple(tagged(part, language))
            if words:
                talked = sum(
                    any(first <= begin + word.begin < last for first, last in talk) for word in words
                )
                lead = len(part) - len(part.lstrip())
                counts = _counts(words)
                counts[_LINES] = _lines_of_verse(part, words)
                yield _Piece(place + begin + lead, place + begin + len(part.rstrip()), words, talked, counts)
        place += len(paragraph) + 1


def _cut(paragraph: str) -> Iterator[tuple[int, int]]:
    """A long paragraph in about equal parts, each of whole sentences."""
    count = len(paragraph.split())
    parts = -(-count // LONG_PARAGRAPH)
    begin = taken = done = 0
    if parts > 1:
        for sentence in razdel.sentenize(paragraph):
            taken += len(sentence.text.split())
            if taken >= count * (done + 1) / parts and done + 1 < parts:
                yield begin, sentence.stop
                begin, done = sentence.stop, done + 1
    yield begin, len(paragraph)


def _lines_of_verse(part: str, words: Sequence[Word]) -> int:
    """Lines run together, as in a reading that keeps no line breaks: «the meat, While the Owl …»."""
    return sum(
        after.text[0].isupper()
        and (
            after.part == "preposition"
            or after.text.lower() in _OPENING_LINES
            or "CONJ" in after.reading.marks
        )
        and not _ENDS_SENTENCE.search(part[before.end : after.begin])
        for before, after in pairwise(words)
    )


def _counts(words: Sequence[Word]) -> Counter[str]:
    counts: Counter[str] = Counter()
    for position, word in enumerate(words):
        sight, part = word.sight, word.part
        if part == "noun":
            counts["nouns"] += 1
        elif part == "adjective":
            counts["adjectives"] += 1
        elif part == "preposition":
            counts["prepositions"] += 1
        elif part == "pronoun":
            counts["pronouns"] += 1
        elif part == "verb" and not (sight and sight.theme in _DESCRIBING):
            counts["verbs"] += 1
        if part == "abstract" or (part == "noun" and not sight and _NOTION.search(word.text.lower())):
            counts["notions"] += 1
        if sight and _is_seen(sight) and (part != "adjective" or _is_of_something_seen(words, position)):
            counts["visible"] += 1
            counts["senses"] += sight.theme in SENSORY
        if position and word.text[0].isupper():
            counts["names"] += 1
    return counts


def _is_seen(sight: Sight) -> bool:
    return sight.part in VISIBLE and sight.theme not in _NOT_SEEN


def _is_of_something_seen(words: Sequence[Word], position: int) -> bool:
    """«Холодный камень», but not «холодные невесты» or «ветреное тщеславие»: the noun behind it, or before, decides."""
    near = (*words[position + 1 : position + 4], *reversed(words[max(0, position - 3) : position]))
    noun = next((word for word in near if word.part in {"noun", "abstract"}), None)
    return noun is not None and noun.sight is not None and _is_seen(noun.sight)
