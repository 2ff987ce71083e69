"""One process at a time brings a shared index up to date."""

from __future__ import annotations

import os
import socket
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from vitrina.retrieval.index import RetrievalError
from vitrina.retrieval.models import CollectionState

# Longer than a server's slowest batch takes; a process that was killed holds the others up for so long.
LEASE = timedelta(seconds=60)
PATIENCE_SECONDS = 300.0
POLL_SECONDS = 0.05


@contextmanager
def turn(collection: str) -> Iterator[Callable[[], None]]:
    """Hold the collection's lease; call what it yields between two batches to keep it."""
    owner = f"{socket.gethostname()[:20]}:{os.getpid()}:{uuid.uuid4().hex[:8]}"
    give_up_at = time.monotonic() + PATIENCE_SECONDS
    while not _take(collection, owner):
        if time.monotonic() >= give_up_at:
            raise RetrievalError(
                f"Another process has been filling the vector index of «{collection}» for {PATIENCE_SECONDS:.0f} s. "
                "Ask again later; if no such process runs, look at the Qdrant server."
            )
        time.sleep(POLL_SECONDS)

    def renew() -> None:
        if not _take(collection, owner):
            raise RetrievalError(
                f"Another process took over filling the vector index of «{collection}»: this one was too slow. "
                "Nothing is lost; ask again."
            )

    try:
        yield renew
    finally:
        CollectionState.objects.filter(collection=collection, lease_owner=owner).update(
            lease_owner="", lease_until=None
        )


def _take(collection: str, owner: str) -> bool:
    """Take the lease, or keep it longer; the database says who won."""
    now = timezone.now()
    free = Q(lease_owner="") | Q(lease_owner=owner) | Q(lease_until__lt=now)
    rows = CollectionState.objects.filter(free, collection=collection)
    return rows.update(lease_owner=owner, lease_until=now + LEASE) == 1
