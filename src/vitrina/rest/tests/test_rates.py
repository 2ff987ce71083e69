"""The sliding minute: whoever keeps asking never gets more than the limit of any sixty seconds' worth."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from vitrina.rest.rates import WINDOW_SECONDS, standing


@given(st.integers(1, 50), st.lists(st.floats(0, 20, allow_nan=False), max_size=80))
def test_no_window_holds_more_than_the_limit_and_the_wait_told_is_enough(
    limit: int, pauses: list[float]
) -> None:
    counted: dict[int, int] = {}
    now = 0.0
    for pause in pauses:
        now += pause
        window = int(now // WINDOW_SECONDS)
        current, previous = counted.get(window, 0), counted.get(window - 1, 0)
        found = standing(limit, current=current + 1, previous=previous, elapsed=now % WINDOW_SECONDS)
        if not found.is_over:
            counted[window] = current + 1
            assert 0 <= found.remaining < limit
            continue
        assert found.remaining == 0
        later = now + found.resets_in
        window = int(later // WINDOW_SECONDS)
        again = standing(
            limit,
            current=counted.get(window, 0) + 1,
            previous=counted.get(window - 1, 0),
            elapsed=later % WINDOW_SECONDS,
        )
        assert not again.is_over
    assert all(count <= limit for count in counted.values())
