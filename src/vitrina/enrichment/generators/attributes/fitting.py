"""A model's values held to the schema: its keys alone, its lists alone, its units. What doesn't fit is a doubt, not a value."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation

from vitrina.enrichment.generators.attributes import booleans
from vitrina.enrichment.generators.attributes.choosing import choices_at
from vitrina.enrichment.generators.attributes.numbers import factor_to, shown_number
from vitrina.enrichment.generators.attributes.places import Place
from vitrina.enrichment.generators.attributes.schema import (
    AttributeDoubt,
    AttributesOutput,
    AttributeSpec,
    AttributeValue,
    Evidence,
    EvidenceKind,
)
from vitrina.enrichment.reading.mention import Kind
from vitrina.enrichment.reading.mentions import read
from vitrina.enrichment.reading.quantities import canonical
from vitrina.enrichment.reading.units import unit_by_id, unit_of
from vitrina.lib.text import fold

_BARE = re.compile(r"-?[0-9](?:[0-9\s]*[0-9])?(?:[.,][0-9]+)?")


def fitted(output: AttributesOutput, schema: Sequence[AttributeSpec], language: str) -> AttributesOutput:
    """Values of unknown keys are dropped: the schema was all that was asked for. The first value of a key counts."""
    specs = {spec.key: spec for spec in schema}
    result = AttributesOutput(doubts=[doubt for doubt in output.doubts if doubt.key in specs])
    seen = {doubt.key for doubt in result.doubts}
    for value in output.values:
        spec = specs.get(value.key)
        if spec is None or spec.key in seen:
            continue
        seen.add(spec.key)
        fit = _fit(spec, value, language)
        if fit is not None:
            result.values.append(fit)
        else:
            result.doubts.append(AttributeDoubt(key=spec.key, name=spec.name, values=[value]))
    return result


def fit_text(spec: AttributeSpec, text: str, language: str) -> AttributeValue | None:
    """Words as a value of the attribute, a bare number in the attribute's own unit; None where they are none.

    Words of a list must be its own to the last: «белый и лиловый» is no white.
    """
    evidence = Evidence(kind=EvidenceKind.INFERRED)
    value = AttributeValue(key=spec.key, name=spec.name, value=text, evidence=evidence)
    if spec.kind == "number" and _BARE.fullmatch(text):
        amount = canonical(Decimal(re.sub(r"\s", "", text).replace(",", ".")))
        return shown_number(spec, [amount], evidence, language)
    if spec.kind in ("choice", "multiple") and not _is_all_of_the_list(spec, text):
        return None
    return _fit(spec, value, language)


def _is_all_of_the_list(spec: AttributeSpec, text: str) -> bool:
    known = {fold(word) for _value, named in spec.words_of_values for word in named}
    if fold(text) in known:
        return True
    pieces = [piece for piece in re.split(r"\s*[,;]\s*", text) if piece]
    return all(fold(piece) in known for piece in pieces) and (spec.kind == "multiple" or len(pieces) == 1)


def _fit(spec: AttributeSpec, value: AttributeValue, language: str) -> AttributeValue | None:
    match spec.kind:
        case "number":
            amounts = converted(spec, value)
            return shown_number(spec, amounts, value.evidence, language) if amounts else None
        case "choice" | "multiple":
            met = list(
                dict.fromkeys(
                    one.value for one in choices_at(spec, Place("", value.value, 0, len(value.value)))
                )
            )
            if not met or (len(met) > 1 and spec.kind == "choice"):
                return None
            words = ", ".join(met)
        case "boolean":
            said = booleans.said_at(Place("", value.value, 0, len(value.value)))
            if said is None:
                return None
            words = (booleans.YES if said.is_so else booleans.NO)[language]
        case _:
            words = value.value
    return value.model_copy(update={"name": spec.name, "value": words, "number": None, "unit": ""})


def converted(spec: AttributeSpec, value: AttributeValue) -> list[str]:
    """The amounts of a value in the schema's unit, both of a range; empty where it doesn't convert."""
    if value.number is not None:
        unit = unit_by_id(value.unit) or unit_of(value.unit)
        factor = factor_to(spec.unit, unit.id if unit else value.unit)
        if factor is None:
            return []
        try:
            return [canonical((Decimal(str(value.number)) * factor).normalize())]
        except InvalidOperation:
            return []
    mentions = [one for one in read(value.value) if one.kind in (Kind.QUANTITY, Kind.NUMBER) and one.parts]
    if not mentions or len({(one.start, one.end) for one in mentions}) > 1:
        return []
    factors = [factor_to(spec.unit, one.unit) for one in mentions]
    if None in factors:
        return []
    return [
        canonical((Decimal(one.value) * (factor or 1)).normalize())
        for one, factor in zip(mentions, factors, strict=True)
    ]


def missing(output: AttributesOutput, schema: Sequence[AttributeSpec]) -> list[AttributeSpec]:
    """Required ones that have no value; a doubt is none."""
    known = {fold(value.key) for value in output.values}
    return [spec for spec in schema if spec.required and fold(spec.key) not in known]
