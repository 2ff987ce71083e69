"""Recipe of a product shot: what is asked of a picture service when a product's own photo goes along as reference. Pure.

The product may not be drawn anew: everything that names it stands in the frozen block, and the rest speaks of what is around it. What
came is held against the photo by `lib.pictures.quality.comparison`, and against a marketplace's rules by the catalogue.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import ceil, gcd, sqrt
from typing import Any

from vitrina.imagery.scene import Exclusion, Recipe, Scene

STEP = 64  # pixels: what every service's steps divide
PIXELS = 1024 * 1024
MOST_SIDE = 2048
MOST_DETAILS = 6
LONGEST_WORDS = 120  # characters of a value


class ShotKind(StrEnum):
    """What a product shot is for."""

    STUDIO = "studio"  # the main picture of a card
    LIFESTYLE = "lifestyle"  # the product where it is used
    DETAIL = "detail"  # its material from near


@dataclass(frozen=True, slots=True)
class ProductFacts:
    """What is known of the product; whatever is unknown is empty. Words in English where there are any, else as the seller has them.

    `what`: a noun («ceramic mug»). `color`: its name; `color_hex`: "#rrggbb" as measured on the photo. `details`: attributes worth
    seeing, (name, value), the most important first. `category`: its path, the broadest first.
    """

    what: str
    color: str = ""
    color_hex: str = ""
    material: str = ""
    details: Sequence[tuple[str, str]] = ()
    category: Sequence[str] = ()


# Where things of a kind are used: words of a category, and the place. The first that fits is taken.
PLACES: tuple[tuple[frozenset[str], str], ...] = (
    (frozenset(("kitchen", "kitchenware", "tableware", "cookware", "food", "drinkware")), "on a wooden kitchen counter by a window"),
    (frozenset(("garden", "outdoor", "camping", "patio")), "on a terrace with green plants behind it"),
    (frozenset(("clothing", "apparel", "shoes", "footwear", "accessories", "bags")), "in a bright dressing room, laid out on a linen bench"),
    (frozenset(("electronics", "computers", "phones", "audio", "office", "stationery")), "on a tidy desk with daylight from the side"),
    (frozenset(("toys", "children", "baby", "kids")), "on a soft rug in a light children's room"),
    (frozenset(("beauty", "cosmetics", "health", "bathroom")), "on a stone shelf in a bright bathroom"),
    (frozenset(("furniture", "lighting", "decor", "home", "textiles", "bedding")), "in a calm living room with natural light"),
    (frozenset(("sport", "sports", "fitness", "cycling")), "on the floor of a bright gym"),
    (frozenset(("tools", "diy", "automotive", "hardware")), "on a clean workbench"),
    (frozenset(("pets", "pet")), "on the floor of a sunlit living room"),
)  # fmt: skip
ANYWHERE = "on a plain wooden table in a bright room"

SAME = "exactly the product of the reference picture: the same shape, proportions, colour, material, print and fittings"
PARTS: Mapping[ShotKind, tuple[str, ...]] = {
    ShotKind.STUDIO: (
        "the whole product in the middle, filling four fifths of the frame, none of it cut off",
        "pure white seamless background (#FFFFFF), a soft shadow under the product",
        "even studio light from both sides, true colours",
        "sharp from front to back, photograph for a shop's catalogue",
    ),
    ShotKind.LIFESTYLE: (
        "the product {place}",
        "the product in the middle of attention, whole and in focus, surroundings softly out of focus",
        "natural daylight, true colours",
        "photograph for a shop's catalogue",
    ),
    ShotKind.DETAIL: (
        "the product from near, so that its material and workmanship fill the frame",
        "plain light background where any is to be seen",
        "light from the side that shows the surface, true colours",
        "macro photograph, sharp where the material is",
    ),
}
NOT_SEEN = (
    Exclusion(words="text, letters, price tag", instead="unmarked surfaces around the product"),
    Exclusion(words="watermark, logo overlay, frame, collage", instead="one photograph to the edges"),
    Exclusion(words="second product, duplicate", instead="a single product"),
    Exclusion(words="deformed, redesigned, added parts", instead="nothing added to the product"),
    Exclusion(words="blurry, low quality, noise", instead="crisp and clean"),
)
NOT_IN_A_STUDIO = Exclusion(words="props, people, hands", instead="nothing but the product")


def scene(product: ProductFacts, kind: ShotKind, rules: Mapping[str, Any] | None = None) -> Scene:
    """`rules`: a marketplace's limits of the field "pictures", {"min_pixels": [700, 900], "proportions": [3, 4], …}; those that
    nothing can be done about before the picture is there (format, megabytes) are left to whoever checks it."""
    width, height = size(rules or {})
    place = place_of(product.category)
    exclusions = NOT_SEEN if kind is ShotKind.LIFESTYLE else (*NOT_SEEN, NOT_IN_A_STUDIO)
    return Scene(
        recipe=Recipe.PRODUCT_SHOT,
        frozen=frozen(product),
        parts=tuple(part.format(place=place) for part in PARTS[kind]),
        exclusions=exclusions,
        width=width,
        height=height,
        color=product.color_hex.upper(),
    )


def frozen(product: ProductFacts) -> str:
    """The words that stand in every shot of the product, byte for byte."""
    named = " ".join(filter(None, (_line(product.color), _line(product.what) or "product")))
    of = f", made of {_line(product.material)}" if product.material.strip() else ""
    details = [
        f"{_line(name)}: {_line(value)}" for name, value in product.details if _line(name) and _line(value)
    ][:MOST_DETAILS]
    return f"{named}{of}{''.join(f'; {detail}' for detail in details)}; {SAME}"


def left_out(product: ProductFacts) -> list[str]:
    """Names of details that do not stand in the prompt: they are too many, or too long to say how a thing looks."""
    told = frozen(product)
    return [name for name, value in product.details if f"; {_line(name)}: {_line(value)}" not in told]


def place_of(category: Sequence[str]) -> str:
    """The narrowest level of the category that a place is known for decides."""
    for level in reversed(category):
        words = frozenset(level.lower().replace("&", " ").replace(",", " ").replace("-", " ").split())
        for kinds, place in PLACES:
            if words & kinds:
                return place
    return ANYWHERE


def size(rules: Mapping[str, Any]) -> tuple[int, int]:
    """About a megapixel in the proportions that are asked for, and no side below the least that is asked for, nor below the better one
    where that is possible within MOST_SIDE."""
    least = _pair(rules.get("min_pixels")) or (1, 1)
    better = _pair(rules.get("best_pixels")) or least
    across, down = _pair(rules.get("proportions")) or (least if least[0] != least[1] else (1, 1))
    exact = STEP * across // gcd(across, down), STEP * down // gcd(across, down)
    if max(exact) <= MOST_SIDE:
        return _times(exact, max(1, round(sqrt(PIXELS / (exact[0] * exact[1])))), least, better)
    width = max(sqrt(PIXELS * across / down), least[0], least[1] * across / down)
    return _steps(width), _steps(width * down / across)


def _times(
    unit: tuple[int, int], times: int, least: tuple[int, int], better: tuple[int, int]
) -> tuple[int, int]:
    needed, wished = (
        max(-(-side // one) for side, one in zip(sides, unit, strict=True)) for sides in (least, better)
    )
    times = max(times, needed)
    if wished > times and wished * max(unit) <= MOST_SIDE:
        times = wished
    return unit[0] * times, unit[1] * times


def _steps(side: float) -> int:
    """To whole steps, never below."""
    return ceil(side / STEP) * STEP


def _pair(value: Any) -> tuple[int, int] | None:
    match value:
        case [int(one), int(other)] | (int(one), int(other)) if one > 0 and other > 0:
            return one, other
    return None


def _line(words: str) -> str:
    """Sellers' words as one line of the prompt; empty where they are too long (`left_out`)."""
    line = " ".join(words.replace(";", ",").split())
    return line if len(line) <= LONGEST_WORDS else ""
