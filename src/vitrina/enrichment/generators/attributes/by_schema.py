"""A category's own attributes filled from a listing without a model; what is said in several ways is left to a person.

Sources in their order of trust: the supplier's field of that name, its name in the title, in the description, then what
the general rules found, then the free text. The first that says anything decides.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from vitrina.catalog.facts import ProductFacts
from vitrina.enrichment.generators.attributes import booleans
from vitrina.enrichment.generators.attributes.choosing import choices_at, is_denied, lists_in
from vitrina.enrichment.generators.attributes.numbers import (
    numbers_at,
    shown_number,
    sides_at,
    size_at,
    sole_in,
)
from vitrina.enrichment.generators.attributes.places import (
    Place,
    bare_label,
    forms,
    named,
    names_of,
    supplied,
)
from vitrina.enrichment.generators.attributes.schema import (
    AttributeDoubt,
    AttributesInput,
    AttributesOutput,
    AttributeSpec,
    AttributeValue,
    EvidenceKind,
)
from vitrina.enrichment.reading.pairs import pairs_in
from vitrina.enrichment.reading.units import unit_of
from vitrina.lib.text import fold, normalise

LONGEST_TEXT = 160
SIDES = frozenset({"length", "width", "height", "depth"})
_UNNAMED_SIZES = frozenset({"dimensions", "size"})
_OF_THE_THING = frozenset(
    {
        "товар",
        "изделие",
        "общий",
        "основной",
        "производство",
        "производитель",
        "происхождение",
        "экран",
        "дисплей",
        "материал",
    }
)
# Alone in a title these say nothing of what they measure: «кабель 2 м», «для комнат 20 м²», «от 3 лет».
_TOO_OPEN = frozenset({"length", "count", "calendar", "time", "percent", "area", "temperature"})


def fill(request: AttributesInput, general: Mapping[str, AttributeValue]) -> AttributesOutput:
    """`general`: what the listing says by the general kinds, under their keys."""
    result = AttributesOutput()
    for spec in request.attribute_schema:
        key = general_key(spec)
        for found in _levels(spec, key, request, general):
            if not found:
                continue
            if spec.kind == "multiple" and found[0].evidence.kind is EvidenceKind.TEXT:
                found = [*found, *_in_one_breath(spec, found, request.facts)]
            value = _one(spec, found)
            if value is not None:
                result.values.append(value)
            else:
                result.doubts.append(AttributeDoubt(key=spec.key, name=spec.name, values=_distinct(found)))
            break
    return result


def general_key(spec: AttributeSpec) -> str:
    """The general kind that the attribute is, "" for one of a part: «Вес упаковки» and «Цвет подошвы» are not the thing's own."""
    from vitrina.enrichment.generators.attributes.extraction import NAMES, key_of

    for name in names_of(spec):
        key = key_of(name)
        own = {form for known in NAMES.get(key, ()) for form in forms(known)}
        if key and all(form in own | _OF_THE_THING for form in forms(name)[1:]):
            return key
    return ""


def _levels(
    spec: AttributeSpec, key: str, request: AttributesInput, general: Mapping[str, AttributeValue]
) -> Iterator[list[AttributeValue]]:
    facts = request.facts
    texts = [("title", facts.title), ("description", facts.description)]
    yield [value for place in supplied(spec, facts) for value in _at(spec, key, place, request.language)]
    for field, text in texts:
        places = [*named(spec, field, text), *_pairs(spec, field, text)]
        yield [value for place in places for value in _at(spec, key, place, request.language)]
    if spec.kind == "text":
        found = general.get(spec.key) or general.get(key)
        if found and key in _UNNAMED_SIZES and found.evidence.field == "description":
            found = None  # whose size it is, a text only says beside the name
        yield [found.model_copy(update={"key": spec.key, "name": spec.name})] if found else []
        return
    if spec.kind == "number" and key in SIDES:
        places = [Place(field, text, 0, len(text)) for field, text in texts]
        places += [
            Place("attributes", value, 0, len(value), label) for label, value in facts.attributes.items()
        ]
        yield [value for place in places for value in sides_at(spec, key, place, request.language)]
    # A list's own words in the title are nearer than a general colour: «светло-голубой» is no «голубой».
    yield _in_text(spec, Place("title", facts.title, 0, len(facts.title)), request)
    yield _from_general(spec, general.get(spec.key) or general.get(key), request)
    yield _in_text(spec, Place("description", facts.description, 0, len(facts.description)), request)


