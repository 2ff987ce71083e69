"""Stored pictures for tests: drawn, prepared and measured as fetched ones are, with their files in the storage."""

from __future__ import annotations

from io import BytesIO
from random import Random
from typing import Any

from PIL import Image, ImageColor, ImageDraw
from tests import factories

from vitrina.catalog.models import Product
from vitrina.catalog.pictures.models import Picture
from vitrina.lib.files import storage

BLUE, RED, GREEN = "#1f4fbf", "#d0021b", "#1e8b3a"


def drawn(
    colour: str, shape: int = 0, *, size: int = 600, background: str = "white", words: str = ""
) -> bytes:
    """PNG of one thing in one colour, with folds. Things of other shapes are no near pictures of each other."""
    image = Image.new("RGB", (size, size), background)
    draw = ImageDraw.Draw(image)
    sixth = size // 6
    draw.rectangle((sixth, sixth, size - sixth, size - sixth), fill=colour)
    folds = Random(shape)
    shades = [tuple(channel * part // 100 for channel in ImageColor.getrgb(colour)[:3]) for part in (70, 85)]
    for column in range(1, 5):
        for row in range(1, 5):
            if folds.random() < 0.5:
                box = (column * sixth, row * sixth, (column + 1) * sixth, (row + 1) * sixth)
                draw.rectangle(box, fill=folds.choice(shades))
    if words:
        draw.text((sixth, size // 2), words, fill="black", font_size=size // 40)
    file = BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


def shows(product: Product, *pictures: bytes, **columns: Any) -> list[Picture]:
    """The product shows these pictures, after those that it has."""
    return [factories.stored_picture(product, data, **columns) for data in pictures]


def bytes_of(picture: Picture) -> bytes:
    """The copy that a model gets."""
    with storage().open(picture.processed_name) as file:
        return file.read()
