"""How soon an answer is due."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitrina.channels.ports import Kind
from vitrina.inbox.hearing.escalation import Escalation
from vitrina.inbox.hearing.intent import Intent, Sentiment, Understood
from vitrina.inbox.priority import ANSWER_WITHIN, Priority, due_at, priority_of

NOW = datetime(2030, 5, 1, 12, tzinfo=UTC)


def _understood(
    intent: Intent = Intent.OTHER,
    sentiment: Sentiment = Sentiment.NEUTRAL,
    *,
    needs: bool = False,
    escalations: tuple[Escalation, ...] = (),
) -> Understood:
    return Understood(intent, sentiment, 0.9 if needs else 0.1, needs, escalations)


@pytest.mark.parametrize(
    ("kind", "intent", "rating", "priority"),
    [
        (Kind.CHAT, Intent.DEFECT, None, Priority.URGENT),
        (Kind.CHAT, Intent.WRONG_ITEM, None, Priority.URGENT),
        (Kind.CHAT, Intent.PRE_PURCHASE, None, Priority.HIGH),
        (Kind.CHAT, Intent.DELIVERY, None, Priority.HIGH),
        (Kind.CHAT, Intent.SIZING, None, Priority.HIGH),
        (Kind.CHAT, Intent.REFUND, None, Priority.NORMAL),
        (Kind.CHAT, Intent.THANKS, None, Priority.LOW),
        (Kind.CHAT, Intent.SPAM, None, Priority.LOW),
        (Kind.QUESTION, Intent.SIZING, None, Priority.HIGH),
        (Kind.QUESTION, Intent.DEFECT, None, Priority.NORMAL),
        (Kind.QUESTION, Intent.THANKS, None, Priority.LOW),
        (Kind.REVIEW, Intent.DEFECT, 1, Priority.HIGH),
        (Kind.REVIEW, Intent.OTHER, 2, Priority.HIGH),
        (Kind.REVIEW, Intent.DEFECT, 3, Priority.NORMAL),
        (Kind.REVIEW, Intent.THANKS, 4, Priority.LOW),
        (Kind.REVIEW, Intent.DEFECT, 5, Priority.LOW),
    ],
)
def test_the_table(kind: Kind, intent: Intent, rating: int | None, priority: Priority) -> None:
    assert priority_of(kind, _understood(intent), rating=rating) is priority


def test_a_review_without_stars_is_told_by_its_text() -> None:
    def told(sentiment: Sentiment, *, needs: bool) -> Priority:
        return priority_of(Kind.REVIEW, _understood(sentiment=sentiment, needs=needs))

    assert told(Sentiment.NEGATIVE, needs=True) is Priority.HIGH
    assert told(Sentiment.MIXED, needs=True) is Priority.NORMAL
    assert told(Sentiment.MIXED, needs=False) is Priority.NORMAL
    assert told(Sentiment.POSITIVE, needs=False) is Priority.LOW


@pytest.mark.parametrize("escalation", list(Escalation))
def test_what_a_person_must_answer_is_never_left_for_later(escalation: Escalation) -> None:
    found = _understood(Intent.COMPLAINT, escalations=(escalation,))
    assert priority_of(Kind.CHAT, found) is Priority.URGENT
    assert priority_of(Kind.QUESTION, found) is Priority.HIGH
    assert priority_of(Kind.REVIEW, found, rating=5) is Priority.HIGH


def test_it_rises_when_the_marketplace_soon_closes() -> None:
    def with_left(left: timedelta) -> Priority:
        return priority_of(Kind.CHAT, _understood(Intent.REFUND), closes_in=left)

    assert with_left(timedelta(hours=5)) is Priority.NORMAL
    assert with_left(timedelta(hours=4)) is Priority.HIGH
    assert with_left(timedelta(minutes=30)) is Priority.URGENT
    assert with_left(timedelta()) is Priority.NORMAL  # it is over: nothing can be answered
    assert with_left(timedelta(days=-1)) is Priority.NORMAL


def test_a_seller_has_times_of_their_own() -> None:
    own = {Priority.LOW: timedelta(days=3)}
    thanks = _understood(Intent.THANKS)
    assert priority_of(Kind.CHAT, thanks, closes_in=timedelta(days=2)) is Priority.LOW
    assert priority_of(Kind.CHAT, thanks, closes_in=timedelta(days=2), within=own) is Priority.NORMAL
    assert due_at(Priority.LOW, NOW, within=own) == NOW + timedelta(days=3)
    assert due_at(Priority.HIGH, NOW, within=own) == NOW + timedelta(hours=1)


def test_it_is_due_before_the_marketplace_closes() -> None:
    assert [due_at(priority, NOW) - NOW for priority in Priority] == list(ANSWER_WITHIN.values())
    assert due_at(Priority.LOW, NOW, closes_at=NOW + timedelta(hours=2)) == NOW + timedelta(hours=2)
    assert due_at(Priority.HIGH, NOW, closes_at=NOW + timedelta(hours=2)) == NOW + timedelta(hours=1)


@given(
    st.sampled_from(Kind),
    st.sampled_from(Intent),
    st.sampled_from(Sentiment),
    st.none() | st.integers(1, 5),
    st.integers(1, 100_000),
    st.integers(0, 100_000),
)
def test_less_time_left_never_makes_it_less_pressing(
    kind: Kind, intent: Intent, sentiment: Sentiment, rating: int | None, left: int, more: int
) -> None:
    def at(seconds: int | None) -> int:
        closes_in = None if seconds is None else timedelta(seconds=seconds)
        return priority_of(kind, _understood(intent, sentiment), rating=rating, closes_in=closes_in)

    assert at(left) <= at(left + more) <= at(None)


@given(st.sampled_from(Priority), st.sampled_from(Priority))
def test_the_more_pressing_one_is_due_first(one: Priority, other: Priority) -> None:
    assert due_at(min(one, other), NOW) == min(due_at(one, NOW), due_at(other, NOW))
