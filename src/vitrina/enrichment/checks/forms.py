"""Rules that look at the form of a text, not at its words: emoji, shouting, lists of keywords, repeats."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from vitrina.enrichment.checks.injection import find_injections
from vitrina.enrichment.reading.morphology import is_cyrillic, is_known, lemma
from vitrina.lib.text import fold, language_of, sentences


@dataclass(frozen=True, slots=True)
class FormInput:
    text: str
    title: str  # of the card
    known: str  # everything that the listing says, as one text
    language: str
    limit: int = 0
    names: str = ""  # the brand as it is written


Spans = Iterator[tuple[int, int]]

EMOJI = re.compile(
    "(?:[\U0001f1e6-\U0001f1ff]{2}|[\U0001f300-\U0001faff\u2600-\u27bf\u2b00-\u2bff\u231a-\u23ff\u25aa-\u25fe\u203c\u2049]"
    "(?:[\ufe0f\U0001f3fb-\U0001f3ff]|\u200d[\U0001f300-\U0001faff\u2600-\u27bf])*)"
)
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")


def emoji(form: FormInput) -> Spans:
    found = [match.span() for match in EMOJI.finditer(form.text)]
    if len(found) > form.limit:
        yield from found[form.limit :]


# Abbreviations that are written in capitals.
_ABBREVIATION = 5


def caps(form: FormInput) -> Spans:
    """Words in capitals that are neither an abbreviation nor written so in the listing as a name."""
    for match in _WORD.finditer(form.text):
        word = match.group()
        if len(word) <= 3 or not word.isupper() or word in form.names:
            continue
        if not is_cyrillic(word):
            if len(word) > _ABBREVIATION and word not in form.known:
                yield match.span()
        elif is_known(word) and (len(word) > _ABBREVIATION or _is_everyday(word)):
            yield match.span()


def _is_everyday(word: str) -> bool:
    return lemma(word) not in {"мфу", "ибп", "сша", "оаэ", "гост", "лдсп", "светодиод"} and len(word) > 4


_LIST_ENDS = re.compile(r"[.;:!?\n]")
_LIST = re.compile(r"(?:[^,.;:!?\n]{2,40},\s*){7,}[^,.;:!?\n]{2,40}")


def stuffing(form: FormInput) -> Spans:
    """Eight and more short pieces by commas in which a word comes back again and again; or one word in every tenth."""
    for match in _LIST.finditer(form.text) if _may_hold_a_list(form.text) else ():
        pieces = [piece.strip() for piece in match.group().split(",")]
        words = Counter(
            lemma(word) for piece in pieces for word in set(_WORD.findall(piece)) if len(word) > 3
        )
        if (
            words
            and words.most_common(1)[0][1] >= 4
            and sum(len(piece.split()) for piece in pieces) <= 4 * len(pieces)
        ):
            yield match.span()
    all_words = (
        [lemma(word) for word in _WORD.findall(form.text) if len(word) > 3] if len(form.text) > 300 else []
    )
    if len(all_words) >= 60:
        word, count = Counter(all_words).most_common(1)[0]
        if count > max(8, len(all_words) // 9):
            first = next(match for match in _WORD.finditer(form.text) if lemma(match.group()) == word)
            yield first.span()


def _may_hold_a_list(text: str) -> bool:
    return text.count(",") >= 7 and any(part.count(",") >= 7 for part in _LIST_ENDS.split(text))


def repeated_title(form: FormInput) -> Spans:
    """The card's title word for word twice and more in one text, or a whole paragraph of nothing but the title."""
    title = fold(form.title)
    if len(title) < 15:
        return
    text = form.text.lower().replace("ё", "е")
    first = text.find(title)
    second = text.find(title, first + 1) if first >= 0 else -1
    if second >= 0:
        yield second, second + len(title)
    elif first >= 0 and any(fold(line).strip(" .!") == title for line in form.text.splitlines()):
        yield first, first + len(title)


def foreign_sentence(form: FormInput) -> Spans:
    """A sentence of five words and more in another language than the text."""
    position = 0
    for sentence in sentences(form.text):
        start = form.text.find(sentence, position)
        if start < 0:
            continue
        position = start + len(sentence)
        words = _WORD.findall(sentence)
        if len(words) < 5:
            continue
        language = language_of(sentence)
        lower = sum(word.islower() for word in words)
        if language and language != form.language and lower * 2 > len(words):
            yield start, position


def injection(form: FormInput) -> Spans:
    yield from find_injections(form.text)


FORMS: Mapping[str, Callable[[FormInput], Spans]] = {
    "emoji": emoji,
    "caps": caps,
    "stuffing": stuffing,
    "repeated_title": repeated_title,
    "foreign_sentence": foreign_sentence,
    "injection": injection,
}
