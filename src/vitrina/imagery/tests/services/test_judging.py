"""How long to wait, and what a refusal means, whatever it is made of."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitrina.imagery.judging import (
    LONGEST_WAIT,
    OUTCOMES,
    Told,
    Trouble,
    delay,
    fault,
    spoken_delay,
    trouble_of,
)
from vitrina.imagery.ports import Outcome
from vitrina.simulators.pictures_openai import _spoken


@given(st.floats(0.001, 20_000))
def test_a_spoken_delay_is_read_back_and_never_shorter(seconds: float) -> None:
    read = spoken_delay(f"Limit 5, Used 5, Requested 1. Please try again in {_spoken(seconds)}. Visit …")
    assert read is not None
    assert seconds <= read + 1e-9
    assert read == pytest.approx(seconds, abs=0.002)


@pytest.mark.parametrize(
    ("words", "seconds"),
    [
        ("try again in 240ms.", 0.24),
        ("Try again in 2.4s", 2.4),
        ("try again in 12 s", 12),
        ("try again in 1m", 60),
        ("try again in 1m12.5s", 72.5),
        ("try again in 2h3m4s", 7384),
        ("try again in 99999999s", LONGEST_WAIT),
        ("try again in a moment", None),
        ("try again in ٣s", None),
        ("", None),
    ],
)
def test_a_delay_in_words(words: str, seconds: float | None) -> None:
    assert spoken_delay(words) == seconds


def test_a_header_goes_before_words_and_milliseconds_before_seconds() -> None:
    words = "try again in 9s"
    assert delay({"retry-after-ms": "1500", "retry-after": "3"}, words) == 1.5
    assert delay({"retry-after": "3"}, words) == 3
    assert delay({}, words) == 9
    assert delay({"retry-after": "soon"}, words) == 9


def test_a_date_is_read_and_one_that_has_passed_is_now() -> None:
    later = format_datetime(datetime.now(UTC) + timedelta(seconds=90), usegmt=True)
    assert delay({"retry-after": later}) == pytest.approx(90, abs=2)
    assert delay({"retry-after": "Wed, 21 Oct 2015 07:28:00 GMT"}) == 0


@given(
    st.dictionaries(st.sampled_from(["retry-after", "retry-after-ms"]), st.text(max_size=30)),
    st.text(max_size=200),
)
def test_a_delay_is_bounded_whatever_is_said(headers: dict[str, str], words: str) -> None:
    seconds = delay(headers, words)
    assert seconds is None or 0 <= seconds <= LONGEST_WAIT


@given(
    st.integers(0, 999),
    st.lists(st.text(max_size=80), max_size=3),
    st.text(max_size=2000),
    st.one_of(st.none(), st.floats(0, 100)),
)
def test_every_refusal_has_an_outcome_and_a_whole_sentence(
    status: int, codes: list[str], message: str, wait: float | None
) -> None:
    told = Told(status, tuple(codes), message, retry_after=wait)
    trouble = trouble_of(told)
    made = fault(trouble, told, service="Somebody", setting="SOMEBODYS_KEY", model="m", key="secret")
    assert made.outcome is OUTCOMES[trouble][0]
    assert "Somebody" in str(made)
    assert "%(" not in str(made)
    assert "secret" not in made.message + made.code
    assert (made.retry_after is not None) == (made.outcome is Outcome.RETRY_AFTER)


def test_whether_a_server_that_failed_was_paid_nobody_knows() -> None:
    assert fault(Trouble.FAILED, Told(502), service="S").was_paid is None
    assert fault(Trouble.RATE, Told(429), service="S").was_paid is False
