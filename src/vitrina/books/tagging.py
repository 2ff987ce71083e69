"""A text taken apart into words with their part of speech and what they let one see. Pure; no model, no download.

Russian by pymorphy3's dictionary. English by word lists, endings and the word before: right often enough to count by.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from vitrina.books.vocabulary import Sight, english, russian
from vitrina.lib.text import analyser, fold, stem, word_spans

_PARTS = {
    "NOUN": "noun",
    "ADJF": "adjective",
    "ADJS": "adjective",
    "PRTF": "adjective",
    "PRTS": "adjective",
    "VERB": "verb",
    "INFN": "verb",
    "GRND": "verb",
    "NPRO": "pronoun",
    "PREP": "preposition",
    "ADVB": "adverb",
    "PRED": "adverb",
    "COMP": "adverb",
}
# A second reading that can be seen is taken before a first that cannot, where it is about as likely.
_LIKELY_ENOUGH = 0.3
_ACTIVE = "actv"
RUSSIAN_WORD = re.compile(r"[А-Яа-яЁё'’-]+")
# Of «села» and «ели» books mean the sitting and the eating nearly always, not villages and firs.
_RATHER_VERBS = frozenset({"села", "ели"})


@dataclass(frozen=True, slots=True)
class Reading:
    """`lemma`: dictionary form, folded. `marks`: pymorphy3's of the likeliest form («gent», «plur», «Name»); `forms`:
    (case, number) of every form that the word may be, the likeliest first. English words have neither.
    """

    lemma: str
    part: str
    sight: Sight | None
    marks: frozenset[str] = frozenset()
    forms: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a text: characters `begin` to `end`."""

    begin: int
    end: int
    text: str
    reading: Reading

    @property
    def part(self) -> str:
        return self.reading.part

    @property
    def sight(self) -> Sight | None:
        return self.reading.sight


def tagged(text: str, language: str) -> list[Word]:
    """Every word of `text` in order. `language`: "ru" or "en"; any other is read as English."""
    return list(_russian(text) if language == "ru" else _english(text))


# --- Russian ----------------------------------------------------------------------------------------------


def _russian(text: str) -> Iterator[Word]:
    for begin, end in word_spans(text):
        word = text[begin:end]
        yield Word(begin, end, word, read_russian(word.lower()))


@lru_cache(maxsize=65_536)
def read_russian(word: str) -> Reading:
    """A lower-case word by itself.

    pymorphy3 tells the likelihood of each form; that of a word is the sum over its forms.
    """
    if not RUSSIAN_WORD.fullmatch(word):
        return Reading(fold(word), "other", None)
    groups: dict[tuple[str, str], list[Any]] = {}
    for parse in analyser().parse(word):
        if word in _RATHER_VERBS and parse.tag.POS != "VERB":
            continue
        groups.setdefault((str(parse.normal_form), str(parse.tag.POS)), []).append(parse)
    ranked = sorted(groups.values(), key=lambda forms: -sum(form.score for form in forms))
    for forms in ranked:
        is_likely = forms is ranked[0] or sum(form.score for form in forms) >= _LIKELY_ENOUGH
        if is_likely and (sight := _sight(forms[0])):
            return _reading(forms, sight)
    return _reading(ranked[0], None)


def _reading(forms: Sequence[Any], sight: Sight | None) -> Reading:
    parse = forms[0]
    marks = frozenset(str(parse.tag).replace(" ", ",").split(","))
    part = _PARTS.get(str(parse.tag.POS), "other")
    if "Apro" in marks:  # «который», «этот», «его»
        part = "pronoun"
    elif "Anum" in marks:
        part = "other"
    cases = tuple(dict.fromkeys((str(form.tag.case or ""), str(form.tag.number or "")) for form in forms))
    return Reading(fold(parse.normal_form), part, sight, marks, cases)


def _sight(parse: Any) -> Sight | None:
    part = _PARTS.get(str(parse.tag.POS), "other")
    known = russian()
    if parse.tag.POS in {"PRTF", "PRTS"}:
        whole = parse.inflect({"PRTF", "nomn", "masc", "sing"})
        sight = known.get((fold(whole.word), "adjective")) if whole else None
        if sight is None and _ACTIVE in parse.tag:
            sight = known.get((fold(parse.normal_form), "verb"))
        return sight
    return known.get((fold(parse.normal_form), part))


# --- English ----------------------------------------------------------------------------------------------

_DETERMINERS = frozenset({"a", "an", "the", "his", "her", "its", "their", "our", "my", "your", "no", "some"})
_ENDINGS = (
    ("ly", "adverb"),
    ("ing", "verb"),
    ("ed", "verb"),
    ("tion", "abstract"),
    ("sion", "abstract"),
    ("ness", "abstract"),
    ("ment", "abstract"),
    ("ity", "abstract"),
    ("ance", "abstract"),
    ("ence", "abstract"),
    ("ship", "abstract"),
    ("hood", "abstract"),
    ("ism", "abstract"),
    ("ous", "adjective"),
    ("ful", "adjective"),
    ("less", "adjective"),
    ("ish", "adjective"),
    ("ive", "adjective"),
    ("able", "adjective"),
    ("ible", "adjective"),
    ("ic", "adjective"),
    ("ical", "adjective"),
)
_ABSTRACT = "abstract"
_CLOSED = frozenset(
    {"pronoun", "determiner", "preposition", "conjunction", "auxiliary", "verb", "adverb", _ABSTRACT}
)


def _english(text: str) -> Iterator[Word]:
    before, before_word = "", ""
    for begin, end in word_spans(text):
        written = text[begin:end]
        word = written.lower().replace("’", "'").removesuffix("'s")
        reading = _read_english(word, before, before_word in _DETERMINERS)
        before, before_word = reading.part, word
        yield Word(begin, end, written, reading)


@lru_cache(maxsize=65_536)
def _read_english(word: str, before: str, after_determiner: bool) -> Reading:
    words = english()
    part = words.parts.get(word, "")
    root = stem(word, "en")
    sights = {name: words.sights.get((root, name)) for name in ("noun", "adjective", "verb")}
    opens_a_noun = after_determiner or before in {"adjective", "preposition"}
    if part in _CLOSED and not (part == "verb" and opens_a_noun and sights["noun"]):
        sight = sights["verb"] if part == "verb" else None
        return Reading(root, "other" if part in {"determiner", "conjunction"} else part, sight)
    quality = sights["adjective"]
    if part == "adjective" or (
        quality and (quality.theme == "color" or not (sights["noun"] and opens_a_noun))
    ):
        return Reading(root, "adjective", quality)
    if sights["noun"] and (opens_a_noun or not sights["verb"] or before == "noun"):
        return Reading(root, "noun", sights["noun"])
    if sights["verb"]:
        return Reading(root, "adjective" if opens_a_noun else "verb", sights["verb"])
    for ending, meant in _ENDINGS:
        if word.endswith(ending) and len(word) > len(ending) + 2:
            if meant == "verb" and opens_a_noun:
                return Reading(root, "adjective", None)
            return Reading(root, meant, None)
    return Reading(root, "noun" if opens_a_noun or before == "noun" else "other", None)
