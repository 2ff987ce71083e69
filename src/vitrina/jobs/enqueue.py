"""Putting work into the queue, in the transaction that makes it necessary."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from django.db import connection
from django.utils.translation import gettext as _

from vitrina.jobs import bell, clock
from vitrina.jobs.fairness import Queue
from vitrina.jobs.models import Job
from vitrina.jobs.pace import pace
from vitrina.jobs.registry import ChildSpec, registry
from vitrina.jobs.states import Priority, State

__all__ = ["ChildSpec", "Priority", "QueueFull", "bring_forward", "enqueue", "enqueue_many"]


class QueueFull(Exception):
    """A seller has as many queued jobs as it may have. Nothing was queued."""

    permanent = False

    def __init__(self, limit: int, value: int, retry_after: float) -> None:
        self.limit = limit
        self.value = value
        self.retry_after = retry_after
        super().__init__(
            _(
                "The seller has %(value)d queued jobs, the limit is %(limit)d. Nothing was added; try again in %(seconds)d s."
            )
            % {"value": value, "limit": limit, "seconds": round(retry_after)}
        )


def enqueue(
    kind: str,
    payload: Mapping[str, Any],
    *,
    key: str = "",
    seller_id: int | None = None,
    priority: Priority = Priority.BATCH,
    lane: str = "",
    run_at: datetime | None = None,
    delay_seconds: float = 0.0,
    parent: Job | int | None = None,
    title: str = "",
    created_by_id: int | None = None,
) -> Job:
    """Queue one job, in the caller's transaction; the bell rings on commit.

    Where a live job has the same kind and key, that one is returned, made as urgent and as early as asked.
    Raises QueueFull at the seller's limit.
    """
    if seller_id is not None:
        check_room(seller_id)
    parent_id = parent.pk if isinstance(parent, Job) else parent
    order = Order(kind, payload, key, lane, delay_seconds, run_at, title, created_by_id)
    while True:
        inserted = _insert([order], seller_id=seller_id, priority=priority, parent_id=parent_id)
        if inserted:
            job_id, run_at_value, created_value = inserted[0]
            if parent_id is not None:
                Job.objects.filter(pk=parent_id, has_children=False).update(has_children=True)
            if lane and priority > Priority.BATCH:
                _hurry_lane(lane, priority)
            if delay_seconds <= 0 and run_at is None:
                bell.ring_on_commit(1)
            return _as_model(
                order,
                job_id,
                clock.moment(run_at_value),
                clock.moment(created_value),
                seller_id=seller_id,
                priority=priority,
                parent_id=parent_id,
            )
        live = _join_live(order, priority=priority)
        # The live one may have ended between the two statements; then there is room for ours.
        if live is not None:
            return live


def bring_forward(kind: str, key: str) -> bool:
    """Have a queued job run now that waits for a later moment, whatever for; in the caller's transaction. False: none waits."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE jobs_job SET run_at = {clock.now()} "
            f"WHERE kind = %s AND key = %s AND state = 'queued' AND run_at > {clock.now()}",
            [kind, key],
        )
        moved = bool(cursor.rowcount)
    if moved:
        bell.ring_on_commit(1)
    return moved


def enqueue_many(
    kind: str,
    items: Sequence[ChildSpec],
    *,
    seller_id: int | None = None,
    priority: Priority = Priority.BATCH,
    delay_seconds: float = 0.0,
    parent: Job | int | None = None,
) -> int:
    """Queue many jobs of one kind in few statements; returns how many are new. Raises QueueFull."""
    if seller_id is not None:
        check_room(seller_id, wanted=len(items))
    parent_id = parent.pk if isinstance(parent, Job) else parent
    made = insert_children(
        kind,
        items,
        seller_id=seller_id,
        priority=priority,
        delay_seconds=delay_seconds,
        parent_id=parent_id,
    )
    if made and parent_id is not None:
        Job.objects.filter(pk=parent_id, has_children=False).update(has_children=True)
    return made


def insert_children(
    kind: str,
    items: Sequence[ChildSpec],
    *,
    seller_id: int | None,
    priority: Priority,
    delay_seconds: float = 0.0,
    parent_id: int | None = None,
) -> int:
    """The rows alone, without a look at the seller's limit: a batch is bounded by its window."""
    orders = [Order(kind, item.payload, item.key, item.lane, delay_seconds, None, "", None) for item in items]
    made = 0
    for start in range(0, len(orders), ROWS_PER_STATEMENT):
        part = orders[start : start + ROWS_PER_STATEMENT]
        made += len(_insert(part, seller_id=seller_id, priority=priority, parent_id=parent_id))
    if made and delay_seconds <= 0:
        bell.ring_on_commit(made)
    return made


ROWS_PER_STATEMENT = 500  # × 12 parameters: far below SQLite's 32 766 variables


class Order(NamedTuple):
    kind: str
    payload: Mapping[str, Any]
    key: str
    lane: str
    delay_seconds: float
    run_at: datetime | None
    title: str
    created_by_id: int | None


