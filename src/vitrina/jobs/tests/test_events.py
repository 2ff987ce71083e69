from __future__ import annotations

import asyncio
import threading
from contextlib import aclosing
from typing import Any

import pytest
from django.db import connection, transaction

from vitrina.jobs import events
from vitrina.jobs.following import Poller, poller

pytestmark = pytest.mark.django_db(transaction=True)


def in_thread(deed: Any) -> None:
    def run() -> None:
        try:
            deed()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(10)


async def take(stream: Any, count: int) -> list[Any]:
    found: list[Any] = []
    async with asyncio.timeout(10):
        async for came in stream:
            found += came
            if len(found) >= count:
                break
    return found


def wait_until_poller_rests() -> None:
    thread = poller._thread
    if thread is not None:
        thread.join(5)
    assert poller._thread is None


def test_a_follower_that_comes_back_misses_nothing_and_hears_nothing_twice() -> None:
    for n in range(3):
        events.record("job:1", "progress", {"n": n})
    first = events.since(["job:1"], 0)[0]

    async def watch() -> list[Any]:
        async with aclosing(events.follow(["job:1"], first.id)) as stream:
            stored = await take(stream, 2)
            await asyncio.to_thread(in_thread, lambda: events.record("job:2", "progress", {"n": "other"}))
            await asyncio.to_thread(in_thread, lambda: events.record("job:1", "progress", {"n": 3}))
            return stored + await take(stream, 1)

    found = asyncio.run(watch())
    assert [event.data["n"] for event in found] == [1, 2, 3]
    wait_until_poller_rests()


def test_one_poller_feeds_many_followers() -> None:
    async def watch() -> list[list[Any]]:
        streams = [events.follow([f"product:{n % 2}"]) for n in range(20)]
        waiting = [asyncio.create_task(take(stream, 2)) for stream in streams]
        async with asyncio.timeout(10):
            while len(poller._followers) < 20:  # noqa: ASYNC110 - nothing tells when a follower was added
                await asyncio.sleep(0)

        def tell() -> None:
            with transaction.atomic():
                for n in range(2):
                    for _ in range(2):
                        events.record(f"product:{n}", "step", {"n": n})

        await asyncio.to_thread(in_thread, tell)
        found = await asyncio.gather(*waiting)
        for stream in streams:
            await stream.aclose()
        return found

    found = asyncio.run(watch())
    assert [[event.data["n"] for event in one] for one in found] == [[n % 2] * 2 for n in range(20)]
    assert sum(thread.name == "event-poller" for thread in threading.enumerate()) <= 1
    wait_until_poller_rests()


def test_an_event_that_becomes_visible_late_is_still_read() -> None:
    """On PostgreSQL a longer transaction's lower id appears after a higher one."""
    from vitrina.jobs.models import JobEvent

    one = Poller()
    events.record("job:1", "a", {})
    events.record("job:1", "b", {})
    events.record("job:1", "c", {})
    rows = {row.kind: row for row in JobEvent.objects.all()}
    late = rows["b"]
    late_id = late.pk
    late.delete()
    one._last = rows["a"].pk - 1
    assert [event.kind for event in one._read()] == ["a", "c"]
    late.pk = late_id
    late.save(force_insert=True)
    assert [event.kind for event in one._read()] == ["b"]
    assert one._read() == []


def test_the_newest_progress_of_a_job_takes_the_place_of_its_older_one() -> None:
    events.record("job:1", "state", {"state": "running"}, 1)
    for n in range(3):
        events.replace_progress(
            [("job:1", {"n": n}, 1), ("seller:1", {"n": n}, 1), ("seller:1", {"n": n}, 2)]
        )
    kept = [
        (event.topic, event.kind, event.job_id, event.data.get("n"))
        for event in events.since(["job:1", "seller:1"], 0)
    ]
    assert kept == [("job:1", "state", 1, None), ("job:1", "progress", 1, 2), ("seller:1", "progress", 1, 2), ("seller:1", "progress", 2, 2)]  # fmt: skip
