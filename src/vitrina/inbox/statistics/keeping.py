"""What was counted is kept for a little more than a year, who opened what for a season."""

from __future__ import annotations

from datetime import datetime, timedelta

from vitrina.inbox.statistics.models import ChannelTally, DraftTally, TimeTally, Visit
from vitrina.inbox.statistics.tallying import day_of

KEEP_TALLIES = timedelta(days=400)
KEEP_VISITS = timedelta(days=90)


def clear_old(now: datetime) -> int:
    """Returns how many rows went."""
    last = day_of(now) - KEEP_TALLIES
    return (
        ChannelTally.objects.filter(day__lt=last).delete()[0]
        + DraftTally.objects.filter(day__lt=last).delete()[0]
        + TimeTally.objects.filter(day__lt=last).delete()[0]
        + Visit.objects.filter(at__lt=now - KEEP_VISITS).delete()[0]
    )
