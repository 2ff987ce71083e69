"""Never faster than a marketplace allows, however many ask. Naps are not slept: they move a clock that stands still
otherwise; where two threads race, the clock is the database's own."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from django.db import connections
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vitrina.channels import throttle as throttling
from vitrina.channels.errors import Throttled
from vitrina.channels.models import Pace
from vitrina.channels.throttle import PATIENCE_SECONDS, Throttle
from vitrina.lib.rates import Rate

START = 1_800_000_000.0
HAIR = 1e-4


class Clock:
    """Stands still but for naps."""

    def __init__(self) -> None:
        self.now = START
        self.naps: list[float] = []

    def read(self) -> datetime:
        return datetime.fromtimestamp(self.now, UTC)

    def sleep(self, seconds: float) -> None:
        self.naps.append(seconds)
        self.now += seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(throttling, "clock", made)
    monkeypatch.setattr(throttling, "time", SimpleNamespace(sleep=made.sleep))
    return made


@pytest.mark.django_db
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    per_minute=st.sampled_from([10, 60, 180, 3000]),
    burst=st.integers(1, 10),
    gaps=st.lists(st.sampled_from([0.0, 0.0, 0.0, 0.001, 0.3, 1.0, 7.0]), min_size=2, max_size=30),
)
def test_in_no_window_more_than_the_burst_and_the_rate(
    clock: Clock, per_minute: int, burst: int, gaps: list[float]
) -> None:
    Pace.objects.all().delete()
    clock.naps.clear()
    rate = Rate("feedbacks", per_minute, burst_seconds=burst * 60 / per_minute)
    entered = []
    for gap in gaps:
        clock.now += gap
        Throttle("market:1", patience=1e9).enter(rate)  # each time another process
        entered.append(clock.now)
    for first, begin in enumerate(entered):
        for last in range(first, len(entered)):
            count, window = last - first + 1, entered[last] - begin
            assert count <= burst + window * per_minute / 60 + HAIR * per_minute
    # And nobody waits for nothing: the first ones never, each other for the pace at most.
    assert len(clock.naps) <= max(0, len(gaps) - burst)
    assert all(nap <= 60 / per_minute + HAIR for nap in clock.naps)


@pytest.mark.django_db
def test_whoever_would_wait_longer_than_the_patience_comes_back_later(clock: Clock) -> None:
    slow = Rate("pins", per_minute=1, burst_seconds=60)
    one = Throttle("market:1")
    one.enter(slow)
    with pytest.raises(Throttled) as throttled:
        one.enter(slow)
    assert throttled.value.retry_after == pytest.approx(60)
    assert clock.naps == []
    clock.now += 60 - PATIENCE_SECONDS + 1
    one.enter(slow)
    assert clock.naps == [pytest.approx(PATIENCE_SECONDS - 1)]


@pytest.mark.django_db
def test_the_patience_is_for_all_naps_together(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    """Others take the place while it naps."""
    one, rate = Throttle("market:1", patience=2.5), Rate("chat", per_minute=60, burst_seconds=1)
    one.enter(rate)
    nap = clock.sleep

    def napping(seconds: float) -> None:
        nap(seconds)
        assert Throttle("market:1")._take(rate) == 0

    monkeypatch.setattr(throttling, "time", SimpleNamespace(sleep=napping))
    with pytest.raises(Throttled):
        one.enter(rate)
    assert len(clock.naps) == 2


@pytest.mark.django_db
def test_what_the_marketplace_says_holds_everybody_and_is_never_shortened(clock: Clock) -> None:
    rate = Rate("feedbacks", per_minute=600)
    Throttle("market:1").hold("feedbacks", 100)
    Throttle("market:1").hold("feedbacks", 5)
    with pytest.raises(Throttled) as throttled:
        Throttle("market:1").enter(rate)
    assert throttled.value.retry_after == pytest.approx(100)
    Throttle("market:2").enter(rate)
    Throttle("market:1").enter(Rate("questions", per_minute=600))
    clock.now += 99.5
    Throttle("market:1").enter(rate)
    assert clock.naps == [pytest.approx(0.5)]


@pytest.mark.django_db(transaction=True)
def test_two_threads_share_one_limit() -> None:
    rate = Rate("feedbacks", per_minute=6000, burst_seconds=0.1)  # ten at once, then a hundred a second

    def ask() -> list[float]:
        try:
            return [_entered(rate) for _ in range(20)]
        finally:
            connections.close_all()

    began = time.monotonic()
    with ThreadPoolExecutor(2) as threads:
        entered = [
            moment for asked in [threads.submit(ask), threads.submit(ask)] for moment in asked.result()
        ]
    assert len(entered) == 40
    # Alone each would be through in 0.1 s. The database's clock counts milliseconds.
    assert max(entered) - began >= 0.29
    assert Pace.objects.get().key == "market:1:feedbacks"


def _entered(rate: Rate) -> float:
    Throttle("market:1").enter(rate)
    return time.monotonic()
