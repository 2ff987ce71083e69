"""What the picture shows against what the listing says.

A finding sends a run to a person, so it is made only where no reading of the picture fits the listing: goods of several
colours, a shade that cameras and people call otherwise, and a thing that melts into its background are no contradiction.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from math import hypot

from vitrina.catalog.facts import ProductFacts
from vitrina.enrichment.findings import Finding, Severity
from vitrina.enrichment.reading.mention import Kind
from vitrina.enrichment.reading.mentions import read
from vitrina.lib.pictures.colors import color, from_hex, nearest, to_oklab

# Colours that a camera, a screen and a seller rightly call by different names.
_NEAR = (
    {"white", "cream", "beige", "champagne", "silver", "grey"},
    {"grey", "silver", "black"},
    {"navy", "blue", "black", "violet", "lightblue"},
    {"lightblue", "turquoise", "mint", "aqua", "blue"},
    {"green", "olive", "mint", "lime", "pistachio", "turquoise", "aqua"},
    {"red", "burgundy", "crimson", "cherry", "coral", "terracotta", "orange"},
    {"pink", "fuchsia", "magenta", "crimson", "lilac", "peach", "coral", "rose_gold"},
    {"violet", "lilac", "magenta", "fuchsia", "burgundy"},
    {"brown", "caramel", "camel", "beige", "bronze", "copper", "wenge", "terracotta", "burgundy", "black"},
    {"yellow", "gold", "mustard", "amber", "orange", "champagne", "peach", "apricot"},
    {"cream", "beige", "peach", "pink", "champagne", "apricot", "camel", "caramel", "rose_gold"},
    {"gold", "bronze", "copper", "brown", "caramel", "beige", "mustard", "olive"},
    {"copper", "orange", "terracotta", "rose_gold", "coral"},
    {"silver", "lightblue", "white"},
    {"brown", "olive"},
)
_SEVERAL = frozenset({"multicolour", "transparent"})
_DARK, _LIGHT = 0.45, 0.8  # of OKLab's lightness: nearly black to a camera, nearly white
_PALE = 0.07  # of OKLab's chroma: below it a dark or a light shade may be nearly any deep or pastel colour
_DEEP = frozenset(
    {"black", "wenge", "navy", "brown", "burgundy", "cherry", "green", "olive", "violet", "blue"}
)
_PASTEL = frozenset(
    {
        "white",
        "cream",
        "beige",
        "champagne",
        "mint",
        "pistachio",
        "pink",
        "peach",
        "lilac",
        "lightblue",
        "silver",
    }
)
LEAST_DOMINANT = 0.6  # share of the subject that one colour has to take before it speaks against the listing
LEAST_PRESENT = 0.08  # a colour with so much of the subject is there, and the listing may mean it


@dataclass(frozen=True, slots=True)
class PictureColours:
    """One picture measured: (palette id, hex, share of the subject), the largest first, and its background's palette id.

    `is_scene`: what is the product and what stands around it can't be told apart.
    """

    number: int
    colours: tuple[tuple[str, str, float], ...]
    background: str = ""
    is_scene: bool = False


@dataclass(frozen=True, slots=True)
class Witness:
    """What was seen of the colour of the thing itself. `named`: the words for it, in any language that the
    dictionaries know. `from_title`: a colour in the title is the product's («вишнёвый сироп» is not red).
    `was_looked_at`: a model chose the words, and knows what in a scene is the product."""

    named: tuple[str, ...]
    pictures: tuple[PictureColours, ...]
    from_title: bool = True
    was_looked_at: bool = False


def contradictions(facts: ProductFacts, witness: Witness | None) -> Iterator[Finding]:
    """A finding when the listing names one colour, and neither the words nor the pixels of any picture are near it.

    Before a scene the pixels alone say little: such a picture can take a contradiction back, and none is made of it.
    """
    if witness is None:
        return
    telling = [one for one in witness.pictures if witness.was_looked_at or not one.is_scene]
    seen = _colours(", ".join(witness.named))
    said, words = _said(facts, from_title=witness.from_title)
    if not telling or not seen or said is None or is_near_any(said, seen):
        return
    if any(_shows(said, picture) for picture in witness.pictures):
        return
    if not all(_speaks_against(said, picture) for picture in telling):
        return
    yield Finding(
        "contradiction.colour",
        Severity.HIGH,
        {
            "listing": words,
            "picture": list(witness.named),
            "pictures": [str(picture.number) for picture in telling],
        },
        rule="contradiction.colour",
        repairable=False,
    )


def _said(facts: ProductFacts, *, from_title: bool) -> tuple[str | None, str]:
    """The one colour of the listing, and the words that name it; None where it names none or several."""
    attribute = next(
        (value for name, value in facts.attributes.items() if name.lower() in {"цвет", "color", "colour"}), ""
    )
    words = attribute or (facts.title if from_title else "")
    said = _colours(words)
    return (next(iter(said)), words) if len(said) == 1 and not said & _SEVERAL else (None, words)


def _speaks_against(said: str, picture: PictureColours) -> bool:
    """One colour takes most of the subject, and the thing didn't melt into its background."""
    if not picture.colours or picture.colours[0][2] < LEAST_DOMINANT:
        return False
    # A white thing on white is taken for background, and its shadow for the thing.
    return not picture.background or not is_near_any(said, colour_ids(picture.background))


def _shows(said: str, picture: PictureColours) -> bool:
    """By the name, which has the tint of the light taken off, or by the bare pixels: either may be what people saw."""
    return any(
        is_near_any(said, colour_ids(name) | colour_ids(nearest(to_oklab(*from_hex(shade))).id))
        or _fits_by_light(said, shade)
        for name, shade, share in picture.colours
        if share >= LEAST_PRESENT
    )


def is_near_any(said: str, seen: set[str] | frozenset[str]) -> bool:
    """Whether the said colour, or one that people call alike, is among the seen ones. Ids of the dictionaries."""
    return said in seen or any(said in group and not group.isdisjoint(seen) for group in _NEAR)


def _fits_by_light(said: str, shade: str) -> bool:
    """A dark brown is a dark grey to many cameras, and a pale mint is white; a deep green is black to the eye."""
    lightness, a, b = to_oklab(*from_hex(shade))
    if lightness < _DARK:
        return said == "black" or (said in _DEEP and hypot(a, b) < _PALE)
    return lightness > _LIGHT and (said == "white" or (said in _PASTEL and hypot(a, b) < _PALE))


@lru_cache(maxsize=128)
def colour_ids(name: str) -> frozenset[str]:
    """The colours of the dictionaries that a colour of the palette is called by."""
    try:
        return frozenset(_colours(color(name).ru))
    except KeyError:
        return frozenset()


def _colours(text: str) -> set[str]:
    return {mention.value for mention in read(text) if mention.kind is Kind.COLOUR and mention.known}
