"""Following one job to its end: what happens is told the same by server-sent events and by WebSocket."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing
from dataclasses import dataclass
from threading import Lock
from time import monotonic
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connections

from vitrina.jobs import api_shapes, events
from vitrina.jobs.models import Job, JobEvent
from vitrina.jobs.moving import ENDED

# How long nothing is said, and how long a right that ended is still heard of.
BEAT_SECONDS = 15.0
LONGEST_SECONDS = 600.0
MOST_PER_PERSON = 50  # in one process


@dataclass(frozen=True)
class News:
    """`id` None: it stands outside of the stream's order (the row as it is, the end).

    `kind` "beat": nothing new; "gone", the last one: whoever follows may not any more.
    """

    kind: str
    data: Any = None
    id: int | None = None


class NoSeat(Exception):
    def __init__(self, most: int) -> None:
        self.most = most
        super().__init__(f"{most} streams are open")


class Seat:
    """One of the streams that a person may have open."""

    def __init__(self, person: Any) -> None:
        self._person = person
        self._is_taken = True

    def leave(self) -> None:
        with _lock:
            if self._is_taken:
                self._is_taken = False
                _open[self._person] -= 1
                if not _open[self._person]:
                    del _open[self._person]


_lock = Lock()
_open: Counter[Any] = Counter()


def seat(person: Any) -> Seat:
    """Raises NoSeat."""
    with _lock:
        if _open[person] >= MOST_PER_PERSON:
            raise NoSeat(MOST_PER_PERSON)
        _open[person] += 1
    return Seat(person)


async def news(job_id: int, after: int | None, may_go_on: Callable[[], bool]) -> AsyncGenerator[News, None]:
    """What is told of a job behind event `after`, until it ended; None: its row as it is, then what comes.

    `may_go_on` is asked in a thread, once in `BEAT_SECONDS`.
    Whoever comes back with an event that was cleared since gets the row, too: something in between may be lost.
    """
    first = await asyncio.to_thread(_look, job_id, after)
    if first is None:
        return
    job, last, stored, is_whole = first
    if not is_whole:
        yield News("job", job, last)
        after = last
    for event in stored:
        yield _of(event)
        after = event.id
    if job["state"] in ENDED:
        yield News("end", {"state": job["state"]})
        return
    ends = monotonic() + LONGEST_SECONDS
    asks = monotonic() + BEAT_SECONDS
    async with aclosing(events.follow([f"job:{job_id}"], after, beat_seconds=BEAT_SECONDS)) as follower:
        async for came in follower:
            if monotonic() >= asks:
                if not await asyncio.to_thread(may_go_on):
                    yield News("gone")
                    return
                asks = monotonic() + BEAT_SECONDS
            if not came:
                yield News("beat")
            for event in came:
                yield _of(event)
                state = event.data.get("state") if event.kind == "state" else None
                if state in ENDED:
                    yield News("end", {"state": state})
                    return
            if monotonic() >= ends:
                return


async def as_sse(told: AsyncGenerator[News, None], place: Seat) -> AsyncIterator[bytes]:
    """A stream that may not go on just ends: its follower comes back, and is told why not."""
    try:
        yield b"retry: 2000\n\n"
        async with aclosing(told):
            async for one in told:
                if one.kind == "gone":
                    return
                identity = f"id: {one.id}\n" if one.id is not None else ""
                data = (
                    ""
                    if one.data is None
                    else json.dumps(one.data, cls=DjangoJSONEncoder, ensure_ascii=False)
                )
                yield f"{identity}event: {one.kind}\ndata: {data}\n\n".encode()
    finally:
        place.leave()


def _of(event: events.Event) -> News:
    return News(event.kind, event.data, event.id)


Look = tuple[dict[str, Any], int, list[events.Event], bool]


def _look(job_id: int, after: int | None) -> Look | None:
    """The row, the last event before it was read, what is stored behind `after`, and whether nothing is missing."""
    try:
        last = events.last_id()
        job = Job.objects.defer("payload", "traceback").filter(pk=job_id).first()
        if job is None:
            return None
        is_whole = after is not None and (
            after <= last and (after == last or JobEvent.objects.filter(pk__lte=after).exists())
        )
        stored = events.since([f"job:{job_id}"], after) if is_whole and after is not None else []
        return api_shapes.row(job), last, stored, is_whole
    finally:
        connections.close_all()
