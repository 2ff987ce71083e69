"""Categorise: a suggestion with its calibrated confidence and the threshold that it has to reach."""

from __future__ import annotations

from vitrina.catalog.models import Category
from vitrina.enrichment.confidence import judged
from vitrina.enrichment.generators.categorize.suggest import suggest
from vitrina.enrichment.run import Run, Step, StepOutput


def categorise(run: Run) -> StepOutput:
    found = suggest(
        run.facts, seller_id=run.log.seller_id, context=run.context("categorize"), remarks=run.remarks
    )
    if not found.candidates and not Category.objects.known_to(run.log.seller_id).exists():
        return StepOutput({"none_known": True})
    category = Category.objects.filter(pk=found.category_id).first()
    verdict = judged(
        found.confidence,
        producer=found.source,
        seller_id=run.log.seller_id,
        path=category.path if category else "",
        lot=run.log.input_hash,
    )
    return StepOutput.of(
        found.answer,
        {
            "id": category.pk if category else None,
            "path": category.path if category else "",
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


def sure_category(run: Run) -> Category | None:
    """The suggested category, if the run is sure of it: a wrong one would put wrong words into the text."""
    output = run.output("categorise")
    confidence = output.get("confidence")
    if output.get("id") is None or confidence is None or confidence < output["threshold"]:
        return None
    if "category" not in run.loaded:
        run.loaded["category"] = Category.objects.filter(pk=output["id"]).first()
    category: Category | None = run.loaded["category"]
    return category


STEP = Step(
    "categorise",
    work=categorise,
    ingredients=lambda run: [run.log.input_hash, run.options.remark, run.options.fresh],
    is_wanted=lambda run: run.options.categorize is True,
)
