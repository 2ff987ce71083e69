"""How a waiting thread hears from the loop: results, partial texts, and work that must be done in its own thread."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from threading import Event
from typing import Any

from vitrina.engine.core.ports import Deliver, Operation, Result, Store
from vitrina.lib.turns import aside


@dataclass(frozen=True, slots=True)
class _Done:
    result: Any


@dataclass(frozen=True, slots=True)
class _Failed:
    error: BaseException


@dataclass(frozen=True, slots=True)
class _Partial:
    text: str


@dataclass(frozen=True, slots=True)
class _Work:
    do: Callable[[], None]


class Mailbox:
    """One waiting thread's queue. `put_*` may be called from any thread."""

    __slots__ = ("_queue",)

    def __init__(self) -> None:
        self._queue: SimpleQueue[_Done | _Failed | _Partial | _Work] = SimpleQueue()

    def put_result(self, result: Any) -> None:
        self._queue.put(_Failed(result) if isinstance(result, BaseException) else _Done(result))

    def put_partial(self, text: str) -> None:
        self._queue.put(_Partial(text))

    def put_work(self, do: Callable[[], None]) -> None:
        self._queue.put(_Work(do))

    def wait(self, seconds: float, on_partial: Callable[[str], None] | None = None) -> Any:
        """The result, or the error it ended with. TimeoutError only if the loop itself has died."""
        while True:
            try:
                with aside():
                    item = self._queue.get(timeout=seconds)
            except Empty:
                raise TimeoutError from None
            if isinstance(item, _Done):
                return item.result
            if isinstance(item, _Failed):
                raise item.error
            if isinstance(item, _Work):
                item.do()
            elif on_partial is not None:
                on_partial(item.text)


class StoreInMailbox:
    """A store whose work is done by the thread that waits, because only that thread's transaction sees the rows."""

    def __init__(self, store: Store, mailbox: Mailbox) -> None:
        self._store = store
        self._mailbox = mailbox

    def submit(self, operation: Operation, deliver: Deliver) -> None:
        self._mailbox.put_work(lambda: self._store.submit(operation, deliver))

    def close(self) -> None:
        """Nothing is kept."""


def wait_for(store: Store, operation: Operation, seconds: float) -> Result:
    """One operation, waited for in the thread that calls."""
    mailbox = Mailbox()
    store.submit(operation, mailbox.put_result)
    result: Result = mailbox.wait(seconds)
    return result


def pause(seconds: float) -> None:
    """Wait in the calling thread."""
    Event().wait(seconds)
