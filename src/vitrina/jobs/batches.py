"""Parents and children: ten thousand items are one parent and ten thousand small jobs, fed window by window."""

from __future__ import annotations

import json
import logging
import traceback
from collections.abc import Mapping
from math import floor
from typing import Any

from django.db import connection, transaction

from vitrina.jobs import bell, clock, events
from vitrina.jobs.enqueue import insert_children
from vitrina.jobs.fairness import Queue
from vitrina.jobs.models import Job
from vitrina.jobs.moving import Sql, move
from vitrina.jobs.pace import pace
from vitrina.jobs.registry import ChildSpec, registry
from vitrina.jobs.retry import RetryRule
from vitrina.jobs.states import LIVE, Priority, State
from vitrina.jobs.storable import storable
from vitrina.lib.transactions import short_transaction

__all__ = ["ChildSpec", "counts", "start"]

logger = logging.getLogger(__name__)

FEEDING = RetryRule()
TELL_SECONDS = 1.0  # between two words on how far a batch is: each goes to all who follow its seller


def start(
    kind: str,
    *,
    child_kind: str,
    payload: Mapping[str, Any],
    seller_id: int | None,
    title: str,
    total: int | None = None,
    created_by: Any = None,
    priority: Priority = Priority.BATCH,
) -> Job:
    """Start a batch, in the caller's transaction. Its feeder (`registry.feeder(kind)`) gives the children;
    when the last of them ended, the handler of `kind`, where there is one, runs once as its closing step."""
    if kind not in registry.feeders:
        raise LookupError(f"No feeder is registered for the batch {kind!r}.")
    now = clock.read()
    job = Job.objects.create(
        kind=kind,
        payload=dict(payload),
        state=State.WAITING,
        priority=priority,
        seller_id=seller_id,
        queue=Queue(priority, seller_id or 0, kind).name,
        run_at=now,
        child_kind=child_kind,
        has_children=True,
        is_fed=False,
        total=total,
        title=title[:200],
        created_by=created_by,
        created_at=now,
        started_at=now,
        progress={"done": 0, "total": total},
    )
    transaction.on_commit(lambda: bell.touch_parent(job.pk), robust=True)
    return job


