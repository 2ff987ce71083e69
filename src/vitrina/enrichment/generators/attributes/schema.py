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
    """One attribute of a category's own schema."""

    model_config = ConfigDict(frozen=True)

    key: str
    name: str
    values: tuple[str, ...] = ()  # the allowed ones; empty: any
    unit: str = ""
    synonyms: tuple[str, ...] = ()


class AttributesInput(BaseModel):
    model_config = ConfigDict(frozen=True)

    facts: ProductFacts
    category_path: str = ""
    language: Literal["ru", "en"] = "ru"
    attribute_schema: tuple[AttributeSpec, ...] = ()  # of the category; empty: the general kinds


class AttributesOutput(BaseModel):
    model_config = ConfigDict(extra="forbid")

    values: list[AttributeValue] = Field(default_factory=list, max_length=60)

    def shown(self) -> dict[str, str]:
        """Name → value, as the description's input and the product's card take it."""
        return {value.name: value.value for value in self.values}
