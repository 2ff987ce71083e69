"""What a passage shows, without a model: Russian by the word lists, English by its own most visible sentences."""

from __future__ import annotations

import re
from collections.abc import Sequence

from vitrina.books.generators.translation.glossing import gloss
from vitrina.books.generators.translation.schema import MOST_WORDS, PassageInput, SceneText
from vitrina.books.speech import spoken
from vitrina.books.tagging import tagged
from vitrina.books.vocabulary import VISIBLE
from vitrina.lib.latin import in_latin
from vitrina.lib.text import normalise, sentences

MOST_UNTRANSLATED = 200
# Where no word of a passage is known, its type is all that can be said.
PLAIN = {
    "location": "a place",
    "character": "a person",
    "atmosphere": "light and air",
    "action": "people in motion",
    "object": "a thing",
}


def translate(request: PassageInput) -> SceneText:
    """At most MOST_WORDS words. Russian: «candle burning, pale light on stone walls»; English: whole sentences."""
    return _russian(request) if request.language == "ru" else _english(request)


def _russian(request: PassageInput) -> SceneText:
    told = gloss(_without_speech(request.text), request.names)
    phrases, is_shortened = _within(told.phrases)
    named = ", ".join(in_latin(name) for name in request.names[:3])
    return SceneText(
        description=", ".join(phrases) or named or PLAIN.get(request.type, PLAIN["location"]),
        untranslated=told.untranslated[:MOST_UNTRANSLATED],
        is_shortened=is_shortened or len(told.untranslated) > MOST_UNTRANSLATED,
    )


def _english(request: PassageInput) -> SceneText:
    found = [normalise(one) for one in sentences(_without_speech(request.text))]
    best = sorted(range(len(found)), key=lambda number: -_visible_share(found[number]))
    taken: list[int] = []
    for number in best:
        if _count(" ".join(found[one] for one in (*taken, number))) <= MOST_WORDS:
            taken.append(number)
    if not taken and found:  # one endless sentence
        return SceneText(description=_shortened(found[best[0]]), is_shortened=True)
    said = _latin(" ".join(found[number] for number in sorted(taken)))
    return SceneText(
        description=said or PLAIN.get(request.type, PLAIN["location"]), is_shortened=len(taken) < len(found)
    )


def _without_speech(text: str) -> str:
    kept = []
    for paragraph in text.split("\n"):
        for begin, end in reversed(spoken(paragraph)):
            paragraph = f"{paragraph[:begin]} {paragraph[end:]}"
        kept.append(paragraph)
    return "\n".join(kept)


def _within(phrases: Sequence[str]) -> tuple[list[str], bool]:
    """As many phrases from the first on as the description may have words."""
    kept: list[str] = []
    count = 0
    for phrase in phrases:
        count += _count(phrase)
        if count > MOST_WORDS:
            return kept or [_shortened(phrase)], True
        kept.append(phrase)
    return kept, False


def _visible_share(sentence: str) -> float:
    words = tagged(sentence, "en")
    seen = sum(bool(word.sight) and word.part in VISIBLE for word in words)
    return seen / (len(words) + 5)  # a sentence of three words is no description


def _shortened(text: str) -> str:
    return _latin(" ".join(text.split()[:MOST_WORDS]))


def _count(text: str) -> int:
    return len(text.split())


def _latin(text: str) -> str:
    """A Russian name in an English book, in letters that picture services read; other Cyrillic letters go."""
    return re.sub(r"[\u0400-\u04ff]+", "", in_latin(text)).strip()
