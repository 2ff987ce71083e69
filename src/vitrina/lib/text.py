"""Russian and English text: cleaning, words, stems, sentences, language, rough token counts."""

from __future__ import annotations

import re
import threading
import unicodedata
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import razdel
import Stemmer

# --- Cleaning ---------------------------------------------------------------------------------------------

_LINE_BREAKS = re.compile(r"\r\n?|[\u2028\u2029\x0b\x0c\x85]")
_SPACES = re.compile(r"[^\S\n]+")
_EMPTY_LINES = re.compile(r"\n{3,}")
_JOINED_EMOJI = re.compile(
    r"(?<=[\u2600-\u27bf\ufe0f\U0001f000-\U0001faff])\u200d(?=[\u2600-\u27bf\U0001f000-\U0001faff])"
)
_KEPT_JOINER = "\ue000"  # private use, which cleaning removes from the text itself first
# Unicode's categories Cc (but tab and line feed), Cf (bidi, zero-width, soft hyphen, tags), Cs, Co, and the variation
# selectors that can carry hidden bytes. Written out, because asking for each character's category is 20 times slower.
_INVISIBLE = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u180e\u200b-\u200f"
    r"\u202a-\u202e\u2060-\u2064\u2066-\u206f\ud800-\udfff\ue001-\uf8ff\ufeff\ufff9-\ufffb\U000110bd\U000110cd"
    r"\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0001-\U000e007f"
    r"\U000e0100-\U000e01ef\U000f0000-\U0010ffff]"
)


def normalise(text: str, *, lines: bool = False) -> str:
    """NFC with ё kept; control, bidi, tag and zero-width characters removed; runs of spaces made one.

    Line breaks become spaces too, unless `lines`: then they stay, at most one empty line in a row.
    """
    if not lines and _is_clean(flat := text.replace("\n", " ")):
        return unicodedata.normalize("NFC", " ".join(flat.split()))
    if not text.isascii():
        text = _JOINED_EMOJI.sub(_KEPT_JOINER, text.replace(_KEPT_JOINER, ""))
    text = _INVISIBLE.sub("", _LINE_BREAKS.sub("\n", text)).replace(_KEPT_JOINER, "\u200d")
    text = unicodedata.normalize("NFC", text)
    if not lines:
        return " ".join(text.split())
    text = "\n".join(line.strip() for line in _SPACES.sub(" ", text).split("\n"))
    return _EMPTY_LINES.sub("\n\n", text).strip()


def _is_clean(text: str) -> bool:
    """Whether there is nothing to remove; nearly always, and ten times sooner known than looked for.

    Of what is removed, Python's `isprintable` takes the selectors for printable, and nothing else.
    """
    return text.isprintable() and (text.isascii() or not _SELECTORS.search(text))


_SELECTORS = re.compile("[\U000e0100-\U000e01ef]")


def fold(text: str) -> str:
    """For comparing: normalised, lower case, ё as е."""
    return normalise(text).lower().replace("ё", "е")


# --- Words ------------------------------------------------------------------------------------------------

_WORD = re.compile(r"[^\W_]+(?:[-'’][^\W_]+)*")
_CYRILLIC = re.compile(r"[а-яё]", re.IGNORECASE)
_ALGORITHMS = {"ru": "russian", "en": "english"}
_of_this_thread = threading.local()  # a Stemmer may not be shared between threads
_analyser_lock = threading.Lock()


def words(text: str) -> list[str]:
    """Words and numbers in their order and spelling; «ярко-красный» and «it's» are one word each."""
    return _WORD.findall(text)


def word_spans(text: str) -> Iterator[tuple[int, int]]:
    """Where each of the `words` begins and ends."""
    return (match.span() for match in _WORD.finditer(text))


@lru_cache(maxsize=100_000)
def stem(word: str, language: str = "") -> str:
    """The word's stem, folded. `language`: "ru", "en", or "" to tell by the alphabet."""
    word = fold(word)
    algorithm = _ALGORITHMS[language or ("ru" if _CYRILLIC.search(word) else "en")]
    stemmers: dict[str, Any] = _of_this_thread.__dict__
    if algorithm not in stemmers:
        stemmers[algorithm] = Stemmer.Stemmer(algorithm)
    return str(stemmers[algorithm].stemWord(word))


@lru_cache(maxsize=100_000)
def lemma(word: str) -> str:
    """The dictionary form of a Russian word, folded; other words come back folded. First call costs 0.15 s."""
    word = fold(word)
    if not _CYRILLIC.search(word):
        return word
    return str(analyser().parse(word)[0].normal_form).replace("ё", "е")


def sentences(text: str) -> list[str]:
    return [sentence.text for sentence in razdel.sentenize(text) if sentence.text]


@lru_cache(maxsize=1)
def analyser() -> Any:
    """pymorphy3's analyser of Russian words: about 0.2 s and 15 MB, once per process."""
    with _analyser_lock:
        return _load_analyser()


@lru_cache(maxsize=1)
def _load_analyser() -> Any:
    import pymorphy3  # type: ignore[import-untyped]

    class Analyser(pymorphy3.MorphAnalyzer):  # type: ignore[misc]
        def parse(self, word: str) -> Any:
            """It asks for each letter's name, and stops at a letter that has none: Tangut, new characters."""
            if not _PLAIN_RUSSIAN.fullmatch(word):
                word = "".join(letter if unicodedata.name(letter, "") else "\ufffd" for letter in word)
            return super().parse(word)

    return Analyser(lang="ru")


