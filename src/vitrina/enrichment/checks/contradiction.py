"""What the picture shows against what the listing says.

A finding sends a run to a person, so it is made only where no reading of the picture fits the listing: goods of several
colours, a shade that cameras and people call otherwise, and a thing that melts into its background are no contradiction.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from vitrina.catalog.facts import ProductFacts
from vitrina.enrichment.findings import Finding, Severity
from vitrina.enrichment.reading.mention import Kind
from vitrina.enrichment.reading.mentions import read
from vitrina.lib.pictures.colors import color, from_hex, to_oklab

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
_DARK, _LIGHT = 0.36, 0.85  # of OKLab's lightness: nearly black to a camera, nearly white
LEAST_DOMINANT = 0.6  # share of the subject that one colour has to take before it speaks against the listing
LEAST_PRESENT = 0.08  # a colour with so much of the subject is there, and the listing may mean it


@dataclass(frozen=True, slots=True)
class PictureColours:
    """One picture measured: (palette id, hex, share of the subject), the largest first, and its background's palette id."""

    number: int
    colours: tuple[tuple[str, str, float], ...]
    background: str = ""


@dataclass(frozen=True, slots=True)
class Witness:
    """What was seen of the colour of the thing itself. `named`: the words for it, in any language that the
    dictionaries know. `from_title`: a colour in the title is the product's («вишнёвый сироп» is not red)."""

    named: tuple[str, ...]
    pictures: tuple[PictureColours, ...]
    from_title: bool = True


def contradictions(facts: ProductFacts, witness: Witness | None) -> Iterator[Finding]:
    """A finding when the listing names one colour, and neither the words nor the pixels of any picture are near it."""
    if witness is None or not witness.pictures:
        return
    seen = _colours(", ".join(witness.named))
    said, words = _said(facts, from_title=witness.from_title)
    if not seen or said is None or _is_near_any(said, seen):
        return
    if not all(_speaks_against(said, picture) for picture in witness.pictures):
        return
    yield Finding(
        "contradiction.colour",
        Severity.HIGH,
        {
            "listing": words,
            "picture": list(witness.named),
            "pictures": [str(picture.number) for picture in witness.pictures],
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
    """One colour takes most of the subject, and nothing in the picture is near the said one."""
    if not picture.colours or picture.colours[0][2] < LEAST_DOMINANT:
        return False
    present = [(name, shade) for name, shade, share in picture.colours if share >= LEAST_PRESENT]
    if any(_is_near_any(said, colour_ids(name)) or _fits_by_light(said, shade) for name, shade in present):
        return False
    # A white thing on white is taken for background, and its shadow for the thing.
    return not picture.background or not _is_near_any(said, colour_ids(picture.background))


def _is_near_any(said: str, seen: set[str] | frozenset[str]) -> bool:
    return said in seen or any(said in group and not group.isdisjoint(seen) for group in _NEAR)


def _fits_by_light(said: str, shade: str) -> bool:
    """A dark green is black to many, a pale pink is white."""
    lightness = to_oklab(*from_hex(shade))[0]
    return (said in {"black", "wenge", "navy"} and lightness < _DARK) or (
        said in {"white", "cream"} and lightness > _LIGHT
    )


@lru_cache(maxsize=128)
def colour_ids(name: str) -> frozenset[str]:
    """The colours of the dictionaries that a colour of the palette is called by."""
    try:
        return frozenset(_colours(color(name).ru))
    except KeyError:
        return frozenset()


def _colours(text: str) -> set[str]:
    return {mention.value for mention in read(text) if mention.kind is Kind.COLOUR and mention.known}
