"""What follows from one try: this answer, so many failures before, what next? Pure.

2xx              delivered
410              given up, and the endpoint is switched off: the receiver said that it is gone
everything else  again after the next wait; given up when the waits are used up
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

JITTER = 0.2  # of the wait, upwards: a wait is never shorter than it says
LONGEST_ASKED_SECONDS = 24 * 3600.0
ASKS_TO_WAIT = frozenset({429, 503})
GONE = 410


@dataclass(frozen=True)
class Delivered:
    pass


@dataclass(frozen=True)
class Again:
    seconds: float


@dataclass(frozen=True)
class GivenUp:
    is_gone: bool = False  # the endpoint with it


Verdict = Delivered | Again | GivenUp


def judge(
    status: int | None,
    *,
    failures: int,
    waits: Sequence[float],
    retry_after: float | None = None,
    chance: Callable[[], float] = random.random,
) -> Verdict:
    """`status` None: there was no answer. `failures`: tries that failed before this one. `retry_after`: seconds that
    the answer asked for; never undercut where the status gives it a meaning."""
    if status is not None and 200 <= status < 300:
        return Delivered()
    if status == GONE:
        return GivenUp(is_gone=True)
    if failures >= len(waits):
        return GivenUp()
    seconds = waits[failures] * (1 + chance() * JITTER)
    if retry_after is not None and status in ASKS_TO_WAIT:
        seconds = max(seconds, min(max(retry_after, 0.0), LONGEST_ASKED_SECONDS))
    return Again(seconds)
