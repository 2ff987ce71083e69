"""The store of the core, on Django's database: group commit by one writer thread, or the caller's own thread in a test."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from time import monotonic, sleep
from typing import Any, TypeVar

import structlog
from django.db import DatabaseError, InterfaceError, close_old_connections, connection

from vitrina.engine.batch import execute
from vitrina.engine.core.mailbox import Mailbox
from vitrina.engine.core.ports import CallRow, Deliver, Finish, Operation, Record, Result, deliver_all
from vitrina.engine.errors import AnswerNotStored, EngineError, EngineStopped
from vitrina.engine.owner import owner_now

logger = structlog.get_logger(__name__)

GATHER_SECONDS = 0.010  # under load one commit serves what arrives in this time; a lone call never waits
BUSY_SECONDS = 0.05
IDLE_SECONDS = 2.0  # then the connection is given back
MOST_IN_BATCH = 400
TRIES = 3
READ_SECONDS = 60.0
T = TypeVar("T")
Observe = Callable[[CallRow], None]


class ThreadStore:
    """All threads' operations go through one connection: one commit (and one fsync) for many calls."""

    def __init__(self, observe: Observe) -> None:
        self._observe = observe
        self._queue: deque[tuple[Operation, Deliver]] = deque()
        self._questions: deque[tuple[Callable[[], Any], Mailbox]] = deque()
        self._wake = threading.Event()
        self._stopping = False
        self._owner = owner_now()
        self._thread = threading.Thread(target=self._run, name="engine-store", daemon=True)
        self._thread.start()

    def submit(self, operation: Operation, deliver: Deliver) -> None:
        if self._stopping and not self._thread.is_alive():
            deliver(EngineStopped("The engine is stopping; nothing more is written."))
            return
        self._queue.append((operation, deliver))
        self._wake.set()

    def read(self, function: Callable[[], T]) -> T:
        """A function's result from the writer's thread, so that a thread that asks needs no connection of its own."""
        if not self._thread.is_alive():
            raise EngineStopped("The engine is stopping; nothing more is read.")
        mailbox = Mailbox()
        self._questions.append((function, mailbox))
        self._wake.set()
        try:
            found: T = mailbox.wait(READ_SECONDS)
        except TimeoutError:
            raise EngineError("The database didn't answer in time.", retry_after=10) from None
        return found

    def close(self) -> None:
        """Write what is queued, then end. Returns when it is written."""
        self._stopping = True
        self._wake.set()
        self._thread.join(timeout=30)
        while self._queue:  # came after the last look
            _, deliver = self._queue.popleft()
            deliver(EngineStopped("The engine is stopping; nothing more is written."))

    def _run(self) -> None:
        last_end = 0.0
        try:
            while True:
                self._answer_questions()
                if not self._queue:
                    if self._stopping and not self._questions:
                        return
                    if not self._wake.wait(IDLE_SECONDS):
                        connection.close()
                        self._wake.wait()
                    # Cleared before the queues are looked at: what comes after that wakes it again.
                    self._wake.clear()
                    continue
                if monotonic() - last_end < BUSY_SECONDS and not self._stopping:
                    sleep(GATHER_SECONDS)
                self._one_batch()
                last_end = monotonic()
        finally:
            connection.close()

    def _answer_questions(self) -> None:
        while self._questions:
            function, mailbox = self._questions.popleft()
            try:
                mailbox.put_result(function())
            except Exception as error:  # noqa: BLE001 - it belongs to the thread that waits
                mailbox.put_result(error)

    def _one_batch(self) -> None:
        batch = [self._queue.popleft() for _ in range(min(len(self._queue), MOST_IN_BATCH))]
        operations = [operation for operation, _ in batch]
        try:
            results: list[Result | BaseException] = list(_with_new_tries(operations, self._owner))
        except DatabaseError as error:
            if len(batch) == 1:
                results = [_not_stored(error)]
            else:
                # One bad operation must not take its neighbours along: each on its own shows which it is.
                results = []
                for operation in operations:
                    try:
                        results.extend(_with_new_tries([operation], self._owner))
                    except DatabaseError as own:
                        results.append(_not_stored(own))
        except Exception as error:
            logger.exception("engine_store_failed", action="engine_store_failed")
            fault = EngineError(f"The engine's store failed: {type(error).__name__}.")
            results = [fault] * len(batch)
        for operation, result in zip(operations, results, strict=True):
            if not isinstance(result, BaseException):
                _show(operation, self._observe)
        deliver_all(zip((deliver for _, deliver in batch), results, strict=True))


class CallerStore:
    """Everything at once in the thread that asks: for callers inside a test's own transaction, which no other thread sees."""

    def __init__(self, observe: Observe) -> None:
        self._observe = observe
        self._owner = owner_now()

    def submit(self, operation: Operation, deliver: Deliver) -> None:
        try:
            result: Result | BaseException = execute([operation], self._owner)[0]
        except DatabaseError as error:
            result = _not_stored(error)
        else:
            _show(operation, self._observe)
        deliver(result)

    def close(self) -> None:
        """Nothing is kept."""


def _show(operation: Operation, observe: Observe) -> None:
    """What is in the ledger is in the log and the metrics; written here, so that no asker waits for a file."""
    if isinstance(operation, Finish | Record):
        for row in operation.calls:
            observe(row)


def _with_new_tries(operations: list[Operation], owner: str) -> list[Result]:
    """The batch, again on a new connection when the old one broke (a restart of the server, a lock held too long)."""
    for number in range(1, TRIES + 1):
        try:
            return execute(operations, owner)
        except (DatabaseError, InterfaceError) as error:
            if number == TRIES:
                raise
            logger.warning("engine_store_retries", action="engine_store_retries", error=type(error).__name__)
            close_old_connections()
            sleep(0.2 * number)
    raise AssertionError("unreachable")


def _not_stored(error: BaseException) -> AnswerNotStored:
    return AnswerNotStored(
        f"The database could not write down a model call ({type(error).__name__}); nothing was used. Ask again once it answers."
    )
