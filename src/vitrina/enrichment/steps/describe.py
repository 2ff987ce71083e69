"""Describe: the text of the card, or its short form, with the two most relevant templates as examples."""

from __future__ import annotations

from vitrina.engine.ask import ask
from vitrina.engine.core.replies import Answer
from vitrina.enrichment import content_templates, seen
from vitrina.enrichment.edits import columns_of
from vitrina.enrichment.generators.describe.generator import GENERATOR as CARD
from vitrina.enrichment.generators.describe.schema import DescribeInput
from vitrina.enrichment.generators.describe_short.generator import GENERATOR as SHORT
from vitrina.enrichment.live_text import as_written, reading_along
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
            "template_versions": {str(helper["id"]): helper["version"] for helper in helpers},
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
        image_facts=seen.facts_of(run.output("look_at_images")),
    )
    # Followers read along; a run that nobody watches is spared the stream.
    along = reading_along(lambda text: run.tell("describe", text=text)) if run.is_watched else None
    context = run.context("describe")
    answer: Answer[CardText] | Answer[ShortText]
    if run.options.short:
        answer = ask(SHORT, request, context=context, remarks=remarks, on_partial=along)
    else:
        answer = ask(CARD, request, context=context, remarks=remarks, on_partial=along)
    if run.is_watched:
        # The last words of a stream, or all of them where nothing was streamed: the offline generator, a stored answer.
        run.tell("describe", text=as_written(answer.value.model_dump()))
    return answer


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
