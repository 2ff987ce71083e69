"""The recipe of a picture that a person describes in their own words. Pure."""

from __future__ import annotations

import re

from vitrina.imagery.scene import Exclusion, Recipe, Scene

MOST_CHARACTERS = 2000
WIDTH, HEIGHT = 1024, 768
EXCLUSIONS = (
    Exclusion(words="blurry, low quality", instead="sharp focus, fine detail"),
    Exclusion(words="watermark, caption, signature", instead="clean, unmarked picture"),
    Exclusion(words="deformed", instead="natural proportions"),
)
_SPACES = re.compile(r"\s+")


def scene_of(text: str, *, is_high_quality: bool = False) -> Scene:
    """The words as they were said, spaces made even. Raises ValueError where there are none."""
    words = _SPACES.sub(" ", text).strip()
    if not words:
        raise ValueError("A picture of nothing can't be drawn: the text is empty.")
    return Scene(
        recipe=Recipe.FREE,
        parts=(words[:MOST_CHARACTERS],),
        exclusions=EXCLUSIONS,
        width=WIDTH,
        height=HEIGHT,
        is_high_quality=is_high_quality,
    )


def title_of(text: str) -> str:
    """Up to 200 characters, cut between words."""
    words = _SPACES.sub(" ", text).strip()
    return words if len(words) <= 200 else words[:199].rpartition(" ")[0][:199] + "…"
