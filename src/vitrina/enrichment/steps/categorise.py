"""Categorise: a suggestion with its calibrated confidence and the threshold that it has to reach."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from vitrina.catalog.models import Category
from vitrina.enrichment import seen
from vitrina.enrichment.confidence import judge
from vitrina.enrichment.generators.categorize.suggest import suggest
from vitrina.enrichment.known_categories import KnownCategory, known_categories
from vitrina.enrichment.known_lately import known_lately
from vitrina.enrichment.run import Run, Step, StepOutput


def categorise(run: Run) -> StepOutput:
    seller_id = run.log.seller_id
    if not known_lately(("categories", seller_id), lambda: categories_known_to(seller_id).exists()):
        # Nothing to choose from is not the product's fault: the run is judged without a category.
        return StepOutput({"none_known": True})
    found = suggest(
        run.facts,
        seller_id=seller_id,
        context=run.context("categorize"),
        remarks=run.remarks,
        language=run.language,
        item_type=seen.item_type(run.output("look_at_images")),
    )
    category = known_category(found.category_id, seller_id)
    verdict = judge(
        found.confidence,
        producer=found.source,
        seller_id=seller_id,
        path=category.path if category else "",
        lot=run.log.input_hash,
    )
    return StepOutput.of(
        found.answer,
        {
            "id": category.id if category else None,
            "path": category.path if category else "",
            "is_parent": found.is_parent,
            "no_fit": found.no_fit,
            "proposed_name": found.proposed_name,
            "raw": found.confidence,
            "confidence": verdict.confidence,
            "calibrated": verdict.is_calibrated,
            "threshold": verdict.threshold,
            "audited": verdict.is_audited,
            "alternatives": [{"id": pk, "confidence": share} for pk, share in found.alternatives],
            "attributes": found.attributes,
            "reasoning": found.reasoning,
            "source": found.source,
        },
    )


def categories_known_to(seller_id: int) -> QuerySet[Category]:
    """The shop's own tree and the one that all share."""
    return Category.objects.filter(Q(seller_id=seller_id) | Q(seller=None), tree="", is_active=True)


def sure_category(run: Run) -> KnownCategory | None:
    """The suggested category, if the run is sure of it: a wrong one would put wrong words into the text."""
    output = run.output("categorise")
    confidence = output.get("confidence")
    if confidence is None or confidence < output["threshold"]:
        return None
    return known_category(output.get("id"), run.log.seller_id)


def known_category(pk: int | None, seller_id: int) -> KnownCategory | None:
    return None if pk is None else known_categories([pk], seller_id=seller_id).get(pk)


STEP = Step(
    "categorise",
    work=categorise,
    ingredients=lambda run: [
        run.log.input_hash,
        run.options.remark,
        run.options.fresh,
        seen.item_type(run.output("look_at_images")),
    ],
    is_wanted=lambda run: run.options.categorize is True,
)
