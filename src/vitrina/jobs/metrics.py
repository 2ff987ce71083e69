"""The figures of the machine room, read from the rows. Exposition belongs to the console."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection

from vitrina.jobs import clock
from vitrina.jobs.claiming import READY
from vitrina.jobs.fairness import Queue


@dataclass(frozen=True)
class Measured:
    queued: dict[str, int]  # by kind
    running: dict[str, int]  # by kind
    waiting_batches: int
    oldest_seconds: float | None  # how long the oldest ready job has waited; None: nothing waits
    failed_by_reason: dict[str, int]  # dead and doubtful jobs, by class of failure
    workers: int  # ticked within a minute


def measure() -> Measured:
    """Five small queries."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT queue, count(*) FROM jobs_job WHERE state = 'queued' GROUP BY queue")
        queued = _by_kind(cursor.fetchall())
        cursor.execute("SELECT queue, count(*) FROM jobs_job WHERE state = 'running' GROUP BY queue")
        running = _by_kind(cursor.fetchall())
        cursor.execute("SELECT count(*) FROM jobs_job WHERE state = 'waiting'")
        (waiting,) = cursor.fetchone()
        cursor.execute(f"SELECT min(run_at), {clock.now()} FROM jobs_job WHERE {READY}", [])
        oldest, now = cursor.fetchone()
        cursor.execute(
            "SELECT reason, count(*) FROM jobs_job WHERE state IN ('dead', 'check') GROUP BY reason"
        )
        failed = dict(cursor.fetchall())
        cursor.execute(
            f"SELECT count(*) FROM jobs_workertick WHERE ticked_at > {clock.in_seconds()}",
            [clock.offset(-60)],
        )
        (workers,) = cursor.fetchone()
    age = (clock.moment(now) - clock.moment(oldest)).total_seconds() if oldest else None
    return Measured(
        queued=queued,
        running=running,
        waiting_batches=waiting,
        oldest_seconds=max(0.0, age) if age is not None else None,
        failed_by_reason=failed,
        workers=workers,
    )


def _by_kind(rows: list[tuple[str, int]]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for name, count in rows:
        kind = Queue.of(name).kind
        counts[kind] = counts.get(kind, 0) + count
    return counts
