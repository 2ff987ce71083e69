"""The day's drafts by models of one seller: taken one by one before a model is asked, so that no two takers pass the limit together.

What came to nothing is given back; a process that dies between the two loses its one.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta

from django.db.models import F, QuerySet, Sum
from django.utils import timezone

from vitrina.inbox.choosing import expected_today
from vitrina.inbox.models import DraftBudget
from vitrina.inbox.priority import Priority
from vitrina.inbox.statistics.models import ChannelTally
from vitrina.lib.transactions import short_transaction

LOOKS_BACK = timedelta(days=7)
KEEP = timedelta(days=7)


class Place:
    """One of the day's drafts. `is_used`: a model wrote it, so that it isn't given back."""

    is_used = False


@contextmanager
def taken(seller_id: int, *, limit: int) -> Iterator[Place | None]:
    """A place within the limit, None where there is none left. Holds no transaction meanwhile."""
    day = timezone.localdate()
    if not _take(seller_id, day, limit):
        yield None
        return
    place = Place()
    try:
        yield place
    finally:
        if not place.is_used:
            with short_transaction():
                _rows(seller_id, day).filter(taken__gt=0).update(taken=F("taken") - 1)


def taken_today(seller_id: int) -> int:
    return _rows(seller_id, timezone.localdate()).values_list("taken", flat=True).first() or 0


def pressing_to_come(seller_id: int) -> int:
    """Urgent and high ones that this day will still bring, by the days before. One query."""
    today = timezone.localdate()
    arrived = (
        ChannelTally.objects.filter(
            seller_id=seller_id, day__gte=today - LOOKS_BACK, priority__lte=Priority.HIGH
        )
        .values_list("day")
        .annotate(Sum("arrived"))
    )
    return expected_today(dict(arrived), today)


def clear_old(now: datetime) -> int:
    """Returns how many rows went."""
    return DraftBudget.objects.filter(day__lt=timezone.localdate(now) - KEEP).delete()[0]


def _take(seller_id: int, day: date, limit: int) -> bool:
    with short_transaction():
        DraftBudget.objects.bulk_create([DraftBudget(seller_id=seller_id, day=day)], ignore_conflicts=True)
        return bool(_rows(seller_id, day).filter(taken__lt=limit).update(taken=F("taken") + 1))


def _rows(seller_id: int, day: date) -> QuerySet[DraftBudget]:
    return DraftBudget.objects.filter(seller_id=seller_id, day=day)
