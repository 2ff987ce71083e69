"""Colors that cars are painted in: words in Russian and English to an English name and a value. Pure.

What shines (silver, gold, graphite) is a paint here, though one value doesn't tell its shine: a service gets both.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from vitrina.lib.pictures import colors


@dataclass(frozen=True, slots=True)
class Paint:
    """`english`: for the prompt. `hex`: "#rrggbb" of the paint in even light. `stems`: how words of it begin, «_» for
    a word that ends there."""

    english: str
    russian: str
    hex: str
    stems: tuple[str, ...]


# The first that fits wins, so what is told in two words stands before what is told in one.
PAINTS: tuple[Paint, ...] = (
    Paint("dark blue", "тёмно-синий", "#14213d", ("темно син", "темносин", "dark blue", "navy")),
    Paint("light blue", "голубой", "#8fc4ec", ("светло син", "голуб", "небесн", "light blue", "sky blue")),
    Paint("dark green", "тёмно-зелёный", "#0f3d2a", ("темно зелен", "темнозелен", "dark green", "british racing")),
    Paint("dark gray", "тёмно-серый", "#48494b", ("темно сер", "темносер", "мокрый асфальт", "мокрого асфальт", "dark gray", "dark grey")),
    Paint("light gray", "светло-серый", "#c0c1c2", ("светло сер", "светлосер", "light gray", "light grey")),
    Paint("dark red", "тёмно-красный", "#7a1020", ("темно красн", "темнокрасн", "dark red")),
    Paint("pearl white", "белый перламутр", "#f2f0ea", ("белый перламутр", "перламутрово бел", "белый жемчуг", "pearl white", "white pearl")),
    Paint("graphite gray", "графитовый", "#3b3d40", ("графит", "антрацит", "graphite", "anthracite")),
    Paint("silver", "серебристый", "#b8bcc0", ("серебр", "silver")),
    Paint("gold", "золотистый", "#b8994f", ("золот", "gold_", "golden")),
    Paint("bronze", "бронзовый", "#7d6242", ("бронз", "bronze")),
    Paint("champagne", "шампань", "#d6c7a8", ("шампан", "champagne")),
    Paint("cherry red", "вишнёвый", "#6a0f23", ("вишн", "cherry")),
    Paint("burgundy", "бордовый", "#6d071a", ("бордов", "бордо_", "burgundy", "maroon")),
    Paint("white", "белый", "#f4f4f4", ("бел", "white")),
    Paint("black", "чёрный", "#121214", ("черн", "black")),
    Paint("gray", "серый", "#7f8183", ("сер", "gray", "grey")),
    Paint("red", "красный", "#d0021b", ("красн", "алый", "алая", "алого", "red_")),
    Paint("orange", "оранжевый", "#f58a1e", ("оранж", "orange")),
    Paint("yellow", "жёлтый", "#ffd800", ("желт", "yellow")),
    Paint("turquoise", "бирюзовый", "#1fb5ad", ("бирюз", "turquoise", "teal_")),
    Paint("green", "зелёный", "#1e8b3a", ("зелен", "green")),
    Paint("blue", "синий", "#1f4fbf", ("син", "blue")),
    Paint("violet", "фиолетовый", "#6a2c91", ("фиолет", "violet", "purple")),
    Paint("pink", "розовый", "#f4a6c0", ("розов", "pink")),
    Paint("brown", "коричневый", "#5a3a22", ("коричн", "шоколад", "brown_")),
    Paint("beige", "бежевый", "#cbb594", ("беж", "песочн", "beige", "sand_")),
)  # fmt: skip
# Words that begin like a color and are none.
_OTHERS = re.compile(
    r"\b(?:серви|серти|сери[яий]|серь|серд|середин|белорус|белгород|серг|синтет|чернобыл|черноз|зеленоград|сервер|черкес)\w*"
)


def paint_of(text: str) -> Paint | None:
    """The paint that `text` tells: «Красный металлик», «цвет: тёмно-синий», "Pearl White". None: no color is told."""
    plain = _OTHERS.sub(" ", _plain(text))
    found = [
        (match.start(), place, paint)
        for place, paint in enumerate(PAINTS)
        for stem in paint.stems
        if (match := re.search(rf"\b{_pattern(stem)}", plain))
    ]
    return min(found, key=lambda one: (one[0], one[1]))[2] if found else None


def english_color(text: str, value: str) -> str:
    """What a prompt says: the paint that is told, else the everyday name of the value; empty where neither is known."""
    paint = paint_of(text)
    if paint is not None:
        return paint.english
    if value:
        return colors.nearest(colors.to_oklab(*colors.from_hex(value))).en
    return text.strip() if text.strip().isascii() else ""


def is_value(text: str) -> bool:
    return bool(re.fullmatch(r"#[0-9a-fA-F]{6}", text))


def _pattern(stem: str) -> str:
    return rf"{re.escape(stem[:-1])}\b" if stem.endswith("_") else re.escape(stem)


def _plain(text: str) -> str:
    return re.sub(r"[\s\-–—_]+", " ", text[:20_000].casefold().replace("ё", "е"))
