"""What a row is to the house: what its buyer wants, how soon an answer is due. By rules at once, by the model with the draft."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from vitrina.channels.ports import Kind, Sender
from vitrina.inbox import priority
from vitrina.inbox.hearing.intent import Intent, Sentiment, Understood, understand
from vitrina.inbox.models import Interaction

JUDGED = ("intent", "sentiment", "escalations", "priority", "due_at")


def judge(row: Interaction, now: datetime, *, text: str) -> None:
    """By the rules; sets the columns JUDGED, writes nothing. `text`: what wants an answer, see `unanswered`."""
    _judge(row, _understood(row, text), now)


def refine(row: Interaction, *, intent: str, sentiment: str, now: datetime) -> None:
    """By the model that wrote the draft. What a person must write for stays so, whatever the model made of it."""
    text = row.text
    if row.kind == Kind.CHAT:
        text = unanswered(row.messages.values_list("sender", "text"))
    _judge(row, replace(_understood(row, text), intent=Intent(intent), sentiment=Sentiment(sentiment)), now)


def unanswered(messages: Iterable[tuple[str, str]]) -> str:
    """What a buyer said since the shop last spoke, from (sender, text), oldest first: «it leaks», then «what shall I do?»."""
    open_ones: list[str] = []
    for sender, text in messages:
        if sender == Sender.SELLER:
            open_ones = []
        elif sender == Sender.BUYER:
            open_ones.append(text)
    return "\n".join(open_ones)


def _understood(row: Interaction, text: str) -> Understood:
    kind = Kind(row.kind)
    whole = understand(kind, text, rating=row.rating, pros=row.pros, cons=row.cons)
    if kind is Kind.CHAT and text != row.text:
        last = understand(kind, row.text)
        if last.intent is Intent.THANKS:  # «thank you, sorted out» ends what stood before it
            return replace(last, escalations=whole.escalations)
    return whole


def _judge(row: Interaction, understood: Understood, now: datetime) -> None:
    left = None if row.closes_at is None else row.closes_at - now
    found = priority.priority_of(Kind(row.kind), understood, rating=row.rating, closes_in=left)
    row.intent = understood.intent.value
    row.sentiment = understood.sentiment.value
    row.escalations = [escalation.value for escalation in understood.escalations]
    row.priority = found
    row.due_at = priority.due_at(found, row.occurred_at, closes_at=row.closes_at)
