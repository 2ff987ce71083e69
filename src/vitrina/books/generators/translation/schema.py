"""What is told of a passage, and what comes back."""

from __future__ import annotations

import re
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

MOST_CHARACTERS = 12_000
LEAST_WORDS, MOST_WORDS = 40, 80
_CYRILLIC = re.compile(r"[\u0400-\u04ff]")
_NO_CYRILLIC = (
    r"^[^\u0400-\u04ff]*$"  # told to the model; our own words say it better where it doesn't heed them
)


class PassageInput(BaseModel):
    """`type`: of the passage («location»). `names`: people and places in it, as the book's sheets call them."""

    model_config = ConfigDict(frozen=True)

    text: str = Field(min_length=1, max_length=MOST_CHARACTERS)
    language: Literal["ru", "en"] = "ru"
    type: str = "location"
    names: tuple[str, ...] = Field(default=(), max_length=40)


class SceneText(BaseModel):
    """`description`: English, about 40 to 80 words, visual facts only. `untranslated`: words of the passage that it
    does without because nobody knew them. `is_shortened`: something visible was left out for length."""

    model_config = ConfigDict(frozen=True)

    description: str = Field(min_length=1, max_length=1_200, json_schema_extra={"pattern": _NO_CYRILLIC})
    untranslated: tuple[str, ...] = Field(default=(), max_length=200)
    is_shortened: bool = False

    @field_validator("description")
    @classmethod
    def is_english(cls, value: str) -> str:
        """Models sometimes leave a name in Russian letters, which no picture service reads."""
        if _CYRILLIC.search(value):
            raise ValueError("The description must be in English, names in Latin letters.")
        if not value.strip():
            raise ValueError("The description is empty.")
        return value
