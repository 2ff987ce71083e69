"""Taking the best job: priority, fairness between sellers, lanes in order. The one place that decides it."""

from __future__ import annotations

import itertools
import json
import time
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db import connection

from vitrina.jobs import clock
from vitrina.jobs.fairness import Queue, in_turn
from vitrina.jobs.moving import Sql, move
from vitrina.jobs.pace import pace
from vitrina.jobs.registry import Handler, registry
from vitrina.jobs.states import State

READY = "state = 'queued' AND NOT is_held AND paused_at IS NULL"
LOOKED_AT = 20  # jobs of one queue looked at in one claim; more only where twenty lanes in a row are busy


@dataclass
class Claim:
    """A job that this process holds, until somebody's fence is higher."""

    id: int
    kind: str
    payload: dict[str, Any]
    seller_id: int | None
    parent_id: int | None
    lane: str
    queue: Queue
    attempt: int
    claims: int
    fence: int
    progress: dict[str, Any]
    handler: Handler
    deadline: float  # time.monotonic()
    # Until when the lease is surely ours, by our own clock, which a frozen process can't stop; the keeper moves it on.
    held_until: float  # time.monotonic()
    claimed_at: float = field(default_factory=time.monotonic)
    # Set by the process's keeper, read at the checkpoints of the handler.
    is_lost: bool = False  # another claim took over, or the lease could not be renewed
    is_cancelled: bool = False
    is_stopping: bool = False
    cost: Decimal | None = None  # USD spent in this attempt, as far as the handler told


_served: dict[int, int] = {}
_turns = itertools.count(1)


class Round:
    """One look at what waits and what runs, from which one or several jobs are claimed. In the caller's short
    transaction; the look is taken when the first is asked for."""

    def __init__(self, owner: str) -> None:
        self._owner = owner
        self._waiting: list[Queue] | None = None
        self._running: dict[Queue, int] = {}
        self._limits = {
            kind: handler.limits.running
            for kind, handler in registry.handlers.items()
            if handler.limits.running is not None
        }

    def claim(self, *, batch_may: bool) -> Claim | None:
        """The best job for this process, or None."""
        if self._waiting is None:
            self._waiting = _waiting_queues()
            self._running = _running_counts() if self._waiting else {}
        for queue in in_turn(
            self._waiting,
            self._running,
            limits=self._limits,
            kinds=registry.handlers,
            batch_may=batch_may,
            served=_served,
        ):
            claim = _claim_from(queue, self._owner)
            if claim is not None:
                _served[queue.share] = next(_turns)
                self._running[queue] = self._running.get(queue, 0) + 1
                return claim
            self._waiting.remove(queue)
        return None


def _waiting_queues() -> list[Queue]:
    """The distinct queues with a ready job: one index step each, however many jobs they hold."""
    step = f"SELECT min(queue) FROM jobs_job WHERE {READY}"
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH RECURSIVE waiting(queue) AS ({step} UNION ALL "
            f"SELECT ({step} AND queue > waiting.queue) FROM waiting WHERE waiting.queue IS NOT NULL) "
            "SELECT queue FROM waiting WHERE queue IS NOT NULL"
        )
        return [Queue.of(name) for (name,) in cursor.fetchall()]


def _running_counts() -> dict[Queue, int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT queue, count(*) FROM jobs_job WHERE state = 'running' GROUP BY queue")
        return {Queue.of(name): count for name, count in cursor.fetchall()}


def _claim_from(queue: Queue, owner: str) -> Claim | None:
    skip = " FOR UPDATE SKIP LOCKED" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id, lane FROM jobs_job WHERE {READY} AND queue = %s AND run_at <= {clock.now()} "
            f"ORDER BY run_at, id LIMIT 1{skip}",
            [queue.name],
        )
        row = cursor.fetchone()
        if row and row[1] and not _may_pass(*row):
            # Others of this queue wait behind a busy lane: look further, a bounded way.
            row = None
            cursor.execute(
                f"SELECT id, lane FROM jobs_job WHERE {READY} AND queue = %s AND run_at <= {clock.now()} "
                f"ORDER BY run_at, id LIMIT {LOOKED_AT}{skip}",
                [queue.name],
            )
            for job_id, lane in cursor.fetchall():
                if not lane or _may_pass(job_id, lane):
                    row = (job_id, lane)
                    break
        return _take(row[0], queue, owner) if row else None


def _may_pass(job_id: int, lane: str) -> bool:
    """Whether nothing of the lane is at work and nothing earlier waits; else the job is held until then."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # Two claimers must not look at one lane at the same time, each blind to the other's claim.
            cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [f"lane {lane}"])
            if not cursor.fetchone()[0]:
                return False
        cursor.execute(
            "SELECT 1 FROM jobs_job WHERE lane = %s AND lane <> '' AND state IN ('queued', 'running') "
            "AND (state = 'running' OR id < %s) LIMIT 1",
            [lane, job_id],
        )
        if cursor.fetchone() is None:
            return True
        cursor.execute("UPDATE jobs_job SET is_held = %s WHERE id = %s AND state = 'queued'", [True, job_id])
        return False


def _take(job_id: int, queue: Queue, owner: str) -> Claim | None:
    asked_at = time.monotonic()
    moved = move(
        job_id,
        State.RUNNING,
        frm=[State.QUEUED],
        sets={
            "fence": Sql("fence + 1"),
            "claims": Sql("claims + 1"),
            "attempt": Sql("attempt + 1"),
            "owner": owner,
            "lease_until": Sql(clock.in_seconds(), (clock.offset(pace().lease),)),
            "started_at": Sql(clock.now()),
        },
    )
    if moved is None:
        return None
    with connection.cursor() as cursor:
        cursor.execute("SELECT payload, progress, cancel_requested FROM jobs_job WHERE id = %s", [job_id])
        payload, progress, cancelled = cursor.fetchone()
    handler = registry.handlers[moved.kind]
    return Claim(
        id=moved.id,
        kind=moved.kind,
        payload=_loaded(payload),
        seller_id=moved.seller_id,
        parent_id=moved.parent_id,
        lane=moved.lane,
        queue=queue,
        attempt=moved.attempt,
        claims=moved.claims,
        fence=moved.fence,
        progress=_loaded(progress),
        handler=handler,
        deadline=time.monotonic() + handler.deadline_seconds,
        held_until=asked_at + pace().lease,
        is_cancelled=bool(cancelled),
    )


def _loaded(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str | bytes) else value
