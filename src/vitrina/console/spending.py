"""How fast money goes: what a period will cost at this pace, and when its budget would be used up. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Literal

# Before so much of a period has passed, a forecast would only repeat its first hours.
EARLIEST_SHARE = 1 / 60
NEAR = 0.8

Verdict = Literal["ok", "wait", "bad"]


@dataclass(frozen=True)
class Pace:
    """Spending of one period. `most` None: there is no budget. Amounts in USD."""

    used: Decimal
    most: Decimal | None
    begins: datetime
    ends: datetime
    now: datetime

    @property
    def share(self) -> float | None:
        """Of the budget, 1 at most; None without a budget."""
        if self.most is None:
            return None
        return min(1.0, float(self.used / self.most)) if self.most else 1.0

    @property
    def forecast(self) -> Decimal | None:
        """What the whole period will have cost; None while it is too young to say."""
        passed = self._passed
        if passed is None:
            return None
        return max(self.used, self.used / Decimal(str(passed)))

    @property
    def runs_out_at(self) -> datetime | None:
        """When the budget would be used up at this pace; None if it lasts, or if nobody can say."""
        if self.most is None or self._passed is None or self.used <= 0 or self.used >= self.most:
            return None
        seconds = (self.now - self.begins).total_seconds() * float(self.most / self.used)
        if seconds >= (self.ends - self.begins).total_seconds():
            return None
        return self.begins + timedelta(seconds=seconds)

    @property
    def is_used_up(self) -> bool:
        return self.most is not None and self.used >= self.most

    @property
    def verdict(self) -> Verdict:
        if self.is_used_up:
            return "bad"
        return "wait" if self.runs_out_at or (self.share or 0) >= NEAR else "ok"

    @property
    def _passed(self) -> float | None:
        share = (self.now - self.begins) / (self.ends - self.begins)
        return min(1.0, share) if share >= EARLIEST_SHARE else None
