"""The best passages of a book, looked at once more. Optional: without a model the free scorer's order stands."""

from __future__ import annotations

from pathlib import Path

from vitrina.books.generators import SCENE
from vitrina.books.generators.refinement.schema import Rank, Ranking, RankInput
from vitrina.engine.generators import Generator, register


def keep_order(request: RankInput) -> Ranking:
    """What the scorer said."""
    return Ranking(ranks=tuple(Rank(number=one.number, priority=one.priority) for one in request.candidates))


GENERATOR = register(
    Generator(
        name="rank_passages",
        route="categorize",
        input=RankInput,
        output=Ranking,
        prompt=Path(__file__).parent / "prompts" / "rank_passages.md",
        offline=keep_order,
        output_limit=600,  # twenty numbers with their priorities and the JSON around them
        temperature=0.0,
        feature=SCENE,
    )
)
