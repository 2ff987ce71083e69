"""The threshold from a precision target, and the audits that keep it honest."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitrina.enrichment.autoapply import (
    FALLBACK,
    LEAST_DECISIONS,
    NOTHING,
    Judged,
    is_audited,
    lower_bound,
    measured,
    threshold_for,
)

judged = st.lists(st.builds(Judged, st.floats(0, 1), st.booleans()), max_size=80)


@given(judged, st.floats(0.5, 0.99))
def test_the_past_above_a_threshold_holds_the_target(past: list[Judged], target: float) -> None:
    found = measured(past, target=target)
    above = [one for one in past if one.confidence >= found.value]
    if found.value == NOTHING:
        assert above == []
        assert found.share == 0
        assert found.precision is None
        return
    right = sum(one.is_right for one in above)
    assert found.precision == pytest.approx(right / len(above))
    assert found.share == pytest.approx(len(above) / len(past))
    assert lower_bound(right / len(above), len(above)) >= target


@given(judged)
def test_a_stricter_target_never_lets_more_through(past: list[Judged]) -> None:
    assert measured(past, target=0.8).value <= measured(past, target=0.9).value


def test_until_there_are_decisions_enough_the_fixed_threshold_holds() -> None:
    past = [Judged(0.9, is_right=True)] * (LEAST_DECISIONS - 1)
    found = threshold_for(past, "Одежда")
    assert (found.value, found.is_measured, found.decisions) == (FALLBACK, False, LEAST_DECISIONS - 1)


def test_a_branch_with_decisions_enough_has_a_threshold_of_its_own() -> None:
    clothes = [Judged(0.5, is_right=True, branch="Одежда")] * LEAST_DECISIONS
    food = [Judged(0.5, is_right=False, branch="Еда")] * LEAST_DECISIONS
    assert threshold_for(clothes + food, "Одежда").value == 0.5
    assert threshold_for(clothes + food, "Еда").value == NOTHING
    # A branch that nobody decided on goes by the whole seller.
    assert threshold_for(clothes + food, "Мебель").value == NOTHING


def test_an_audit_stands_for_the_answers_that_were_not_audited() -> None:
    moderated = [Judged(0.6, is_right=False)] * 50
    audits = [Judged(0.9, is_right=True, weight=1 / 0.03)] * 100
    found = measured(moderated + audits, target=0.95)
    assert found.value == 0.6
    assert found.precision == pytest.approx(1 - 50 / (50 + 100 / 0.03))
    wrong_audits = [Judged(0.9, is_right=False, weight=1 / 0.03)] * 10
    assert measured(moderated + audits + wrong_audits, target=0.95).value == NOTHING


def test_a_threshold_holds_on_rows_that_it_was_not_chosen_on() -> None:
    held = 0
    for seed in range(40):
        seeded = random.Random(seed)
        rows = [
            Judged(raw, seeded.random() < 0.7 + 0.3 * raw) for raw in (seeded.random() for _ in range(4_000))
        ]
        threshold = measured(rows[:2_000]).value
        applied = [one for one in rows[2_000:] if one.confidence >= threshold]
        held += not applied or sum(one.is_right for one in applied) / len(applied) >= 0.95
    assert held >= 32  # a plain share instead of the bound holds for about half


@given(st.floats(0, 1), st.integers(1, 10_000))
def test_the_bound_lies_below_the_share(share: float, count: int) -> None:
    assert 0 <= lower_bound(share, count) <= share + 1e-9
    assert lower_bound(share, count) <= lower_bound(share, 10 * count) + 1e-9


def test_audits_are_drawn_by_hash() -> None:
    drawn = [is_audited(f"log-{number}", rate=0.03) for number in range(20_000)]
    assert drawn == [is_audited(f"log-{number}", rate=0.03) for number in range(20_000)]
    assert 0.025 < sum(drawn) / len(drawn) < 0.035
    assert not is_audited("x", rate=0)
    assert is_audited("x", rate=1)
