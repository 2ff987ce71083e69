"""How long an account stays shut after failed sign-ins: pure arithmetic."""

from __future__ import annotations

from datetime import timedelta

FREE_TRIES = 4  # a person mistypes; only the fifth failure begins to cost time
LONGEST = timedelta(minutes=15)
FORGOTTEN_AFTER = timedelta(days=1)


def delay_after(failures: int) -> timedelta:
    """The pause after this many failures in a row: none for the first four, then 2, 4, 8 … s, at most 15 min.

    A growing delay instead of a lock-out: a stranger who guesses can slow the owner down, never shut them out.
    """
    if failures <= FREE_TRIES:
        return timedelta(0)
    doublings = min(failures - FREE_TRIES, 20)
    return min(timedelta(seconds=2**doublings), LONGEST)
