"""Which interactions a round drafts, and which not yet and why. Pure.

The most pressing first, of equals the newest; urgent and high ones may use the whole of the day's budget, the others
what lies above a reserve: a fifth, or as many as the rest of the day will bring by the days before.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from vitrina.inbox.priority import Priority

RESERVED = 0.2  # of the day's budget at least, for urgent and high ones


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
    """An interaction without a draft that holds, or with the offline writer's (`has_offline`). `priority`: 1 urgent … 4 low."""

    id: int
    priority: int
    at: datetime
    has_text: bool = True
    is_escalated: bool = False
    has_offline: bool = False


@dataclass(frozen=True)
class Round:
    """`by_model`, `offline`: whom to draft, in this order. `skipped`: the rest, with the reason; those of them who have
    no draft at all meanwhile get the offline writer's, `helped`."""

    by_model: tuple[int, ...]
    offline: tuple[int, ...]
    skipped: dict[int, Skipped]
    helped: tuple[int, ...] = ()


def choose(waiting: Iterable[Waiting], *, size: int, budget: int, used_today: int, to_come: int = 0) -> Round:
    """`budget`: a day's drafts by models for the seller, of which `used_today` are gone. `to_come`: urgent and high ones
    that the day is still expected to bring."""
    left = max(budget - used_today, 0)
    reserve = max(round(budget * RESERVED), to_come)
    by_model: list[int] = []
    offline: list[int] = []
    helped: list[int] = []
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
        if skipped.get(one.id) in (Skipped.BUDGET, Skipped.RESERVE) and not one.has_offline:
            helped.append(one.id)
    return Round(tuple(by_model), tuple(offline), skipped, tuple(helped))


def expected_today(arrived: Mapping[date, int], today: date) -> int:
    """How many are still to come today: as many as on the days before in the mean, without those of today. `arrived`: by day,
    days on which nothing came left out."""
    before = [count for day, count in arrived.items() if day < today]
    if not before:
        return 0
    return max(0, math.ceil(sum(before) / len(before)) - arrived.get(today, 0))
