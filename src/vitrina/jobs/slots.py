"""When a schedule is due next. Pure.

After an outage the missed slots are one: the next run is the first slot after now.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True)
class Every:
    period: timedelta

    def after(self, last: datetime, now: datetime) -> datetime:
        """The first slot later than `now`, in step with `last`."""
        if last > now:
            return last
        missed = (now - last) // self.period
        return last + (missed + 1) * self.period


@dataclass(frozen=True)
class Daily:
    at: time
    zone: str

    def after(self, last: datetime, now: datetime) -> datetime:
        zone = ZoneInfo(self.zone)
        day = now.astimezone(zone).date()
        # Two days cover every clock change: the first that lies ahead is the next.
        candidates = (
            datetime.combine(day + timedelta(days=ahead), self.at, zone).astimezone(UTC) for ahead in range(3)
        )
        return next(slot for slot in candidates if slot > now)


Rule = Every | Daily
