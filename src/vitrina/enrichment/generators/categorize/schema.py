"""What is asked about a product's category, and what an answer says."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from vitrina.catalog.facts import ProductFacts

Confidence = Annotated[float, Field(ge=0, le=1)]
Words = Annotated[str, StringConstraints(max_length=200, strip_whitespace=True)]


class Candidate(BaseModel):
    """A category that may fit.

    `similarity`: words in common with the category and its confirmed products, weighed by rarity: 0 nothing,
    around 1 a good match, no upper end. `confirmed`: products that a person placed there, as far as the seller may
    see; `examples`: titles of the nearest of them.
    """

    model_config = ConfigDict(frozen=True)

    id: int
    name: str
    path: str
    similarity: float
    confirmed: int = 0
    examples: tuple[str, ...] = ()
    parent_id: int | None = None
    parent_path: str = ""
    attributes: tuple[str, ...] = ()  # names in the category's own schema


class CategorizeInput(BaseModel):
    """`listing`, `choices` and `wanted` are what a model reads; the rest is for the producer without a model."""

    model_config = ConfigDict(frozen=True)

    facts: ProductFacts
    candidates: tuple[Candidate, ...]
    listing: str
    choices: str
    wanted: str
    language: str = "ru"


class Alternative(BaseModel):
    model_config = ConfigDict(extra="forbid")

    category: Words
    confidence: Confidence | None = None


class NamedValue(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: Words
    value: Words


class CategorizeOutput(BaseModel):
    """`category`: an id of the choices, or of a parent of theirs; "" when nothing fits and a name is proposed."""

    model_config = ConfigDict(extra="forbid")

    category: Words
    confidence: Confidence | None = None
    alternatives: list[Alternative] = Field(default_factory=list, max_length=3)
    proposed_name: Words = ""
    attributes: list[NamedValue] = Field(default_factory=list, max_length=20)
    reasoning: Annotated[str, StringConstraints(max_length=800, strip_whitespace=True)] = ""
