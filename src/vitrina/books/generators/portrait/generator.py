"""The look of a character sheet. Without a model only what is told beyond doubt."""

from __future__ import annotations

from pathlib import Path

from vitrina.books.generators import SCENE
from vitrina.books.generators.portrait.offline import portray
from vitrina.books.generators.portrait.schema import Portrait, PortraitInput
from vitrina.engine.generators import Generator, register

GENERATOR = register(
    Generator(
        name="portray",
        route="describe",
        input=PortraitInput,
        output=Portrait,
        prompt=Path(__file__).parent / "prompts" / "portray.md",
        offline=portray,
        output_limit=200,  # 40 words and the JSON around them
        temperature=0.2,
        feature=SCENE,
    )
)
