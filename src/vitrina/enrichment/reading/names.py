"""Names in a text: brands and model words, known ones by dictionary, others by their shape."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache

from vitrina.enrichment.data import load
from vitrina.enrichment.reading.mention import Kind, Mention
from vitrina.enrichment.reading.morphology import fold_word, is_cyrillic, lemma, lemmas

_LATIN = re.compile(
    r"(?<![\w@/])[A-Z][A-Za-z]*(?:[-'’&.+][A-Za-z]+)*(?![\w@])|(?<![\w@/])[a-z]+[A-Z][A-Za-z]*"
)
_LATIN_ANY = re.compile(r"(?<![\w@/.-])[A-Za-z]{2,}(?:[-'’&][A-Za-z]+)*(?![\w@])")
_CYRILLIC = re.compile(r"(?<!\w)[А-ЯЁ][а-яёА-ЯЁ]+(?:-[А-ЯЁа-яё]+)*")
_QUOTED = re.compile(r"[«“„]([^«»“”„]{2,40})[»”“]")
_SENTENCE_START = re.compile(r"(?:^|[.!?…:;•|\n>]\s*|[«“\"(–—-]\s*|\d\)\s*)$")
# Latin words that name no maker: standards, sizes, roman numbers, grammar of English sentences.
_PLAIN = frozenset(
    [
        "i",
        "ii",
        "iii",
        "iv",
        "v",
        "vi",
        "vii",
        "viii",
        "ix",
        "x",
        "xi",
        "xii",
        "xs",
        "s",
        "m",
        "l",
        "xl",
        "xxl",
        "xxxl",
        "ok",
        "it",
        "its",
        "the",
        "a",
        "an",
        "and",
        "or",
        "of",
        "for",
        "with",
        "in",
        "on",
        "to",
        "from",
        "by",
        "is",
        "are",
        "this",
        "that",
        "these",
        "you",
        "your",
        "our",
        "we",
        "they",
        "all",
        "each",
        "no",
        "not",
        "new",
        "set",
        "size",
        "colour",
        "color",
        "made",
        "free",
        "type",
        "use",
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
        "c",
        "f",
    ]
)


@cache
def brand_words() -> dict[str, str]:
    """Folded spelling → id of a known brand."""
    return {word: identity for identity, words in load("brands.json")["brands"].items() for word in words}


# Known brands that are everyday words too: named only when capitalised and not first in a sentence.
_EVERYDAY = frozenset({"лента", "магнит", "пилот", "зубр", "канон", "пума", "рено", "форд", "mac", "essence", "mango", "bic", "pilot", "guess",
    "dove", "shell", "omega", "intel", "sharp", "columbia", "vans", "honor", "vivo", "citizen", "mobil", "nuk", "splat", "singer", "parker",
    "bork", "libero", "brother", "apple", "dell", "puma", "россиянка", "штиль"})  # fmt: skip


# In the middle of a Russian sentence a capital marks a name; these words are the exceptions of polite and festive writing.
_WRITTEN_WITH_A_CAPITAL = frozenset(
    [
        "вы",
        "ваш",
        "вас",
        "вам",
        "вами",
        "рождество",
        "пасха",
        "победа",
        "масленица",
        "новый",
        "год",
        "день",
        "интернет",
        "земля",
        "солнце",
        "луна",
        "бог",
        "россия",
        "женщина",
        "январь",
        "февраль",
        "март",
        "апрель",
        "май",
        "июнь",
        "июль",
        "август",
        "сентябрь",
        "октябрь",
        "ноябрь",
        "декабрь",
        "понедельник",
        "вторник",
        "среда",
        "четверг",
        "пятница",
        "суббота",
        "воскресенье",
    ]
)


def read_names(text: str) -> Iterator[Mention]:
    yield from _latin_names(text)
    for match in _LATIN_ANY.finditer(text):
        if (
            match.group().islower()
            and (known := brand_of(fold_word(match.group())))
            and fold_word(match.group()) not in _EVERYDAY
        ):
            yield Mention(Kind.NAME, match.start(), match.end(), match.group(), known)
    for match in _CYRILLIC.finditer(text):
        word = match.group()
        first = _starts_sentence(text, match.start())
        known = _maker(word)
        if known is not None and not (first and lemma(word) in _EVERYDAY):
            yield Mention(Kind.NAME, match.start(), match.end(), word, known)
        elif not first and not word.isupper() and lemma(word) not in _WRITTEN_WITH_A_CAPITAL:
            yield Mention(Kind.NAME, match.start(), match.end(), word, lemma(word), known=False)
    for match in _QUOTED.finditer(text):
        inner = match.group(1).strip()
        if inner[:1].isupper() and is_cyrillic(inner):
            yield Mention(Kind.NAME, match.start(1), match.end(1), inner, fold_word(inner), known=False)


@lru_cache(maxsize=32_768)
def _maker(word: str) -> str | None:
    """Id of the brand that a Russian word names in any of its forms."""
    return next(filter(None, map(brand_of, (fold_word(word), *sorted(lemmas(word))))), None)


@lru_cache(maxsize=32_768)
def brand_of(folded: str) -> str | None:
    words = brand_words()
    return words.get(folded) or words.get(folded.replace("'", "").replace("’", ""))


# «Check the size» is an English sentence; «Bosch подойдёт» is a name in a Russian one.
_ENGLISH_FOLLOWS = re.compile(r",?\s[a-z]+(?![A-Za-z])")


def _latin_names(text: str) -> Iterator[Mention]:
    """Line by line: in a Russian line a Latin word is a name wherever it stands, in an English one not at its start."""
    position = 0
    for line in text.splitlines(keepends=True):
        names = list(_LATIN.finditer(line))
        russian = bool(names) and _stands_alone_in_russian(line)
        shouting = bool(names) and not russian and _is_title_case(line)
        for match in names:
            word = match.group()
            known = brand_of(fold_word(word))
            if known is None and _is_plain(line, match, russian=russian, shouting=shouting):
                continue
            start, end = position + match.start(), position + match.end()
            yield Mention(Kind.NAME, start, end, word, known or fold_word(word), known=known is not None)
        position += len(line)


def _is_plain(line: str, match: re.Match[str], *, russian: bool, shouting: bool) -> bool:
    """A capital that belongs to an English heading or to the start of an English sentence names nobody."""
    word = match.group()
    if fold_word(word) in _PLAIN or (shouting and not word.isupper()):
        return True
    first = word.istitle() and _starts_sentence(line, match.start())
    return first and (not russian or bool(_ENGLISH_FOLLOWS.match(line, match.end())))


def _starts_sentence(text: str, start: int) -> bool:
    return bool(_SENTENCE_START.search(text[max(0, start - 6) : start]))


def _stands_alone_in_russian(text: str) -> bool:
    """A Latin word in a Russian text is a name wherever it stands."""
    return len("".join(_CYRILLIC_LETTERS.findall(text))) > len("".join(_LATIN_LETTERS.findall(text)))


_CYRILLIC_LETTERS = re.compile(r"[А-Яа-яЁё]+")
_LATIN_LETTERS = re.compile(r"[A-Za-z]+")


def _is_title_case(text: str) -> bool:
    """An English heading capitalises every word: there, capitals say nothing."""
    words = re.findall(r"[A-Za-z]{4,}", text)
    return len(words) >= 3 and sum(word[0].isupper() for word in words) > len(words) * 0.6