def _insert(
    orders: Sequence[Order], *, seller_id: int | None, priority: Priority, parent_id: int | None
) -> list[tuple[int, Any, Any]]:
    """Insert those whose key isn't live: (id, run_at, created_at) of each."""
    rows, params = [], []
    for order in orders:
        if order.run_at is not None:
            due, due_params = "%s", [clock.bound(order.run_at)]
        elif order.delay_seconds > 0:
            due, due_params = clock.in_seconds(), [clock.offset(order.delay_seconds)]
        else:
            due, due_params = clock.now(), []
        rows.append(_ROW.format(due=due, now=clock.now(), empty=_json("{}")))
        queue = Queue(priority, seller_id or 0, order.kind)
        params += [
            order.kind,
            order.key,
            json.dumps(order.payload, ensure_ascii=False, allow_nan=False),
            int(priority),
            seller_id,
            queue.name,
            order.lane,
            *due_params,
            parent_id,
            order.title[:200],
            order.created_by_id,
        ]
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO jobs_job ({_COLUMNS}) VALUES {', '.join(rows)} "
            "ON CONFLICT (kind, key) WHERE "
            "state IN ('check', 'queued', 'running', 'waiting') AND NOT (key = '') DO NOTHING "
            "RETURNING id, run_at, created_at",
            params,
        )
        return list(cursor.fetchall())


_COLUMNS = (
    "kind, key, payload, state, priority, seller_id, queue, lane, run_at, parent_id, title, created_by_id, "
    "is_held, cancel_requested, runs_again, attempt, claims, fence, owner, has_children, child_kind, is_fed, "
    "progress, reason, error, traceback, created_at, woken_at"
)
_ROW = (
    "(%s, %s, %s, 'queued', %s, %s, %s, %s, {due}, %s, %s, %s, "
    "false, false, false, 0, 0, 0, '', false, '', true, {empty}, '', '', '', {now}, {now})"
)


def _json(text: str) -> str:
    return f"'{text}'"


def _join_live(order: Order, *, priority: Priority) -> Job | None:
    """The live job with this key, made as urgent as asked; told to run again where its kind wants that."""
    job = Job.objects.filter(
        kind=order.kind, key=order.key, state__in=["queued", "running", "waiting", "check"]
    ).first()
    if job is None:
        return None
    handler = registry.handlers.get(order.kind)
    if job.state == State.RUNNING and handler and handler.reruns:
        # Conditional: if it ended meanwhile, the caller queues a new one.
        payload = json.loads(json.dumps(order.payload))
        if not Job.objects.filter(pk=job.pk, state=State.RUNNING, fence=job.fence).update(
            runs_again=True, payload=payload
        ):
            return None
        job.runs_again = True
    elif job.state == State.QUEUED and job.priority < priority:
        raised = Queue(priority, job.seller_id or 0, job.kind).name
        Job.objects.filter(pk=job.pk, state=State.QUEUED, priority__lt=priority).update(
            priority=priority, queue=raised
        )
        job.priority, job.queue = priority, raised
        if job.lane:
            _hurry_lane(job.lane, priority)
    if job.state == State.QUEUED and order.delay_seconds <= 0 and order.run_at is None and job.attempt == 0:
        with connection.cursor() as cursor:
            cursor.execute(
                f"UPDATE jobs_job SET run_at = {clock.now()} "
                f"WHERE id = %s AND state = 'queued' AND attempt = 0 AND run_at > {clock.now()}",
                [job.pk],
            )
        bell.ring_on_commit(1)
    return job


def _hurry_lane(lane: str, priority: Priority) -> None:
    """Whoever stands before an urgent job in its lane becomes as urgent; otherwise it would hold it up."""
    for job in Job.objects.filter(lane=lane, state=State.QUEUED, priority__lt=priority):
        raised = Queue(priority, job.seller_id or 0, job.kind).name
        Job.objects.filter(pk=job.pk, state=State.QUEUED).update(priority=priority, queue=raised)


# --- Back-pressure ----------------------------------------------------------------------------------------


class _Room(NamedTuple):
    free: int  # how many may still be queued before the rows are counted again
    until: float  # time.monotonic()


_rooms: dict[int, _Room] = {}


def check_room(seller_id: int, *, wanted: int = 1) -> None:
    """Raise QueueFull where the seller's queue has no room for `wanted` more.

    Counting 10 000 rows for each of 10 000 jobs would cost more than the jobs: a quarter of the free room is
    given out on one count, for two seconds at most. Near the limit every call counts.
    """
    room = _rooms.get(seller_id)
    now = time.monotonic()
    if room and room.until > now and room.free >= wanted:
        _rooms[seller_id] = _Room(room.free - wanted, room.until)
        return
    limit = pace().queue_limit
    value = Job.objects.filter(seller_id=seller_id, state=State.QUEUED).count()
    if value + wanted > limit:
        _rooms.pop(seller_id, None)
        raise QueueFull(limit, value, retry_after=RETRY_AFTER_SECONDS)
    _rooms[seller_id] = _Room((limit - value - wanted) // 4, now + 2.0)


RETRY_AFTER_SECONDS = 30.0


def _as_model(
    order: Order,
    job_id: int,
    run_at: datetime,
    created_at: datetime,
    *,
    seller_id: int | None,
    priority: Priority,
    parent_id: int | None,
) -> Job:
    job = Job(
        id=job_id,
        kind=order.kind,
        key=order.key,
        payload=dict(order.payload),
        priority=priority,
        seller_id=seller_id,
        queue=Queue(priority, seller_id or 0, order.kind).name,
        lane=order.lane,
        run_at=run_at.astimezone(UTC),
        parent_id=parent_id,
        title=order.title,
        created_by_id=order.created_by_id,
        created_at=created_at,
        woken_at=created_at,
    )
    job._state.adding = False
    job._state.db = "default"
    return job
