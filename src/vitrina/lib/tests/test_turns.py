"""Turns at computing: few at once, none lost, and never a standstill."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from vitrina.lib import turns
from vitrina.lib.turns import AT_ONCE, aside, turn

PATIENCE = 10.0


@pytest.fixture(autouse=True)
def free(monkeypatch: pytest.MonkeyPatch) -> threading.Semaphore:
    """Turns of this test alone; nobody is so patient that the suite would wait for it."""
    semaphore = threading.Semaphore(AT_ONCE)
    monkeypatch.setattr(turns, "_free", semaphore)
    monkeypatch.setattr(turns, "LONGEST_WAIT_SECONDS", PATIENCE)
    return semaphore


def run(*deeds: Callable[[], None]) -> list[threading.Thread]:
    threads = [threading.Thread(target=deed, daemon=True) for deed in deeds]
    for thread in threads:
        thread.start()
    return threads


def all_are_free(semaphore: threading.Semaphore) -> bool:
    got = [semaphore.acquire(blocking=False) for _ in range(AT_ONCE + 1)]
    for _ in range(sum(got)):
        semaphore.release()
    return sum(got) == AT_ONCE


def test_no_more_than_a_few_compute_at_once(free: threading.Semaphore) -> None:
    counting, now, most = threading.Lock(), 0, 0

    def compute() -> None:
        nonlocal now, most
        for _ in range(20):
            with turn():
                with counting:
                    now += 1
                    most = max(most, now)
                with counting:
                    now -= 1

    for thread in run(*[compute] * 40):
        thread.join(PATIENCE)
        assert not thread.is_alive()
    assert 1 <= most <= AT_ONCE
    assert all_are_free(free)


def test_who_waits_for_something_outside_lets_others_compute(free: threading.Semaphore) -> None:
    outside, aside_now = threading.Event(), threading.Barrier(AT_ONCE + 1)

    def wait() -> None:
        with turn(), aside():
            aside_now.wait(PATIENCE)
            outside.wait(PATIENCE)

    waiting = run(*[wait] * AT_ONCE)
    aside_now.wait(PATIENCE)
    with turn():  # would wait its whole patience if they had kept theirs
        assert turns._of_this_thread.turn is free
    outside.set()
    for thread in waiting:
        thread.join(PATIENCE)
    assert all_are_free(free)


def test_who_waits_too_long_goes_on_without_a_turn(
    free: threading.Semaphore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All turns are held by threads that wait for what this one holds."""
    monkeypatch.setattr(turns, "LONGEST_WAIT_SECONDS", 0.01)
    held, begun = threading.Event(), threading.Barrier(AT_ONCE + 1)

    def block() -> None:
        with turn():
            begun.wait(PATIENCE)
            held.wait(PATIENCE)

    blocked = run(*[block] * AT_ONCE)
    begun.wait(PATIENCE)
    with turn():
        assert turns._of_this_thread.turn is None
        with aside():
            held.set()
    for thread in blocked:
        thread.join(PATIENCE)
    assert all_are_free(free)


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_a_turn_ends_however_it_ends(free: threading.Semaphore, error: type[BaseException]) -> None:
    with pytest.raises(error), turn(), turn(), aside():
        raise error
    assert all_are_free(free)


def test_outside_of_a_turn_nothing_is_given_back(free: threading.Semaphore) -> None:
    with aside():
        assert all_are_free(free)
    assert all_are_free(free)


def test_a_turn_is_given_back_to_those_it_was_taken_from(free: threading.Semaphore) -> None:
    with turn():
        turns.allow(1)
        now = turns._free
    assert all_are_free(free)
    with turn():
        assert not now.acquire(blocking=False)
