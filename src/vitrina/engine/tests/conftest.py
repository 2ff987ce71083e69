"""A small generator that the engine's tests share."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import BaseModel, ConfigDict, Field

from vitrina.engine.generators import Generator


class Listing(BaseModel):
    title: str
    description: str = ""
    language: str = "ru"


class Card(BaseModel):
    model_config = ConfigDict(extra="forbid")

    title: str = Field(min_length=3, max_length=120)
    description: str = Field(min_length=10)
    keywords: list[str] = Field(max_length=10)


PROMPT = """---
task: describe
trusted: language
---
# system
You write cards in {{ language }}.
# user
{{ title | data("title") }}
{{ description | data("description", tokens=200) }}
"""


def offline(listing: Listing) -> Card:
    return Card(title=listing.title, description=f"{listing.title}: описание.", keywords=[])


@pytest.fixture
def generator(tmp_path: Path) -> Generator[Listing, Card]:
    path = tmp_path / "describe.md"
    path.write_text(PROMPT, encoding="utf-8")
    return Generator("card", "describe", Listing, Card, path, offline)


@pytest.fixture
def listing() -> Listing:
    return Listing(title="Платье летнее хлопковое", description="Лёгкое платье. Длина 95 см.")
