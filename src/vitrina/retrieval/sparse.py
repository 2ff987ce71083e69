"""Texts as sparse vectors: hashed character 3–5-grams, word beginnings and pairs of them.

Character n-grams carry inflection, typos and diminutives of Russian, whole beginnings and pairs carry meaning.
The first words of a line weigh more: «Платье женское …», «Кулич 100 г»: a listing says first what it is.

Weights: a query has the square root of a feature's count × the weight of its kind; a document has
f / (f + K) of its count f, scaled to length 1; the engine multiplies by the inverse document frequency.
Measured on Russian titles, 1 092 categories, 19 examples each searched as one text, tuned apart from the test
rows: top-1 .799 against .743 for BM25 over single examples and .766 for a TF-IDF centroid of character n-grams.
"""

from __future__ import annotations

import math
import re
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

# Raised with every change of a document's vector: indexes of an earlier encoding are made anew.
ENCODING = 1

SATURATION = 5.0  # K
FIRST_WORDS = (2.0, 1.5)  # of every line; the rest weigh 1
# Words of a query's detail, beside 1 for its text. Real offers with descriptions, 48 categories by name alone:
# right first .527 without descriptions, .605 at 0.3, .674 at 0.6.
DETAIL = 0.6
STEM_LENGTH = 6
PAIR_LENGTH = 5

GRAM_WEIGHTS = {3: 0.4, 4: 0.6, 5: 0.9}
WHOLE_WEIGHT = 2.0  # beginnings, pairs, the first word of a line

_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class SparseVector:
    """`indices` ascending and unique, uint32; `values` beside them, all above 0."""

    indices: list[int]
    values: list[float]


def encode_query(text: str, *, detail: str = "") -> SparseVector:
    """`detail` is more about the same thing that counts less: a description beside a title."""
    counts: dict[int, float] = {}
    weights: dict[int, float] = {}
    for part, factor in ((text, 1.0), (detail, DETAIL)):
        for index, count, weight in _features(part):
            counts[index] = counts.get(index, 0.0) + count * factor
            weights[index] = weight
    return _vector({index: math.sqrt(count) * weights[index] for index, count in counts.items()})


def encode_document(texts: Iterable[str]) -> SparseVector:
    """Several texts make one document: a category and what is known to belong to it."""
    counts: dict[int, float] = {}
    for text in texts:
        for index, count, _ in _features(text):
            counts[index] = counts.get(index, 0.0) + count
    values = {index: count / (count + SATURATION) for index, count in counts.items()}
    length = math.sqrt(sum(value * value for value in values.values()))
    return _vector({index: value / length for index, value in values.items()})


def _features(text: str) -> Iterator[tuple[int, float, float]]:
    """(index, count, weight of its kind)."""
    for line in text.lower().replace("ё", "е").splitlines():
        words = _WORD.findall(line)
        for position, word in enumerate(words):
            count = FIRST_WORDS[position] if position < len(FIRST_WORDS) else 1.0
            for index, weight in _word_features(word):
                yield index, count, weight
            if position + 1 < len(words):
                yield (
                    _index("2", f"{word[:PAIR_LENGTH]} {words[position + 1][:PAIR_LENGTH]}"),
                    1.0,
                    WHOLE_WEIGHT,
                )
        if words:
            yield _index("1", words[0][:PAIR_LENGTH]), 1.0, WHOLE_WEIGHT


@lru_cache(maxsize=100_000)
def _word_features(word: str) -> tuple[tuple[int, float], ...]:
    marked = f"^{word}$"
    grams = [
        (_index("", marked[start : start + length]), weight)
        for length, weight in GRAM_WEIGHTS.items()
        for start in range(len(marked) - length + 1)
    ]
    return (*grams, (_index("0", word[:STEM_LENGTH]), WHOLE_WEIGHT))


def _index(kind: str, feature: str) -> int:
    # The zero byte keeps a beginning apart from a gram of the same letters.
    return zlib.crc32(f"{kind}\0{feature}".encode() if kind else feature.encode())


def _vector(values: dict[int, float]) -> SparseVector:
    indices = sorted(values)
    return SparseVector(indices, [values[index] for index in indices])
