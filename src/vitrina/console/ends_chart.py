"""The rows behind the charts of Today: one for each hour of a day, or for each day of a month."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from django.utils import formats, timezone

from vitrina.console.templatetags.studio import small
from vitrina.enrichment.run_tallies import Ended, Ends

HOURS, DAYS = 24, 30


class Span(StrEnum):
    DAY = "day"
    MONTH = "month"

    @classmethod
    def of(cls, text: str | None) -> Span:
        return cls.MONTH if text == cls.MONTH else cls.DAY


@dataclass(frozen=True)
class Row:
    """`label` stands under the chart and at the head of the table's row."""

    label: str
    ended: Ended


def rows_of(ends: Ends, span: Span, now: datetime) -> list[Row]:
    """Every hour or day, also those in which nothing ended. `now`: in the reader's zone."""
    if span is Span.MONTH:
        days = [now.date() - timedelta(days=number) for number in reversed(range(DAYS))]
        return [Row(small(formats.date_format(day, "j b")), ends.days.get(day, Ended())) for day in days]
    this = now.replace(minute=0, second=0, microsecond=0).astimezone(UTC)
    hours = [this - timedelta(hours=number) for number in reversed(range(HOURS))]
    return [
        Row(formats.date_format(timezone.localtime(hour), "H:i"), ends.hours.get(hour, Ended()))
        for hour in hours
    ]
