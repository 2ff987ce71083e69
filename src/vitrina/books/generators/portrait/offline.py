"""A look without a model: only what is told of somebody beyond doubt. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from vitrina.books.generators.portrait.schema import MOST_LOOK_WORDS, Portrait, PortraitInput
from vitrina.books.generators.translation.glossing import gloss
from vitrina.books.names import Name, names_in, names_of
from vitrina.books.speech import spoken
from vitrina.books.tagging import Word, tagged
from vitrina.lib.text import fold, normalise, sentences

# A look is made of such nouns with an adjective that can be seen: «чёрные глаза», «white bonnet».
_OF_PEOPLE = frozenset({"body", "clothing"})
_OF_PLACES = frozenset({"place", "nature", "plant", "furniture"})
_PASSING = frozenset({"tears", "blood", "smile", "smirk", "wound", "gaze", "blush"})  # a look of a moment
_LEAST_GROUPS = 2
_MOST_ADJECTIVES = 3
_SIGN = re.compile(r"[,.;:!?()«»“”]")
_GOES_ON = re.compile(
    r"\b(?:он|она|его|её|ее|него|неё|нее|нём|нем|ней|ему|he|she|his|her|its)\b",
    re.IGNORECASE,
)


def portray(request: PortraitInput) -> Portrait:
    """The first passage that tells enough; an empty look where none does."""
    known = names_in("\n".join(request.passages), request.language)
    wanted = next(
        (name for name in known if name.name == request.name),
        Name(request.name, request.is_place, 1, frozenset({tuple(map(fold, request.name.split()))})),
    )
    others = [name for name in known if name.name != request.name]
    for passage in request.passages:
        if look := look_of(passage, wanted, [wanted, *others], request.language):
            return Portrait(look=look)
    return Portrait()


def look_of(text: str, name: Name, names: Sequence[Name], language: str) -> str:
    """What a passage tells of how `name` looks, in English; empty where it tells too little.

    Read are the sentences that name it and nobody else, and those that go on with «он», «her» … behind one. A wrong look
    would spoil every picture, so that only described bodies and clothes (of a place: its parts) are taken.
    """
    for paragraph in text.split("\n"):
        groups = _groups_of(paragraph, name, names, language)
        # Clothes alone may hang on a wall; a face belongs to somebody.
        if len(groups) >= _LEAST_GROUPS and (name.is_place or "body" in groups.values()):
            return _shortened(list(groups))
    return ""


def _groups_of(paragraph: str, name: Name, names: Sequence[Name], language: str) -> dict[str, str]:
    """Noun groups in English → the theme of the noun."""
    groups: dict[str, str] = {}
    is_about = False
    for sentence in _told_sentences(paragraph):
        there = names_of(sentence, names, language)
        rivals = [
            one
            for one in there
            if one != name.name and not (name.is_place is False and _is_place(one, names))
        ]
        is_about = not rivals and (name.name in there or (is_about and bool(_GOES_ON.match(sentence))))
        if is_about:
            groups.update(_described(sentence, name.is_place, language))
    return groups


def _shortened(groups: Sequence[str]) -> str:
    kept: list[str] = []
    for group in groups:
        if len(" ".join([*kept, group]).split()) <= MOST_LOOK_WORDS:
            kept.append(group)
    return ", ".join(kept)


def _is_place(name: str, names: Iterable[Name]) -> bool:
    return any(one.is_place for one in names if one.name == name)


def _told_sentences(paragraph: str) -> list[str]:
    for begin, end in reversed(spoken(paragraph)):
        paragraph = f"{paragraph[:begin]} {paragraph[end:]}"
    return [normalise(sentence) for sentence in sentences(paragraph)]


def _described(sentence: str, is_place: bool, language: str) -> Iterator[tuple[str, str]]:
    """Noun groups in English with the noun's theme: («black eyes», «body»)."""
    themes = _OF_PLACES if is_place else _OF_PEOPLE
    words = tagged(sentence, "ru" if language == "ru" else "en")
    for position, noun in enumerate(words):
        sight = noun.sight
        if noun.part != "noun" or sight is None or sight.theme not in themes or sight.english in _PASSING:
            continue
        first = position
        while first and position - first < _MOST_ADJECTIVES and _is_seen_adjective(words[first - 1]):
            first -= 1
        written = sentence[words[first].begin : noun.end]
        if first < position and not _SIGN.search(written):
            told = ", ".join(gloss(written).phrases) if language == "ru" else written
            if told:
                yield told, sight.theme


def _is_seen_adjective(word: Word) -> bool:
    return word.part == "adjective" and word.sight is not None and not word.text[0].isupper()
