"""One poller per process feeds every follower of events, however many browsers watch."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
import time
from collections.abc import AsyncGenerator, Collection

from django.db import DatabaseError, InterfaceError, connection, connections

from vitrina.jobs import events
from vitrina.jobs.events import Event
from vitrina.jobs.models import JobEvent

logger = logging.getLogger(__name__)

POLL_SECONDS = 0.25
GAP_SECONDS = 10.0
MOST_BUFFERED = 10_000
# Streams that are woken in one round of a loop, and the time until the next round: telling all of hundreds at once
# held up for a tenth of a second whoever asked for a page just then.
AT_ONCE = 8
ROUND_SECONDS = 0.01


class Follower:
    """What one stream waits for. Made and used on its loop."""

    def __init__(self, topics: Collection[str]) -> None:
        self.topics = frozenset(topics)
        self.loop = asyncio.get_running_loop()
        self._came: list[Event] = []
        self._wake = asyncio.Event()

    def hear(self, events: list[Event]) -> None:
        if len(self._came) < MOST_BUFFERED:
            self._came += events
        self._wake.set()

    async def next(self, seconds: float) -> list[Event]:
        """All that came since the last time, as soon as there is something; nothing after so many seconds."""
        try:
            async with asyncio.timeout(seconds):
                await self._wake.wait()
        except TimeoutError:
            return []
        self._wake.clear()
        came, self._came = self._came, []
        return came


class Poller:
    """Reads the event table once for all followers. Runs only while somebody follows."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._followers: set[Follower] = set()
        self._thread: threading.Thread | None = None
        self._nudged = threading.Event()
        self._last = 0
        # On PostgreSQL ids become visible out of order: a missing one may still be on its way.
        self._gaps: dict[int, float] = {}

    def nudge(self) -> None:
        """Something was recorded in this process: look at once."""
        self._nudged.set()

    def add(self, follower: Follower) -> None:
        with self._lock:
            self._followers.add(follower)
            if self._thread is None:
                self._last = events.last_id()
                self._gaps.clear()
                self._thread = threading.Thread(target=self._run, name="event-poller", daemon=True)
                self._thread.start()

    def remove(self, follower: Follower) -> None:
        with self._lock:
            self._followers.discard(follower)
        self._nudged.set()

    def close(self) -> None:
        """Let every follower go and wait for the thread to end."""
        with self._lock:
            self._followers.clear()
            thread = self._thread
        self._nudged.set()
        if thread is not None:
            thread.join()

    def _run(self) -> None:
        try:
            while True:
                self._nudged.wait(POLL_SECONDS)
                self._nudged.clear()
                with self._lock:
                    if not self._followers:
                        self._thread = None
                        return
                    followers = list(self._followers)
                try:
                    found = self._read()
                except (DatabaseError, InterfaceError) as error:
                    connection.close()
                    logger.warning("events not read: %s", error, extra={"action": "events.database"})
                    continue
                except Exception:  # every page that is open hangs on this thread: no surprise may end it
                    logger.exception("events not read", extra={"action": "events.database"})
                    continue
                _hand_over(found, followers)
        finally:
            connections.close_all()

    def _read(self) -> list[Event]:
        now = time.monotonic()
        rows = list(JobEvent.objects.filter(pk__gt=self._last).order_by("pk")[:2000])
        if self._gaps:
            late = list(JobEvent.objects.filter(pk__in=list(self._gaps)).order_by("pk"))
            for row in late:
                del self._gaps[row.pk]
            rows = late + rows
            self._gaps = {gap: seen for gap, seen in self._gaps.items() if now - seen < GAP_SECONDS}
        for row in rows:
            if row.pk > self._last:
                self._gaps.update(dict.fromkeys(range(max(self._last + 1, row.pk - 1000), row.pk), now))
                self._last = row.pk
        return [Event(row.pk, row.topic, row.kind, row.data, row.job_id, row.created_at) for row in rows]


poller = Poller()


def _hand_over(found: list[Event], followers: Collection[Follower]) -> None:
    """Each loop is woken once, however many of its streams hear something."""
    told = {event.topic for event in found}
    by_loop: dict[asyncio.AbstractEventLoop, list[tuple[Follower, list[Event]]]] = {}
    for follower in followers:
        topics = follower.topics & told
        if topics:
            heard = [event for event in found if event.topic in topics]
            by_loop.setdefault(follower.loop, []).append((follower, heard))
    for loop, pairs in by_loop.items():
        # The loop may have been closed between two polls; then its streams are gone.
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(_let_hear, loop, pairs)


def _let_hear(loop: asyncio.AbstractEventLoop, pairs: list[tuple[Follower, list[Event]]]) -> None:
    for follower, heard in pairs[:AT_ONCE]:
        follower.hear(heard)
    if pairs[AT_ONCE:]:
        loop.call_later(ROUND_SECONDS, _let_hear, loop, pairs[AT_ONCE:])


async def follow(
    topics: Collection[str], after_id: int | None, beat_seconds: float
) -> AsyncGenerator[list[Event], None]:
    """`events.follow`."""
    follower = Follower(topics)
    # First listen, then read what is stored: what falls between the two comes twice and is dropped once.
    await asyncio.to_thread(_begin, follower)
    try:
        told: set[int] = set()
        if after_id is not None:
            last = after_id
            while stored := await asyncio.to_thread(_stored, topics, last):
                told.update(event.id for event in stored)
                last = stored[-1].id
                yield stored
        while True:
            came = await follower.next(beat_seconds)
            if told and came:
                twice = {event.id for event in came} & told
                told -= twice
                came = [event for event in came if event.id not in twice]
                if not came:
                    continue
            yield came
    finally:
        poller.remove(follower)


def _begin(follower: Follower) -> None:
    try:
        poller.add(follower)
    finally:
        connections.close_all()


def _stored(topics: Collection[str], last: int) -> list[Event]:
    """In a thread of the event loop, which nobody else would close the connection of."""
    try:
        return events.since(topics, last)
    finally:
        connections.close_all()
