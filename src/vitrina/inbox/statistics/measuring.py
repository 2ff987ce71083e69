"""The figures of this day over all sellers, for /metrics. Exposition belongs to the console."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count
from django.utils import timezone

from vitrina.accounts.models import Seller
from vitrina.inbox.models import Interaction
from vitrina.inbox.priority import Priority
from vitrina.inbox.statistics.figures import Figures
from vitrina.inbox.statistics.period import Period
from vitrina.inbox.statistics.reading import read
from vitrina.inbox.statistics.tallying import day_of


@dataclass(frozen=True)
class Measured:
    """`waiting`: what wants an answer now, by the word of its priority."""

    waiting: dict[str, int]
    today: Figures


def measure() -> Measured:
    """Seven queries."""
    today = day_of(timezone.now())
    rows = Interaction.objects.open().order_by().values_list("priority").annotate(n=Count("*"))
    waiting = dict.fromkeys((one.word for one in Priority), 0)
    waiting |= {Priority(priority).word: count for priority, count in rows}
    sellers = list(Seller.objects.order_by().values_list("pk", flat=True))
    return Measured(waiting, read(sellers, Period(today, today)))
