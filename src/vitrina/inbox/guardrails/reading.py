"""A reply as the guardrails read it: folded, look-alike letters told apart, every place known in the original. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

# No marketplace takes a longer answer (5,000 characters); what is longer is blocked for its length alone.
MOST_READ = 6_000

_CYRILLIC_OF = str.maketrans("abcehkmoptxyung3", "авсенкмортхуипгз")
_LATIN_OF = str.maketrans("авекмнорстухьі", "abekmhopctyxbi")
_GREEK_AND_KIN = str.maketrans("αβερτνκιουχіјѕԁɡ", "abeptvkiouxijsdg")
_LETTERS = re.compile(r"[a-zа-яі0-9]+")
_LATIN = re.compile(r"[a-z]")
_CYRILLIC = re.compile(r"[а-яі]")
_SPACED = re.compile(r"(?<!\w)[^\W\d_](?:[ .\-_*·|/]{1,3}[^\W\d_](?!\w)){2,}")
_DASHES = "‐‑‒–—―−﹘﹣－⁃"
_QUOTES = "«»„“”‟″"
# Nearly every text is made of these, and each folds to one character: nothing has to be counted.
_PLAIN = re.compile(r"[ -~\nА-яЁё«»—–№₽]*")
_ONE_FOR_ONE = str.maketrans("ё«»—–", 'е""--')
_BREAKS = "\n\r\x0b\x0c\x85\u2028\u2029"


@dataclass(frozen=True, slots=True)
class Reading:
    """`folded`: lower case, ё as е, invisible characters gone, mixed words in one alphabet. `latin`: the same, but
    mixed words are read as Latin wherever they can be (addresses). Both are of one length; `origin[i]` is where
    character i came from, and one number more: where the text ends."""

    text: str
    folded: str
    latin: str
    origin: Sequence[int]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where characters `start` to `end` of the folded text stand in the original."""
        if start >= end:
            return self.origin[start], self.origin[start]
        return self.origin[start], self.origin[end - 1] + 1


@lru_cache(maxsize=256)
def read(text: str) -> Reading:
    """The first `MOST_READ` characters of a text. Remembered: a reply is read by every rule."""
    return read_all(text[:MOST_READ])


def read_all(text: str) -> Reading:
    """The whole text: about 0.1 s for 100,000 characters."""
    if _PLAIN.fullmatch(text) and "  " not in text:
        plain = text.lower().translate(_ONE_FOR_ONE)
        return Reading(
            text, _LETTERS.sub(_one_alphabet, plain), _LETTERS.sub(_as_latin, plain), range(len(text) + 1)
        )
    letters: list[str] = []
    origin: list[int] = []
    for index, character in enumerate(text):
        folded = character.lower() if character < "\x7f" else _fold(character)
        if character == "\u0306" and letters and letters[-1] == "и":
            letters[-1] = "й"
        for letter in folded:
            if letter == " " and letters and letters[-1] == " ":
                continue
            letters.append("\n" if letter in _BREAKS else letter)
            origin.append(index)
    origin.append(len(text))
    plain = "".join(letters)
    return Reading(text, _LETTERS.sub(_one_alphabet, plain), _LETTERS.sub(_as_latin, plain), tuple(origin))


@lru_cache(maxsize=256)
def spaced_out(text: str) -> tuple[Reading, ...]:
    """Words written letter by letter («т е л е г р а м»), each run as a reading of its own without the gaps."""
    return tuple(_runs(read(text)))


def _runs(reading: Reading) -> Iterator[Reading]:
    for match in _SPACED.finditer(reading.latin):
        letters: list[str] = []
        origin: list[int] = []
        for index in range(match.start(), match.end()):
            character = reading.folded[index]
            # A point with a space beside it is a point of an address: «l a m p a . r u».
            is_point = character == "." and reading.folded[index - 1] == " "
            if character.isalpha() or is_point:
                letters.append(character)
                origin.append(reading.origin[index])
        origin.append(reading.origin[match.end() - 1] + 1)
        joined = "".join(letters)
        yield Reading(
            reading.text, _LETTERS.sub(_one_alphabet, joined), _LETTERS.sub(_as_latin, joined), tuple(origin)
        )


