"""The short text of a product: a title and one paragraph of at most 250 tokens."""

from __future__ import annotations

from pathlib import Path

from vitrina.engine.generators import Generator, register
from vitrina.enrichment.generators.describe.schema import DescribeInput, ShortText
from vitrina.enrichment.generators.describe_short.offline import describe_short

GENERATOR = register(
    Generator(
        name="describe_short",
        route="describe",
        input=DescribeInput,
        output=ShortText,
        prompt=Path(__file__).parent / "prompts" / "describe_short.md",
        offline=describe_short,
        output_limit=600,  # 250 tokens of Russian text, the title and the JSON around them
    )
)
