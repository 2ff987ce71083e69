"""Numbers of a schema: read with their units and converted to the one that the schema asks for.

A bare number is taken only where the label says its unit, or where the schema asks for none: «Вес: 0.3» is not known.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from vitrina.enrichment.generators.attributes.places import Place
from vitrina.enrichment.generators.attributes.schema import AttributeSpec, AttributeValue, Evidence
from vitrina.enrichment.reading.mention import Kind, Mention
from vitrina.enrichment.reading.mentions import read
from vitrina.enrichment.reading.quantities import canonical
from vitrina.enrichment.reading.units import Unit, unit_by_id, unit_of
from vitrina.lib.text import fold

_SIDE = (
    r"(?:дл(?:ина|\.)?|шир(?:ина|\.)?|выс(?:ота|\.)?|глуб(?:ина|\.)?|[дшвг]|length|width|height|depth|[lwhd])"
)
_ORDER = re.compile(
    rf"\(?(?<![^\W_])({_SIDE})\s?[xх×*/]\s?({_SIDE})(?:\s?[xх×*/]\s?({_SIDE}))?(?![^\W_])\)?", re.IGNORECASE
)
_SIDES = {
    "д": "length", "l": "length", "ш": "width", "w": "width", "в": "height", "h": "height", "г": "depth", "d": "depth",
}  # fmt: skip
NEAR = 30  # characters between a size and the letters that say the order of its sides


def numbers_at(spec: AttributeSpec, place: Place, language: str) -> list[AttributeValue]:
    """The first number of the place that can be the attribute's; both ends of a range are one value."""
    mentions = [mention for mention in read(place.text) if place.start <= mention.start < place.end]
    if place.field == "attributes":  # what a supplier packs into one cell may be anything
        mentions = mentions if len({(one.start, one.end) for one in mentions}) == 1 else []
    position = place.start
    for mention in mentions:
        # «1 600 VA / 900 W»: what stands in one breath belongs to the name as well.
        if place.is_strict and place.text[position : mention.start].strip(" /,;|"):
            break
        value = number_of(spec, mention, place, _range_of(mention, mentions), language)
        if value is not None:
            return [value]
        position = max(position, mention.end)
    return []


def size_at(spec: AttributeSpec, place: Place) -> list[AttributeValue]:
    """«375 x 347 x 179 мм», «A4» right behind the name, as it is written."""
    found = (
        mention for mention in read(place.text) if mention.kind is Kind.SIZE and mention.start == place.start
    )
    return [
        AttributeValue(
            key=spec.key, name=spec.name, value=one.text.strip(), evidence=place.evidence(one.start, one.end)
        )
        for one in found
    ]


def number_of(
    spec: AttributeSpec, mention: Mention, place: Place, ends: Sequence[Mention], language: str
) -> AttributeValue | None:
    """The mention in the schema's unit; None where it can't be converted, or its unit isn't known."""
    if mention.kind not in (Kind.QUANTITY, Kind.NUMBER) or not mention.parts:
        return None
    said = mention.unit or (place.unit.id if place.unit else "")
    factor = factor_to(spec.unit, said)
    if factor is None:
        return None
    amounts = list(
        dict.fromkeys(canonical((Decimal(one.value) * factor).normalize()) for one in ends or [mention])
    )
    evidence = place.evidence(mention.start, mention.end)
    return shown_number(spec, amounts, evidence, language)


def factor_to(wanted: str, said: str) -> Decimal | None:
    """What a number in the unit `said` (its id, or a counted noun) is multiplied by; None: they don't convert."""
    target = unit_of(wanted)
    given = unit_by_id(said)
    if target is None:
        # A unit of no table («листов»): the same word, or none where none is asked for.
        same = bool(wanted) and bool(said) and fold(wanted)[:4] == fold(said)[:4]
        return Decimal(1) if same or (not wanted and (not said or given is None)) else None
    if given is None:
        return Decimal(1) if target.dimension == "count" and not said else None
    return given.factor / target.factor if given.dimension == target.dimension else None


def shown_number(
    spec: AttributeSpec, amounts: Sequence[str], evidence: Evidence, language: str
) -> AttributeValue:
    """«500 мл»; of a range «10–20 см», which is no single number."""
    written = "–".join(amount.replace(".", ",") if language == "ru" else amount for amount in amounts)
    unit = unit_of(spec.unit)
    return AttributeValue(
        key=spec.key,
        name=spec.name,
        value=f"{written} {spec.unit}".strip(),
        number=float(amounts[0]) if len(amounts) == 1 else None,
        unit=unit.id if unit else spec.unit,
        evidence=evidence,
    )


def sides_at(spec: AttributeSpec, key: str, place: Place, language: str) -> list[AttributeValue]:
    """One side of «20х30х5 см», where letters say which is which: «(ДхШхВ)». Without them nobody knows."""
    found = []
    for mention in read(place.text):
        unit = unit_by_id(mention.unit) or place.unit
        if (
            mention.kind is not Kind.SIZE
            or len(mention.parts) < 2
            or not place.start <= mention.start < place.end
        ):
            continue
        around = f"{place.source} {place.text[max(0, mention.start - NEAR) : mention.start]}"
        order = _order(around) or _order(place.text[mention.end : mention.end + NEAR])
        factor = factor_to(spec.unit, unit.id) if unit else None
        if key in order and factor is not None and len(order) == len(mention.parts):
            amount = canonical((Decimal(mention.parts[order.index(key)]) * factor).normalize())
            found.append(shown_number(spec, [amount], place.evidence(mention.start, mention.end), language))
    return found


def _order(text: str) -> list[str]:
    match = _ORDER.search(text)
    letters = [letter for letter in match.groups() if letter] if match else []
    return [_SIDES[letter[0].lower()] for letter in letters]


def _range_of(mention: Mention, mentions: Sequence[Mention]) -> list[Mention]:
    """The ends of the range that a mention is one of: they stand at the same place."""
    return [
        one
        for one in mentions
        if (one.start, one.end, one.kind) == (mention.start, mention.end, mention.kind)
    ]


def sole_in(spec: AttributeSpec, place: Place, unit: Unit, language: str) -> Iterator[AttributeValue]:
    """Every number of that dimension in a text."""
    mentions = read(place.text)
    for mention in mentions:
        given = unit_by_id(mention.unit)
        if given is not None and given.dimension == unit.dimension:
            value = number_of(spec, mention, place, _range_of(mention, mentions), language)
            if value is not None:
                yield value
