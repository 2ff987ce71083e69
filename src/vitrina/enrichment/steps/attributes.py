"""Attributes: read out of the listing with their evidence, completed by what the category step brought."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from vitrina.catalog.attribute_schema import CategoryAttribute
from vitrina.engine.ask import ask
from vitrina.enrichment import seen
from vitrina.enrichment.generators.attributes.by_schema import general_key
from vitrina.enrichment.generators.attributes.fitting import fitted, missing
from vitrina.enrichment.generators.attributes.generator import GENERATOR
from vitrina.enrichment.generators.attributes.schema import (
    AttributeDoubt,
    AttributesInput,
    AttributesOutput,
    AttributeSpec,
    AttributeValue,
    EvidenceKind,
)
from vitrina.enrichment.generators.attributes.verification import verified
from vitrina.enrichment.known_categories import KnownCategory
from vitrina.enrichment.run import OFFLINE, Run, Step, StepOutput
from vitrina.enrichment.steps.categorise import known_category, sure_category
from vitrina.lib.text import fold


def attributes(run: Run) -> StepOutput:
    """A model is asked only where the category has a schema of its own to fill; the rest is read by rules."""
    category = _category(run)
    request = AttributesInput(
        facts=run.facts,
        category_path=category.path if category else run.facts.category_path,
        language=run.language,
        attribute_schema=specs(category.attribute_schema if category else (), run.language),
    )
    if request.attribute_schema:
        answer = ask(GENERATOR, request, context=run.context("attributes"))
        found = answer.value
        if answer.source != OFFLINE:
            found = fitted(found, request.attribute_schema, run.language)
            found = found.model_copy(update={"values": verified(found.values, run.facts)})
        return StepOutput.of(answer, _output(run, found, request.attribute_schema))
    return StepOutput(_output(run, GENERATOR.offline(request), ()), source=OFFLINE)


def _with_pictures(run: Run, found: AttributesOutput, schema: Sequence[AttributeSpec]) -> AttributesOutput:
    """Attributes that the listing doesn't speak of, by what the pictures show, as far as it fits the schema."""
    said = {value.key for value in found.values} | {doubt.key for doubt in found.doubts}
    open_ones = [spec for spec in schema if spec.key not in said]
    values = [
        AttributeValue.model_validate(
            {
                "key": spec.key, "name": spec.name, "value": entry["value"], "number": entry["number"],
                "unit": entry["number_unit"], "evidence": entry["evidence"],
            }
        )
        for name, entry in _seen(run).items()
        for spec in open_ones
        if entry["key"] in _keys_of(spec) or fold(name) in _keys_of(spec)
    ]  # fmt: skip
    fit = fitted(AttributesOutput(values=values), schema, run.language)
    return found.model_copy(update={"values": [*found.values, *fit.values]})


def _keys_of(spec: AttributeSpec) -> set[str]:
    """Everything that names the attribute, and the general kind that it is."""
    names = {fold(word) for word in (spec.name, spec.key, *spec.synonyms)}
    return names | ({key} if (key := general_key(spec)) else set())


def _together(
    run: Run, suggested: dict[str, Any], found: dict[str, Any], schema: Sequence[AttributeSpec]
) -> dict[str, Any]:
    """The listing's own words win over what the pictures show, under the same name or of the same kind.

    Of an attribute of the schema nothing is told beside its typed value.
    """
    said = {fold(name) for name in (*run.facts.attributes, *found)}
    kinds = {entry["key"] for entry in found.values()}.union(*map(_keys_of, schema))
    shown = {
        name: entry
        for name, entry in _seen(run).items()
        if fold(name) not in said and fold(name) not in kinds and entry["key"] not in kinds
    }
    return suggested | shown | found


def _category(run: Run) -> KnownCategory | None:
    """Whose attributes are filled: of the suggestion that the run is sure of, else of where the product stands."""
    found = sure_category(run) if run.options.categorize else None
    return found or known_category(run.product.category_id, run.log.seller_id)


def _output(run: Run, found: AttributesOutput, schema: Sequence[AttributeSpec]) -> dict[str, Any]:
    """`doubts`: what the listing says in several ways; `missing`: names of required attributes that nothing says."""
    if schema:
        found = _with_pictures(run, found, schema)
    output: dict[str, Any] = {
        "attributes": _together(run, _suggested(run, schema), _stored(found.values), schema)
    }
    if schema:
        output["doubts"] = {doubt.name: _stored_doubt(doubt) for doubt in found.doubts}
        doubted = {doubt.key for doubt in found.doubts}
        output["missing"] = [spec.name for spec in missing(found, schema) if spec.key not in doubted]
    return output


def _stored_doubt(doubt: AttributeDoubt) -> list[dict[str, Any]]:
    return [
        {"value": value.value, "evidence": value.evidence.model_dump(mode="json", exclude_defaults=True)}
        for value in doubt.values
    ]


def _suggested(run: Run, schema: Sequence[AttributeSpec]) -> dict[str, Any]:
    """What the model that chose the category said besides. Nobody showed where it stands: inferred.

    Of an attribute of the schema it says nothing: there a value is typed and has its evidence, or is none.
    """
    inferred = {"kind": EvidenceKind.INFERRED.value}
    typed: set[str] = set().union(*map(_keys_of, schema))
    return {
        name: {"key": name, "value": value, "number": None, "number_unit": "", "evidence": inferred}
        for name, value in run.output("categorise").get("attributes", {}).items()
        if fold(name) not in typed
    }


def _seen(run: Run) -> dict[str, Any]:
    """What the pictures show, each value with the number of its picture."""
    return seen.attributes_of(run.output("look_at_images"), run.language)


def specs(schema: Iterable[CategoryAttribute], language: str) -> tuple[AttributeSpec, ...]:
    """A category's attributes as the generator takes them, in the language of the card as far as it is written."""
    return tuple(_spec(one, language == "en") for one in schema)


def _spec(one: CategoryAttribute, is_english: bool) -> AttributeSpec:
    return AttributeSpec.model_validate(
        {
            "key": one.key, "name": (one.name_en if is_english else "") or one.name, "kind": one.kind, "unit": one.unit,
            "values": tuple((choice.value_en if is_english else "") or choice.value for choice in one.choices),
            "also": tuple(choice.words for choice in one.choices), "required": one.required, "synonyms": one.words,
        }
    )  # fmt: skip


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
        run.language,
        run.output("look_at_images"),
        [one.row for one in category.attribute_schema] if (category := _category(run)) else None,
    ],
    is_wanted=lambda run: bool(run.options.describe or run.options.categorize),
)
