"""How soon something must be answered. Pure.

| priority | which | answer within |
| --- | --- | --- |
| urgent | a chat about a defect or a wrong item, or one that a person must answer | 30 min |
| high | a chat before a purchase, about delivery or size; a review of 1–2 stars; a question on size; what a person must answer | 1 h |
| normal | a review of 3 stars; other questions and chats | 4 h |
| low | a review of 4–5 stars; thanks; spam | 24 h |

A review without stars is told by its text. What the marketplace soon closes rises by a step when less is left than
the seller's own time for it, to urgent when less than the urgent time is left.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import IntEnum

from vitrina.channels.ports import Kind
from vitrina.inbox.hearing.intent import Intent, Sentiment, Understood


class Priority(IntEnum):
    """The smaller, the sooner; as it stands in the row."""

    URGENT = 1
    HIGH = 2
    NORMAL = 3
    LOW = 4

    @property
    def word(self) -> str:
        return self.name.lower()


ANSWER_WITHIN: Mapping[Priority, timedelta] = {
    Priority.URGENT: timedelta(minutes=30),
    Priority.HIGH: timedelta(hours=1),
    Priority.NORMAL: timedelta(hours=4),
    Priority.LOW: timedelta(hours=24),
}


def priority_of(
    kind: Kind,
    understood: Understood,
    *,
    rating: int | None = None,
    closes_in: timedelta | None = None,
    within: Mapping[Priority, timedelta] = ANSWER_WITHIN,
) -> Priority:
    """`closes_in`: the time left until the marketplace takes no answer, None where it always does; when it is over,
    nothing rises. `within`: a seller's own times, all or some of them."""
    priority = _by_table(kind, understood, rating=rating)
    if understood.escalations:
        priority = min(priority, Priority.URGENT if kind is Kind.CHAT else Priority.HIGH)
    if closes_in is not None and closes_in > timedelta():
        priority = min(priority, _by_time_left(priority, closes_in, within))
    return priority


def due_at(
    priority: Priority,
    arrived_at: datetime,
    *,
    closes_at: datetime | None = None,
    within: Mapping[Priority, timedelta] = ANSWER_WITHIN,
) -> datetime:
    """When the answer is due: the seller's time after it arrived, and never later than the marketplace takes one."""
    due = arrived_at + _time(priority, within)
    return due if closes_at is None else min(due, closes_at)


def _by_table(kind: Kind, understood: Understood, *, rating: int | None) -> Priority:
    intent = understood.intent
    if kind is Kind.REVIEW:
        return _of_review(understood, rating)
    if intent in {Intent.THANKS, Intent.SPAM}:
        return Priority.LOW
    if kind is Kind.QUESTION:
        return Priority.HIGH if intent is Intent.SIZING else Priority.NORMAL
    if intent in {Intent.DEFECT, Intent.WRONG_ITEM}:
        return Priority.URGENT
    # Who asks for a size in a chat is about to buy.
    if intent in {Intent.PRE_PURCHASE, Intent.DELIVERY, Intent.SIZING}:
        return Priority.HIGH
    return Priority.NORMAL


def _of_review(understood: Understood, rating: int | None) -> Priority:
    if rating is not None:
        return Priority.HIGH if rating <= 2 else Priority.NORMAL if rating == 3 else Priority.LOW
    if understood.intent is Intent.SPAM:
        return Priority.LOW
    if understood.sentiment is Sentiment.NEGATIVE:
        return Priority.HIGH
    is_mixed = understood.sentiment is Sentiment.MIXED
    return Priority.NORMAL if is_mixed or understood.needs_attention else Priority.LOW


def _by_time_left(priority: Priority, closes_in: timedelta, within: Mapping[Priority, timedelta]) -> Priority:
    if closes_in <= _time(Priority.URGENT, within):
        return Priority.URGENT
    if closes_in <= _time(priority, within):
        return Priority(max(Priority.URGENT, priority - 1))
    return priority


def _time(priority: Priority, within: Mapping[Priority, timedelta]) -> timedelta:
    return within.get(priority, ANSWER_WITHIN[priority])
