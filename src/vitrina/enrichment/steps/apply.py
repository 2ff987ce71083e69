"""Apply: write to the product what was judged good, hand a person what was not."""

from __future__ import annotations

from django.db.models import F

from vitrina.enrichment import apply as applying
from vitrina.enrichment import reasons
from vitrina.enrichment.findings import Severity
from vitrina.enrichment.models import ContentTemplate, ModerationItem
from vitrina.enrichment.policy import PRIORITY, Outcome, Reason
from vitrina.enrichment.run import Run, Step, StepOutput


def apply(run: Run) -> StepOutput:
    decision = run.results["decide"].output
    templates = run.output("describe").get("templates", [])
    if templates:
        ContentTemplate.objects.filter(pk__in=templates).update(usage_count=F("usage_count") + 1)
    if decision["outcome"] == Outcome.APPLY:
        try:
            applied = applying.apply(run.log)
        except applying.ProductChanged as changed:
            found = Reason("product.changed", Severity.HIGH, {"fields": changed.fields})
            decision["outcome"] = Outcome.MODERATE.value
            decision["priority"] = PRIORITY[found.severity]
            decision["reasons"] = reasons.stored([found])
        else:
            return StepOutput({"written": applied.written, "kept": applied.kept})
    if decision["outcome"] == Outcome.MODERATE:
        # A repeated run of the same log would find its item: one log, one item.
        ModerationItem.objects.create(
            log=run.log,
            seller_id=run.log.seller_id,
            priority=decision["priority"],
            reasons=decision["reasons"],
        )
    return StepOutput({"written": [], "kept": []})


STEP = Step("apply", work=apply, ingredients=lambda run: None, is_closing=True)
