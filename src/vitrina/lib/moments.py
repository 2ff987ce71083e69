"""Points in time that others name."""

from __future__ import annotations

from datetime import UTC, datetime


def storable(moment: datetime) -> datetime | None:
    """None at the edges of the calendar: databases keep UTC, where the year 1 of the east has not begun."""
    try:
        moment.astimezone(UTC)
    except OverflowError:
        return None
    return moment
