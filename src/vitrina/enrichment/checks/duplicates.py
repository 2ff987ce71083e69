"""Near-duplicates: two texts that share most of their four-word runs."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from vitrina.lib.text import fold, words

RUN = 4  # words
KEPT = 128  # the smallest hashes: a sketch of fixed size


@dataclass(frozen=True, slots=True)
class OtherText:
    """A text as it stands on another product's card, plain."""

    product_id: int
    product_title: str
    text: str


@lru_cache(maxsize=2_048)
def fingerprint(text: str) -> tuple[int, ...]:
    """A sketch of a text, at most 128 numbers in ascending order; may be stored and compared later.

    A text of fewer than four words has the sketch of its whole self.
    """
    all_words = words(fold(text))
    runs = (
        {" ".join(all_words[start : start + RUN]) for start in range(max(1, len(all_words) - RUN + 1))}
        if all_words
        else set()
    )
    hashes = (int.from_bytes(hashlib.blake2b(run.encode(), digest_size=8).digest(), "big") for run in runs)
    return tuple(sorted(hashes)[:KEPT])


def likeness(first: Sequence[int], second: Sequence[int]) -> float:
    """Share of runs in common, 0–1, from two fingerprints."""
    if not first or not second:
        return 0.0
    smallest = sorted({*first, *second})[: min(KEPT, max(len(first), len(second)))]
    both = set(first) & set(second)
    return sum(value in both for value in smallest) / len(smallest)
