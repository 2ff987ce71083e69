"""What running jobs report, collected in the process and written by one thread a few times a second.

Reports are for watching, not truth: a kill loses the last quarter of a second of them.
"""

from __future__ import annotations

import json
import threading
import time
from typing import Any

from django.db import connection

from vitrina.jobs import events
from vitrina.jobs.claiming import Claim
from vitrina.jobs.storable import storable
from vitrina.lib.transactions import short_transaction

_lock = threading.Lock()
_latest: dict[int, tuple[Claim, dict[str, Any]]] = {}


def report(claim: Claim, *, step: str, done: int | None, total: int | None, text: str) -> None:
    state = dict(claim.progress)
    if step:
        state["step"] = storable(step)
    if total is not None:
        state["total"] = total
    if text:
        state["text"] = storable(text)
    if done is not None:
        state["done"] = done
        elapsed = time.monotonic() - claim.claimed_at
        rate = done / elapsed if elapsed > 0.001 else 0.0
        state["rate"] = round(rate, 2)  # per second, since this claim
        whole = state.get("total")
        state["seconds_left"] = round((whole - done) / rate) if whole and rate > 0 else None
    claim.progress = state
    with _lock:
        _latest[claim.id] = (claim, state)


def flush() -> None:
    """Write what was reported since the last flush: each job's row, and one event per job."""
    with _lock:
        pending = sorted(_latest.values(), key=lambda entry: entry[0].id)
        _latest.clear()
    if pending:
        with short_transaction():
            _write(pending)


def flush_one(claim: Claim) -> None:
    """Write what a job reported last, in the transaction that ends it, so that the end comes after it."""
    with _lock:
        entry = _latest.pop(claim.id, None)
    if entry:
        _write([entry])


def _write(pending: list[tuple[Claim, dict[str, Any]]]) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(
            "UPDATE jobs_job SET progress = %s WHERE id = %s AND fence = %s AND state = 'running'",
            [(json.dumps(state, ensure_ascii=False), claim.id, claim.fence) for claim, state in pending],
        )
    events.replace_progress((f"job:{claim.id}", state, claim.id) for claim, state in pending)
