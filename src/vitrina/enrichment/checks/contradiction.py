"""What the picture shows against what the listing says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from vitrina.catalog.facts import ProductFacts
from vitrina.enrichment.findings import Finding, Severity
from vitrina.enrichment.reading.mention import Kind
from vitrina.enrichment.reading.mentions import read

# Colours that a camera, a screen and a seller rightly call by different names.
_NEAR = (
    {"white", "cream", "beige", "champagne", "silver", "grey"},
    {"grey", "silver", "black"},
    {"navy", "blue", "black", "violet", "lightblue"},
    {"lightblue", "turquoise", "mint", "aqua", "blue"},
    {"green", "olive", "mint", "lime", "pistachio", "turquoise"},
    {"red", "burgundy", "crimson", "cherry", "coral", "terracotta", "orange"},
    {"pink", "fuchsia", "magenta", "crimson", "lilac", "peach", "coral", "rose_gold"},
    {"violet", "lilac", "magenta", "fuchsia", "burgundy"},
    {"brown", "caramel", "camel", "beige", "bronze", "copper", "wenge", "terracotta", "burgundy", "black"},
    {"yellow", "gold", "mustard", "amber", "orange", "champagne", "peach", "apricot"},
    {"cream", "beige", "peach", "pink", "champagne", "apricot", "camel", "caramel"},
)


def contradictions(facts: ProductFacts, image_facts: Mapping[str, object] | None) -> Iterator[Finding]:
    """A finding when the listing names one colour and none of the picture's colours is anywhere near it.

    `image_facts["colors"]`: names in any language that the dictionaries know, the dominant ones first.
    """
    if not image_facts:
        return
    seen = _colours(_as_text(image_facts.get("colors") or image_facts.get("colours") or ""))
    attribute = next(
        (value for name, value in facts.attributes.items() if name.lower() in {"цвет", "color", "colour"}), ""
    )
    said = _colours(attribute or facts.title)
    if not seen or len(said) != 1 or said & {"multicolour", "transparent"}:
        return
    (colour,) = said
    if colour in seen or any(colour in group and not group.isdisjoint(seen) for group in _NEAR):
        return
    yield Finding(
        "contradiction.colour",
        Severity.HIGH,
        {"listing": attribute or facts.title, "picture": sorted(seen)},
        rule="contradiction.colour",
        repairable=False,
    )


def _colours(text: str) -> set[str]:
    return {mention.value for mention in read(text) if mention.kind is Kind.COLOUR and mention.known}


def _as_text(value: object) -> str:
    if isinstance(value, Mapping):
        return ", ".join(map(_as_text, value.values()))
    if isinstance(value, list | tuple):
        return ", ".join(map(_as_text, value))
    return str(value)
