"""The people and places that a book names, their declined forms joined: «Германна», «Германном» → «Германн». Pure.

Russian: a capital letter and pymorphy3's marks Name, Surn, Patr, Geox; a name that its dictionary lacks is joined by its
stem. English: capital letters inside sentences, and the words that stand before places.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import product
from typing import Any, TypeVar

from vitrina.books.tagging import RUSSIAN_WORD
from vitrina.books.vocabulary import english
from vitrina.lib.text import analyser, fold, word_spans

LEAST_MENTIONS_UNKNOWN = 2  # of a name that no dictionary confirms
MOST_WORDS_IN_A_NAME = 4

_PLACE_MARK = "Geox"
_NAME_MARKS = ("Name", "Surn", "Patr", _PLACE_MARK)
# Between words, what makes a capital say nothing: a new line, a full stop, a dash, a quotation mark.
_OPENING = re.compile(r"[\n.!?…:«»“”„\"‘’(\[*–—―_]|--")
_JOINING = frozenset({" ", "\u00a0"})
_LONGEST_SHORT = 3  # letters before a full stop that ends no sentence: «А. С. Пушкин», «Mrs. Green»
_ROMAN = re.compile(r"[IVXLCDM]+")
_BEFORE_RUSSIAN_PLACES = frozenset({"в", "во", "из", "под"})
_NOT_RUSSIAN_NAMES = frozenset({"бог", "господь", "господин", "госпожа", "ваш"})
_ENDINGS = re.compile(
    r"(?:ами|ями|ого|его|ому|ему|ыми|ими|ий|ый|ая|яя|ую|юю|ой|ей|ою|ею|ом|ем|ым|им|ах|ях|ам|ям|а|я|у|ю|е|ы|и|о|й|ь)$"
)

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Name:
    """`name`: as a sheet is called. `spellings`: words in the nominative, folded, that mean it."""

    name: str
    is_place: bool
    mentions: int
    spellings: frozenset[tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class _Reading:
    """What a capitalised word may be: its nominative with a capital, its case («gent», "" where it has none)."""

    nominative: str
    is_place: bool | None
    case: str = ""
    score: float = 1.0


@dataclass(frozen=True, slots=True)
class _Token:
    """`is_sure`: a dictionary says that it is a name. `is_common`: it is an everyday word as well."""

    word: str
    readings: tuple[_Reading, ...]
    is_sure: bool
    is_common: bool = False


@dataclass(frozen=True, slots=True)
class _Run:
    """Capitalised words beside each other. `opens`: the first one opens a sentence."""

    tokens: tuple[_Token, ...]
    opens: bool

    @property
    def is_sure(self) -> bool:
        return any(token.is_sure for token in self.tokens)


@dataclass(frozen=True, slots=True)
class _Mention:
    """A run whose words have been brought to one nominative each."""

    words: tuple[str, ...]
    is_place: bool
    is_sure: bool
    opens: bool

    @property
    def key(self) -> tuple[str, ...]:
        return tuple(fold(word) for word in self.words)


def names_in(text: str, language: str) -> list[Name]:
    """The names of a text, the most mentioned first; best asked of a whole book at once."""
    mentions = _mentions(list(_runs(text, language)))
    counts = Counter(mention.key for mention in mentions)
    written = {mention.key: mention.words for mention in mentions}
    places = Counter(mention.key for mention in mentions if mention.is_place)
    proven = _proven(mentions, counts, text, language)
    names = []
    for head, members in _families({key: counts[key] for key in proven}).items():
        total = sum(counts[member] for member in members)
        is_place = 2 * sum(places[member] for member in members) > total
        names.append(Name(" ".join(written[head]), is_place, total, frozenset(members)))
    return sorted(names, key=lambda name: (-name.mentions, name.name))


def names_of(passage: str, names: Iterable[Name], language: str) -> tuple[str, ...]:
    """Which of a book's names a piece of it mentions, in the order of their first mention."""
    by_spelling = {spelling: name.name for name in names for spelling in name.spellings}
    by_stem = {tuple(map(stem_of_name, spelling)): name for spelling, name in by_spelling.items()}
    found: dict[str, None] = {}
    for run in _runs(passage, language):
        hit = next((name for spelling in _spellings(run) if (name := by_spelling.get(spelling))), None)
        if hit is None and language == "ru":
            stems = tuple(stem_of_name(token.word) for token in run.tokens)
            hit = next((name for part in _parts(stems) if (name := by_stem.get(part))), None)
        if hit:
            found[hit] = None
    return tuple(found)


def _spellings(run: _Run) -> Iterator[tuple[str, ...]]:
    """What a run may be a spelling of: the whole of it, then its parts, the longest first."""
    for tokens in _parts(run.tokens):
        yield from product(*({fold(reading.nominative) for reading in token.readings} for token in tokens))


