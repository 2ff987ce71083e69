"""What the description is written from, and what comes out."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from vitrina.catalog.facts import ProductFacts
from vitrina.enrichment.texts import CardText, ShortText

__all__ = ["CardText", "DescribeInput", "ShortText"]


class DescribeInput(BaseModel):
    """Everything that the writer may know. What is not here must not be in the text."""

    model_config = ConfigDict(frozen=True)

    facts: ProductFacts
    category_path: str = ""  # the category chosen in this run; the product's own when empty
    attributes: dict[str, str] = Field(default_factory=dict)  # extracted ones: name → value as shown
    language: Literal["ru", "en"] = "ru"
    target: str = ""  # a marketplace of the limits data, e.g. "wildberries"; empty for the own shop
    templates: tuple[str, ...] = Field(
        default=(), max_length=2
    )  # approved texts of the same kind, as examples
    image_facts: dict[str, Any] = Field(default_factory=dict)  # what the picture analysis saw
