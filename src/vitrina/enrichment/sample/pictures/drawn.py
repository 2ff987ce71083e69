"""The picture behind an address of the sample's feed: its product drawn, and shown as a shop would show it.

The first is on white, as marketplaces want it; then on a coloured ground, close by, and on a table.
"""

from __future__ import annotations

import io
import re
from functools import cache, lru_cache
from pathlib import Path

from lxml import etree
from PIL import Image, ImageFilter, ImageOps

from vitrina.enrichment.sample.pictures.kinds import colour_for, recipe_for
from vitrina.enrichment.sample.pictures.kit import Art, Colour, lit, rgb

FEED = Path(__file__).parents[1] / "feed.yml"
ADDRESS = re.compile(r"https?://[^\s,;|]+")
NUMBER = re.compile(r"-(\d+)\.jpg$")
GROUNDS = tuple(map(rgb, ("#eef1f4", "#f4ece4", "#e9f0ea", "#f1eaf2", "#f3efe2", "#e6eef2")))
WALL, TABLE = rgb("#efe9e0"), rgb("#d9bd97")
SOFT = 8  # shadows are made so many times smaller, and grown


def picture(url: str) -> bytes:
    """JPEG, 750 × 1000. LookupError for an address that does not stand in the feed."""
    title, colour = _offers()[url]
    found = NUMBER.search(url)
    number = int(found.group(1)) if found else 1
    return drawn(title, colour, number)


def drawn(title: str, said: str, number: int) -> bytes:
    """`number` from 1: which of the pictures of the product. `said`: the colour in the seller's words."""
    art = _art(title, said)
    match number % 4:
        case 1:
            page = _laid(art, Image.new("RGB", art.image.size, (255, 255, 255)))
        case 2:
            page = _laid(art, _ground(art.image.size, GROUNDS[len(title) % len(GROUNDS)]))
        case 3:
            page = _close(_laid(art, _ground(art.image.size, GROUNDS[len(title) % len(GROUNDS)])))
        case _:
            page = _laid(
                art, _room(art.image.size) if art.stands else _ground(art.image.size, WALL), turned=True
            )
    file = io.BytesIO()
    page.save(file, "JPEG", quality=88)
    return file.getvalue()


@cache
def _offers() -> dict[str, tuple[str, str]]:
    """{address: (title, colour as it is said)}"""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    found: dict[str, tuple[str, str]] = {}
    for offer in etree.parse(str(FEED), parser).iter("offer"):
        title = offer.findtext("name") or offer.findtext("title") or offer.findtext("model") or ""
        said = next((param.text or "" for param in offer.iter("param") if param.get("name") == "Цвет"), "")
        for addresses in offer.findall("picture"):  # some suppliers write several into one
            found |= dict.fromkeys(ADDRESS.findall(addresses.text or ""), (title, said))
    return found


@lru_cache(maxsize=8)
def _art(title: str, said: str) -> Art:
    return recipe_for(title)(colour_for(title, said))


def _laid(art: Art, page: Image.Image, *, turned: bool = False) -> Image.Image:
    image = ImageOps.mirror(art.image) if turned else art.image
    page.paste((40, 38, 44), _shadow_place(art), _shadow(image, art.stands))
    page.paste(image, (0, 0), image)
    return page


def _shadow_place(art: Art) -> tuple[int, int]:
    return (0, 0) if art.stands else (10, 14)


def _shadow(image: Image.Image, stands: bool) -> Image.Image:
    """What the product keeps from the light: below it on the floor, or behind it on the wall."""
    alpha = image.getchannel("A")
    small = alpha.reduce(SOFT)
    if stands:
        box = small.getbbox() or (0, 0, 1, 1)
        flat = small.crop(box).resize((round((box[2] - box[0]) * 1.08), max(1, (box[3] - box[1]) // 9)))
        small = Image.new("L", small.size, 0)
        small.paste(flat, (box[0] - (flat.width - box[2] + box[0]) // 2, box[3] - flat.height * 2 // 3))
        strength = 0.42
    else:
        strength = 0.30
    small = small.filter(ImageFilter.GaussianBlur(2.2)).point(
        [round(value * strength) for value in range(256)]
    )
    return small.resize(image.size, Image.Resampling.BILINEAR)


def _ground(size: tuple[int, int], colour: Colour) -> Image.Image:
    return _lit_ground(size, colour).copy()


@lru_cache(maxsize=16)
def _lit_ground(size: tuple[int, int], colour: Colour) -> Image.Image:
    strip = Image.new("RGB", (1, 3))
    strip.putdata([lit(colour, 1.2), colour, lit(colour, 0.9)])
    return strip.resize((1, size[1]), Image.Resampling.BICUBIC).resize(size, Image.Resampling.NEAREST)


def _room(size: tuple[int, int]) -> Image.Image:
    page = _ground(size, WALL)
    edge = round(size[1] * 0.70)
    page.paste(_ground((size[0], size[1] - edge), TABLE), (0, edge))
    return page


def _close(page: Image.Image) -> Image.Image:
    width, height = page.size
    part = (round(width * 0.22), round(height * 0.24), round(width * 0.82), round(height * 0.84))
    return page.resize(page.size, Image.Resampling.BICUBIC, box=part)