@lru_cache(maxsize=8_192)
def _fold(character: str) -> str:
    if character == "№":  # NFKC would make «No» of it
        return character
    if character in _DASHES:
        return "-"
    if character in _QUOTES:
        return '"'
    if character in _BREAKS:
        return "\n"
    if character.isspace():
        return " "
    if unicodedata.category(character) in ("Cf", "Cc", "Cs", "Mn", "Me") or character in "\u3164\u115f\u1160":
        return ""
    folded = unicodedata.normalize("NFKC", character).lower().replace("ё", "е").translate(_GREEK_AND_KIN)
    return "".join(piece for piece in folded if unicodedata.category(piece) not in ("Cf", "Mn", "Me"))


def _one_alphabet(match: re.Match[str]) -> str:
    word = match.group()
    if not _is_mixed(word):
        return word
    latin, cyrillic = word.translate(_LATIN_OF), word.translate(_CYRILLIC_OF)
    may_be_latin, may_be_cyrillic = not _CYRILLIC.search(latin), not _LATIN.search(cyrillic)
    if may_be_cyrillic and (not may_be_latin or len(_CYRILLIC.findall(word)) >= len(_LATIN.findall(word))):
        return cyrillic
    return latin if may_be_latin else word


def _as_latin(match: re.Match[str]) -> str:
    word = match.group()
    if not _is_mixed(word):
        return word
    latin = word.translate(_LATIN_OF)
    return latin if not _CYRILLIC.search(latin) else _one_alphabet(match)


def _is_mixed(word: str) -> bool:
    return bool(_LATIN.search(word) and _CYRILLIC.search(word))


# --- Negation and conditions ------------------------------------------------------------------------------

_CLAUSE = re.compile(r"[.!?;:\n(]|,(?! что\b| чтобы\b)| но | а ")
_SENTENCE = re.compile(r"[.!?\n]")
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
_NO = frozenset(
    [
        "не",
        "нет",
        "без",
        "ни",
        "никогда",
        "нельзя",
        "никак",
        "незачем",
        "not",
        "never",
        "no",
        "without",
        "cannot",
        "don't",
        "won't",
        "can't",
        "isn't",
        "doesn't",
    ]
)
_NO_AFTER = frozenset(
    ["не", "нет", "нельзя", "невозможно", "исключен", "исключено", "исключается", "запрещено", "not", "never"]
)
# «Не забудьте», «не могли бы вы», «не только»: said with a «не», and no refusal.
_YES_AFTER_NO = re.compile(
    r"забу|могл|мож(?:ете|но) ли|сочт|полен|стесн|откаж|хоте|хоти|пожале|труд|сложн|затрудн|пережив|волну|беспоко|только"
    r"|сомнев|против|медл|тян|единс|forget|hesitate|only"
)
_AROUND = 80  # characters
_WORDS = 4
_IF = re.compile(r"\b(?:если|вдруг|в случае|на случай|if|in case)\b")


def is_negated(folded: str, start: int, end: int, *, inside: bool = True, after: bool = False) -> bool:
    """Whether what stands there is denied: a «не» at most four words before it in its clause.

    `inside`: or in it; `after`: or at most four words behind it.
    """
    before = _CLAUSE.split(folded[max(0, start - _AROUND) : start])[-1]
    first = _WORD.findall(folded[start:end])
    if _denies(
        _WORD.findall(before)[-_WORDS:]
        + (first if inside else [word for word in first[:1] if word not in _NO]),
        _NO,
    ):
        return True
    behind = _CLAUSE.split(folded[end : end + _AROUND], maxsplit=1)[0]
    return after and _denies(_WORD.findall(behind)[: _WORDS + 1], _NO_AFTER)


def _denies(words: list[str], negators: frozenset[str]) -> bool:
    return any(
        word in negators and not (index + 1 < len(words) and _YES_AFTER_NO.match(words[index + 1]))
        for index, word in enumerate(words)
    )


def is_conditional(folded: str, start: int) -> bool:
    """Whether «если» stands before it in its sentence."""
    return bool(_IF.search(_SENTENCE.split(folded[max(0, start - _AROUND) : start])[-1]))
