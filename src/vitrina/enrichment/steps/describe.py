"""Describe: the text of the card, or its short form, with the two most relevant templates as examples."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from vitrina.engine.ask import ask
from vitrina.engine.core.replies import Answer
from vitrina.enrichment import content_templates
from vitrina.enrichment.edits import columns_of
from vitrina.enrichment.generators.describe.generator import GENERATOR as CARD
from vitrina.enrichment.generators.describe.schema import DescribeInput
from vitrina.enrichment.generators.describe_short.generator import GENERATOR as SHORT
from vitrina.enrichment.run import Run, Step, StepOutput
from vitrina.enrichment.steps import attributes
from vitrina.enrichment.steps.categorise import sure_category
from vitrina.enrichment.texts import CardText, ShortText


def describe(run: Run) -> StepOutput:
    helpers = content_templates.most_relevant(
        f"{run.facts.title}\n{category_path(run)}", seller_id=run.log.seller_id, language=run.language
    )
    answer = write(run, [str(helper["text"]) for helper in helpers], remarks=run.remarks)
    return StepOutput.of(
        answer,
        {
            "text": columns_of(answer.value),
            "templates": [helper["id"] for helper in helpers],
            "notes": answer.notes,
        },
    )


def write(run: Run, examples: list[str], *, remarks: tuple[str, ...]) -> Answer[CardText] | Answer[ShortText]:
    """Ask for the text; `remarks`: what a moderator or a check said of an earlier one."""
    request = DescribeInput(
        facts=run.facts,
        category_path=category_path(run),
        attributes=attributes.shown(run),
        language=run.language,
        target=run.options.target,
        templates=tuple(examples),
        image_facts=dict(run.output("look_at_images")),
    )
    if run.options.short:
        return ask(SHORT, request, context=run.context("describe"), remarks=remarks, on_partial=_teller(run))
    return ask(CARD, request, context=run.context("describe"), remarks=remarks, on_partial=_teller(run))


def _teller(run: Run) -> Any:
    """Followers read along; a run that nobody watches is spared the stream."""
    if not run.is_watched:
        return None

    def tell(partial: Mapping[str, Any]) -> None:
        run.tell("describe", text=str(partial.get("description") or partial.get("title") or ""))

    return tell


def category_path(run: Run) -> str:
    """Of the category that this run is sure of, else of the product's own."""
    category = sure_category(run)
    return category.path if category else run.facts.category_path


STEP = Step(
    "describe",
    work=describe,
    ingredients=lambda run: [
        run.log.input_hash,
        run.options.stored(),
        run.output("categorise").get("id"),
        run.output("attributes"),
        run.output("look_at_images"),
    ],
    is_wanted=lambda run: run.options.describe,
)
