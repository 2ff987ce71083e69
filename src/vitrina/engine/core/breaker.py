"""A circuit breaker per model: closed → open after N faults in a window → half-open, one probe → closed or open again."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from time import monotonic

from vitrina.engine.core.faults import FaultKind

# Faults that speak of the model's health. A refusal, a rate limit or a wrong key says nothing about it.
COUNTED = {
    FaultKind.TIMEOUT,
    FaultKind.CONNECTION,
    FaultKind.SERVER,
    FaultKind.BAD_BODY,
    FaultKind.TOO_LARGE,
    FaultKind.EMPTY,
    FaultKind.GONE,
    FaultKind.CREDIT,
}


class State(StrEnum):
    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"


@dataclass(frozen=True)
class BreakerRule:
    faults: int = 5
    window_seconds: float = 60.0
    cool_down_seconds: float = 30.0


class Breaker:
    """Used from one thread, the engine's loop."""

    def __init__(self, rule: BreakerRule, clock: Callable[[], float] = monotonic) -> None:
        self._rule = rule
        self._clock = clock
        self._faults: deque[float] = deque(maxlen=rule.faults)
        self._opened_at: float | None = None
        self._probed_at: float | None = None

    @property
    def state(self) -> State:
        if self._opened_at is None:
            return State.CLOSED
        if self._clock() - self._opened_at < self._rule.cool_down_seconds:
            return State.OPEN
        return State.HALF_OPEN

    @property
    def seconds_until_probe(self) -> float:
        if self._opened_at is None:
            return 0.0
        return max(0.0, self._opened_at + self._rule.cool_down_seconds - self._clock())

    def admits(self) -> bool:
        """Whether a call may go out now; in the half-open state the first who asks is the probe.

        A probe that never reports (its task was cancelled) is replaced after another cool-down.
        """
        state = self.state
        if state is State.CLOSED:
            return True
        if state is State.OPEN:
            return False
        now = self._clock()
        if self._probed_at is not None and now - self._probed_at < self._rule.cool_down_seconds:
            return False
        self._probed_at = now
        return True

    def succeeded(self) -> None:
        self._faults.clear()
        self._opened_at = self._probed_at = None

    def failed(self, kind: FaultKind) -> None:
        if kind not in COUNTED:
            # The server answered sensibly: a probe that got this far has shown that it lives.
            if self._opened_at is not None:
                self.succeeded()
            return
        now = self._clock()
        if self._opened_at is not None:
            if self.state is State.HALF_OPEN:
                self._opened_at, self._probed_at = now, None
            return
        self._faults.append(now)
        if len(self._faults) == self._rule.faults and now - self._faults[0] <= self._rule.window_seconds:
            self._opened_at = now
            self._faults.clear()
