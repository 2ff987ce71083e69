"""What a producer's raw confidence has been worth: raw → the share of right answers among past decisions. Pure.

Isotonic regression (pool adjacent violators), smoothed: a block of few decisions leans on its raw value, so that
one lucky answer does not read as «100 %». Each producer is calibrated apart.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

LEAST_DECISIONS = 50
# The raw value counts as much as so many decisions.
PRIOR = 2.0


@dataclass(frozen=True, slots=True)
class Decided:
    """One past answer: how sure it was, and whether a person found it right."""

    raw: float
    is_right: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """A confidence to show and to judge by; None is unknown. `is_calibrated` False: the producer's own word."""

    value: float | None
    is_calibrated: bool


@dataclass(frozen=True, slots=True)
class Calibration:
    """`points`: (raw, observed), both ascending; empty until there are enough decisions."""

    points: tuple[tuple[float, float], ...] = ()
    decisions: int = 0

    def shown(self, raw: float | None) -> Shown:
        """Between two points a straight line; beyond the ends, the ends."""
        if raw is None:
            return Shown(None, is_calibrated=False)
        if not self.points:
            return Shown(raw, is_calibrated=False)
        place = bisect_left(self.points, (raw,))
        if place == 0:
            return Shown(self.points[0][1], is_calibrated=True)
        if place == len(self.points):
            return Shown(self.points[-1][1], is_calibrated=True)
        (left, low), (right, high) = self.points[place - 1], self.points[place]
        return Shown(low + (high - low) * (raw - left) / (right - left), is_calibrated=True)


def fit(decisions: Iterable[Decided], *, least: int = LEAST_DECISIONS) -> Calibration:
    """The calibration that so many decisions carry; one without points when they are fewer than `least`."""
    ordered = sorted(decisions, key=lambda one: one.raw)
    if len(ordered) < least:
        return Calibration(decisions=len(ordered))
    same = [list(held) for _, held in groupby(ordered, key=lambda one: one.raw)]
    blocks = _pooled(
        [_Block(len(held), held[0].raw * len(held), sum(one.is_right for one in held)) for held in same]
    )
    smoothed = [_Block(one.count, one.raws, one.smoothed * one.count) for one in blocks]
    return Calibration(tuple((one.raw, one.share) for one in _pooled(smoothed)), len(ordered))


@dataclass(frozen=True, slots=True)
class _Block:
    count: int
    raws: float  # sum of the raw values
    rights: float  # number of right answers

    @property
    def raw(self) -> float:
        return self.raws / self.count

    @property
    def share(self) -> float:
        return self.rights / self.count

    @property
    def smoothed(self) -> float:
        return (self.rights + PRIOR * self.raw) / (self.count + PRIOR)


def _pooled(blocks: Sequence[_Block]) -> list[_Block]:
    """Neighbours that go down, or that stand on one raw value, become one block, until all go up."""
    pooled: list[_Block] = []
    for block in blocks:
        pooled.append(block)
        while len(pooled) > 1 and (pooled[-2].share >= pooled[-1].share or pooled[-2].raw >= pooled[-1].raw):
            right, left = pooled.pop(), pooled.pop()
            pooled.append(
                _Block(left.count + right.count, left.raws + right.raws, left.rights + right.rights)
            )
    return pooled
