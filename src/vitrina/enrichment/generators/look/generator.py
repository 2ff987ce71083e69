"""What the pictures show, for the text, the category and the checks."""

from __future__ import annotations

from pathlib import Path

from vitrina.engine.generators import Generator, register
from vitrina.enrichment.generators.look.offline import look
from vitrina.enrichment.generators.look.schema import LookInput, LookOutput

GENERATOR = register(
    Generator(
        name="look",
        route="vision",
        input=LookInput,
        output=LookOutput,
        prompt=Path(__file__).parent / "prompts" / "look.md",
        offline=look,
    )
)
