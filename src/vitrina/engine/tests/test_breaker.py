"""The breaker: opens on faults of health, lets one probe through, forgives a success."""

from __future__ import annotations

from vitrina.engine.core.breaker import COUNTED, Breaker, BreakerRule, State
from vitrina.engine.core.faults import FaultKind


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


def broken(faults=3):
    clock = Clock()
    breaker = Breaker(BreakerRule(faults=3, window_seconds=10, cool_down_seconds=30), clock)
    for _ in range(faults):
        breaker.failed(FaultKind.SERVER)
    return breaker, clock


def test_it_opens_after_its_number_of_faults_and_admits_nobody():
    breaker, _ = broken()
    assert breaker.state is State.OPEN
    assert not breaker.admits()
    assert breaker.seconds_until_probe == 30


def test_faults_far_apart_do_not_open_it():
    breaker, clock = broken(2)
    clock.now = 11
    breaker.failed(FaultKind.SERVER)
    assert breaker.admits()


def test_after_the_cool_down_one_probe_passes_and_decides():
    breaker, clock = broken()
    clock.now = 30
    assert [breaker.admits(), breaker.admits()] == [True, False]
    breaker.failed(FaultKind.TIMEOUT)
    assert breaker.state is State.OPEN
    clock.now = 60
    assert breaker.admits()
    breaker.succeeded()
    assert breaker.state is State.CLOSED


def test_a_probe_that_never_reports_is_replaced():
    breaker, clock = broken()
    clock.now = 30
    assert breaker.admits()
    clock.now = 60
    assert breaker.admits()


def test_a_rate_limit_or_a_wrong_key_says_nothing_about_health():
    breaker, _ = broken(2)
    for kind in set(FaultKind) - COUNTED:
        breaker.failed(kind)
    assert breaker.admits()
