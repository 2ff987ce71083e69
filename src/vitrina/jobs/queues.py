"""What waits, what runs and how fast it goes, by queue: read for the console from indexes alone."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from django.db import connection
from django.db.models import Count, Min, QuerySet, Sum
from django.db.models.expressions import RawSQL

from vitrina.jobs import clock
from vitrina.jobs.claiming import READY
from vitrina.jobs.fairness import Queue
from vitrina.jobs.models import Job
from vitrina.jobs.states import State

RATE_OVER = 60  # seconds
LANES = 20


@dataclass
class QueueRow:
    queue: Queue
    ready: int = 0  # may be taken now, or at their time
    running: int = 0
    ended: int = 0  # within the last minute
    oldest_seconds: float | None = None  # how long the first of them waits past its time; None: none is due


@dataclass(frozen=True)
class Lane:
    """Jobs that run one by one. `kind` and `title` are those of the one at the front."""

    name: str
    depth: int
    first_id: int


@dataclass(frozen=True)
class Spent:
    """What a batch has cost so far. `estimate`: for all of it, at the mean price so far; None: not to be told.

    `unpriced`: ended parts whose price is unknown, which both leave out.
    """

    so_far: Decimal | None
    estimate: Decimal | None
    unpriced: int


def queues(seller_ids: Collection[int] | None) -> list[QueueRow]:
    """Urgent ones first. `seller_ids` None: all, also those of the house. Three queries over partial indexes."""
    rows: dict[str, QueueRow] = {}

    def row(name: str) -> QueueRow:
        return rows.setdefault(name, QueueRow(Queue.of(name)))

    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT queue, count(*), min(run_at), {clock.now()} FROM jobs_job WHERE {READY} GROUP BY queue",
            [],
        )
        for name, count, first, now in cursor.fetchall():
            found = row(name)
            waited = (clock.moment(now) - clock.moment(first)).total_seconds()
            found.ready, found.oldest_seconds = count, waited if waited > 0 else None
        cursor.execute("SELECT queue, count(*) FROM jobs_job WHERE state = 'running' GROUP BY queue")
        for name, count in cursor.fetchall():
            row(name).running = count
        cursor.execute(
            "SELECT queue, count(*) FROM jobs_job WHERE state IN ('done', 'dead', 'cancelled') "
            # In brackets of its own the moment is read once: PostgreSQL seeks no index by a clock that moves on.
            f"AND finished_at > (SELECT {clock.in_seconds()}) GROUP BY queue",
            [clock.offset(-RATE_OVER)],
        )
        for name, count in cursor.fetchall():
            row(name).ended = count
    return sorted(
        (found for found in rows.values() if seller_ids is None or found.queue.share in seller_ids),
        key=lambda found: (-found.queue.priority, found.queue.share, found.queue.kind),
    )


def lanes(jobs: QuerySet[Job]) -> list[Lane]:
    """The longest lanes in which somebody waits for somebody.

    The conditions of the index `job_lane` as words of the statement, not parameters: only so SQLite finds it.
    """
    waiting = (
        jobs.filter(state__in=[RawSQL("'queued'", []), RawSQL("'running'", [])])
        .exclude(lane=RawSQL("''", []))
        .order_by()
        .values("lane")
        .annotate(depth=Count("*"), first=Min("pk"))
        .filter(depth__gt=1)
        .order_by("-depth", "lane")[:LANES]
    )
    return [Lane(found["lane"], found["depth"], found["first"]) for found in waiting]


def spent(batch: Job) -> Spent:
    """One query, answered from the index of the batch's parts."""
    ended = [State.DONE, State.DEAD, State.CANCELLED, State.CHECK]
    found = batch.children.filter(state__in=ended).aggregate(
        usd=Sum("cost"), priced=Count("cost"), all=Count("state")
    )
    so_far, priced = found["usd"], found["priced"]
    total = batch.progress.get("total") or batch.total
    estimate = so_far / priced * total if so_far is not None and priced and total else None
    return Spent(so_far, estimate, found["all"] - priced if priced else 0)
