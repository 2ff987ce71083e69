"""A book scene as a `Scene`: genre × type as data, in the order of the prompt. Pure.

Description (in English) with the looks of whom it names, focus, style, quality, composition. A person's own modifiers,
proportions, exclusions and the wish for high quality are added by `imagery.compiling`, for every recipe alike.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from vitrina.imagery.scene import Exclusion, Recipe, Scene
from vitrina.lib.latin import in_latin
from vitrina.lib.text import normalise

DATA = Path(__file__).parent / "data" / "recipes.json"
VERSION = "1"
OTHER_GENRE = "other"
WIDTH, HEIGHT, GUIDANCE, STEPS = 1024, 768, 7.5, 30
MOST_LOOKS = 4  # sheets in one prompt; more make a model mix them up


@dataclass(frozen=True, slots=True)
class Look:
    """How somebody or something looks in every picture of a book. `name`: in any letters; `look`: English."""

    name: str
    look: str


def scene(description: str, *, passage_type: str, genre: str, looks: Sequence[Look] = ()) -> Scene:
    """A passage's picture. `description`: what is to be seen, in English, not empty. `looks`: of the names in it, in
    the order of the passage; the first MOST_LOOKS count. An unknown genre is «other». Raises ValueError without a
    description, KeyError for a type that there is not.
    """
    told = normalise(description).rstrip(" .,;")
    if not told:
        raise ValueError("A scene needs a description in English.")
    recipes = _recipes()
    of_type: Mapping[str, Any] = recipes["types"][passage_type]
    of_genre: Mapping[str, Any] = recipes["genres"].get(genre) or recipes["genres"][OTHER_GENRE]
    parts = (
        told,
        _told_looks(looks),
        of_type["focus"],
        f"{of_genre['style']}, {of_genre['mood']}",
        of_genre["quality"],
        f"{of_type['composition']}, {of_type['detail']}",
    )
    return Scene(
        recipe=Recipe.BOOK_SCENE,
        parts=tuple(filter(None, parts)),
        exclusions=tuple(Exclusion(**row) for row in (*recipes["everywhere"], *of_genre["avoid"])),
        width=of_type.get("width", WIDTH),
        height=of_type.get("height", HEIGHT),
        guidance=recipes["guidance_of_genres"].get(genre) or of_type.get("guidance", GUIDANCE),
        steps=STEPS,
        kind=passage_type,
        version=VERSION,
    )


def _told_looks(looks: Sequence[Look]) -> str:
    """«Germann: young officer, black eyes; Countess: …»: the same words in every picture."""
    return "; ".join(
        f"{in_latin(normalise(one.name))}: {look}"
        for one in looks[:MOST_LOOKS]
        if (look := normalise(one.look).rstrip(" .,;"))
    )


@cache
def _recipes() -> Mapping[str, Any]:
    recipes: Mapping[str, Any] = json.loads(DATA.read_text(encoding="utf-8"))
    return recipes
