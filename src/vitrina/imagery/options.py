"""What a person chooses for a picture, whatever its recipe. Pure."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

MOST_MODIFIERS = 10


class Options(BaseModel):
    """`style`: the person's own words for the prompt. `negative`: what they do not want to see. `ratio`: (w, h) in place
    of the recipe's size. `service`: the one to be asked first; empty: by plan and health. `is_forced`: a new picture even
    where the same stands already."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    style: tuple[str, ...] = Field(default=(), max_length=MOST_MODIFIERS)
    negative: tuple[str, ...] = Field(default=(), max_length=MOST_MODIFIERS)
    ratio: tuple[int, int] | None = None
    is_high_quality: bool = False
    seed: int | None = Field(default=None, ge=0, lt=2**31)
    service: str = Field(default="", max_length=24)
    is_forced: bool = False
