"""What a picture becomes, and why it may become nothing. Pure; knows no picture library."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

MEMORY_BYTES = (
    250 * 1024 * 1024
)  # what one picture may take while it is opened, beside the process's own 40 MB


class PictureRefused(ValueError):
    """These bytes become no picture, now or later: `sentence` says why, its `values` apart for the translators."""

    def __init__(self, sentence: str, values: Mapping[str, str | int] | None = None) -> None:
        super().__init__(sentence, values)
        self.sentence = sentence
        self.values: Mapping[str, str | int] = values or {}

    def __str__(self) -> str:
        return self.sentence % self.values if self.values else self.sentence


@dataclass(frozen=True, slots=True)
class Prepared:
    """A picture in the sizes that are needed.

    `media_type`: of the bytes as they came, by their content ("image/jpeg"). `width` × `height`: of the whole picture
    as it is looked at, after the rotation that the camera noted. `processed`: JPEG, RGB, longest side ≤ 1024, no
    metadata. `thumb`: WebP, longest side ≤ 320. `likeness`: 64 bits, signed, for `likeness.distance`. `measured`: what
    the pixels say, JSON.
    """

    media_type: str
    width: int
    height: int
    processed: bytes = field(repr=False)
    thumb: bytes = field(repr=False)
    likeness: int
    measured: dict[str, Any]
