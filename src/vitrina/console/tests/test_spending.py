from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from vitrina.console.spending import Pace

BEGINS, ENDS = datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC)
money = st.decimals("0", "100000", places=6)


def pace(used: str, most: str | None, day: float) -> Pace:
    return Pace(
        Decimal(used), None if most is None else Decimal(most), BEGINS, ENDS, BEGINS + timedelta(days=day)
    )


def test_half_a_month_at_six_dollars_makes_twelve() -> None:
    assert pace("6", "20", 15).forecast == 12
    assert pace("6", "20", 15).runs_out_at is None
    assert pace("6", "20", 15).verdict == "ok"


def test_a_budget_that_ends_before_its_month_is_said_with_the_day() -> None:
    fast = pace("15", "20", 15)
    assert fast.runs_out_at == BEGINS + timedelta(days=20)
    assert fast.verdict == "wait"
    assert pace("20", "20", 15).verdict == "bad"
    assert pace("0", "0", 15).verdict == "bad"


def test_the_first_hours_of_a_month_foretell_nothing() -> None:
    young = pace("5", "20", 0.25)
    assert young.forecast is None
    assert young.runs_out_at is None


def test_without_a_budget_there_is_a_forecast_and_no_share() -> None:
    free = pace("5", None, 15)
    assert (free.share, free.forecast, free.verdict) == (None, 10, "ok")


@given(used=money, most=st.none() | money, seconds=st.integers(0, 30 * 86_400))
def test_it_always_answers_within_the_period(used: Decimal, most: Decimal | None, seconds: int) -> None:
    now = BEGINS + timedelta(seconds=seconds)
    found = Pace(used, most, BEGINS, ENDS, now)
    assert found.share is None or 0 <= found.share <= 1
    assert found.forecast is None or found.forecast >= used
    if found.runs_out_at is not None:
        assert now <= found.runs_out_at + timedelta(seconds=1)
        assert found.runs_out_at < ENDS
    assert found.is_used_up == (most is not None and used >= most)
