"""What followers are told: `record` adds a row, `since` reads, `follow` streams.

Topics: `job:<id>`, `product:<id>`, `seller:<id>`. The row's id is the id of the stream's message, so that a
browser that comes back with its last id misses nothing.
"""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from vitrina.jobs import clock
from vitrina.jobs.models import JobEvent


@dataclass(frozen=True, eq=False)
class Event:
    """One row. Each is itself alone: what was made of it for one follower can be kept by it for the others."""

    id: int
    topic: str
    kind: str
    data: dict[str, Any]
    job_id: int | None
    created_at: datetime


def record(topic: str, kind: str, data: dict[str, Any], job: int | None = None) -> None:
    """Tell the followers of a topic, when the caller's transaction commits. `job`: the job's id."""
    record_many([(topic, kind, data, job)])


def record_many(rows: Iterable[tuple[str, str, dict[str, Any], int | None]]) -> None:
    params: list[Any] = []
    count = 0
    for topic, kind, data, job in rows:
        params += [topic, kind, json.dumps(data, ensure_ascii=False), job]
        count += 1
    if not count:
        return
    values = ", ".join([f"(%s, %s, %s, %s, {clock.now()})"] * count)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO jobs_jobevent (topic, kind, data, job_id, created_at) VALUES {values}", params
        )
    _nudge_on_commit()


def replace_progress(rows: Iterable[tuple[str, dict[str, Any], int]]) -> None:
    """Tell how far jobs are: (topic, progress, job's id). What the same jobs told the same topics before goes.

    Whoever comes back after a break wants the newest progress alone, and a text that grows four times a second would
    otherwise be stored as often. A follower hears every one that was stored when it looked.
    """
    rows = list(rows)
    if not rows:
        return
    with connection.cursor() as cursor:
        cursor.executemany(
            "DELETE FROM jobs_jobevent WHERE topic = %s AND job_id = %s AND kind = 'progress'",
            [(topic, job) for topic, _progress, job in rows],
        )
    record_many((topic, "progress", progress, job) for topic, progress, job in rows)


def since(topics: Collection[str], after_id: int, *, limit: int = 1000) -> list[Event]:
    """Events of the topics with an id above `after_id`, oldest first."""
    rows = JobEvent.objects.filter(topic__in=list(topics), pk__gt=after_id).order_by("pk")[:limit]
    return [Event(row.pk, row.topic, row.kind, row.data, row.job_id, row.created_at) for row in rows]


def last_id() -> int:
    """The id of the newest event; 0 where there is none. Pass it to `follow` to hear only what comes."""
    newest = JobEvent.objects.order_by("-pk").values_list("pk", flat=True).first()
    return newest or 0


def follow(
    topics: Collection[str], after_id: int | None = None, *, beat_seconds: float = 15.0
) -> AsyncGenerator[list[Event], None]:
    """Events of the topics as they come, those stored after `after_id` first (None: only new ones), without end.

    Each time all that came since the last one; an empty list after `beat_seconds` of silence. All followers of a
    process get the same objects.
    """
    from vitrina.jobs.following import follow as stream

    return stream(topics, after_id, beat_seconds)


def _nudge_on_commit() -> None:
    from vitrina.jobs.following import poller

    # One nudge per transaction is enough, however much it told.
    if not any(entry[1] is poller.nudge for entry in connection.run_on_commit[-3:]):
        transaction.on_commit(poller.nudge, robust=True)
