"""Decide: put the case together and let the pure policy judge it."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from vitrina.enrichment import policy, reasons, seen
from vitrina.enrichment.checks.attributes import attribute_findings
from vitrina.enrichment.checks.contradiction import contradictions
from vitrina.enrichment.findings import Finding, Severity, Span
from vitrina.enrichment.prices import price_case
from vitrina.enrichment.run import Run, Step, StepOutput
from vitrina.lib.html import to_text


def decide(run: Run) -> StepOutput:
    category, text = run.output("categorise"), final_text(run)
    findings = findings_of(run)
    if run.options.require_attributes:
        findings += attribute_findings(run.output("attributes"))
    decision = policy.decide(
        requested=run.options.requested,
        category=category_case(category) if category else None,
        text=text_case(run, text),
        price=price_case(run.facts.price, run.facts.currency or run.product.seller.currency),
        findings=findings,
    )
    verdict = {
        "outcome": decision.outcome.value,
        "priority": decision.priority,
        "reasons": reasons.stored(decision.reasons),
    }
    log = run.log
    log.result = {
        "category": dict(category) or None,
        "attributes": run.output("attributes").get("attributes", {}),
        "pictures": run.results["look_at_images"].output if "look_at_images" in run.results else None,
        "text": text or None,
        "attribute_doubts": run.output("attributes").get("doubts", {}),
        "attributes_missing": run.output("attributes").get("missing", []),
        "findings": [asdict(one) | {"severity": one.severity.value} for one in findings],
        "templates": run.output("describe").get("templates", []),
        "template_versions": run.output("describe").get("template_versions", {}),
        "decision": verdict,
    }
    log.confidence = category.get("confidence")
    log.gravest = gravest(log.result["findings"])
    log.is_audit = [reason.code for reason in decision.reasons] == ["category.audit"]
    log.templates_used = as_used(log.result["templates"])
    log.models_used = {name: result.source for name, result in run.results.items() if result.source}
    return StepOutput(verdict)


def findings_of(run: Run) -> list[Finding]:
    """Of the check, or of the pictures alone where there is no text to check."""
    checked = run.output("check")
    if checked:
        return [restored(finding) for finding in checked.get("findings", [])]
    return list(contradictions(run.facts, seen.witness_of(run.output("look_at_images"))))


def as_used(template_ids: list[int]) -> str:
    """`ProcessingLog.templates_used`."""
    return f"|{'|'.join(map(str, template_ids))}|" if template_ids else ""


def gravest(findings: list[dict[str, Any]]) -> str:
    """The severity of the gravest of them, empty where there is none."""
    known = [Severity(found["severity"]) for found in findings]
    return max(known, key=list(Severity).index, default="")


def final_text(run: Run) -> dict[str, Any]:
    """The columns that the text fills: the repaired one where the check had it repaired."""
    return dict(run.output("check").get("text") or run.output("describe").get("text") or {})


def category_case(output: Any) -> policy.CategoryCase:
    return policy.CategoryCase(
        category_id=output.get("id"),
        no_fit=output.get("no_fit", False),
        proposed_name=output.get("proposed_name", ""),
        confidence=output.get("confidence"),
        threshold=output.get("threshold", policy.CONFIDENCE_THRESHOLD),
        audited=output.get("audited", False),
        none_known=output.get("none_known", False),
        is_parent=output.get("is_parent", False),
    )


def text_case(run: Run, text: dict[str, Any]) -> policy.TextCase | None:
    if not text:
        return None
    body = text.get("description") or text.get("short_description") or ""
    return policy.TextCase(length=len(to_text(body)))


def restored(finding: dict[str, Any]) -> Finding:
    span = finding.get("span")
    return Finding(
        code=finding["code"],
        severity=Severity(finding["severity"]),
        detail=finding["detail"],
        span=Span(**span) if span else None,
        rule=finding.get("rule", ""),
        repairable=finding.get("repairable", True),
    )


STEP = Step("decide", work=decide, ingredients=lambda run: None, is_closing=True)
