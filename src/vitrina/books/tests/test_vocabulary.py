"""The lists of words: every entry can be found by the form that a text is brought to."""

from __future__ import annotations

import re

from vitrina.books.passage_types import SAYS
from vitrina.books.vocabulary import ENGLISH, VISIBLE, WORDS, english, russian
from vitrina.lib.text import analyser, fold

# Rare words that the dictionary of forms lacks: found as they stand, or by a guess from their ending.
NOT_IN_THE_DICTIONARY = {"четырехугольный", "полуразрушенный", "полунагой", "лохмотье"}
PARTS = {
    "noun": {"NOUN"},
    "adjective": {"ADJF", "PRTF"},
    "verb": {"INFN"},
    "adverb": {"ADVB", "PRED", "PREP"},
    "preposition": {"PREP"},
}


def test_there_are_words_enough_for_a_book() -> None:
    assert sum(part in VISIBLE for _, part in russian()) >= 2_500
    assert {sight.theme for sight in russian().values() if sight.part in VISIBLE} >= set(SAYS)


def test_every_russian_entry_is_a_dictionary_form_with_plain_english() -> None:
    wrong = []
    for (word, part), sight in russian().items():
        if not re.fullmatch(r"[a-zA-Z][a-zA-Z' -]*", sight.english):
            wrong.append((word, sight.english))
        if word in NOT_IN_THE_DICTIONARY:
            continue
        readings = [parse for parse in analyser().parse(word) if parse.tag.POS in PARTS[part]]
        if not any(
            fold(parse.word if parse.tag.POS == "PRTF" else parse.normal_form) == word for parse in readings
        ):
            wrong.append((word, part))
    assert wrong == []


def test_no_entry_stands_twice() -> None:
    seen = set()
    for path in WORDS.glob("*.txt"):
        part = ""
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.startswith("["):
                part = line.strip("[]").split()[0] if path.name != ENGLISH else line
            elif line and not line.startswith("#"):
                for entry in filter(None, map(str.strip, line.split(";"))):
                    word = entry if path.name == ENGLISH else entry.split()[0]
                    assert (word, part) not in seen, (word, part)
                    seen.add((word, part))


def test_english_knows_what_russian_translates_to() -> None:
    sights = english().sights
    assert sights["castl", "noun"].theme == "place"
    assert sights["dark", "adjective"].theme == "light"
