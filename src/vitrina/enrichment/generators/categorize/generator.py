"""The generator: a model that picks among the candidates, or the vote."""

from __future__ import annotations

from pathlib import Path

from vitrina.engine.generators import Generator, register
from vitrina.enrichment.generators.categorize.offline import vote
from vitrina.enrichment.generators.categorize.schema import CategorizeInput, CategorizeOutput

GENERATOR = register(
    Generator(
        name="categorize",
        route="categorize",
        input=CategorizeInput,
        output=CategorizeOutput,
        prompt=Path(__file__).parent / "prompts" / "categorize.md",
        offline=vote,
    )
)
