"""Short transactions of many threads."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

_queue = threading.Lock()


@contextmanager
def short_transaction() -> Iterator[None]:
    """A transaction of a few statements. On SQLite the threads of a process queue here, one after the other: its
    own lock is won by chance, after naps of up to a tenth of a second, and a thread may lose for seconds."""
    if connection.vendor == "sqlite" and not connection.in_atomic_block:
        with _queue, transaction.atomic():
            yield
    else:
        with transaction.atomic():
            yield