def _at(spec: AttributeSpec, key: str, place: Place, language: str) -> list[AttributeValue]:
    """What a place that belongs to the attribute says."""
    match spec.kind:
        case "number":
            return numbers_at(spec, place, language) or (
                sides_at(spec, key, place, language) if key in SIDES else []
            )
        case "boolean":
            said = booleans.said_at(place)
            return [_boolean(spec, said, place, language)] if said else []
        case "choice" | "multiple":
            reached = place if place.field == "attributes" else _near(place)
            return [_value(spec, met.value, place, met.start, met.end) for met in choices_at(spec, reached)]
    if (
        place.is_strict
    ):  # where a value of any words ends in running text, nobody can say; a size ends by itself
        return size_at(spec, place)
    text = normalise(place.text[place.start : place.end])
    return [_value(spec, text, place, place.start, place.end)] if 0 < len(text) <= LONGEST_TEXT else []


def _in_text(spec: AttributeSpec, place: Place, request: AttributesInput) -> list[AttributeValue]:
    """What a text says of the attribute without naming it."""
    match spec.kind:
        case "number":
            unit = unit_of(spec.unit)
            if unit is None or unit.dimension in _TOO_OPEN or place.field != "title":
                return []
            rivals = [one for one in request.attribute_schema if one.kind == "number" and one.unit]
            alike = [
                one for one in rivals if (known := unit_of(one.unit)) and known.dimension == unit.dimension
            ]
            return list(sole_in(spec, place, unit, request.language)) if len(alike) == 1 else []
        case "boolean":
            said = booleans.said_in(spec, place.text)
            return [_boolean(spec, one, place, request.language) for one in said]
        case "choice":
            return [_value(spec, met.value, place, met.start, met.end) for met in choices_at(spec, place)]
        case "multiple":
            # What a text names first is the thing's own; a list further on is another's: «для вещей из шерсти».
            first = lists_in(spec, place)[:1]
            return [_value(spec, met.value, place, met.start, met.end) for run in first for met in run]
    return []


def _in_one_breath(
    spec: AttributeSpec, found: Sequence[AttributeValue], facts: ProductFacts
) -> Iterator[AttributeValue]:
    """The rest of the lists in which a value that was found stands: «Рубашка из вискозы», «вискоза 70 %, лён 30 %»."""
    known = {fold(value.value) for value in found}
    for field, text in (("title", facts.title), ("description", facts.description)):
        place = Place(field, text, 0, len(text))
        for run in lists_in(spec, place):
            if known & {fold(met.value) for met in run}:
                yield from (_value(spec, met.value, place, met.start, met.end) for met in run)


def _from_general(
    spec: AttributeSpec, found: AttributeValue | None, request: AttributesInput
) -> list[AttributeValue]:
    """A value of the general kinds, as the schema has it: converted, or one of the list."""
    if found is None or _denied(found, request.facts):
        return []
    if spec.kind == "number":
        from vitrina.enrichment.generators.attributes.fitting import converted

        amounts = converted(spec, found)
        return [shown_number(spec, amounts, found.evidence, request.language)] if amounts else []
    if spec.kind in ("choice", "multiple"):
        place = Place("", found.value, 0, len(found.value))
        return [
            found.model_copy(update={"key": spec.key, "name": spec.name, "value": met.value, "number": None, "unit": ""})
            for met in choices_at(spec, place)
        ]  # fmt: skip
    return []


def _denied(found: AttributeValue, facts: ProductFacts) -> bool:
    text = {"title": facts.title, "description": facts.description}.get(found.evidence.field, "")
    return is_denied(text, found.evidence.start)


def _one(spec: AttributeSpec, found: Sequence[AttributeValue]) -> AttributeValue | None:
    """What a source says; None where it says several things and the attribute takes one."""
    said = _distinct(found)
    if len(said) == 1:
        return said[0]
    if spec.kind == "multiple":
        return said[0].model_copy(update={"value": ", ".join(value.value for value in said)})
    return None


def _distinct(found: Sequence[AttributeValue]) -> list[AttributeValue]:
    return list({fold(value.value): value for value in reversed(found)}.values())[::-1]


def _pairs(spec: AttributeSpec, field: str, text: str) -> list[Place]:
    wanted = {fold(name) for name in names_of(spec)}
    found = []
    for pair in pairs_in(text):
        bare, unit = bare_label(pair.label)
        if fold(bare) in wanted:
            found.append(Place(field, text, pair.start, pair.end, unit=unit))
    return found


def _near(place: Place) -> Place:
    """A list's value stands at once behind the name, within a few words."""
    end = place.end if not place.is_strict else min(place.end, place.start + 40)
    return Place(place.field, place.text, place.start, end, place.source, place.unit, place.is_strict)


def _boolean(spec: AttributeSpec, said: booleans.Said, place: Place, language: str) -> AttributeValue:
    words = (booleans.YES if said.is_so else booleans.NO)[language]
    return _value(spec, words, place, said.start, said.end)


def _value(spec: AttributeSpec, value: str, place: Place, start: int, end: int) -> AttributeValue:
    return AttributeValue(key=spec.key, name=spec.name, value=value, evidence=place.evidence(start, end))
