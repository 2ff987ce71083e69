"""Typed attributes of a listing, each with its evidence."""

from __future__ import annotations

from pathlib import Path

from vitrina.engine.generators import Generator, register
from vitrina.enrichment.generators.attributes.offline import extract
from vitrina.enrichment.generators.attributes.schema import AttributesInput, AttributesOutput

GENERATOR = register(
    Generator(
        name="attributes",
        route="categorize",
        input=AttributesInput,
        output=AttributesOutput,
        prompt=Path(__file__).parent / "prompts" / "attributes.md",
        offline=extract,
    )
)
