"""How the work at the desk goes: what waits, what one person did today, and how often the studio was right."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count, Q
from django.db.models.expressions import RawSQL
from django.utils import timezone

from vitrina.accounts.models import User
from vitrina.accounts.roles import Right
from vitrina.enrichment.models import ModerationItem
from vitrina.enrichment.queue_filter import QueueFilter

COUNT_UP_TO = 1_000  # beyond it the page says «more than»
DECIDED = ("approved", "rejected", "sent_back")


@dataclass(frozen=True)
class Tally:
    waiting: int
    is_more: bool  # more than `waiting`
    today: int
    last_hour: int
    agreed: float | None  # share of today's that were approved as proposed; None: nothing decided today


def tally(user: User, within: QueueFilter) -> Tally:
    """Two queries; a third where a branch is asked for."""
    found = within.items(ModerationItem.objects.reachable_by(user, Right.MODERATE).waiting())
    waiting = found.order_by()[: COUNT_UP_TO + 1].count()
    now = timezone.now()
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    since = min(midnight, now - timedelta(hours=1))
    today = Q(resolved_at__gte=midnight)
    own = ModerationItem.objects.filter(
        # As a word of the statement: only so SQLite finds the index of decided ones.
        ~Q(resolution=RawSQL("''", [])),
        resolved_by=user,
        resolved_at__gte=since,
        resolution__in=DECIDED,
    ).aggregate(
        today=Count("pk", filter=today),
        last_hour=Count("pk", filter=Q(resolved_at__gte=now - timedelta(hours=1))),
        agreed=Count("pk", filter=today & Q(resolution="approved", edits__isnull=True)),
    )
    return Tally(
        waiting=min(waiting, COUNT_UP_TO),
        is_more=waiting > COUNT_UP_TO,
        today=own["today"],
        last_hour=own["last_hour"],
        agreed=own["agreed"] / own["today"] if own["today"] else None,
    )
