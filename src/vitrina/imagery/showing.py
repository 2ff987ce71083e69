"""Generated pictures as pages show them: a tile anywhere, and all that is known of one.

    context["tiles"] = tiles_of(images, after=after)
    {% include "imagery/tiles.html" %}        the page needs "imagery/pictures.css" in its head

A tile that waits or is being made follows its own picture and renews itself alone. `after`: `events.last_id()`, asked
before the rows were read, so that nothing falls between the two.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from vitrina.imagery.addresses import address
from vitrina.imagery.models import GeneratedImage, Quality
from vitrina.imagery.subjects import Subject, subject_of
from vitrina.lib.picture_files import Size

TONES = {Quality.EXCELLENT: "ok", Quality.GOOD: "ok", Quality.ACCEPTABLE: "wait", Quality.POOR: "bad"}


@dataclass(frozen=True, slots=True)
class Tile:
    """`thumb` is empty where there is no file. `tone`: of the score's badge. `trouble`: why it failed, in words."""

    image: GeneratedImage
    thumb: str
    large: str
    subject: Subject | None
    tone: str
    trouble: str
    after: int

    @property
    def title(self) -> str:
        """What it shows, with its part in the reader's language."""
        part = self.subject.part if self.subject is not None else self.image.part
        return f"{self.image.title} · {part}" if part else self.image.title

    @property
    def is_live(self) -> bool:
        return self.image.is_under_way

    @property
    def wide(self) -> int:
        """Sides of the file, or as it was asked for: the place is held while it loads."""
        return self.image.real_width or self.image.width or 4

    @property
    def high(self) -> int:
        return self.image.real_height or self.image.height or 3


def tiles_of(images: Iterable[GeneratedImage], *, after: int) -> list[Tile]:
    """No query, unless a room that made a picture asks for the name of what it is of."""
    return [tile_of(image, after=after) for image in images]


def tile_of(image: GeneratedImage, *, after: int) -> Tile:
    return Tile(
        image=image,
        thumb=address(image, Size.THUMB),
        large=address(image, Size.PROCESSED),
        subject=subject_of(image),
        tone=TONES.get(Quality(image.quality_level), "") if image.quality_level else "",
        trouble=trouble_of(image),
        after=after,
    )


def trouble_of(image: GeneratedImage) -> str:
    """Why it failed, in the reader's language; empty where it didn't."""
    return said(image.reason, image.reason_values) if image.reason else ""


def said_of(rows: Iterable[Any]) -> list[str]:
    """Stored sentences ({"sentence", "values"}, or a sentence alone) in the reader's language."""
    return [
        said(str(row.get("sentence", "")), row.get("values")) if isinstance(row, Mapping) else said(str(row))
        for row in rows
    ]


def said(sentence: str, values: Any = None) -> str:
    translated = _(sentence) if sentence else ""
    return translated % values if isinstance(values, Mapping) and values else translated
