"""The passages that a model looks at once more, and how it ranks them."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

MOST_CANDIDATES = 20
MOST_CHARACTERS = 1_500


class Candidate(BaseModel):
    """`number`: from 1. `priority`: by the free scorer."""

    model_config = ConfigDict(frozen=True)

    number: int = Field(ge=1, le=MOST_CANDIDATES)
    priority: int = Field(ge=0, le=100)
    text: str = Field(min_length=1, max_length=MOST_CHARACTERS)


class RankInput(BaseModel):
    model_config = ConfigDict(frozen=True)

    language: Literal["ru", "en"] = "ru"
    candidates: tuple[Candidate, ...] = Field(min_length=1, max_length=MOST_CANDIDATES)


class Rank(BaseModel):
    model_config = ConfigDict(frozen=True)

    number: int = Field(ge=1, le=MOST_CANDIDATES)
    priority: int = Field(ge=0, le=100)


class Ranking(BaseModel):
    """Every candidate once, with the priority that it deserves."""

    model_config = ConfigDict(frozen=True)

    ranks: tuple[Rank, ...] = Field(min_length=1, max_length=MOST_CANDIDATES)

    @field_validator("ranks")
    @classmethod
    def each_once(cls, value: tuple[Rank, ...]) -> tuple[Rank, ...]:
        if len({rank.number for rank in value}) < len(value):
            raise ValueError("Each number stands once in ranks.")
        return value
