from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitrina.enrichment.findings import Finding, Severity
from vitrina.enrichment.options import Part
from vitrina.enrichment.policy import (
    CategoryCase,
    Decision,
    Outcome,
    PriceCase,
    TextCase,
    decide,
)

BOTH = frozenset({Part.TEXT, Part.CATEGORY})
SURE = CategoryCase(category_id=7, confidence=0.9)
FINE = TextCase(length=400)
PRICE = PriceCase(given=Decimal(2490), currency="RUB", rub=Decimal(2490))


def judged(
    *,
    requested: frozenset[Part] = BOTH,
    category: CategoryCase | None = SURE,
    text: TextCase | None = FINE,
    price: PriceCase = PRICE,
    findings: tuple[Finding, ...] = (),
) -> Decision:
    return decide(requested=requested, category=category, text=text, price=price, findings=findings)


def codes(decision: Decision) -> list[str]:
    return [reason.code for reason in decision.reasons]


def test_a_sure_run_is_applied() -> None:
    assert judged() == Decision(Outcome.APPLY, (), 0)


@pytest.mark.parametrize(
    ("category", "code"),
    [
        (replace(SURE, confidence=0.7499), "category.confidence_low"),
        (replace(SURE, confidence=0.9, threshold=0.95), "category.confidence_low"),
        (replace(SURE, confidence=None), "category.confidence_unknown"),
        (replace(SURE, is_parent=True), "category.parent"),
        (replace(SURE, audited=True), "category.audit"),
        (CategoryCase(no_fit=True, proposed_name="Клетки для птиц"), "category.no_fit"),
        (CategoryCase(), "category.no_fit"),
        (None, "category.missing"),
    ],
)
def test_a_doubtful_category_is_seen_by_a_person(category: CategoryCase | None, code: str) -> None:
    decision = judged(category=category)
    assert decision.outcome is Outcome.MODERATE
    assert codes(decision) == [code]


def test_a_confidence_at_the_threshold_is_enough() -> None:
    assert judged(category=replace(SURE, confidence=0.75)).outcome is Outcome.APPLY


@given(st.floats(min_value=0, max_value=1), st.floats(min_value=0, max_value=1.01))
def test_an_unknown_confidence_is_never_taken_for_a_high_one(confidence: float, threshold: float) -> None:
    known = judged(category=replace(SURE, confidence=confidence, threshold=threshold))
    assert (known.outcome is Outcome.APPLY) == (confidence >= threshold)
    assert judged(category=replace(SURE, confidence=None, threshold=threshold)).outcome is Outcome.MODERATE


@pytest.mark.parametrize(
    ("price", "code"),
    [
        (PriceCase(None, "RUB", None), "price.missing"),
        (PriceCase(Decimal("99.99"), "RUB", Decimal("99.99")), "price.low"),
        (PriceCase(Decimal(500), "KZT", Decimal(75)), "price.low"),
        (PriceCase(Decimal(500), "XXX", None), "price.unknown_currency"),
    ],
)
def test_a_missing_or_tiny_price_is_seen_by_a_person(price: PriceCase, code: str) -> None:
    assert codes(judged(price=price)) == [code]


def test_a_hundred_roubles_are_enough() -> None:
    assert judged(price=PriceCase(Decimal(100), "RUB", Decimal(100))).outcome is Outcome.APPLY


def test_a_short_description_is_seen_by_a_person() -> None:
    assert codes(judged(text=TextCase(length=99))) == ["text.short"]
    assert judged(text=TextCase(length=100)).outcome is Outcome.APPLY


def test_a_text_that_was_asked_for_and_is_missing_is_grave() -> None:
    decision = judged(text=None)
    assert (codes(decision), decision.priority) == (["text.missing"], 3)


@pytest.mark.parametrize("code", ["unsupported.number", "suspicious_word", "html.tag"])
def test_grave_findings_are_seen_by_a_person(code: str) -> None:
    decision = judged(findings=(Finding(code, Severity.HIGH, {"word": "реплика"}),))
    assert (codes(decision), decision.priority) == ([code], 3)