def counts(parent_id: int) -> dict[str, int]:
    """How many children are in each state; states without any are left out."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT state, count(*) FROM jobs_job WHERE parent_id = %s GROUP BY state", [parent_id]
        )
        return dict(cursor.fetchall())


def tend(parent_id: int) -> bool:
    """Feed a waiting parent, or close it when its last child ended; tell its followers how far it is.

    True: it told them less than a second ago and has more to tell; look again soon. Any number of processes may do it
    at once: the parent's row is locked while it is fed.
    """
    with short_transaction():
        parent = _lock_waiting(parent_id)
        if parent is None:
            return False
        by_state = counts(parent_id)
        if not parent.is_fed and not parent.paused_at and not parent.cancel_requested:
            made = _feed(parent, queued=by_state.get(State.QUEUED, 0))
            if made:
                by_state[State.QUEUED] = by_state.get(State.QUEUED, 0) + made
        is_held_back = _tell(parent, by_state)
        ended = parent.is_fed or parent.cancel_requested
        if ended and not any(by_state.get(state, 0) for state in LIVE):
            _close(parent, by_state)
        return is_held_back


def waiting_parents() -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM jobs_job WHERE state = 'waiting'")
        return [row[0] for row in cursor.fetchall()]


def _lock_waiting(parent_id: int) -> Job | None:
    rows = Job.objects.filter(pk=parent_id, state=State.WAITING)
    if connection.features.has_select_for_update_skip_locked:
        rows = rows.select_for_update(skip_locked=True)
    return rows.first()


def _feed(parent: Job, *, queued: int) -> int:
    """Fill the window when half of it is used up. The cursor moves in the transaction of the children."""
    window = pace().window
    feed = registry.feeders.get(parent.kind)
    if queued > window // 2 or feed is None or parent.run_at > clock.read():
        return 0
    try:
        # A savepoint: a feeder that fails half-way must not take the parent's row with it.
        with transaction.atomic():
            items, cursor = feed(parent.payload, parent.cursor, window - queued)
            made = insert_children(
                parent.child_kind,
                items,
                seller_id=parent.seller_id,
                priority=Priority(parent.priority),
                parent_id=parent.pk,
            )
    except Exception as error:  # noqa: BLE001 - a feeder is a handler: what it raises is recorded in its row
        _feeding_failed(parent, error)
        return 0
    parent.cursor, parent.is_fed = cursor, cursor is None
    # Items whose key is at work already are somebody else's children.
    skipped = parent.progress.get("skipped", 0) + len(items) - made
    parent.progress = {**parent.progress, "skipped": skipped}
    Job.objects.filter(pk=parent.pk).update(
        cursor=cursor, is_fed=parent.is_fed, progress=parent.progress, attempt=0
    )
    return made


def _feeding_failed(parent: Job, error: Exception) -> None:
    logger.warning(
        "feeder of %s failed",
        parent.pk,
        exc_info=error,
        extra={"action": "batch.feed_failed", "job_id": parent.pk},
    )
    attempt = parent.attempt + 1
    permanent = getattr(error, "permanent", False) is True
    wait = (
        None if permanent else FEEDING.wait_seconds(attempt, retry_after=getattr(error, "retry_after", None))
    )
    sets: dict[str, Any] = {
        "attempt": attempt,
        "reason": type(error).__name__[:80],
        "error": storable(str(error)),
        "traceback": storable(traceback.format_exc()),
    }
    if wait is None:
        # What was fed goes on to its end; the rest waits for somebody in the dead list.
        move(parent.pk, State.DEAD, frm=[State.WAITING], sets=sets, told={"error": str(error)})
        parent.state = State.DEAD
        return
    with connection.cursor() as cursor:
        columns = ", ".join(f"{column} = %s" for column in sets)
        cursor.execute(
            f"UPDATE jobs_job SET {columns}, run_at = {clock.in_seconds()} WHERE id = %s",
            [*sets.values(), clock.offset(wait), parent.pk],
        )


def _tell(parent: Job, by_state: Mapping[str, int]) -> bool:
    """True: there is something to tell, and it is too soon."""
    ended = sum(count for state, count in by_state.items() if state not in LIVE)
    skipped = parent.progress.get("skipped", 0)
    total = parent.total if parent.total is not None and not parent.is_fed else None
    if total is None and parent.is_fed:
        total = sum(by_state.values())
    elapsed = (clock.read() - parent.started_at).total_seconds() if parent.started_at else 0.0
    rate = ended / elapsed if elapsed > 0.001 else 0.0
    progress = {
        "done": ended,
        "total": total,
        "by_state": dict(by_state),
        "skipped": skipped,
        "rate": round(rate, 2),
        "seconds_left": round((total - ended) / rate) if total and rate > 0 else None,
        "told_at": floor(elapsed * 100) / 100,  # seconds since its start
    }
    if _apart_from_time(progress) == _apart_from_time(parent.progress):
        return False
    is_over = not any(by_state.get(state, 0) for state in LIVE)
    if not is_over and 0 <= elapsed - parent.progress.get("told_at", -TELL_SECONDS) < TELL_SECONDS:
        return True
    Job.objects.filter(pk=parent.pk).update(progress=progress)
    topics = [f"job:{parent.pk}"] + ([f"seller:{parent.seller_id}"] if parent.seller_id else [])
    events.replace_progress((topic, progress, parent.pk) for topic in topics)
    return False


def _apart_from_time(progress: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: value for name, value in progress.items() if name not in ("rate", "seconds_left", "told_at")
    }


def _close(parent: Job, by_state: Mapping[str, int]) -> None:
    if parent.state != State.WAITING:
        return
    if by_state.get(State.DEAD) and parent.parent_id is None and not parent.cancel_requested:
        registry.tell_failed(parent.pk, parent.seller_id, failed_parts=by_state[State.DEAD])
    if parent.cancel_requested:
        move(parent.pk, State.CANCELLED, frm=[State.WAITING], sets={"result": json.dumps(dict(by_state))})
    elif parent.child_kind and parent.kind in registry.handlers:
        move(
            parent.pk,
            State.QUEUED,
            frm=[State.WAITING],
            sets={"run_at": Sql(clock.now()), "attempt": 0, "claims": 0},
        )
        bell.ring_on_commit(1)
    elif parent.child_kind:
        move(parent.pk, State.DONE, frm=[State.WAITING], sets={"result": json.dumps(dict(by_state))})
    else:
        # Its handler returned Done while children were at work: its result stands already.
        move(parent.pk, State.DONE, frm=[State.WAITING])
    if parent.parent_id:
        touched = parent.parent_id
        transaction.on_commit(lambda: bell.touch_parent(touched), robust=True)
