"""What people call a colour: everyday names in Russian and English, told by nearness in OKLab. Pure.

Only colours: gold, silver, copper and «transparent» are how a surface shines, which one colour doesn't tell.
OKLab: Björn Ottosson, «A perceptual color space for image processing», 2020. L is 0 for black and 1 for white; a and b are
0 for greys, and at most about 0.32 away from it in sRGB.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache
from math import cbrt, dist

Lab = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Color:
    """A name of the palette. `shades`: hex values that all bear it; a colour has the name of the nearest shade.

    `ru` is an adjective in the masculine («красный»), that can be declined, or a noun that can't («фуксия»).
    """

    id: str
    ru: str
    en: str
    shades: str

    def name(self, language: str) -> str:
        return self.ru if language == "ru" else self.en


PALETTE = (
    Color("black", "чёрный", "black", "000000 121214 1d1b1a"),
    Color("dark_grey", "тёмно-серый", "dark grey", "383a3c 48494b 565758"),
    Color("grey", "серый", "grey", "6e7072 7f8183 929496"),
    Color("light_grey", "светло-серый", "light grey", "b0b2b4 c0c1c2 d0d1d2"),
    Color("white", "белый", "white", "ffffff f4f4f4 ececec e2e2e2"),
    Color("cream", "кремовый", "cream", "fff4dc f6ead0 e8dec6 ddd5c2"),
    Color("beige", "бежевый", "beige", "d9c3a0 e0cdb0 cbb594 b8a482"),
    Color("caramel", "карамельный", "caramel", "c68642 b5783f cd9557"),
    Color("brown", "коричневый", "brown", "6b4423 3f2719 7d5334"),
    Color("terracotta", "терракотовый", "terracotta", "b5543a c1603f a04a33"),
    Color("orange", "оранжевый", "orange", "ff7f00 f58a1f e8700a"),
    Color("peach", "персиковый", "peach", "ffcba4 f7bf98 ffd6ba e6bb99"),
    Color("coral", "коралловый", "coral", "ff7256 fa7f70 ee6a58 d8614e"),
    Color("red", "красный", "red", "d0021b e5202b b3121d"),
    Color("burgundy", "бордовый", "burgundy", "6d071a 800f2b 5a1322"),
    Color("crimson", "малиновый", "crimson", "c2185b b01c55 d02a68"),
    Color("pink", "розовый", "pink", "f4a6c0 f9c0d2 ea88ac"),
    Color("fuchsia", "фуксия", "fuchsia", "e0249a f02fb0 cc1d8e"),
    Color("violet", "фиолетовый", "violet", "6a2c91 52247a 7f45b0"),
    Color("lilac", "сиреневый", "lilac", "c8a2d4 b296cf d4b8e2"),
    Color("navy", "тёмно-синий", "navy", "14213d 1b2a5a 0f1a3a"),
    Color("blue", "синий", "blue", "1f4fbf 0f3f9f 2f62d6"),
    Color("lightblue", "голубой", "sky-blue", "8fc4ec a9d4f2 72b2e4"),
    Color("turquoise", "бирюзовый", "turquoise", "1fb5ad 40c9c0 14998f"),
    Color("mint", "мятный", "mint", "a8e6cf bfeedd 92dbc0"),
    Color("green", "зелёный", "green", "1e8b3a 2fa24c 167030"),
    Color("dark_green", "тёмно-зелёный", "dark green", "0f3d2a 1a4a34 16341f"),
    Color("olive", "оливковый", "olive", "6b6b2a 7c7b40 565628"),
    Color("lime", "салатовый", "lime", "a4d93b b6e35c 8fc930"),
    Color("yellow", "жёлтый", "yellow", "ffd800 ffe443 f4c90e dcbc08"),
    Color("mustard", "горчичный", "mustard", "c9971c b78716 d4a637"),
)


def color(identity: str) -> Color:
    """Raises KeyError for an id that the palette doesn't have."""
    return _by_id()[identity]


@lru_cache(maxsize=4096)
def nearest(lab: Lab) -> Color:
    """The name of the nearest shade."""
    return min(_shades(), key=lambda shade: dist(shade[0], lab))[1]


@lru_cache(maxsize=65_536)
def to_oklab(red: int, green: int, blue: int) -> Lab:
    """sRGB, each 0–255, to (L, a, b)."""
    light = _linear()
    r, g, b = light[red], light[green], light[blue]
    long = cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b)
    middle = cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b)
    short = cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b)
    return (
        0.2104542553 * long + 0.7936177850 * middle - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * middle + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * middle - 0.8086757660 * short,
    )


def to_srgb(lab: Lab) -> tuple[int, int, int]:
    """The nearest colour of sRGB, each 0–255: what lies outside is brought to its edge channel by channel."""
    lightness, a, b = lab
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    middle = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        delinear(4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short),
        delinear(-1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short),
        delinear(-0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short),
    )


def to_hex(red: int, green: int, blue: int) -> str:
    """«#rrggbb»."""
    return f"#{red:02x}{green:02x}{blue:02x}"


def from_hex(text: str) -> tuple[int, int, int]:
    """Of «#rrggbb» or «rrggbb». Raises ValueError for anything else."""
    digits = text.removeprefix("#")
    if len(digits) != 6:
        raise ValueError(f"«{text}» is not a colour of six hexadecimal digits.")
    return int(digits[:2], 16), int(digits[2:4], 16), int(digits[4:], 16)


def linear(value: int) -> float:
    """A channel of sRGB, 0–255, as light, 0–1."""
    return _linear()[value]


def delinear(light: float) -> int:
    """Light, 0–1, as a channel of sRGB, 0–255; what is more or less becomes the edge."""
    if light <= 0.0031308:
        return max(0, round(light * 12.92 * 255))
    value: float = 1.055 * light ** (1 / 2.4) - 0.055
    return min(255, round(value * 255))


@cache
def _linear() -> tuple[float, ...]:
    values = (value / 255 for value in range(256))
    return tuple(value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in values)


@cache
def _shades() -> tuple[tuple[Lab, Color], ...]:
    return tuple((to_oklab(*from_hex(shade)), color) for color in PALETTE for shade in color.shades.split())


@cache
def _by_id() -> dict[str, Color]:
    return {color.id: color for color in PALETTE}
