"""The card's text: title, description, SEO fields, keywords, benefits."""

from __future__ import annotations

from pathlib import Path

from vitrina.engine.generators import Generator, register
from vitrina.enrichment.generators.describe.offline import describe
from vitrina.enrichment.generators.describe.schema import CardText, DescribeInput

GENERATOR = register(
    Generator(
        name="describe",
        route="describe",
        input=DescribeInput,
        output=CardText,
        prompt=Path(__file__).parent / "prompts" / "describe.md",
        offline=describe,
    )
)
