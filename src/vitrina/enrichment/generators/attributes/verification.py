"""A model's attributes against the listing: evidence that does not hold is found anew, or said to be inferred."""

from __future__ import annotations

import re
from collections.abc import Sequence

from vitrina.catalog.facts import ProductFacts
from vitrina.enrichment.checks.ground import build_ground
from vitrina.enrichment.checks.grounding import judge
from vitrina.enrichment.generators.attributes.schema import AttributeValue, Evidence, EvidenceKind
from vitrina.enrichment.reading.morphology import lemma
from vitrina.lib.text import fold

_WORD = re.compile(r"[^\W_]+")


def verified(values: Sequence[AttributeValue], facts: ProductFacts) -> list[AttributeValue]:
    """The same values with evidence that is true. A value whose claims stand nowhere is marked `inferred`."""
    return [value.model_copy(update={"evidence": _evidence(value, facts)}) for value in values]


def _evidence(value: AttributeValue, facts: ProductFacts) -> Evidence:
    given = value.evidence
    if given.kind is EvidenceKind.ATTRIBUTE and _says(facts.attributes.get(given.source, ""), value.value):
        return given
    if given.kind is EvidenceKind.TEXT:
        text = {"title": facts.title, "description": facts.description}.get(given.field, "")
        if 0 <= given.start < given.end <= len(text) and _says(text[given.start : given.end], value.value):
            return given
    if given.kind is EvidenceKind.PICTURE:
        return given
    return _found(value.value, facts) or Evidence(kind=EvidenceKind.INFERRED)


def _found(value: str, facts: ProductFacts) -> Evidence | None:
    for label, supplied in facts.attributes.items():
        if _says(supplied, value):
            return Evidence(kind=EvidenceKind.ATTRIBUTE, field="attributes", source=label)
    for name, text in (("title", facts.title), ("description", facts.description)):
        start = text.lower().find(value.lower())
        if value and start >= 0:
            return Evidence(
                kind=EvidenceKind.TEXT, field=name, start=start, end=min(start + len(value), len(text))
            )
    grounding = judge([("value", value)], build_ground(facts))
    if grounding.evidence and not grounding.findings:
        source = grounding.evidence[0].source
        if source.field in ("title", "description") and source.start < source.end:
            return Evidence(kind=EvidenceKind.TEXT, field=source.field, start=source.start, end=source.end)
    return None


def _says(text: str, value: str) -> bool:
    """Whether each word and number of the value stands in the text, in any form."""
    if not text or not value:
        return False
    have = {lemma(word) for word in _WORD.findall(text)}
    return fold(value) in fold(text) or all(lemma(word) in have for word in _WORD.findall(value))
