"""Kinds of jobs for tests with real processes; what they do outside is counted by `world.World`."""

from __future__ import annotations

import json
import os
import signal
import urllib.request
from typing import Any

from vitrina.jobs.outcomes import Done, Outcome
from vitrina.jobs.registry import ChildSpec, feeder, handler
from vitrina.jobs.running import RunningJob


def ask_world(path: str, *, method: str = "POST") -> dict[str, Any]:
    request = urllib.request.Request(os.environ["TEST_WORLD"] + path, method=method)
    with urllib.request.urlopen(request, timeout=20) as answer:
        found = json.loads(answer.read())
    assert isinstance(found, dict)
    return found


@handler("test.reply")
def reply(job: RunningJob) -> Outcome:
    """One paid call and one reply, as an inbox does it."""
    number = job.payload["number"]
    job.effect(key=f"pay:{number}", input_hash="prompt", kind="pay", call=lambda: ask_world(f"/pay/{number}"))
    job.effect(
        key=f"reply:{number}",
        input_hash="text",
        kind="set",
        call=lambda: ask_world(f"/reply/{number}"),
        look=lambda: ask_world(f"/reply/{number}", method="GET").get("found"),
    )
    return Done({"number": number})


@handler("test.note")
def note(job: RunningJob) -> Outcome:
    """Only leaves a trace in the world, with the order in which jobs came."""
    ask_world(f"/note/{job.payload['number']}")
    return Done()


@handler("test.poison")
def poison(job: RunningJob) -> Outcome:
    os.kill(os.getpid(), signal.SIGKILL)
    return Done()


@feeder("test.batch")
def feed(payload: dict[str, Any], cursor: Any, count: int) -> tuple[list[ChildSpec], Any]:
    start = cursor or 0
    end = min(start + count, payload["items"])
    items = [ChildSpec({"number": number}, key=f"item:{number}") for number in range(start, end)]
    return items, (end if end < payload["items"] else None)
