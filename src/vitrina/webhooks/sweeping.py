"""What is put right by the clock: lines that nobody woke, deliveries held for nothing, rows of long ago."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db.models import Exists, OuterRef

from vitrina.jobs import clock
from vitrina.webhooks.announce import LINES, wake
from vitrina.webhooks.models import Delivery, Endpoint, Event

OVERDUE = timedelta(seconds=60)
AT_ONCE = 2_000


def wake_overdue() -> int:
    """Wake the lines in which something has been due for a minute; how many. One step of an index for each line."""
    before = clock.read() - OVERDUE
    woken = 0
    for endpoint_id in Endpoint.objects.on().values_list("pk", flat=True):
        for line in range(LINES):
            late = Delivery.objects.pending().filter(
                endpoint_id=endpoint_id, line=line, is_held=False, next_try_at__lt=before
            )
            if late.exists():
                wake(endpoint_id, line)
                woken += 1
    return woken


def release_held() -> int:
    """Deliveries held behind one that has ended: a worker died between the two, or a person decided meanwhile."""
    before = Delivery.objects.pending().filter(
        endpoint=OuterRef("endpoint"), subject=OuterRef("subject"), pk__lt=OuterRef("pk")
    )
    missed = Delivery.objects.pending().filter(~Exists(before), is_held=True).values_list("pk", flat=True)
    return Delivery.objects.pending().filter(pk__in=list(missed[:AT_ONCE])).update(is_held=False)


def clear_old() -> int:
    """Events older than the days of the setting, with their deliveries, unless one is still on its way; and
    removed endpoints that no event is left of."""
    ago = clock.read() - timedelta(days=settings.WEBHOOK_KEEP_DAYS)
    Delivery.objects.pending().filter(endpoint__removed_at__lt=ago).delete()
    waiting = Delivery.objects.pending().filter(event=OuterRef("pk"))
    cleared = 0
    while True:
        old = list(
            Event.objects.filter(~Exists(waiting), created_at__lt=ago)
            .order_by("created_at")
            .values_list("pk", flat=True)[:AT_ONCE]
        )
        if not old:
            break
        Event.objects.filter(pk__in=old).delete()
        cleared += len(old)
    left = Delivery.objects.filter(endpoint=OuterRef("pk"))
    Endpoint.objects.filter(~Exists(left), removed_at__lt=ago).delete()
    return cleared
