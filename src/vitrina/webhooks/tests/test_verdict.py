"""This answer, so many failures: what next?"""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from vitrina.webhooks.verdict import JITTER, LONGEST_ASKED_SECONDS, Again, Delivered, GivenUp, judge

WAITS = (5, 30, 120, 600, 3600, 10800, 43200, 86400)
statuses = st.none() | st.integers(100, 599)
chances = st.floats(0, 1, exclude_max=True).map(lambda value: lambda: value)


@given(statuses, st.integers(0, 20), st.none() | st.floats(-10, 1e9), chances)
def test_there_is_always_one_answer_and_it_is_the_right_kind(status, failures, retry_after, chance) -> None:  # type: ignore[no-untyped-def]
    verdict = judge(status, failures=failures, waits=WAITS, retry_after=retry_after, chance=chance)
    if status is not None and 200 <= status < 300:
        assert verdict == Delivered()
    elif status == 410:
        assert verdict == GivenUp(is_gone=True)
    elif failures >= len(WAITS):
        assert verdict == GivenUp()
    else:
        assert isinstance(verdict, Again)
        assert (
            WAITS[failures] <= verdict.seconds <= max(WAITS[failures] * (1 + JITTER), LONGEST_ASKED_SECONDS)
        )


@given(st.sampled_from([429, 503]), st.integers(0, 7), st.floats(0, LONGEST_ASKED_SECONDS), chances)
def test_what_the_receiver_asks_for_is_never_undercut(status, failures, retry_after, chance) -> None:  # type: ignore[no-untyped-def]
    verdict = judge(status, failures=failures, waits=WAITS, retry_after=retry_after, chance=chance)
    assert isinstance(verdict, Again)
    assert verdict.seconds >= retry_after


@given(st.sampled_from([400, 404, 500, 502]), st.floats(200, 1e6))
def test_a_retry_after_where_it_means_nothing_changes_nothing(status, retry_after) -> None:  # type: ignore[no-untyped-def]
    verdict = judge(status, failures=0, waits=WAITS, retry_after=retry_after, chance=lambda: 0.0)
    assert verdict == Again(5)


@given(st.lists(statuses.filter(lambda status: status is None or not 200 <= status < 300), min_size=9))
def test_a_delivery_that_only_fails_ends_after_its_waits(answers: list[int | None]) -> None:
    failures = 0
    for status in answers:
        verdict = judge(status, failures=failures, waits=WAITS)
        if isinstance(verdict, GivenUp):
            break
        failures += 1
    assert isinstance(verdict, GivenUp)
    assert failures <= len(WAITS)


def test_the_last_try_comes_after_about_forty_hours() -> None:
    verdicts = [judge(500, failures=n, waits=WAITS, chance=lambda: 0.0) for n in range(9)]
    assert [verdict.seconds for verdict in verdicts[:-1]] == list(WAITS)  # type: ignore[union-attr]
    assert verdicts[-1] == GivenUp()
