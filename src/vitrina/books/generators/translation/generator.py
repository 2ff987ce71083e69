"""What a passage shows, in English, for a picture."""

from __future__ import annotations

from pathlib import Path

from vitrina.books.generators import SCENE
from vitrina.books.generators.translation.offline import translate
from vitrina.books.generators.translation.schema import PassageInput, SceneText
from vitrina.engine.generators import Generator, register

GENERATOR = register(
    Generator(
        name="translate_passage",
        route="describe",
        input=PassageInput,
        output=SceneText,
        prompt=Path(__file__).parent / "prompts" / "translate_passage.md",
        offline=translate,
        output_limit=400,  # 80 words, the words left out and the JSON around them
        temperature=0.2,
        feature=SCENE,
    )
)
