"""Bringing events to an endpoint, line by line.

An endpoint has a few lines; all events of one subject stand in the same one, and each line is one job. So a line's
job is alone with its deliveries, order needs no locks, and an endpoint gets as many requests at once as it has lines.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import F, QuerySet

from vitrina.jobs import clock
from vitrina.lib.transactions import short_transaction
from vitrina.webhooks import endpoints
from vitrina.webhooks.models import Delivery, DeliveryState, Endpoint, Off, Try
from vitrina.webhooks.sending import Sent, send
from vitrina.webhooks.verdict import Again, Delivered, GivenUp, Verdict, judge

TURN_SECONDS = 1.0  # no new request is begun after so long: lines of other endpoints wait too
FAILING_FOR = timedelta(days=5)
HEARD_EVERY = timedelta(minutes=1)


def bring(endpoint_id: int, line: int, *, checkpoint: Callable[[], None]) -> datetime | None:
    """Send what is due in a line, for about a second; when to look again, None: nothing waits.

    `checkpoint` is called before each request and may end it by an exception: then nothing is under way.
    """
    ends_at = time.monotonic() + TURN_SECONDS
    while time.monotonic() < ends_at:
        checkpoint()
        now = clock.read()
        delivery = _next_due(endpoint_id, line, now)
        if delivery is None:
            return _due_at(endpoint_id, line)
        if _begin(delivery, now):
            _end(delivery, send(delivery, now))
    return clock.read()


def _next_due(endpoint_id: int, line: int, now: datetime) -> Delivery | None:
    """The next that may go. One that stands behind another of its subject is held, and not looked at again
    until that one has ended."""
    while True:
        due = (
            _waiting(endpoint_id, line)
            .filter(next_try_at__lte=now)
            .select_related("endpoint", "event")
            .order_by("next_try_at", "pk")
            .first()
        )
        if due is None or not due.endpoint.is_on or due.endpoint.removed_at:
            return None
        if not stands_behind(due):
            return due
        Delivery.objects.pending().filter(pk=due.pk).update(is_held=True)


def _due_at(endpoint_id: int, line: int) -> datetime | None:
    """When the line's next try is due. Nothing waits where the endpoint is off: switching it on wakes the line."""
    return (
        _waiting(endpoint_id, line)
        .filter(endpoint__off_at=None, endpoint__removed_at=None)
        .order_by("next_try_at")
        .values_list("next_try_at", flat=True)
        .first()
    )


def _waiting(endpoint_id: int, line: int) -> QuerySet[Delivery]:
    return Delivery.objects.pending().filter(endpoint_id=endpoint_id, line=line, is_held=False)


def stands_behind(delivery: Delivery) -> bool:
    return (
        Delivery.objects.pending()
        .filter(endpoint_id=delivery.endpoint_id, subject=delivery.subject, pk__lt=delivery.pk)
        .exists()
    )


def release_next(endpoint_id: int, subject: str) -> None:
    """Let the first that waits of a subject be looked at."""
    of_subject = Delivery.objects.pending().filter(endpoint_id=endpoint_id, subject=subject)
    first = of_subject.order_by("pk").values_list("pk", flat=True).first()
    if first is not None:
        Delivery.objects.pending().filter(pk=first, is_held=True).update(is_held=False)


def _begin(delivery: Delivery, now: datetime) -> bool:
    """The try's row, before anything is sent. False: a person or another worker was here meanwhile."""
    with short_transaction():
        won = (
            Delivery.objects.pending()
            .filter(pk=delivery.pk, tries=delivery.tries, endpoint__off_at=None)
            .update(tries=F("tries") + 1)
        )
        if won:
            delivery.tries += 1
            Try.objects.create(delivery=delivery, number=delivery.tries, at=now)
    return bool(won)


def _end(delivery: Delivery, sent: Sent) -> None:
    """What came of a try, for the log, the delivery, those behind it and the endpoint, in one transaction."""
    verdict = judge(
        sent.status,
        failures=delivery.failures,
        waits=settings.WEBHOOK_WAITS_SECONDS,
        retry_after=sent.retry_after,
    )
    now = clock.read()
    with short_transaction():
        Try.objects.filter(delivery=delivery, number=delivery.tries).update(
            ended_at=now,
            status=sent.status,
            milliseconds=sent.milliseconds,
            error=sent.error,
            answer=sent.answer,
        )
        mine = Delivery.objects.pending().filter(pk=delivery.pk, tries=delivery.tries)
        if not mine.update(status=sent.status, **_changes(delivery, verdict, now)):
            return  # taken over, or decided by a person: the try stays in the log
        if not isinstance(verdict, Again):
            release_next(delivery.endpoint_id, delivery.subject)
        _note_health(delivery.endpoint, verdict, now)


def _changes(delivery: Delivery, verdict: Verdict, now: datetime) -> dict[str, object]:
    match verdict:
        case Delivered():
            return {"state": DeliveryState.DELIVERED, "ended_at": now}
        case Again():
            return {
                "failures": delivery.failures + 1,
                "next_try_at": now + timedelta(seconds=verdict.seconds),
            }
        case GivenUp():
            return {
                "state": DeliveryState.GIVEN_UP,
                "failures": delivery.failures + 1,
                "ended_at": now,
            }


def _note_health(endpoint: Endpoint, verdict: Verdict, now: datetime) -> None:
    """Written only where it changes: the endpoint's row is shared by all its lines."""
    row = Endpoint.objects.filter(pk=endpoint.pk)
    if isinstance(verdict, Delivered):
        if endpoint.failing_since or not endpoint.heard_at or now - endpoint.heard_at > HEARD_EVERY:
            row.update(failing_since=None, heard_at=now)
        return
    if isinstance(verdict, GivenUp) and verdict.is_gone:
        endpoints.switch_off(endpoint, because=Off.GONE, now=now)
    elif endpoint.failing_since is None:
        row.filter(failing_since=None).update(failing_since=now)
    elif (
        now - endpoint.failing_since >= FAILING_FOR
        # Asked again of the row: another line may have arrived since this one read it.
        and row.filter(failing_since__lte=now - FAILING_FOR).exists()
    ):
        endpoints.switch_off(endpoint, because=Off.FAILING, now=now)
