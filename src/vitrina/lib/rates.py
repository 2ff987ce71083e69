"""So many units per minute by the generic cell rate algorithm: one number per limit, exact at any window border.

The state of a limit is its theoretical arrival time (TAT), in seconds: the moment at which everything
granted so far would have been used at the even rate. A burst of one minute's worth is allowed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

MINUTE = 60.0


@dataclass(frozen=True)
class Rate:
    """`per_minute` units of `key`, e.g. key "openai:rpm". More than a minute's worth at once counts as a minute's."""

    key: str
    per_minute: int
    burst_seconds: float = MINUTE


@dataclass(frozen=True)
class Ask:
    rate: Rate
    units: float


def decide(asks: Sequence[Ask], states: Mapping[str, float], now: float) -> tuple[float, dict[str, float]]:
    """Seconds to wait (0: granted) and the new states (unchanged unless granted): all limits or none."""
    wait = 0.0
    changed: dict[str, float] = {}
    for ask in asks:
        spacing = MINUTE / ask.rate.per_minute
        cost = min(ask.units, ask.rate.per_minute * ask.rate.burst_seconds / MINUTE) * spacing
        tat = max(changed.get(ask.rate.key, states.get(ask.rate.key, now)), now) + cost
        wait = max(wait, tat - now - ask.rate.burst_seconds)
        changed[ask.rate.key] = tat
    # A hair's breadth is rounding, not a limit.
    return (wait, {}) if wait > 1e-6 else (0.0, changed)


def settled(rate: Rate, tat: float, *, reserved: float, used: float) -> float:
    """The state once the real use is known; giving back can't make more than the burst."""
    return tat + (used - reserved) * MINUTE / rate.per_minute
