"""Counting calls so that a day of them is read in milliseconds: outcomes by class, and latencies in slots. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import pairwise

import orjson

from vitrina.engine.core.prices import NANO

# (from, to, width of a slot), all in ms; what lasted longer shares the last slot.
SCALE = ((0, 200, 10), (200, 1_000, 50), (1_000, 10_000, 250), (10_000, 120_000, 2_500))
LAST_SLOT = sum((to - start) // width for start, to, width in SCALE)


def slot(milliseconds: int) -> int:
    """The slot of a latency; `engine.tallying` says the same in SQL."""
    first = 0
    for start, to, width in SCALE:
        if milliseconds < to:
            return first + (milliseconds - start) // width
        first += (to - start) // width
    return LAST_SLOT


def _edges() -> list[int]:
    return [edge for start, to, width in SCALE for edge in range(start, to, width)] + [SCALE[-1][1]]


MIDDLES = (*((low + high) // 2 for low, high in pairwise(_edges())), SCALE[-1][1])


@dataclass
class Tally:
    """Calls of one model in some time. `errors`: by class. `cost`: of the priced ones, `unpriced` are the others."""

    calls: int = 0
    errors: Counter[str] = field(default_factory=Counter)
    slots: Counter[int] = field(default_factory=Counter)
    cost: Decimal = Decimal(0)
    unpriced: int = 0

    @property
    def failed(self) -> int:
        return self.errors.total()

    @property
    def error_share(self) -> float | None:
        return self.failed / self.calls if self.calls else None

    @property
    def p50_ms(self) -> int | None:
        return self.percentile(0.50)

    @property
    def p95_ms(self) -> int | None:
        return self.percentile(0.95)

    @property
    def by_class(self) -> list[tuple[str, int]]:
        """The errors, the most frequent first."""
        return sorted(self.errors.items(), key=lambda pair: (-pair[1], pair[0]))

    def percentile(self, share: float) -> int | None:
        """The latency that so many of the answered calls kept to, as exact as a slot is wide; None without any."""
        whole = self.slots.total()
        if not whole:
            return None
        passed = 0
        for place in sorted(self.slots):
            passed += self.slots[place]
            if passed >= share * whole:
                return MIDDLES[place]
        return MIDDLES[max(self.slots)]

    def add(self, other: Tally) -> None:
        self.calls += other.calls
        self.errors.update(other.errors)
        self.slots.update(other.slots)
        self.cost += other.cost
        self.unpriced += other.unpriced


def summed(tallies: Iterable[Tally]) -> Tally:
    whole = Tally()
    for tally in tallies:
        whole.add(tally)
    return whole


def packed(tally: Tally) -> str:
    """As it is stored: `[calls, unpriced, nano-dollars, errors, [slot, count, slot, count …]]`."""
    flat = [number for pair in sorted(tally.slots.items()) for number in pair]
    nano = int((tally.cost * NANO).to_integral_value())
    return orjson.dumps([tally.calls, tally.unpriced, nano, tally.errors, flat]).decode()


def add_packed(tally: Tally, text: str) -> None:
    calls, unpriced, nano, errors, flat = orjson.loads(text)
    tally.calls += calls
    tally.unpriced += unpriced
    tally.cost += nano / NANO
    slots = tally.slots
    for place, count in zip(flat[::2], flat[1::2], strict=True):
        slots[place] = slots.get(place, 0) + count
    if errors:
        tally.errors.update(errors)
