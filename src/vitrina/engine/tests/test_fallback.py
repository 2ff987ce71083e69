"""Who is asked next: a function of its arguments that always ends."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitrina.engine.core.fallback import (
    LEAVE,
    MOST_CALLS,
    MOST_ON_ONE_MODEL,
    REMEDIES,
    STOP,
    Attempt,
    Remedy,
    who_next,
)
from vitrina.engine.core.faults import Fault, FaultKind


def ask(kind, *, on_model=1, calls=1, last=False, left=60.0, retry_after=None):
    return who_next(Fault(kind, "", retry_after=retry_after), Attempt(on_model, calls, last), left)


def test_every_fault_has_its_remedy():
    assert set(REMEDIES) == set(FaultKind)


@pytest.mark.parametrize(
    "kind",
    [
        FaultKind.TIMEOUT,
        FaultKind.CONNECTION,
        FaultKind.SERVER,
        FaultKind.CREDIT,
        FaultKind.GONE,
        FaultKind.INVALID,
        FaultKind.BREAKER_OPEN,
    ],
)
def test_a_model_that_can_not_answer_is_left(kind):
    assert ask(kind) == LEAVE


@pytest.mark.parametrize("kind", [FaultKind.CONFIGURATION, FaultKind.REQUEST])
def test_what_a_person_must_mend_stops_the_route(kind):
    assert ask(kind) == STOP


def test_a_rate_limit_is_waited_out_as_long_as_the_server_asked():
    assert 7 <= ask(FaultKind.RATE, retry_after=7.0).again_after <= 7 * 1.2


def test_a_rate_limit_beyond_the_deadline_leaves_the_model():
    assert ask(FaultKind.RATE, retry_after=60.0, left=60.0) == LEAVE


def test_a_passing_fault_of_the_last_model_is_tried_again():
    assert ask(FaultKind.SERVER, last=True).again_after is not None
    assert ask(FaultKind.TIMEOUT, last=True) == LEAVE


@given(
    st.sampled_from(list(FaultKind)),
    st.floats(min_value=0, max_value=1e6) | st.none(),
    st.integers(min_value=1, max_value=5),
    st.floats(min_value=0.1, max_value=200),
    st.floats(min_value=0, max_value=1),
)
def test_any_route_ends_within_its_calls_and_its_deadline(kind, retry_after, models, deadline, jitter):
    left, calls = deadline, 0
    for place in range(models):
        on_model = 0
        while True:
            on_model += 1
            calls += 1
            verdict = who_next(
                Fault(kind, "", retry_after=retry_after),
                Attempt(on_model, calls, place == models - 1, jitter),
                left,
            )
            if verdict.stop:
                assert REMEDIES[kind] in (Remedy.STOP, Remedy.OUR_BUG)
                return
            if verdict.again_after is None:
                break
            assert 0 <= verdict.again_after < left
            left -= verdict.again_after
        assert on_model <= MOST_ON_ONE_MODEL
        if calls >= MOST_CALLS:
            break
    assert calls <= MOST_CALLS + MOST_ON_ONE_MODEL
    assert left >= 0