def _parts(items: tuple[Item, ...]) -> Iterator[tuple[Item, ...]]:
    for length in range(len(items), 0, -1):
        for begin in range(len(items) - length + 1):
            yield items[begin : begin + length]


# --- Capitals in a text -----------------------------------------------------------------------------------


def _runs(text: str, language: str) -> Iterator[_Run]:
    read = _russian_token if language == "ru" else _english_token
    run: list[_Token] = []
    opens = False
    end_before, before = -1, ""
    for begin, end in word_spans(text):
        word = text[begin:end]
        token = read(word, before) if _is_capital(word) else None
        gap = text[max(end_before, 0) : begin]
        at_opening = end_before < 0 or bool(_OPENING.search(gap))
        if token and at_opening and token.is_common and not token.is_sure:
            token = None  # «Роза стояла», «The house»: the capital is the sentence's
        if run and (
            token is None
            or not (gap in _JOINING or (gap == ". " and len(run[-1].word) <= _LONGEST_SHORT))
            or len(run) == MOST_WORDS_IN_A_NAME
            or not _fit(run[-1], token)
        ):
            yield _Run(tuple(run), opens)
            run = []
        if token:
            opens = opens if run else at_opening
            run.append(token)
        before, end_before = word.lower(), end
    if run:
        yield _Run(tuple(run), opens)


def _is_capital(word: str) -> bool:
    return word[0].isupper() and not (len(word) > 1 and word.isupper()) and not _ROMAN.fullmatch(word)


def _fit(left: _Token, right: _Token) -> bool:
    """Whether two words beside each other can be one name: «Лизаветы Ивановны», not «в Париже Ибрагим»."""
    return any(
        (one.case == other.case or not (one.case and other.case))
        and (one.is_place is other.is_place or None in {one.is_place, other.is_place})
        for one in left.readings
        for other in right.readings
    )


def _mentions(runs: Sequence[_Run]) -> list[_Mention]:
    """Each word in the nominative that most spellings of the text can be forms of.

    «Гаврила» alone may be the genitive of «Гаврил»; beside «Гаврилою» and «Гаврилы» it is not.
    """
    spelled: dict[str, set[str]] = {}
    written: dict[str, Counter[str]] = {}
    agreed = [_agreeing(run) for run in runs]
    for run, ways in zip(runs, agreed, strict=True):
        for token, readings in zip(run.tokens, ways, strict=True):
            written.setdefault(fold(token.word), Counter())[token.word] += 1
            for reading in readings:
                spelled.setdefault(reading.nominative, set()).add(token.word)
    mentions = []
    for run, ways in zip(runs, agreed, strict=True):
        chosen = [
            max(
                readings,
                key=lambda one: (
                    token.is_sure or fold(one.nominative) in written,
                    len(spelled[one.nominative]),
                    one.score,
                ),
            )
            for token, readings in zip(run.tokens, ways, strict=True)
        ]
        places = {reading.is_place for reading in chosen} - {None}
        mentions.append(
            _Mention(
                tuple(_as_written(reading.nominative, written) for reading in chosen),
                places == {True},
                run.is_sure,
                run.opens,
            )
        )
    return mentions


def _agreeing(run: _Run) -> list[tuple[_Reading, ...]]:
    """The readings of each word in the cases that all of them can be in: «Гавриле» beside «Афанасьевичу» is a dative."""
    cases = [{reading.case for reading in token.readings} - {""} for token in run.tokens]
    common = set.intersection(*filter(None, cases)) if any(cases) else set()
    return [
        tuple(reading for reading in token.readings if reading.case in common) or token.readings
        for token in run.tokens
    ]


def _as_written(nominative: str, written: Mapping[str, Counter[str]]) -> str:
    """As the book spells it: «Петр», where the dictionary says «Пётр»."""
    spellings = written.get(fold(nominative))
    return spellings.most_common(1)[0][0] if spellings else nominative


def _proven(
    mentions: Sequence[_Mention], counts: Mapping[tuple[str, ...], int], text: str, language: str
) -> set[tuple[str, ...]]:
    """A capital alone proves nothing: the dictionary does, or several mentions, one of them inside a sentence."""
    inside = Counter(mention.key for mention in mentions if not mention.opens)
    lower = Counter(_lower_words(text)) if language != "ru" else Counter()
    return {
        mention.key
        for mention in mentions
        if inside[mention.key]
        and (mention.is_sure or counts[mention.key] >= LEAST_MENTIONS_UNKNOWN)
        and not (len(mention.key) == 1 and lower[mention.key[0]] >= inside[mention.key])
    }


def _lower_words(text: str) -> Iterator[str]:
    for begin, end in word_spans(text):
        word = text[begin:end]
        if word.islower():
            yield word.replace("’", "'").removesuffix("'s")


