"""Typed attributes with the evidence of each value."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from vitrina.catalog.facts import ProductFacts


class EvidenceKind(StrEnum):
    TEXT = "text"  # stands in a field of the listing, characters start to end (exclusive)
    ATTRIBUTE = "attribute"  # the supplier gave it under `source`
    PICTURE = "picture"  # seen on picture number `source`
    INFERRED = "inferred"  # follows from what is known, stands nowhere


class Evidence(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: EvidenceKind
    field: str = ""  # "title", "description", "attributes", "category"
    start: int = 0
    end: int = 0
    source: str = ""


class AttributeValue(BaseModel):
    """`name` is shown to people in the language of the request; `key` is the same in every language."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: str  # "colour", "volume", "weight" … or the schema's own key
    name: str
    value: str  # as shown: "чёрный", "1,5 л", "95 % хлопок, 5 % эластан"
    number: float | None = None  # in `unit`, for measured values
    unit: str = ""
    evidence: Evidence


class AttributeSpec(BaseModel):
    """One attribute of a category's own schema. `name` and `values` are in the language of the request."""

    model_config = ConfigDict(frozen=True)

    key: str
    name: str
    kind: Literal["text", "number", "choice", "multiple", "boolean"] = "text"
    values: tuple[str, ...] = ()  # the allowed ones; empty: any
    also: tuple[tuple[str, ...], ...] = ()  # other words for each of the values, in their order
    unit: str = ""  # that numbers are given in
    required: bool = False
    synonyms: tuple[str, ...] = ()  # what else suppliers call it

    @property
    def words_of_values(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """Each allowed value with everything that names it."""
        also = (*self.also, *((),) * len(self.values))
        return tuple((value, (value, *more)) for value, more in zip(self.values, also, strict=False))


class AttributesInput(BaseModel):
    model_config = ConfigDict(frozen=True)

    facts: ProductFacts
    category_path: str = ""
    language: Literal["ru", "en"] = "ru"
    attribute_schema: tuple[AttributeSpec, ...] = ()  # of the category; empty: the general kinds


class AttributeDoubt(BaseModel):
    """An attribute whose value is not taken, because the listing says it in several ways or in none that is allowed.

    `values`: what was found, each with its evidence; a person chooses.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: str
    name: str
    values: list[AttributeValue]


class AttributesOutput(BaseModel):
    model_config = ConfigDict(extra="forbid")

    values: list[AttributeValue] = Field(default_factory=list, max_length=100)
    doubts: list[AttributeDoubt] = Field(default_factory=list, max_length=100)

    def shown(self) -> dict[str, str]:
        """Name → value, as the description's input and the product's card take it."""
        return {value.name: value.value for value in self.values}
