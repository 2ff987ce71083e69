"""The passages found, put in order once more by what a model said of the best of them. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from vitrina.books.finding import Found
from vitrina.books.generators.refinement.schema import (
    MOST_CANDIDATES,
    MOST_CHARACTERS,
    Candidate,
    Ranking,
    RankInput,
)


def to_rank(text: str, found: Sequence[Found], language: Literal["ru", "en"]) -> RankInput:
    """The first MOST_CANDIDATES of `found` (best first, not empty) as a model is asked about them."""
    return RankInput(
        language=language,
        candidates=tuple(
            Candidate(number=number, priority=one.priority, text=text[one.begin : one.end][:MOST_CHARACTERS])
            for number, one in enumerate(found[:MOST_CANDIDATES], start=1)
        ),
    )


def refined(found: Sequence[Found], ranking: Ranking) -> list[Found]:
    """`found` with the model's priorities, best first; what it passed over, or numbered wrongly, keeps its own.

    The scorer's priority stays in `parts["scored"]`.
    """
    told = {rank.number: rank.priority for rank in ranking.ranks}
    changed = [
        replace(one, priority=told[number], parts=one.parts | {"scored": one.priority})
        if number <= MOST_CANDIDATES and number in told
        else one
        for number, one in enumerate(found, start=1)
    ]
    return sorted(changed, key=lambda one: (-one.priority, one.begin))
