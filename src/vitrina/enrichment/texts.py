"""The finished text of a card, as generators produce it and checks read it."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

# Limits are the columns' and the marketplaces' hard ones: they are checked here, never cut in silence.
Title = Annotated[str, StringConstraints(min_length=3, max_length=255, strip_whitespace=True)]
SeoTitle = Annotated[str, StringConstraints(max_length=70, strip_whitespace=True)]
SeoDescription = Annotated[str, StringConstraints(max_length=160, strip_whitespace=True)]


class CardText(BaseModel):
    """One product's text in one language. `description` is HTML of <p>, <ul>, <li> only."""

    model_config = ConfigDict(extra="forbid")

    title: Title
    description: str
    seo_title: SeoTitle
    seo_description: SeoDescription
    keywords: list[str] = Field(max_length=10)
    key_benefits: list[str] = Field(max_length=8)


class ShortText(BaseModel):
    """The short form: one paragraph of at most 250 tokens."""

    model_config = ConfigDict(extra="forbid")

    title: Title
    description: str
