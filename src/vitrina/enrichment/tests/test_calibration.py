"""Raw confidence against what people found."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from vitrina.enrichment.calibration import LEAST_DECISIONS, Calibration, Decided, fit

shares = st.floats(0, 1)
decisions = st.lists(st.builds(Decided, shares, st.booleans()), min_size=LEAST_DECISIONS, max_size=120)


def test_too_few_decisions_leave_the_raw_value_and_say_so() -> None:
    fitted = fit([Decided(0.9, is_right=False)] * (LEAST_DECISIONS - 1))
    shown = fitted.shown(0.9)
    assert (shown.value, shown.is_calibrated, fitted.decisions) == (0.9, False, LEAST_DECISIONS - 1)


def test_unknown_stays_unknown() -> None:
    assert fit([Decided(0.5, is_right=True)] * 100).shown(None).value is None
    assert Calibration().shown(None).is_calibrated is False


@given(decisions, shares, shares)
def test_the_more_sure_is_never_shown_as_less_sure(past: list[Decided], one: float, other: float) -> None:
    fitted = fit(past)
    low, high = sorted((one, other))
    below, above = fitted.shown(low), fitted.shown(high)
    assert below.is_calibrated
    assert above.is_calibrated
    assert below.value is not None
    assert above.value is not None
    assert 0 <= below.value <= above.value + 1e-9 <= 1 + 2e-9


@given(decisions)
def test_the_order_of_decisions_makes_no_difference(past: list[Decided]) -> None:
    shuffled = list(past)
    random.Random(1).shuffle(shuffled)
    assert fit(past) == fit(shuffled)


def test_an_overconfident_producer_is_taken_down_to_what_it_is_worth() -> None:
    seeded = random.Random(7)
    raws = [seeded.uniform(0.5, 1.0) for _ in range(4_000)]
    fitted = fit(Decided(raw, seeded.random() < raw - 0.3) for raw in raws)
    for raw in (0.6, 0.75, 0.9):
        value = fitted.shown(raw).value
        assert value is not None
        assert abs(value - (raw - 0.3)) < 0.06


def test_a_few_lucky_answers_are_not_shown_as_certainty() -> None:
    fitted = fit([Decided(0.4, is_right=False)] * 60 + [Decided(0.9, is_right=True)] * 3)
    value = fitted.shown(0.9).value
    assert value is not None
    assert 0.9 < value < 1