def test_unsupported_claims_and_suspicious_words_are_seen_whatever_their_rule_says() -> None:
    for code in ("unsupported.colour", "suspicious_word", "contradiction.colour"):
        assert judged(findings=(Finding(code, Severity.INFO, {}),)).outcome is Outcome.MODERATE


def test_light_findings_are_only_kept() -> None:
    assert judged(findings=(Finding("readability", Severity.WARNING, {}),)).outcome is Outcome.APPLY


def test_all_reasons_are_kept_and_the_gravest_comes_first() -> None:
    decision = judged(
        category=replace(SURE, confidence=0.1),
        text=TextCase(length=10),
        price=PriceCase(None, "", None),
        findings=(
            Finding("unsupported.size", Severity.HIGH, {}),
            Finding("unsupported.colour", Severity.HIGH, {}),
        ),
    )
    assert codes(decision) == [
        "unsupported.size",
        "unsupported.colour",
        "category.confidence_low",
        "price.missing",
        "text.short",
    ]
    assert decision.priority == 3


def test_an_audit_is_the_least_urgent_and_says_nothing_when_there_is_a_real_doubt() -> None:
    assert judged(category=replace(SURE, audited=True)).priority == 1
    doubtful = judged(category=replace(SURE, audited=True, confidence=0.2))
    assert (codes(doubtful), doubtful.priority) == (["category.confidence_low"], 2)


def test_a_categorisation_only_run_is_not_judged_for_its_missing_description() -> None:
    decision = judged(requested=frozenset({Part.CATEGORY}), text=None, price=PriceCase(None, "", None))
    assert decision == Decision(Outcome.APPLY, (), 0)


def test_a_description_only_run_is_not_judged_for_a_category() -> None:
    assert judged(requested=frozenset({Part.TEXT}), category=None).outcome is Outcome.APPLY


def test_a_run_without_any_known_category_is_judged_without_it() -> None:
    assert judged(category=CategoryCase(none_known=True)).outcome is Outcome.APPLY
    only = judged(requested=frozenset({Part.CATEGORY}), category=CategoryCase(none_known=True), text=None)
    assert only == Decision(Outcome.NOTHING, (), 0)


CASES = st.builds(
    CategoryCase,
    category_id=st.none() | st.integers(1, 9),
    no_fit=st.booleans(),
    confidence=st.none() | st.floats(0, 1),
    threshold=st.floats(0, 1.01),
    audited=st.booleans(),
    none_known=st.booleans(),
    is_parent=st.booleans(),
)
FINDINGS = st.lists(
    st.builds(
        Finding,
        st.sampled_from(["unsupported.number", "suspicious_word", "readability", "length.title", "html.tag"]),
        st.sampled_from(list(Severity)),
        st.just({}),
    ),
    max_size=5,
)
AMOUNT = st.none() | st.decimals(min_value=0, max_value=10**6, allow_nan=False, places=2)


@given(
    st.frozensets(st.sampled_from(list(Part))),
    st.none() | CASES,
    st.none() | st.builds(TextCase, length=st.integers(0, 500)),
    st.builds(PriceCase, given=AMOUNT, currency=st.just("RUB"), rub=AMOUNT),
    FINDINGS,
)
def test_every_case_ends_in_one_outcome_with_reasons_exactly_when_a_person_is_asked(
    requested: frozenset[Part],
    category: CategoryCase | None,
    text: TextCase | None,
    price: PriceCase,
    findings: list[Finding],
) -> None:
    decision = decide(requested=requested, category=category, text=text, price=price, findings=findings)
    assert (decision.outcome is Outcome.MODERATE) == bool(decision.reasons)
    assert decision.priority in ((1, 2, 3) if decision.reasons else (0,))
    families = {reason.code.partition(".")[0] for reason in decision.reasons}
    if Part.CATEGORY not in requested:
        assert "category" not in families
    if Part.TEXT not in requested:
        assert families <= {"category"}
    if decision.outcome is Outcome.APPLY and Part.CATEGORY in requested and category and category.category_id:
        assert category.none_known or (
            category.confidence is not None and category.confidence >= category.threshold
        )
