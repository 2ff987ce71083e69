"""The engine of this process: made at the first ask, made anew after a fork, closed at the end."""

from __future__ import annotations

import atexit
import gc
import os
import threading
from time import monotonic
from typing import Any

from django.conf import settings
from django.db import transaction

from vitrina.engine.core import call_log, metrics, spans
from vitrina.engine.core.asking import Engine
from vitrina.engine.core.attempts import Attempts, SharedRates
from vitrina.engine.core.config import EngineConfig
from vitrina.engine.core.ports import CallRow, Store
from vitrina.engine.errors import EngineError
from vitrina.engine.settings_reader import Overrides, read
from vitrina.engine.store import CallerStore, ThreadStore

OVERRIDES_FRESH_SECONDS = 10.0
YOUNG_OBJECTS = 20_000

_lock = threading.Lock()
_engine: Engine | None = None
_writer: ThreadStore | None = None
_config: tuple[Any, Overrides, EngineConfig] | None = None
_overrides: tuple[float, Overrides] | None = None


def engine() -> Engine:
    """The one engine of this process."""
    global _engine, _writer
    if _engine is None:
        with _lock:
            if _engine is None:
                _collect_garbage_less_often()
                _writer = ThreadStore(_observe)
                _engine = Engine(_writer, Attempts(rates=_shared_rates()))
                atexit.register(close)
    return _engine


def config() -> EngineConfig:
    """What the installation decided, read again when a setting changes and every few seconds from the database."""
    global _config, _overrides
    now = monotonic()
    known = _overrides
    if known is None or now - known[0] > OVERRIDES_FRESH_SECONDS:
        engine()
        # One thread reads; the others go on with what was known, and wait only where nothing was.
        if _lock.acquire(blocking=known is None):
            try:
                if _overrides is known:
                    # In a test's own transaction only this thread sees the rows; else the writer's connection serves.
                    inside = transaction.get_connection().in_atomic_block
                    found = _read_overrides() if inside or _writer is None else _writer.read(_read_overrides)
                    # Unchanged, the configuration made from it stays, and with it the prices that it looked up.
                    _overrides = (now, known[1] if known is not None and known[1] == found else found)
            finally:
                _lock.release()
        known = _overrides or known
    assert known is not None
    # Settings are frozen but for tests, which put another holder in their place.
    holder = getattr(settings, "_wrapped")  # noqa: B009 - mypy knows the settings, not what holds them
    if _config is None or _config[0] is not holder or _config[1] is not known[1]:
        _config = (holder, known[1], read(known[1]))
    return _config[2]


def store_for_caller() -> tuple[Store, bool]:
    """The store to use from this thread, and whether its work must be done in this thread.

    A paid answer must be committed before it is used, so an ask inside a transaction is a fault of the program;
    Django's own test case is the exception, where the same thread writes.
    """
    connection = transaction.get_connection()
    if not connection.in_atomic_block:
        return engine().store, False
    if not connection.atomic_blocks[-1]._from_testcase:
        raise EngineError(
            "A model was asked inside a database transaction; ask before it begins or after it ends.",
            permanent=True,
        )
    return CallerStore(_observe), True


def close(grace_seconds: float = 25.0) -> None:
    """Let calls in flight end, write what is queued, close the connections. A later ask starts anew."""
    global _engine, _writer, _config, _overrides
    with _lock:
        closing, _engine, _writer, _config, _overrides = _engine, None, None, None, None
    if closing is not None:
        closing.close(grace_seconds)


def _collect_garbage_less_often() -> None:
    # Hundreds of calls in flight are a large heap that lives for seconds: at the interpreter's 700 new objects the
    # collector walks it again and again, which was a tenth of a call's CPU time. Costs a few MB.
    if 0 < gc.get_threshold()[0] < YOUNG_OBJECTS:
        gc.set_threshold(YOUNG_OBJECTS, 20, 20)


def _observe(row: CallRow) -> None:
    """Every row of the ledger, as it is written."""
    metrics.count(row)
    call_log.write(row)
    if settings.AI_TRACING:
        spans.record(row)


def _read_overrides() -> Overrides:
    from vitrina.engine.overrides import read_overrides

    return read_overrides()


def _shared_rates() -> SharedRates | None:
    if not settings.REDIS_URL or not settings.AI_RATES:
        return None
    from vitrina.engine.core.redis_rates import RedisRates

    return RedisRates(settings.REDIS_URL)


def _forget_after_fork() -> None:
    # The parent's threads, loop and sockets don't exist in the child.
    global _engine, _writer, _config, _overrides, _lock
    _engine = _writer = _config = _overrides = None
    _lock = threading.Lock()


os.register_at_fork(after_in_child=_forget_after_fork)
