"""How easily a text reads: sentence length, long words, walls of text."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from vitrina.lib.text import sentences, words

LONG_SENTENCE = 35  # words
MEAN_SENTENCE = 22
LONG_PARAGRAPH = 120
VOWELS = frozenset("аеёиоуыэюяaeiouy")


@dataclass(frozen=True, slots=True)
class Readability:
    words: int
    sentences: int
    mean_sentence: float  # words
    longest_sentence: int
    longest_paragraph: int
    ease: float  # Flesch reading ease with the Russian weights of I. Oborneva (2006); higher reads easier


def measure(text: str) -> Readability:
    """`text` is plain; paragraphs are parted by line breaks."""
    paragraphs = [line for line in text.splitlines() if line.strip()]
    lengths = [len(words(sentence)) for line in paragraphs for sentence in sentences(line)]
    lengths = [length for length in lengths if length]
    all_words = words(text)
    if not lengths or not all_words:
        return Readability(0, 0, 0.0, 0, 0, 0.0)
    mean = sum(lengths) / len(lengths)
    syllables = sum(map(_syllables, all_words)) / len(all_words)
    ease = 206.835 - 1.3 * mean - 60.1 * syllables
    longest = max(len(words(line)) for line in paragraphs)
    return Readability(len(all_words), len(lengths), round(mean, 2), max(lengths), longest, round(ease, 1))


@lru_cache(maxsize=65_536)
def _syllables(word: str) -> int:
    return max(1, sum(letter in VOWELS for letter in word.lower()))
