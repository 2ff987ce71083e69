"""Which interactions a round drafts, and which not yet and why. Pure.

The most pressing first, of equals the newest; urgent and high ones may use the whole of the day's budget, the others
what lies above a reserve.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from vitrina.inbox.priority import Priority

RESERVED = 0.2  # of the day's budget, for urgent and high ones


class Skipped(StrEnum):
    """Why an item that wants an answer has no draft by a model."""

    ESCALATED = "escalated"  # a person writes
    BUDGET = "budget"  # the day's drafts are used up
    RESERVE = "reserve"  # what is left today is kept for more pressing ones
    LATER = "later"  # the next round has room
    NO_TEXT = "no_text"  # a rating alone: the offline writer's draft is enough
    OFF = "off"  # drafts ahead are switched off


@dataclass(frozen=True)
class Waiting:
    """An interaction without a draft that holds. `priority`: 1 urgent … 4 low."""

    id: int
    priority: int
    at: datetime
    has_text: bool = True
    is_escalated: bool = False


@dataclass(frozen=True)
class Round:
    """`by_model`, `offline`: whom to draft, in this order. `skipped`: the rest, with the reason."""

    by_model: tuple[int, ...]
    offline: tuple[int, ...]
    skipped: dict[int, Skipped]


def choose(waiting: Iterable[Waiting], *, size: int, budget: int, used_today: int) -> Round:
    """`budget`: a day's drafts by models for the seller, of which `used_today` are gone."""
    left = max(budget - used_today, 0)
    reserve = round(budget * RESERVED)
    by_model: list[int] = []
    offline: list[int] = []
    skipped: dict[int, Skipped] = {}
    for one in sorted(waiting, key=lambda one: (one.priority, -one.at.timestamp(), -one.id)):
        if one.is_escalated:
            skipped[one.id] = Skipped.ESCALATED
        elif not one.has_text:
            offline.append(one.id)
        elif left <= 0:
            skipped[one.id] = Skipped.BUDGET
        elif one.priority > Priority.HIGH and left <= reserve:
            skipped[one.id] = Skipped.RESERVE
        elif len(by_model) >= size:
            skipped[one.id] = Skipped.LATER
        else:
            by_model.append(one.id)
            left -= 1
    return Round(tuple(by_model), tuple(offline), skipped)
