"""Step results of many threads in one commit: whoever comes first writes for all who wait.

Two hundred runs that each commit on their own would spend their time in each other's fsyncs.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db import DatabaseError, connection

from vitrina.enrichment.models import StepResult
from vitrina.jobs.claiming import short_transaction

MOST_ROWS = 100
# A result of an older input gives way to the new one.
REPLACED = (
    "input_hash", "output", "source", "model_call_ids", "raw", "tokens_prompt", "tokens_completion", "cost",
    "duration_ms", "cpu_us",
)  # fmt: skip


@dataclass(eq=False)
class Entry:
    rows: Sequence[StepResult]
    is_written: bool = field(default=False, init=False)


_queue: list[Entry] = []
_queueing = threading.Lock()
_writing = threading.Lock()


def store(rows: Sequence[StepResult]) -> None:
    """Store the rows; they are committed on return. Inside a transaction they belong to that one."""
    if connection.in_atomic_block:
        _insert(rows)
        return
    own = Entry(rows)
    with _queueing:
        _queue.append(own)
    with _writing:
        if not own.is_written:
            _write_company()
    if not own.is_written:
        # Somebody's row could not be stored: each on its own shows whose.
        with short_transaction():
            _insert(rows)


def _write_company() -> None:
    company: list[Entry] = []
    count = 0
    with _queueing:
        while _queue and (not company or count + len(_queue[0].rows) <= MOST_ROWS):
            company.append(_queue.pop(0))
            count += len(company[-1].rows)
    try:
        with short_transaction():
            _insert([row for entry in company for row in entry.rows])
    except DatabaseError:
        return
    for entry in company:
        entry.is_written = True


def _insert(rows: Sequence[StepResult]) -> None:
    StepResult.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["log", "step"], update_fields=REPLACED
    )
