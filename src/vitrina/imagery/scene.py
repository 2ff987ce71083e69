"""What is to be seen, before a service is chosen: a recipe makes it, `compiling` turns it into a service's words. Pure."""

from __future__ import annotations

from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field


class Recipe(StrEnum):
    """What kind of picture it is; each is made by the room it belongs to."""

    BOOK_SCENE = "book_scene"
    CAR_ANGLE = "car_angle"
    PRODUCT_SHOT = "product_shot"
    FREE = "free"


class Exclusion(BaseModel):
    """Something that must not be seen.

    `words`: for a service with a negative prompt («watermark»). `instead`: what is seen in its place, for those without
    one («unmarked surfaces»); empty where nothing can be said without naming it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    words: str
    instead: str = ""


class Scene(BaseModel):
    """One picture to be made. Kept with the picture as JSON, enough to make it again.

    `frozen`: what stands in every picture of a series, byte for byte; never shortened. `parts`: the rest, English, in
    the order of the prompt, the most important first. `width` × `height`: pixels. `guidance`, `steps`: for services that
    know them; a scene that `is_high_quality` has its share of that in both already. `color`: "#RRGGBB" that the subject
    shall have, empty where none is asked for. `kind`: what sort of picture within its recipe, for figures («location»,
    «front»). `version`: of the recipe that made it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    recipe: Recipe
    frozen: str = ""
    parts: tuple[str, ...] = Field(min_length=1)
    exclusions: tuple[Exclusion, ...] = ()
    width: int = 1024
    height: int = 768
    guidance: float = 7.5
    steps: int = 30
    is_high_quality: bool = False
    color: str = ""
    kind: str = Field(default="", max_length=30)
    version: str = Field(default="1", max_length=16)
