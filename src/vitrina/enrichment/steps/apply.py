"""Apply: write to the product what was judged good, hand a person what was not."""

from __future__ import annotations

from django.db.models import F

from vitrina.enrichment import apply as applying
from vitrina.enrichment import news, reasons
from vitrina.enrichment.findings import Severity
from vitrina.enrichment.models import ContentTemplate
from vitrina.enrichment.policy import PRIORITY, Outcome, Reason
from vitrina.enrichment.queueing import queue
from vitrina.enrichment.run import Run, Step, StepOutput


def apply(run: Run) -> StepOutput:
    verdict = run.results["decide"].output
    helpers = run.output("describe").get("templates")
    if helpers:
        ContentTemplate.objects.filter(pk__in=helpers).update(usage_count=F("usage_count") + 1)
    if verdict["outcome"] == Outcome.APPLY:
        try:
            applied = applying.apply(run.log)
        except applying.ProductChanged as changed:
            doubt = Reason("product.changed", Severity.HIGH, {"fields": changed.fields})
            verdict |= {
                "outcome": Outcome.MODERATE.value,
                "priority": PRIORITY[doubt.severity],
                "reasons": reasons.stored([doubt]),
            }
        else:
            return StepOutput({"written": applied.written, "kept": applied.kept})
    if verdict["outcome"] == Outcome.MODERATE:
        item = queue(run.log, priority=verdict["priority"], reasons=verdict["reasons"])
        news.moderation_needed(item, run.log)
    return StepOutput({"written": [], "kept": []})


STEP = Step("apply", work=apply, ingredients=lambda run: None, is_closing=True)
