"""How sure is sure enough: the confidence from which answers are applied without a person. Pure.

The threshold follows from a target («95 % right») and from past decisions: the lowest confidence above which the
Wilson lower bound of the share of right answers (one-sided, 90 %) reaches the target. The bound and not the plain
share, because the best of many thresholds looks better than it is, the more so the fewer decisions there are.

Of what was applied, a small share chosen by hash goes to a person all the same: without such audits nobody would
ever see an error above the threshold. An audit stands for all the answers that were not audited: its weight is
1 / rate.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable
from dataclasses import dataclass

TARGET = 0.95
FALLBACK = 0.75
LEAST_DECISIONS = 100
AUDIT_RATE = 0.03
Z = 1.2816  # one-sided 90 %


@dataclass(frozen=True, slots=True)
class Judged:
    """A past answer: its confidence as it was shown, and whether a person found it right.

    `branch`: the top of its category's path. `weight`: how many answers it stands for.
    """

    confidence: float
    is_right: bool
    branch: str = ""
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Threshold:
    """`is_measured` False: the fixed one, because the decisions are too few, or no confidence reaches the target
    (then `value` is above 1 and nothing is applied). `precision` and `share` are those of the past decisions."""

    value: float
    is_measured: bool
    decisions: int
    precision: float | None = None
    share: float | None = None


NOTHING = 1.01  # no confidence reaches it


def threshold_for(
    judged: Iterable[Judged],
    branch: str,
    *,
    target: float = TARGET,
    least: int = LEAST_DECISIONS,
    fallback: float = FALLBACK,
) -> Threshold:
    """The branch's own threshold when it has decisions enough, else the seller's, else the fixed one."""
    everything = list(judged)
    own = [one for one in everything if one.branch == branch]
    if branch and len(own) >= least:
        return measured(own, target=target)
    if len(everything) >= least:
        return measured(everything, target=target)
    return Threshold(fallback, is_measured=False, decisions=len(everything))


def measured(judged: Iterable[Judged], *, target: float = TARGET) -> Threshold:
    """The lowest threshold that keeps the target; `NOTHING` when none does."""
    ordered = sorted(judged, key=lambda one: -one.confidence)
    whole = sum(one.weight for one in ordered)
    best = Threshold(NOTHING, is_measured=True, decisions=len(ordered), share=0.0)
    weight = right = squares = 0.0
    for place, one in enumerate(ordered):
        weight += one.weight
        squares += one.weight**2
        right += one.weight * one.is_right
        if place + 1 < len(ordered) and ordered[place + 1].confidence == one.confidence:
            continue  # equals stand or fall together
        # Decisions of unequal weight count as fewer equal ones.
        if lower_bound(right / weight, weight**2 / squares) >= target:
            best = Threshold(one.confidence, True, len(ordered), right / weight, weight / whole)
    return best


def lower_bound(share: float, count: float) -> float:
    """The Wilson lower bound of a share that was seen in `count` trials."""
    if count <= 0:
        return 0.0
    centre = share + Z * Z / (2 * count)
    spread = Z * math.sqrt(share * (1 - share) / count + Z * Z / (4 * count * count))
    return max(0.0, (centre - spread) / (1 + Z * Z / count))


def is_audited(key: str, *, rate: float = AUDIT_RATE) -> bool:
    """Whether this answer goes to a person although it is sure enough: the same key, the same lot."""
    lot = int.from_bytes(hashlib.sha256(f"audit:{key}".encode()).digest()[:8], "big")
    return lot < rate * 2**64
