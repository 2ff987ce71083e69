"""The days that are looked at: parsed from an address. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

CHOICES = (7, 30, 90)
MOST_DAYS = 366
BY_DAY_UP_TO = 92  # beyond it a chart has a bar for each week


@dataclass(frozen=True)
class Period:
    """From `first` to `last`, both included; at most `MOST_DAYS`."""

    first: date
    last: date

    @classmethod
    def of(cls, given: Mapping[str, str], today: date) -> Period:
        """`?days=` back from today, or `?since=` and `?until=`; what can't be read is as good as not given."""
        since, until = day_in(given.get("since", "")), day_in(given.get("until", ""))
        if since is None and until is None:
            days = given.get("days", "")
            is_known = days.isascii() and days.isdigit() and 1 <= int(days[:9]) <= MOST_DAYS
            return cls.back(int(days) if is_known else CHOICES[1], today)
        last = min(until or today, today)
        first = since if since is not None else last - timedelta(days=CHOICES[1] - 1)
        if first > last:
            first, last = last, min(first, today)
        return cls(max(first, last - timedelta(days=MOST_DAYS - 1)), last)

    @classmethod
    def back(cls, days: int, today: date) -> Period:
        return cls(today - timedelta(days=days - 1), today)

    @property
    def days(self) -> list[date]:
        return [self.first + timedelta(days=number) for number in range((self.last - self.first).days + 1)]

    @property
    def steps(self) -> list[list[date]]:
        """Its days, or where they are many its weeks from Monday; the first and the last may be part of one."""
        if len(self.days) <= BY_DAY_UP_TO:
            return [[day] for day in self.days]
        weeks: dict[date, list[date]] = {}
        for day in self.days:
            weeks.setdefault(day - timedelta(days=day.weekday()), []).append(day)
        return list(weeks.values())

    def chosen(self, today: date) -> int | None:
        """Which of `CHOICES` it is."""
        return next((days for days in CHOICES if Period.back(days, today) == self), None)


def day_in(text: str) -> date | None:
    """As an address has it: 2026-11-20. None for what is none, or of another century."""
    try:
        day = date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return None
    return day if day is not None and 2000 <= day.year <= 2200 else None
