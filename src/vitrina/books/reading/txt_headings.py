"""Which lines of a plain text are headings of chapters. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from vitrina.lib.text import normalise

MOST_CHARACTERS = 100
LEAST_LONE_NUMERALS = 2

_ROMAN = r"(?=[IVXLCDM])M{0,3}(?:CM|CD|D?C{0,3})(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3})"
# Cyrillic letters that look like the numerals are typed in their place.
_CYRILLIC_ROMAN = str.maketrans({"І": "I", "Х": "X", "С": "C", "М": "M", "У": "V"})
_ORDINAL_RU = (
    r"(?:перв|втор|треть|четв[её]рт|пят|шест|седьм|восьм|девят|десят|одиннадцат|двенадцат|тринадцат|четырнадцат|"
    r"пятнадцат|шестнадцат|семнадцат|восемнадцат|девятнадцат|двадцат|тридцат|сороков|последн)\w{1,3}(?:\s+\w+(?:ая|ый|ой|ое|ья|ий))?"
)
_ORDINAL_EN = (
    r"(?:the\s+)?(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|"
    r"seventeen|eighteen|nineteen|(?:twenty|thirty|forty|fifty)(?:[- ]\w+)?|first|second|third|fourth|fifth|sixth|seventh|"
    r"eighth|ninth|tenth|last)"
)
_NUMBER = rf"(?:№\s*)?(?:\d{{1,3}}|{_ROMAN}|{_ORDINAL_RU}|{_ORDINAL_EN})(?![\w-])"
_PART = re.compile(
    rf"^(?:часть|книга|том|раздел|part|book|volume)\s+{_NUMBER}[.:)]?(?:\s*[-—–.:]?\s*(?P<rest>\S.*))?$",
    re.IGNORECASE,
)
_CHAPTER = re.compile(
    rf"^(?:глава|chapter)\s+{_NUMBER}[.:)]?(?:\s*[-—–.:]?\s*(?P<rest>\S.*))?$", re.IGNORECASE
)
_ALONE = re.compile(
    r"^(?:пролог|эпилог|вступление|предисловие|послесловие|заключение|prologue|epilogue|preface|foreword|afterword|"
    r"introduction|conclusion)[.:]?$",
    re.IGNORECASE,
)
_NUMERAL = re.compile(rf"^(?P<numeral>{_ROMAN})\.?$")
# A sentence that happens to begin with «Часть первая» goes on like one.
_SENTENCE = re.compile(r"[,;]|[.!?…]\s+[а-яa-z]|\b(?:был[аои]?|прош[её]л|прошла|was|were|had)\b")


@dataclass(frozen=True, slots=True)
class Mark:
    """A heading. `lines`: how many it takes: the name of a chapter may stand below its number."""

    line: int
    title: str
    is_part: bool = False
    lines: int = 1


def marks_of(lines: Sequence[str]) -> list[Mark]:
    """Headings in words where there are any; else Roman numerals that stand alone and count up from one."""
    marks = [mark for number in range(len(lines)) if (mark := _worded(lines, number))]
    if any(not mark.is_part for mark in marks if not _ALONE.match(mark.title)):
        return marks
    return sorted([*marks, *_numerals(lines)], key=lambda mark: mark.line)


def _worded(lines: Sequence[str], number: int) -> Mark | None:
    text = normalise(lines[number]) if len(lines[number]) <= 4 * MOST_CHARACTERS else ""
    if not text or len(text) > MOST_CHARACTERS:
        return None
    plain = text.translate(_CYRILLIC_ROMAN)
    if _ALONE.match(text):
        return Mark(number, text.rstrip(".:"))
    part, chapter = _PART.match(plain) or _PART.match(text), _CHAPTER.match(plain) or _CHAPTER.match(text)
    found = part or chapter
    if found is None:
        return None
    rest = found["rest"] or ""
    if rest and (_SENTENCE.search(text) or rest[0].islower()):
        return None
    if not rest and (name := _name_below(lines, number)):
        return Mark(number, f"{text.rstrip('.:')}. {name}", is_part=part is not None, lines=2)
    return Mark(number, text.rstrip(".:") if not rest else text, is_part=part is not None)


def _name_below(lines: Sequence[str], number: int) -> str:
    """«Глава I» and, on the next line alone, its name: short, ended by an empty line and not by a full stop."""
    if number + 2 >= len(lines) or lines[number + 2].strip():
        return ""
    name = normalise(lines[number + 1][: 4 * MOST_CHARACTERS])
    is_name = (
        0 < len(name) <= 60 and name[-1] not in ".,;:—–-" and name[0] not in "—–-" and not name[0].islower()
    )
    return name if is_name and not _worded_alone(name) else ""


def _worded_alone(text: str) -> bool:
    return bool(_PART.match(text) or _CHAPTER.match(text) or _ALONE.match(text) or _NUMERAL.match(text))


def _numerals(lines: Sequence[str]) -> list[Mark]:
    found: list[Mark] = []
    expected = 1
    for number, line in enumerate(lines):
        if len(line) > 40 or not (numeral := _NUMERAL.match(line.strip().translate(_CYRILLIC_ROMAN))):
            continue
        value = _value(numeral["numeral"])
        # Every part of a novel may begin to count anew.
        if value == expected or value == 1:
            found.append(Mark(number, numeral["numeral"]))
            expected = value + 1
    return found if len(found) >= LEAST_LONE_NUMERALS else []


def _value(numeral: str) -> int:
    worth = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100, "D": 500, "M": 1000}
    values = [worth[letter] for letter in numeral]
    return sum(
        -value if value < max(values[index:], default=0) else value for index, value in enumerate(values)
    )
