"""Which picture is drawn for an order, and the band on it that says what it is."""

from __future__ import annotations

import hashlib
import io
import random

from PIL import Image, ImageDraw, ImageFont

from vitrina.imagery.placeholder.canvas import Canvas
from vitrina.imagery.placeholder.cars import car
from vitrina.imagery.placeholder.products import product
from vitrina.imagery.placeholder.scenes import scene
from vitrina.imagery.ports import Order
from vitrina.imagery.scene import Recipe

MARK = "PLACEHOLDER"
_TITLES = {
    Recipe.BOOK_SCENE.value: "BOOK SCENE",
    Recipe.CAR_ANGLE.value: "CAR",
    Recipe.PRODUCT_SHOT.value: "PRODUCT",
}
_LEAST_BYTES = 12_000  # a smaller file would be taken for a broken one


def placeholder(order: Order) -> tuple[bytes, str]:
    """(the file, its media type); of equal orders the same bytes. Takes the processor for 0.1–0.3 s a megapixel."""
    told = f"{order.seed}\n{order.prompt}\n{order.recipe}\n{order.color}"
    chance = random.Random(int.from_bytes(hashlib.sha256(told.encode()).digest()[:8]))  # noqa: S311 - no secret
    canvas = Canvas(order.width, order.height)
    words = order.prompt.casefold()
    if order.recipe == Recipe.CAR_ANGLE:
        car(canvas, words, order.color, chance)
    elif order.recipe == Recipe.PRODUCT_SHOT:
        product(canvas, words, order.color, chance)
    else:
        scene(canvas, words, chance)
    page = canvas.finished(chance, spares_white=order.recipe == Recipe.PRODUCT_SHOT)
    _mark(page, _TITLES.get(order.recipe, ""))
    file = io.BytesIO()
    page.save(file, "JPEG", quality=92, subsampling=0)
    if file.tell() >= _LEAST_BYTES:
        return file.getvalue(), "image/jpeg"
    file = io.BytesIO()
    page.save(file, "PNG")
    return file.getvalue(), "image/png"


def _mark(page: Image.Image, title: str) -> None:
    """A dark band along the lower edge: on a picture of any kind it can't be taken for a part of it."""
    width, height = page.size
    tall = max(14, round(min(width, height) * 0.055))
    top = height - tall
    band = page.crop((0, top, width, height))
    page.paste(Image.blend(band, Image.new("RGB", band.size, (14, 16, 20)), 0.78), (0, top))
    text = "  ·  ".join(filter(None, (" ".join(MARK), " ".join(title))))
    size = tall * 0.5
    font = ImageFont.load_default(size)
    if (long := font.getlength(text)) > width * 0.92:
        font = ImageFont.load_default(max(6.0, size * width * 0.92 / long))
    ImageDraw.Draw(page).text((width / 2, top + tall / 2), text, font=font, fill=(238, 240, 244), anchor="mm")
