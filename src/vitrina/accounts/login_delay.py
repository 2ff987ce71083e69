"""How long an account, or an address, stays shut after failed sign-ins: pure arithmetic."""

from __future__ import annotations

from datetime import timedelta

FREE_TRIES = 4  # a person mistypes; only the fifth failure begins to cost time
FREE_TRIES_OF_AN_ADDRESS = 20  # an office behind one address mistypes together
LONGEST = timedelta(minutes=15)
LONGEST_OF_AN_ADDRESS = timedelta(minutes=1)  # a guesser in the office must not shut out the office
FORGOTTEN_AFTER = timedelta(days=1)


def delay_after(failures: int, *, free: int = FREE_TRIES, longest: timedelta = LONGEST) -> timedelta:
    """The pause after this many failures in a row: none for the first `free`, then 2, 4, 8 … s, up to `longest`.

    A growing delay instead of a lock-out: a stranger who guesses can slow the owner down, never shut them out.
    """
    if failures <= free:
        return timedelta(0)
    doublings = min(failures - free, 20)
    return min(timedelta(seconds=2**doublings), longest)
