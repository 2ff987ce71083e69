"""Declining Russian noun phrases: «интерактивная доска» → «интерактивную доску», «контейнер для тонера» → «контейнера для тонера»."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from vitrina.enrichment.reading.morphology import is_cyrillic
from vitrina.lib.text import analyser

CASES = ("nomn", "gent", "datv", "accs", "ablt", "loct")
MASCULINE, FEMININE, NEUTER, PLURAL = range(4)


@dataclass(frozen=True, slots=True)
class Phrase:
    """A noun phrase in the nominative with its head. `forms`: case → the whole phrase."""

    text: str
    head: str
    number: int  # MASCULINE, FEMININE, NEUTER or PLURAL: what adjectives and verbs agree with
    forms: dict[str, str]

    def __hash__(self) -> int:
        return hash(self.text)


@lru_cache(maxsize=16_384)
def phrase(text: str) -> Phrase | None:
    """The phrase if its head is a noun in the nominative that can be declined; None otherwise.

    Adjectives before the head and right behind it are declined with it; everything after that stays as it is.
    """
    words = text.split()
    readings: list[Any] = []
    head_at = None
    for index, word in enumerate(words[:5]):
        noun = _noun(word)
        adjective = _adjective(word)
        if adjective is not None and (
            noun is None or (index == 0 and len(words) > 1 and _noun(words[1]) is not None)
        ):
            readings.append(adjective)
            continue
        if noun is None:
            return None
        readings.append(noun)
        head_at = index
        break
    if head_at is None:
        return None
    head = readings[head_at]
    number = _number(head)
    if number is None or any(_number(reading) not in (number, None) for reading in readings[:head_at]):
        return None
    tail = head_at + 1
    while tail < len(words) and (behind := _adjective(words[tail])) is not None and _number(behind) == number:
        readings.append(behind)
        tail += 1
    forms = {}
    for case in CASES:
        declined = [_declined(words[index], reading, case, head) for index, reading in enumerate(readings)]
        if None in declined:
            return None
        forms[case] = " ".join([*(word or "" for word in declined), *words[tail:]])
    return Phrase(text, words[head_at], number, forms)


@lru_cache(maxsize=16_384)
def singular(text: str) -> str | None:
    """«Компьютерные швейные машины» → «компьютерная швейная машина»; None when the head is no plural noun."""
    words = text.split()
    nouns = [index for index, word in enumerate(words) if _plural_noun(word) is not None]
    if not nouns:
        return None
    head_at = nouns[0]
    head: Any = _plural_noun(words[head_at])
    one = head.inflect({"sing", "nomn"})
    if one is None:
        return None
    result = []
    for word in words[:head_at]:
        reading = next(
            (r for r in _parses(word) if "ADJF" in r.tag and "plur" in r.tag and "nomn" in r.tag), None
        )
        fitting = (
            reading.inflect({"sing", "nomn", one.tag.gender})
            if reading is not None and one.tag.gender
            else None
        )
        if fitting is None:
            return None
        result.append(_as_written(word, fitting.word))
    return " ".join([*result, _as_written(words[head_at], one.word), *words[head_at + 1 :]])


@lru_cache(maxsize=16_384)
def agreeing(adjective: str, number: int, case: str = "nomn", animate: bool = False) -> str | None:
    """An adjective in the gender, number and case asked for: «чёрный», FEMININE → «чёрная»."""
    reading = next((r for r in _parses(adjective) if "ADJF" in r.tag or "PRTF" in r.tag), None)
    if reading is None:
        return None
    marks = {case, *({"plur"} if number == PLURAL else {"sing", ("masc", "femn", "neut")[number]})}
    if case == "accs" and number in (MASCULINE, PLURAL):
        marks.add("anim" if animate else "inan")
    fitting = reading.inflect(marks)
    return _as_written(adjective, fitting.word) if fitting is not None else None


def counted(number: str, noun_one: str, noun_few: str, noun_many: str) -> str:
    """«1 месяц», «3 месяца», «12 месяцев»; a fraction takes the genitive singular."""
    if not number.isdigit():
        return noun_few
    tens, ones = int(number) % 100, int(number) % 10
    if ones == 1 and tens != 11:
        return noun_one
    return noun_few if ones in (2, 3, 4) and tens not in (12, 13, 14) else noun_many


@lru_cache(maxsize=32_768)
def _parses(word: str) -> tuple[Any, ...]:
    return tuple(analyser().parse(word))


def _noun(word: str) -> Any | None:
    if not is_cyrillic(word):
        return None
    return next(
        (
            r
            for r in _parses(word)
            if "NOUN" in r.tag and "nomn" in r.tag and "Surn" not in r.tag and "Name" not in r.tag
        ),
        None,
    )


def _plural_noun(word: str) -> Any | None:
    return next(
        (
            r
            for r in _parses(word)
            if "NOUN" in r.tag and "nomn" in r.tag and "plur" in r.tag and "Pltm" not in r.tag
        ),
        None,
    )


def _adjective(word: str) -> Any | None:
    if not is_cyrillic(word):
        return None
    return next((r for r in _parses(word) if ("ADJF" in r.tag or "PRTF" in r.tag) and "nomn" in r.tag), None)


def _number(reading: Any) -> int | None:
    if "plur" in reading.tag or "Pltm" in reading.tag:
        return PLURAL
    return {"masc": MASCULINE, "femn": FEMININE, "neut": NEUTER}.get(str(reading.tag.gender))


def _declined(word: str, reading: Any, case: str, head: Any) -> str | None:
    if "Fixd" in reading.tag or (word.isupper() and len(word) > 1):
        return word
    marks = {case}
    if (
        case == "accs"
        and ("ADJF" in reading.tag or "PRTF" in reading.tag)
        and _number(head) in (MASCULINE, PLURAL)
    ):
        marks.add("anim" if "anim" in head.tag else "inan")
    fitting = reading.inflect(marks)
    return _as_written(word, fitting.word) if fitting is not None else None


def _as_written(model: str, word: str) -> str:
    """Keeps a capital first letter, and ё where the written word has none is left to the dictionary."""
    return word[:1].upper() + word[1:] if model[:1].isupper() else word
