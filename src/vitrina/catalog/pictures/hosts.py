"""So many requests at a time to one host, over all the fetches of this process."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

AT_ONCE = 12
# A host that does not answer costs each picture its whole deadline.
TIRED_AFTER = 8  # failures in a row


def host_of(url: str) -> str:
    """As it stands in the address; empty where there is none to be read."""
    try:
        return (urlsplit(url).hostname or "")[:253]
    except ValueError:
        return ""


class Politeness:
    """Thread-safe. A host that nobody waits for is forgotten."""

    def __init__(self, at_once: int = AT_ONCE) -> None:
        self._at_once = at_once
        self._free: dict[str, threading.Semaphore] = {}
        self._asking: Counter[str] = Counter()
        self._lock = threading.Lock()

    @contextmanager
    def at(self, host: str) -> Iterator[None]:
        with self._lock:
            free = self._free.setdefault(host, threading.Semaphore(self._at_once))
            self._asking[host] += 1
        try:
            with free:
                yield
        finally:
            with self._lock:
                self._asking[host] -= 1
                if not self._asking[host]:
                    del self._asking[host], self._free[host]


everybody = Politeness()


class Tiredness:
    """Which hosts failed so often in a row that one run asks them no more."""

    def __init__(self, after: int = TIRED_AFTER) -> None:
        self._after = after
        self._failed: Counter[str] = Counter()

    def note(self, host: str, *, failed: bool) -> None:
        self._failed[host] = self._failed[host] + 1 if failed else 0

    def times(self, host: str) -> int:
        """Failures in a row once they are too many, else 0."""
        times = self._failed[host]
        return times if times >= self._after else 0
