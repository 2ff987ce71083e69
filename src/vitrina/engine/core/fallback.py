"""Who is asked next after a fault: one pure question over rows of data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from vitrina.engine.core.faults import Fault, FaultKind

MOST_CALLS = 6  # paid or not, for one ask
MOST_ON_ONE_MODEL = 3
FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 8.0
LEAST_USEFUL_SECONDS = 0.5  # an attempt that has less left is not begun


class Remedy(StrEnum):
    SAME = "same"  # the same model again, once, at once
    WAIT = "wait"  # the same model again, when it asks us to
    NEXT = "next"  # the next model of the route
    STOP = "stop"  # a person must mend something first
    OUR_BUG = "our_bug"  # our request was wrong; no other model would understand it either


REMEDIES: Mapping[FaultKind, Remedy] = {
    FaultKind.TIMEOUT: Remedy.NEXT,
    FaultKind.CONNECTION: Remedy.NEXT,
    FaultKind.SERVER: Remedy.NEXT,
    FaultKind.CONFLICT: Remedy.SAME,
    FaultKind.RATE: Remedy.WAIT,
    FaultKind.CREDIT: Remedy.NEXT,
    FaultKind.GONE: Remedy.NEXT,
    FaultKind.CONTEXT: Remedy.NEXT,
    FaultKind.REFUSED: Remedy.NEXT,
    FaultKind.CONFIGURATION: Remedy.STOP,
    FaultKind.REQUEST: Remedy.OUR_BUG,
    FaultKind.BAD_BODY: Remedy.NEXT,
    FaultKind.TOO_LARGE: Remedy.NEXT,
    FaultKind.EMPTY: Remedy.NEXT,
    FaultKind.TRUNCATED: Remedy.NEXT,
    FaultKind.INVALID: Remedy.NEXT,
    FaultKind.BREAKER_OPEN: Remedy.NEXT,
    FaultKind.LIMIT: Remedy.NEXT,
}

# A passing trouble of the last model that costs money is worth another try before the offline producer answers.
_PASSING = {FaultKind.CONNECTION, FaultKind.SERVER, FaultKind.BAD_BODY, FaultKind.EMPTY}
# What a person should hear of, though the route goes on.
ALERTS = {FaultKind.CREDIT, FaultKind.CONFIGURATION, FaultKind.GONE, FaultKind.REQUEST}


@dataclass(frozen=True)
class Attempt:
    """`on_model`: attempts on this model so far, from 1; `calls`: all of this ask; `is_last_model`: none follows but offline."""

    on_model: int
    calls: int
    is_last_model: bool
    jitter: float = 0.5  # 0…1, given so that the answer is a function of its arguments


@dataclass(frozen=True)
class Next:
    """`again_after`: seconds until the same model is asked again, None to leave it; `stop`: the ask ends here."""

    again_after: float | None = None
    stop: bool = False


LEAVE = Next()
STOP = Next(stop=True)


def who_next(fault: Fault, attempt: Attempt, seconds_left: float) -> Next:
    """The same model after a pause, the next one (`LEAVE`), or nobody (`STOP`). Always ends: calls are bounded."""
    remedy = REMEDIES[fault.kind]
    if remedy in (Remedy.STOP, Remedy.OUR_BUG):
        return STOP
    if attempt.calls >= MOST_CALLS or attempt.on_model >= MOST_ON_ONE_MODEL:
        return LEAVE
    pause: float | None = None
    if remedy is Remedy.SAME and attempt.on_model == 1:
        pause = 0.0
    elif remedy is Remedy.WAIT:
        # A little late is right, early is not: the server counts from its own clock.
        pause = (
            fault.retry_after * (1 + 0.1 * attempt.jitter)
            if fault.retry_after is not None
            else backoff(attempt)
        )
    elif fault.kind in _PASSING and attempt.is_last_model:
        pause = fault.retry_after if fault.retry_after is not None else backoff(attempt)
    if pause is None or pause + LEAST_USEFUL_SECONDS > seconds_left:
        return LEAVE
    return Next(again_after=pause)


def backoff(attempt: Attempt) -> float:
    """Half fixed, half jitter: 0.25–0.5 s, 0.5–1 s, 1–2 s … at most 8 s."""
    longest: float = min(FIRST_PAUSE_SECONDS * 2.0 ** (attempt.on_model - 1), LONGEST_PAUSE_SECONDS)
    return longest * (1 + attempt.jitter) / 2
