"""Measure the rules on rows with labels: our own, and reviews with stars when there are any."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass

from vitrina.channels.ports import Kind
from vitrina.inbox.halves import Agreement, Labelled, Starred, agreement
from vitrina.inbox.hearing.intent import understand
from vitrina.inbox.priority import priority_of


@dataclass(frozen=True)
class Figure:
    """One line of the table: what was told, on which rows, how well."""

    what: str
    rows: str
    agreement: Agreement


def of_labelled(rows: Iterable[Labelled]) -> list[Figure]:
    """Priority, intent, sentiment and escalation, each on all rows, on those for tuning and on those held out."""
    kept = list(rows)
    told = [(row, _told(row)) for row in kept]
    return [
        Figure(what, name, agreement(told_of[what] for row, told_of in told if row.held_out in halves))
        for what in ("priority", "intent", "sentiment", "escalation")
        for name, halves in _HALVES
    ]


def of_starred(rows: Iterable[Starred]) -> list[Figure]:
    """Whether three stars or fewer are told from the text alone."""
    pairs = [
        (row.held_out, (_needed(row.rating <= 3), _needed(understand(Kind.REVIEW, row.text).needs_attention)))
        for row in rows
    ]
    return [
        Figure("needs attention", name, agreement(pair for held_out, pair in pairs if held_out in halves))
        for name, halves in _HALVES
    ]


def milliseconds(texts: Iterable[str]) -> float:
    """Of one text, on average, after a first round over all."""
    kept = list(texts)
    for text in kept:
        understand(Kind.REVIEW, text)
    started = time.perf_counter()
    for text in kept:
        understand(Kind.REVIEW, text)
    return (time.perf_counter() - started) * 1000 / max(1, len(kept))


_HALVES = (("all", (False, True)), ("tuned on", (False,)), ("held out", (True,)))


def _told(row: Labelled) -> dict[str, tuple[str, str]]:
    """Of each question, the label and what the rules say."""
    understood = understand(row.kind, row.text, rating=row.rating, pros=row.pros, cons=row.cons)
    return {
        "priority": (row.priority, priority_of(row.kind, understood, rating=row.rating).word),
        "intent": (row.intent, understood.intent.value),
        "sentiment": (row.sentiment, understood.sentiment.value),
        "escalation": (_to_a_person(bool(row.escalations)), _to_a_person(bool(understood.escalations))),
    }


def _to_a_person(is_so: bool) -> str:
    return "a person answers" if is_so else "a draft may"


def _needed(is_so: bool) -> str:
    return "needs attention" if is_so else "does not"
