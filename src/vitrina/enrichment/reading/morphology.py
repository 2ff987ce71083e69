"""Russian words: dictionary form, part of speech, and the forms that a sentence needs. Everything is cached."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from vitrina.lib.text import analyser, fold


@lru_cache(maxsize=65_536)
def fold_word(word: str) -> str:
    """`fold` of one word, remembered: a catalogue repeats its words."""
    return fold(word)


@lru_cache(maxsize=65_536)
def parse(word: str) -> Any:
    """The likeliest reading of a word, as pymorphy3 gives it (.normal_form, .tag, .inflect)."""
    return analyser().parse(word)[0]


@lru_cache(maxsize=65_536)
def lemma(word: str) -> str:
    """Dictionary form with ё written as е; a word that is not Russian comes back lower-cased."""
    if not is_cyrillic(word):
        return fold(word)
    return fold(parse(word).normal_form)


@lru_cache(maxsize=65_536)
def lemmas(word: str) -> frozenset[str]:
    """Every dictionary form that the word may have: «стали» is both «стать» and «сталь»."""
    if not is_cyrillic(word):
        return frozenset({fold(word), english_stem(word)})
    return frozenset(fold(reading.normal_form) for reading in analyser().parse(word))


@lru_cache(maxsize=16_384)
def english_stem(word: str) -> str:
    import Stemmer

    return str(_stemmer(Stemmer).stemWord(fold(word)))


@lru_cache(maxsize=1)
def _stemmer(module: Any) -> Any:
    return module.Stemmer("english")


@lru_cache(maxsize=65_536)
def marks(word: str) -> frozenset[str]:
    """Grammatical marks of the likeliest reading: NOUN, ADJF, Geox, plur …; empty for a word that is not Russian."""
    if not is_cyrillic(word):
        return frozenset()
    return frozenset(str(parse(word).tag).replace(" ", ",").split(","))


def is_cyrillic(word: str) -> bool:
    return any("а" <= letter <= "я" or letter in "ёәғқңөұүһі" for letter in word.lower())


@lru_cache(maxsize=65_536)
def is_known(word: str) -> bool:
    """Whether the dictionary holds the word; a guess by its ending is not knowledge."""
    return bool(analyser().word_is_known(word.lower()))
