"""Check: every rule over the text; what a model can mend goes back to it once, with the findings."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any

from vitrina.enrichment import sameness, seen
from vitrina.enrichment.checks.card import check as find
from vitrina.enrichment.edits import as_text, columns_of
from vitrina.enrichment.findings import Finding
from vitrina.enrichment.policy import is_grave
from vitrina.enrichment.run import OFFLINE, Run, Step, StepOutput
from vitrina.enrichment.steps import attributes, describe
from vitrina.enrichment.texts import CardText, ShortText
from vitrina.lib import apart
from vitrina.lib.html import to_text

MOST_NAMED = 12  # findings that a model is told of at once


def check(run: Run) -> StepOutput:
    text = as_text(run.output("describe")["text"])
    findings, cpu_apart = findings_of(run, text)
    doubts = [finding for finding in findings if is_grave(finding) and finding.repairable]
    if not doubts or run.results["describe"].source == OFFLINE:
        return StepOutput({"findings": stored(findings, text)}, cpu_apart=cpu_apart)
    repaired = repair(run, text, findings, doubts)
    return replace(repaired, cpu_apart=repaired.cpu_apart + cpu_apart)


def repair(
    run: Run, text: CardText | ShortText, findings: list[Finding], doubts: list[Finding]
) -> StepOutput:
    """One more answer with the findings said; it is taken only when it is the better one."""
    remarks = (*run.remarks, *(remark(finding) for finding in doubts[:MOST_NAMED]))
    answer = describe.write(run, [], remarks=remarks)
    mended, cpu_apart = findings_of(run, answer.value)
    if len([one for one in mended if is_grave(one)]) >= len([one for one in findings if is_grave(one)]):
        kept = StepOutput.of(answer, {"findings": stored(findings, text), "repaired": False})
        return replace(kept, cpu_apart=cpu_apart)
    output: dict[str, Any] = {
        "findings": stored(mended, answer.value),
        "text": columns_of(answer.value),
        "repaired": True,
        "before_repair": stored(findings, text),
    }
    return replace(StepOutput.of(answer, output), cpu_apart=cpu_apart)


def findings_of(run: Run, text: CardText | ShortText) -> tuple[list[Finding], float]:
    """The findings, and the CPU seconds that they took in another process."""
    log = run.log
    return apart.compute(
        find,
        text,
        run.facts,
        language=run.language,
        target=run.options.target,
        attributes=attributes.shown(run),
        image_facts=seen.facts_of(run.output("look_at_images")),
        witness=seen.witness_of(run.output("look_at_images")),
        category_path=describe.category_path(run),
        others=sameness.likest(to_text(text.description), seller_id=log.seller_id, product_id=log.product_id),
    )


def remark(finding: Finding) -> str:
    """What the model is told: the code, the numbers, and its own words that it is about."""
    detail = "; ".join(f"{name}: {value}" for name, value in finding.detail.items())
    return f"{finding.code} in {finding.span.field if finding.span else 'the text'} ({detail}): leave it out or mend it."


def stored(findings: list[Finding], text: CardText | ShortText) -> list[dict[str, Any]]:
    """As JSON. The short form's text is the column `short_description`."""
    if isinstance(text, ShortText):
        findings = [
            replace(one, span=replace(one.span, field="short_description"))
            if one.span and one.span.field == "description"
            else one
            for one in findings
        ]
    return [asdict(one) | {"severity": one.severity.value} for one in findings]


STEP = Step(
    "check",
    work=check,
    ingredients=lambda run: [
        run.log.input_hash,
        run.options.stored(),
        run.output("describe").get("text"),
        run.output("look_at_images"),
    ],
    is_wanted=lambda run: bool(run.output("describe")),
)
