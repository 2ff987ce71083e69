"""What happens to a finished run: apply it, ask a person, or nothing. Pure: data in, decision out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from vitrina.enrichment.findings import Finding, Severity
from vitrina.enrichment.options import Part

CONFIDENCE_THRESHOLD = 0.75  # until the decisions of a seller carry a threshold of their own
LEAST_PRICE_RUB = Decimal(100)
LEAST_DESCRIPTION = 100  # characters of plain text

PRIORITY = {Severity.HIGH: 3, Severity.WARNING: 2, Severity.INFO: 1}


class Outcome(StrEnum):
    APPLY = "apply"
    MODERATE = "moderate"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a person should look. `code` is stable; `detail` holds what its sentence needs."""

    code: str
    severity: Severity
    detail: dict[str, str | int | float | list[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CategoryCase:
    """What the category step ended with.

    `confidence` is calibrated, 0–1; None is unknown, which is never taken for high.
    `none_known`: there was no category to choose from, so the run is judged without one.
    """

    category_id: int | None = None
    no_fit: bool = False
    proposed_name: str = ""
    confidence: float | None = None
    threshold: float = CONFIDENCE_THRESHOLD
    audited: bool = False  # chosen at random to keep the measured precision honest
    none_known: bool = False
    is_parent: bool = False  # no leaf of the tree: a person places the product deeper


@dataclass(frozen=True, slots=True)
class TextCase:
    """What the description step ended with. `length`: characters of the description without its mark-up."""

    length: int
    least: int = LEAST_DESCRIPTION


@dataclass(frozen=True, slots=True)
class PriceCase:
    """The price of the listing. `rub` is None when it is missing or its currency has no known rate."""

    given: Decimal | None
    currency: str
    rub: Decimal | None


@dataclass(frozen=True, slots=True)
class Decision:
    outcome: Outcome
    reasons: tuple[Reason, ...]  # all of them, the gravest first
    priority: int  # 3 high, 2 medium, 1 low; 0 when nobody has to look


def decide(
    *,
    requested: frozenset[Part],
    category: CategoryCase | None,
    text: TextCase | None,
    price: PriceCase,
    findings: Sequence[Finding] = (),
) -> Decision:
    """Judge a run by what it was asked for. `category` and `text` are None when their step gave nothing."""
    reasons: list[Reason] = []
    if Part.CATEGORY in requested:
        reasons += category_reasons(category)
    if Part.TEXT in requested:
        reasons += price_reasons(price) + text_reasons(text) + finding_reasons(findings)
    if Part.ATTRIBUTES in requested:
        reasons += attribute_reasons(findings)
    reasons.sort(key=lambda reason: -PRIORITY[reason.severity])  # stable: equals keep the order of the rules
    if reasons:
        return Decision(
            Outcome.MODERATE, tuple(reasons), max(PRIORITY[reason.severity] for reason in reasons)
        )
    produced = text is not None or (category is not None and category.category_id is not None)
    return Decision(Outcome.APPLY if produced else Outcome.NOTHING, (), 0)


def category_reasons(case: CategoryCase | None) -> list[Reason]:
    if case is None:
        return [Reason("category.missing", Severity.WARNING)]
    if case.none_known:
        return []
    if case.no_fit or case.category_id is None:
        return [Reason("category.no_fit", Severity.WARNING, {"proposed": case.proposed_name})]
    reasons = []
    if case.is_parent:
        reasons.append(Reason("category.parent", Severity.WARNING))
    if case.confidence is None:
        reasons.append(Reason("category.confidence_unknown", Severity.WARNING))
    elif case.confidence < case.threshold:
        detail: dict[str, str | int | float | list[str]] = {
            "confidence": round(case.confidence, 4),
            "threshold": round(case.threshold, 4),
        }
        reasons.append(Reason("category.confidence_low", Severity.WARNING, detail))
    elif case.audited and not reasons:
        reasons.append(Reason("category.audit", Severity.INFO, {"confidence": round(case.confidence, 4)}))
    return reasons


def price_reasons(price: PriceCase) -> list[Reason]:
    if price.given is None:
        return [Reason("price.missing", Severity.WARNING)]
    stated: dict[str, str | int | float | list[str]] = {"price": str(price.given), "currency": price.currency}
    if price.rub is None:
        return [Reason("price.unknown_currency", Severity.WARNING, stated)]
    if price.rub < LEAST_PRICE_RUB:
        return [Reason("price.low", Severity.WARNING, stated | {"least": str(LEAST_PRICE_RUB)})]
    return []


def text_reasons(text: TextCase | None) -> list[Reason]:
    if text is None:
        return [Reason("text.missing", Severity.HIGH)]
    if text.length < text.least:
        return [Reason("text.short", Severity.WARNING, {"length": text.length, "least": text.least})]
    return []


def finding_reasons(findings: Sequence[Finding]) -> list[Reason]:
    return [Reason(finding.code, Severity.HIGH, finding.detail) for finding in findings if is_grave(finding)]


def attribute_reasons(findings: Sequence[Finding]) -> list[Reason]:
    return [
        Reason(finding.code, finding.severity, finding.detail)
        for finding in findings
        if finding.code.partition(".")[0] == "attribute"
    ]


def is_grave(finding: Finding) -> bool:
    """Whether a finding sends its run to a person: unsupported claims and suspicious words always do."""
    return finding.severity is Severity.HIGH or finding.code.partition(".")[0] in ALWAYS_ASKED


# Families of findings that a person sees whatever severity their rule carries.
ALWAYS_ASKED = frozenset({"unsupported", "suspicious", "suspicious_word", "contradiction"})
