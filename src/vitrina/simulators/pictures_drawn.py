"""Small real pictures for the simulated picture services: seeded, of any size, in the color that the prompt names."""

from __future__ import annotations

import hashlib
import io
import random
import re
from dataclasses import dataclass
from functools import lru_cache

from PIL import Image, ImageChops, ImageDraw, ImageOps

MEDIA_TYPES = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}
MOST_SIDE = 4096

_COLORS = {
    "red": (196, 32, 40),
    "orange": (228, 122, 30),
    "yellow": (232, 200, 44),
    "green": (44, 138, 66),
    "blue": (36, 84, 180),
    "purple": (120, 56, 158),
    "pink": (226, 120, 160),
    "brown": (118, 78, 46),
    "black": (34, 34, 38),
    "white": (238, 238, 234),
    "silver": (176, 180, 186),
    "grey": (126, 128, 130),
    "gray": (126, 128, 130),
    "beige": (214, 198, 166),
}
_NAMED = re.compile(rf"\b({'|'.join(_COLORS)})\b|#([0-9a-f]{{6}})\b", re.IGNORECASE)
_QUIET = (96, 118, 128)


@dataclass(frozen=True)
class Picture:
    """An encoded file."""

    data: bytes
    media_type: str
    width: int
    height: int


@lru_cache(maxsize=64)
def drawn(prompt: str, width: int, height: int, seed: int, kind: str = "JPEG") -> Picture:
    """The same bytes for the same arguments. `kind`: a key of `MEDIA_TYPES`. Raises ValueError for a size that is none."""
    if not (0 < width <= MOST_SIDE and 0 < height <= MOST_SIDE):
        raise ValueError(f"{width}x{height} is no size of a picture.")
    digest = hashlib.sha256(f"{seed}:{prompt}".encode("utf-8", "replace")).digest()
    chance = random.Random(digest)  # noqa: S311 - a picture, no secret
    base = color_of(prompt)
    image = _ground(base, width, height)
    _shapes(image, base, chance)
    return encoded(_grained(image, chance), kind)


def color_of(prompt: str) -> tuple[int, int, int]:
    """The first color that a prompt names, as a word or as #RRGGBB; else a quiet one."""
    found = _NAMED.search(prompt)
    if found is None:
        return _QUIET
    if found[2]:
        return int(found[2][:2], 16), int(found[2][2:4], 16), int(found[2][4:], 16)
    return _COLORS[found[1].lower()]


def encoded(image: Image.Image, kind: str) -> Picture:
    file = io.BytesIO()
    if kind == "PNG":
        image.save(file, "PNG", compress_level=1)
    else:
        image.save(file, kind, quality=90)
    return Picture(file.getvalue(), MEDIA_TYPES[kind], *image.size)


def black(width: int, height: int) -> Picture:
    """What a service hides a picture behind that its filter caught."""
    return encoded(Image.new("RGB", (width, height)), "PNG")


@lru_cache(maxsize=1)
def placeholder() -> Picture:
    """The one picture that stands for «too many requests»: always the same bytes."""
    image = Image.new("RGB", (1024, 1024), (245, 245, 240))
    pen = ImageDraw.Draw(image)
    for place, words in enumerate(("TOO MANY REQUESTS", "Please come back later")):
        pen.text((512, 440 + 90 * place), words, fill=(60, 60, 60), anchor="mm", font_size=64)
    return encoded(image, "JPEG")


def marked(picture: Picture) -> Picture:
    """With the brand of the service in its corner."""
    with Image.open(io.BytesIO(picture.data)) as opened:
        image = opened.convert("RGB")
    pen = ImageDraw.Draw(image)
    place = (image.width - 8, image.height - 8)
    pen.text(
        place, "simulated.example", fill=(255, 255, 255), anchor="rb", font_size=max(10, image.width // 24)
    )
    return encoded(image, "JPEG")


def _ground(base: tuple[int, int, int], width: int, height: int) -> Image.Image:
    # Short of white and black, where the grain would be cut off and leave flat areas.
    light = tuple(min(244, part + 34) for part in base)
    dark = tuple(max(12, part - 34) for part in base)
    slope = Image.linear_gradient("L").resize((width, height))
    return ImageOps.colorize(slope, light, dark)


def _shapes(image: Image.Image, base: tuple[int, int, int], chance: random.Random) -> None:
    pen = ImageDraw.Draw(image)
    for place in range(14):
        shift = chance.randint(-70, 70)
        color = tuple(max(12, min(244, part + shift)) for part in base)
        x, y = chance.random() * image.width, chance.random() * image.height
        across, down = (side * (0.05 + 0.2 * chance.random()) for side in image.size)
        box = (x - across / 2, y - down / 2, x + across / 2, y + down / 2)
        if place % 3:
            pen.ellipse(box, fill=color, outline=(20, 20, 22), width=2)
        else:
            pen.rectangle(box, fill=color, outline=(240, 240, 240), width=2)


def _grained(image: Image.Image, chance: random.Random) -> Image.Image:
    """A fine grain, as of a photograph: flat areas would be called artifacts, rightly."""
    width, height = image.size
    grain = Image.frombytes("L", image.size, chance.randbytes(width * height)).point(
        lambda value: value // 24
    )
    return ImageChops.add(image, Image.merge("RGB", (grain, grain, grain)), offset=-5)