_PLAIN_RUSSIAN = re.compile(r"[А-Яа-яЁё-]+")


# --- Tokens -----------------------------------------------------------------------------------------------

# Characters per token, on the careful side of what large vocabularies do; real usage is in the ledger.
_PIECES = re.compile(r"(?P<latin>[A-Za-z]+)|(?P<cyrillic>[\u0400-\u04ff]+)|(?P<digits>\d+)|(?P<other>[^\s])")
_CHARACTERS_PER_TOKEN = {"latin": 4, "cyrillic": 3, "digits": 2, "other": 1}
SENTENCE_CHARACTERS = 2_000


def estimate_tokens(text: str) -> int:
    """About how many tokens a model's tokenizer makes of `text`, erring upwards."""
    return sum(map(_cost, _PIECES.finditer(text)))


def trim_to_tokens(text: str, limit: int) -> tuple[str, bool]:
    """`text` down to about `limit` tokens, ended after a whole sentence (a whole word where the last is very long).

    The second value says whether anything was left out.
    """
    used = border = 0
    for piece in _PIECES.finditer(text):
        used += _cost(piece)
        if used > limit:
            break
        border = piece.end()
    else:
        return text, False
    # Sentences are looked for around the border only: cutting up a whole book takes seconds.
    start = max(0, border - SENTENCE_CHARACTERS)
    ends = [start + piece.stop for piece in razdel.sentenize(text[start : border + SENTENCE_CHARACTERS])]
    end = max((end for end in ends if end <= border), default=0)
    if not end:
        spaces = re.finditer(r"\s+", text[start : border + 1])
        end = max((start + space.start() for space in spaces), default=0)
    return text[:end], True


def _cost(piece: re.Match[str]) -> int:
    return -(-len(piece.group()) // _CHARACTERS_PER_TOKEN[piece.lastgroup or "other"])


# --- Language ---------------------------------------------------------------------------------------------

_RUSSIAN = frozenset("абвгдежзийклмнопрстуфхцчшщъыьэюя")
_OTHER_CYRILLIC_SHARE = 0.03
_BORROWED_LETTERS = "éèêïçñ"  # café, crème, naïve, façade, jalapeño
# Words that stand in nearly every running text of a language and in few others.
_FUNCTION_WORDS = {
    "en": "the and with for of in to is are this your from by on an or it you that can not be as at has have all",
    "de": "der die das und mit für von ist ein eine nicht auf den dem im zu",
    "fr": "le la les et avec pour des du une est dans sur pas que au",
    "es": "el los las con para una por del es su y en se",
    "it": "il lo gli con per una della di che è sono e",
    "pt": "o os com para uma do da em não e",
    "pl": "i w z na do jest dla się nie od oraz",
    "nl": "de het een en van met voor is niet op",
    "tr": "ve ile için bir bu çok",
    "uz": "va uchun bilan bu ham",
}
_LANGUAGES_OF: dict[str, set[str]] = {}
for _language, _list in _FUNCTION_WORDS.items():
    for _word in _list.split():
        _LANGUAGES_OF.setdefault(_word, set()).add(_language)


def language_of(text: str) -> str:
    """ "ru", "en", or "" for anything else, for no letters at all, and for a text that could be several."""
    # Counted before they are told apart: a text has a thousand characters and fifty different ones.
    letters = Counter(
        {character: count for character, count in Counter(text.lower()).items() if character.isalpha()}
    )
    cyrillic = sum(count for letter, count in letters.items() if "\u0400" <= letter <= "\u052f")
    latin = sum(count for letter, count in letters.items() if letter < "\u0250")
    total = sum(letters.values())
    if not total or cyrillic + latin < 0.7 * total:
        return ""
    # A Russian title names brands and models in Latin letters; English text hardly ever holds Cyrillic.
    if cyrillic >= 0.25 * total:
        return "ru" if _is_russian(letters, cyrillic) else ""
    if cyrillic > 0.05 * total:
        return ""
    return "en" if _is_english(text, letters, latin) else ""


def _is_russian(letters: Counter[str], cyrillic: int) -> bool:
    foreign = sum(
        count
        for letter, count in letters.items()
        if "\u0400" <= letter <= "\u052f" and letter not in _RUSSIAN and letter != "ё"
    )
    if foreign > _OTHER_CYRILLIC_SHARE * cyrillic:  # і ї є ґ ў қ ғ ә ө ұ ү һ ј љ њ ћ ђ …
        return False
    # Bulgarian shares our alphabet but not ы and э, and its ъ is a common vowel.
    return not (cyrillic >= 40 and letters["ъ"] > 0.008 * cyrillic and not letters["ы"] and not letters["э"])


def _is_english(text: str, letters: Counter[str], latin: int) -> bool:
    accented = {letter: count for letter, count in letters.items() if "\x80" <= letter < "\u0250"}
    borrowed = sum(accented.pop(letter, 0) for letter in _BORROWED_LETTERS)
    if sum(accented.values()) > 0.005 * latin or borrowed > 0.06 * latin:
        return False
    votes: Counter[str] = Counter()
    for word in words(text.lower()):
        votes.update(_LANGUAGES_OF.get(word, ()))
    return not votes or votes["en"] >= max(votes.values())
