"""Rates: never more than a minute's worth in any minute, all limits or none."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from vitrina.lib.rates import MINUTE, Ask, Rate, decide, settled

RPM, TPM = Rate("x:rpm", 60), Rate("x:tpm", 1000)


def test_a_minutes_worth_passes_at_once_and_the_next_waits():
    states: dict[str, float] = {}
    for _ in range(60):
        wait, new = decide([Ask(RPM, 1)], states, 100.0)
        assert wait == 0
        states |= new
    wait, new = decide([Ask(RPM, 1)], states, 100.0)
    assert (round(wait, 6), new) == (1.0, {})


def test_a_wait_of_one_limit_takes_nothing_of_the_other():
    wait, new = decide([Ask(RPM, 1), Ask(TPM, 500)], {"x:tpm": 100 + MINUTE}, 100.0)
    assert wait > 0
    assert new == {}


def test_a_call_larger_than_a_minute_waits_for_a_whole_one_and_passes():
    assert decide([Ask(TPM, 5000)], {}, 100.0)[0] == 0
    assert decide([Ask(TPM, 5000)], {"x:tpm": 130.0}, 100.0)[0] == 30


def test_settling_gives_back_what_was_not_used():
    assert settled(TPM, 160.0, reserved=1000, used=500) == 130.0


@given(st.integers(1, 500), st.lists(st.tuples(st.floats(0, 20), st.floats(0.5, 40)), max_size=80))
def test_in_no_minute_more_passes_than_two_bursts_and_over_time_not_more_than_the_rate(per_minute, asks):
    rate, states, now, granted = Rate("k", per_minute), {}, 0.0, []
    for gap, units in asks:
        now += gap
        wait, new = decide([Ask(rate, units)], states, now)
        assert wait >= 0
        if wait == 0:
            states |= new
            granted.append(min(units, per_minute))
    assert sum(granted) <= per_minute * (now / MINUTE + 1) + 1e-6 * len(asks) + max([0, *granted])


@given(st.floats(0.5, 100), st.floats(0.1, 60))
def test_waiting_as_told_is_enough(units, gap):
    rate = Rate("k", 30)
    _, states = decide([Ask(rate, 30)], {}, 0.0)
    wait, _ = decide([Ask(rate, units)], states, gap)
    assert decide([Ask(rate, units)], states, gap + wait + 1e-6)[0] == 0
