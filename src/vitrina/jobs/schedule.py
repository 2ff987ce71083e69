"""What runs by the clock. The row decides: a slot belongs to whoever moves `next_run` first."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction

from vitrina.jobs import clock
from vitrina.jobs.enqueue import enqueue
from vitrina.jobs.models import Schedule
from vitrina.jobs.registry import Run, handler
from vitrina.jobs.retry import RetryRule
from vitrina.jobs.slots import Daily, Every, Rule
from vitrina.jobs.states import Priority
from vitrina.lib.transactions import short_transaction

rules: dict[str, Rule] = {}


def scheduled(
    kind: str,
    *,
    every: timedelta | None = None,
    daily_at: time | None = None,
    retry: RetryRule | None = None,
    deadline_seconds: float = 600.0,
) -> Callable[[Run], Run]:
    """Register a handler that runs by the clock: every so often, or daily at a time of the installation's zone.

    A slot whose job of the slot before is still live adds none: the two are the same work. After an outage
    the missed slots are one.
    """
    if (every is None) == (daily_at is None):
        raise ValueError(f"The schedule {kind!r} needs either every= or daily_at=.")

    def register(run: Run) -> Run:
        handler(kind, retry=retry, deadline_seconds=deadline_seconds)(run)
        if every is not None:
            rules[kind] = Every(every)
        elif daily_at is not None:
            rules[kind] = Daily(daily_at, settings.TIME_ZONE)
        return run

    return register


def tick() -> int:
    """Queue what is due now; how many slots this caller won. One query where nothing is due."""
    now = clock.read()
    rows = {row.name: row for row in Schedule.objects.filter(name__in=list(rules))}
    for name in rules.keys() - rows.keys():
        _make(name, now)
    won = 0
    for row in rows.values():
        if row.is_enabled and row.next_run <= now:
            won += _run_slot(row, now)
    return won


def _make(name: str, now: datetime) -> None:
    first = rules[name].after(now, now)
    try:
        with short_transaction():
            Schedule.objects.create(name=name, next_run=first)
    except IntegrityError:
        pass  # another scheduler made it in the same moment


def _run_slot(row: Schedule, now: datetime) -> bool:
    with short_transaction():
        won = Schedule.objects.filter(name=row.name, next_run=row.next_run, is_enabled=True).update(
            next_run=rules[row.name].after(row.next_run, now), last_run=now
        )
        if won:
            enqueue(row.name, {"slot": row.next_run.isoformat()}, key=row.name, priority=Priority.SYNC)
    return bool(won)


def run_now(name: str) -> None:
    """Queue a schedule's job out of turn; its next slot stays where it is."""
    with transaction.atomic():
        enqueue(name, {"slot": None}, key=name, priority=Priority.OPERATOR)
