"""Turns at computing, for the many threads of one process.

Python runs one thread at a time. Two hundred threads whose answers come at once share it so evenly that all are
done at the same moment, seconds later, and until then not one of them has sent its next request. In turns the first
is done after milliseconds. Whoever waits for something outside steps aside meanwhile.

A turn is a kindness and no lock: after some seconds of waiting a thread goes on without one, so that a thread that has
its turn and waits for another one's lock never stops the process.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

AT_ONCE = 4  # one computes; the others' commits and searches leave Python alone
AT_ONCE_WITH_SERVER = 16  # a database across a network lets its askers wait longer
LONGEST_WAIT_SECONDS = 5.0

_free = threading.Semaphore(AT_ONCE)
_of_this_thread = threading.local()


def allow(at_once: int) -> None:
    """So many turns from now on; those that are held run out by themselves."""
    global _free
    _free = threading.Semaphore(at_once)


@contextmanager
def turn() -> Iterator[None]:
    """Compute in turn. Within a turn this does nothing."""
    if getattr(_of_this_thread, "takes_turns", False):
        yield
        return
    _of_this_thread.takes_turns = True
    _begin()
    try:
        yield
    finally:
        _end()
        _of_this_thread.takes_turns = False


@contextmanager
def aside() -> Iterator[None]:
    """Wait for something outside: others compute meanwhile. Outside of a turn this does nothing."""
    if not getattr(_of_this_thread, "takes_turns", False):
        yield
        return
    _end()
    try:
        yield
    finally:
        _begin()


def _begin() -> None:
    free = _free
    _of_this_thread.turn = free if free.acquire(timeout=LONGEST_WAIT_SECONDS) else None


def _end() -> None:
    taken, _of_this_thread.turn = _of_this_thread.turn, None
    if taken is not None:
        taken.release()
