"""Two rankings made one: reciprocal rank fusion, ties by key."""

from __future__ import annotations

from collections.abc import Sequence

# The usual constant: the tenth place of one list weighs 60/70 of the first.
RANK_CONSTANT = 60


def fuse(rankings: Sequence[Sequence[str]]) -> list[str]:
    """Keys, the best first. A key counts once per ranking, at its best place."""
    scores: dict[str, float] = {}
    for ranking in rankings:
        for rank, key in enumerate(dict.fromkeys(ranking), start=1):
            scores[key] = scores.get(key, 0.0) + 1 / (RANK_CONSTANT + rank)
    return sorted(scores, key=lambda key: (-scores[key], key))
