"""The doorbell: a message through Celery's broker that says only "there is work".

It is rung when the enqueuing transaction commits, with a short timeout, and errors are only logged: the row is
the outbox, and every worker looks for itself about once a second.
"""

from __future__ import annotations

import logging
import threading
import time
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import connection, transaction

if TYPE_CHECKING:
    from vitrina.jobs.crew import Crew

logger = logging.getLogger(__name__)

MOST_AT_ONCE = 50  # messages for one commit; threads that find more work keep working
QUIET_SECONDS = 5.0  # after a failure the broker is left alone for so long


class Ring:
    """One transaction's wake-up, however many jobs it queued."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self) -> None:
        ring(self.count)


def ring_on_commit(count: int) -> None:
    for entry in reversed(connection.run_on_commit[-20:]):
        callback = entry[1]
        if isinstance(callback, Ring):
            callback.count += count
            return
    callback = Ring()
    callback.count = count
    transaction.on_commit(callback, robust=True)


# The crew of this process, where it has a worker; set by worker.py.
crew: Crew | None = None


def touch_parent(parent_id: int) -> None:
    """Tell this process's worker to look after a parent at once; other processes look at their next round."""
    if crew is not None:
        crew.touch_parent(parent_id)


def ring(count: int = 1) -> None:
    """Wake up to `count` threads. Never raises; with the broker away it returns within 1.5 s, once."""
    if is_in_process():
        if crew is None:
            return  # nobody here would ever take the message out of memory; other processes look by themselves
        count = min(count, crew.idle_slots())
    count = min(count, MOST_AT_ONCE)
    if count > 0 and not _quiet.is_set():
        _send(count)


def ring_anyway() -> None:
    """Messages that only wake the consumer of this process, so that it sees it should stop: one ends its wait,
    one the last wait that it makes on its way out."""
    _send(2)


def is_in_process() -> bool:
    return not settings.BROKER_URL


def application() -> Any:
    """The module with the Celery application; by name, because it stands on a higher floor."""
    from importlib import import_module

    return import_module(settings.CELERY_MODULE)


class _Quiet:
    """Whether the broker failed a moment ago."""

    def __init__(self) -> None:
        self._until = 0.0

    def is_set(self) -> bool:
        return time.monotonic() < self._until

    def set(self) -> None:
        self._until = time.monotonic() + QUIET_SECONDS


_quiet = _Quiet()


def _send(count: int) -> None:
    try:
        celery = application()
        with _producers(celery).acquire(block=True, timeout=1.0) as producer:
            for _ in range(count):
                celery.app.send_task("vitrina.work", producer=producer, retry=False, ignore_result=True)
    except Exception as error:  # noqa: BLE001 - kombu's transports raise dozens of classes; the row is safe
        _quiet.set()
        logger.warning(
            "the broker can't be reached (%s); jobs wait for the workers' own look",
            error,
            extra={"action": "bell.failed"},
        )


_ringing: Any = None
_making = threading.Lock()


def _producers(celery: Any) -> Any:
    """The pool of those who ring: one connection per thread that rings at the moment, kept for the next."""
    from kombu import pools

    global _ringing
    with _making:
        if _ringing is None:
            _ringing = celery.connection_for_ringing()
    return pools.producers[_ringing]