def _families(counts: Mapping[tuple[str, ...], int]) -> dict[tuple[str, ...], set[tuple[str, ...]]]:
    """Spellings that mean one, by the spelling that they go by.

    «Гаврила Афанасьевич Ржевский», «Гаврила Афанасьевич» and «Ржевский» are one, as long as one name holds the part.
    """
    groups: list[set[tuple[str, ...]]] = []
    for key in sorted(counts, key=lambda key: (-len(key), -counts[key], key)):
        wider = [group for group in groups if any(_holds(member, key) for member in group)]
        if len(wider) == 1:
            wider[0].add(key)
        else:
            groups.append({key})
    return {
        max(group, key=lambda member: (counts[member] * (2 if len(member) == 2 else 1), member)): group
        for group in groups
    }


def _holds(longer: tuple[str, ...], shorter: tuple[str, ...]) -> bool:
    return len(longer) > len(shorter) and shorter in set(_parts(longer))


# --- Russian ----------------------------------------------------------------------------------------------


@lru_cache(maxsize=16_384)
def _russian_token(word: str, before: str) -> _Token | None:
    if not RUSSIAN_WORD.fullmatch(word):
        return None
    parses = analyser().parse(word)
    is_known = bool(analyser().word_is_known(word.lower()))
    named = [parse for parse in parses if _is_name(parse)] if is_known else []
    if named:
        common = max((parse.score for parse in parses if parse not in named), default=0.0)
        best = max(parse.score for parse in named)
        return _Token(word, tuple(map(_reading, named)), best > common, common > 0)
    if is_known:
        return _everyday_token(word, before)
    stem = stem_of_name(word)
    endings = ("", "а", "я", "й", "ь", "о", "ий", "ый", "ая") if stem != fold(word) else ("",)
    return _Token(word, tuple(_Reading(word[: len(stem)] + ending, None) for ending in endings), False)


def _everyday_token(word: str, before: str) -> _Token | None:
    """An everyday noun with a capital inside a sentence: «в Заречье», «сказал Государь»."""
    nouns = [
        parse
        for parse in analyser().parse(word)
        if parse.tag.POS == "NOUN" and len(word) > 1 and parse.normal_form not in _NOT_RUSSIAN_NAMES
    ]
    where = True if before in _BEFORE_RUSSIAN_PLACES else None
    readings = tuple(replace(_reading(parse), is_place=where) for parse in nouns)
    return _Token(word, readings, False, True) if readings else None


def _reading(parse: Any) -> _Reading:
    nominative = parse.inflect({"nomn"} if "Pltm" in parse.tag else {"nomn", "sing"}) or parse
    return _Reading(
        _titled(nominative.word), _PLACE_MARK in parse.tag, str(parse.tag.case or ""), parse.score
    )


def _is_name(parse: Any) -> bool:
    return any(mark in parse.tag for mark in _NAME_MARKS) and "Abbr" not in parse.tag


def _titled(word: str) -> str:
    return "-".join(part[:1].upper() + part[1:] for part in word.split("-"))


@lru_cache(maxsize=16_384)
def stem_of_name(word: str) -> str:
    folded = fold(word)
    cut = _ENDINGS.sub("", folded)
    return cut if len(cut) >= 3 else folded


# --- English ----------------------------------------------------------------------------------------------

_NOT_NAMES = frozenset(
    {"i", "i'm", "i'll", "i've", "i'd", "o", "oh", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday",
     "sunday", "january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
     "november", "december", "chapter", "english", "french", "latin", "german", "american", "greek", "christian",
     "god", "lord", "heaven", "christmas", "bible", "the", "a", "an", "and", "but", "or", "if", "in", "on", "at"}
)  # fmt: skip
_BEFORE_PLACES = frozenset({"in", "at", "from", "near", "into", "through", "toward", "towards"})
_PLACES = frozenset(
    {"london", "paris", "rome", "england", "france", "america", "australia", "europe", "asia", "africa", "china",
     "india", "russia", "italy", "spain", "germany", "scotland", "ireland", "wales", "egypt", "greece", "japan",
     "moscow", "petersburg", "vienna", "berlin", "boston", "york", "oxford", "cambridge", "canterbury", "dover",
     "denmark", "norway", "sweden", "holland", "switzerland", "athens", "troy", "babylon", "jerusalem", "venice"}
)  # fmt: skip
_PLACE_NOUNS = frozenset(
    {"river", "valley", "mountain", "mount", "lake", "street", "castle", "city", "island", "sea", "forest", "hall",
     "house", "wood", "bay", "hill", "bridge", "abbey", "park", "square", "court", "county"}
)  # fmt: skip


def _english_token(word: str, before: str) -> _Token | None:
    plain = word.replace("’", "'").removesuffix("'s")
    lower = plain.lower()
    if lower in _NOT_NAMES or not plain.isascii():
        return None
    is_place = lower in _PLACES or lower in _PLACE_NOUNS or before in _BEFORE_PLACES
    opens_like_any = lower in english().parts or lower.endswith("ly")
    return _Token(plain, (_Reading(plain, is_place or None),), lower in _PLACES, opens_like_any)
