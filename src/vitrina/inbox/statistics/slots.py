"""Durations in slots, so that any number of them is added up and asked for its percentiles. Pure.

A slot ends a tenth above its begin: what is read from it is wrong by at most a twentieth.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

STEP = math.log(1.1)
LAST_SLOT = 200  # 1.1 ** 200 ms are 53 hours, in seconds six years


def slot(value: float) -> int:
    """Below 1 everything is the first slot; what is longer than the last one begins is in the last."""
    return min(int(math.log(value) / STEP), LAST_SLOT) if value > 1 else 0


def middle(place: int) -> float:
    """What a duration in this slot is taken for."""
    return math.exp((place + 0.5) * STEP)


def percentile(times: Mapping[int, int], share: float) -> float | None:
    """The duration that so large a share kept to; `times`: slot → how often. None without any."""
    whole, passed = sum(times.values()), 0
    for place in sorted(times):
        passed += times[place]
        if whole and passed >= share * whole:
            return middle(place)
    return None
