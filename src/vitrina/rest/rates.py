"""How many requests fit into a minute: a pure sliding window over two fixed ones.

The requests of the window before count by the share of it that still lies within the last minute, so that nobody
gets two minutes' worth around the stroke of one.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

WINDOW_SECONDS = 60.0


@dataclass(frozen=True)
class Standing:
    """`resets_in`: seconds until one more fits (when none does), else until the window is new."""

    limit: int
    remaining: int
    resets_in: int
    is_over: bool


def standing(limit: int, *, current: int, previous: int, elapsed: float) -> Standing:
    """`current` includes the request that asks. `elapsed`: seconds since the present window began."""
    left = WINDOW_SECONDS - elapsed
    weighed = current + previous * left / WINDOW_SECONDS
    if weighed <= limit:
        return Standing(limit, math.floor(limit - weighed), math.ceil(left), is_over=False)
    return Standing(limit, 0, max(1, math.ceil(_wait(limit, current - 1, previous, elapsed))), is_over=True)


def _wait(limit: int, current: int, previous: int, elapsed: float) -> float:
    """Seconds until one more fits, if nothing else comes in the meantime."""
    if current + 1 <= limit:
        # In this window, as soon as enough of the one before has slid out.
        share = 1 - (limit - 1 - current) / previous
        return share * WINDOW_SECONDS - elapsed
    share = 1 - (limit - 1) / current
    return WINDOW_SECONDS - elapsed + max(0.0, share) * WINDOW_SECONDS
