"""Attributes: read out of the listing with their evidence, completed by what the category step brought."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from vitrina.engine.ask import ask
from vitrina.enrichment import seen
from vitrina.enrichment.generators.attributes.generator import GENERATOR
from vitrina.enrichment.generators.attributes.schema import (
    AttributesInput,
    AttributeSpec,
    AttributeValue,
    EvidenceKind,
)
from vitrina.enrichment.generators.attributes.verification import verified
from vitrina.enrichment.run import OFFLINE, Run, Step, StepOutput
from vitrina.enrichment.steps.categorise import sure_category
from vitrina.lib.text import fold


def attributes(run: Run) -> StepOutput:
    """A model is asked only where the category has a schema of its own to fill; the rest is read by rules."""
    category = sure_category(run)
    request = AttributesInput(
        facts=run.facts,
        category_path=category.path if category else run.facts.category_path,
        language=run.language,
        attribute_schema=tuple(map(_spec, category.attribute_schema if category else [])),
    )
    suggested = _suggested(run)
    if request.attribute_schema:
        answer = ask(GENERATOR, request, context=run.context("attributes"))
        values = answer.value.values
        if answer.source != OFFLINE:
            values = verified(values, run.facts)
        return StepOutput.of(answer, {"attributes": _together(run, suggested, _stored(values))})
    found = _stored(GENERATOR.offline(request).values)
    return StepOutput({"attributes": _together(run, suggested, found)}, source=OFFLINE)


def _together(run: Run, suggested: dict[str, Any], found: dict[str, Any]) -> dict[str, Any]:
    """The listing's own words win over what the pictures show, under the same name or of the same kind."""
    said = {fold(name) for name in (*run.facts.attributes, *found)}
    kinds = {entry["key"] for entry in found.values()}
    shown = {
        name: entry
        for name, entry in _seen(run).items()
        if fold(name) not in said and entry["key"] not in kinds
    }
    return suggested | shown | found


def _suggested(run: Run) -> dict[str, Any]:
    """What the model that chose the category said besides. Nobody showed where it stands: inferred."""
    inferred = {"kind": EvidenceKind.INFERRED.value}
    return {
        name: {"key": name, "value": value, "number": None, "number_unit": "", "evidence": inferred}
        for name, value in run.output("categorise").get("attributes", {}).items()
    }


def _seen(run: Run) -> dict[str, Any]:
    """What the pictures show, each value with the number of its picture."""
    looked = run.results.get("look_at_images")
    if looked is None:
        return {}
    return seen.attributes_of(
        run.output("look_at_images"), run.language, is_measured=looked.source == OFFLINE
    )


def _spec(row: Mapping[str, Any]) -> AttributeSpec:
    """From a row of `Category.attribute_schema`."""
    return AttributeSpec(
        key=str(row.get("key") or row["name"]),
        name=str(row["name"]),
        values=tuple(map(str, row.get("choices") or ())),
        unit=str(row.get("unit") or ""),
        synonyms=tuple(map(str, row.get("synonyms") or ())),
    )


def _stored(values: list[AttributeValue]) -> dict[str, Any]:
    """As `Product.ai_extracted` keeps them; `value` is shown as it is, unit and all."""
    return {
        value.name: {
            "key": value.key,
            "value": value.value,
            "number": value.number,
            "number_unit": value.unit,
            "evidence": value.evidence.model_dump(mode="json", exclude_defaults=True),
        }
        for value in values
    }


def shown(run: Run) -> dict[str, str]:
    """Name → value as the writer and the checks read them. What was only inferred is no ground for a text."""
    return {
        name: entry["value"]
        for name, entry in run.output("attributes").get("attributes", {}).items()
        if entry["evidence"].get("kind") != EvidenceKind.INFERRED
    }


STEP = Step(
    "attributes",
    work=attributes,
    ingredients=lambda run: [
        run.log.input_hash,
        run.output("categorise").get("id"),
        run.language,
        run.output("look_at_images"),
    ],
    is_wanted=lambda run: bool(run.options.describe or run.options.categorize),
)
