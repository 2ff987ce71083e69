"""The passages that name somebody, and the look that they give."""

from __future__ import annotations

import re
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

MOST_PASSAGES = 6
MOST_CHARACTERS = 1_500
MOST_LOOK_WORDS = 40
_CYRILLIC = re.compile(r"[\u0400-\u04ff]")


class PortraitInput(BaseModel):
    """`passages`: that name it, in reading order."""

    model_config = ConfigDict(frozen=True)

    name: str = Field(min_length=1, max_length=120)
    is_place: bool = False
    language: Literal["ru", "en"] = "ru"
    passages: tuple[str, ...] = Field(min_length=1, max_length=MOST_PASSAGES)


class Portrait(BaseModel):
    """`look`: English noun phrases, at most MOST_LOOK_WORDS words; empty where the passages don't tell."""

    model_config = ConfigDict(frozen=True)

    look: str = Field(default="", max_length=600)

    @field_validator("look")
    @classmethod
    def is_short_english(cls, value: str) -> str:
        if _CYRILLIC.search(value):
            raise ValueError("The look must be in English.")
        if len(value.split()) > MOST_LOOK_WORDS:
            raise ValueError(f"The look has more than {MOST_LOOK_WORDS} words.")
        return value.strip()
