"""Threads that wait for things outside and hand back what came of them.

They are daemons: a fetch that hangs for half a minute never holds up the end of its process, as a thread of
`concurrent.futures` would.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Finished:
    """`answer` of what was given under `tag`, or the `error` that it raised."""

    tag: Any
    answer: Any = None
    error: Exception | None = None


class Hands:
    """Up to `most` threads, begun when there is work for them; what they did comes into one queue, in no order."""

    def __init__(self, most: int, finished: queue.SimpleQueue[Finished], *, name: str) -> None:
        self._most = most
        self._finished = finished
        self._name = name
        self._given: queue.SimpleQueue[tuple[Any, Callable[[], Any]] | None] = queue.SimpleQueue()
        self._threads: list[threading.Thread] = []
        self._under_way = 0

    def give(self, tag: Any, work: Callable[[], Any]) -> None:
        """For one caller's thread, which also takes from the queue and says `took` for each."""
        self._under_way += 1
        if self._under_way > len(self._threads) < self._most:
            thread = threading.Thread(
                target=self._work, name=f"{self._name}-{len(self._threads)}", daemon=True
            )
            self._threads.append(thread)
            thread.start()
        self._given.put((tag, work))

    def took(self) -> None:
        self._under_way -= 1

    def let_go(self) -> None:
        """What was not begun is not done; what is under way ends by itself, and nobody waits for it."""
        while True:
            try:
                self._given.get_nowait()
            except queue.Empty:
                break
        for _thread in self._threads:
            self._given.put(None)

    def _work(self) -> None:
        while (given := self._given.get()) is not None:
            tag, work = given
            try:
                finished = Finished(tag, work())
            except Exception as error:  # noqa: BLE001 - raised again by whoever takes it
                finished = Finished(tag, error=error)
            self._finished.put(finished)
