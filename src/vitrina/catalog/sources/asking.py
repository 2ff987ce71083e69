"""Queuing looks: what is asked for by hand, and what is due."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from vitrina.accounts.models import User
from vitrina.catalog.sources.models import Source
from vitrina.jobs.enqueue import Priority, QueueFull, enqueue
from vitrina.jobs.models import Job
from vitrina.lib.transactions import short_transaction

logger = logging.getLogger(__name__)

LOOK = "catalog.look"


def look_now(source: Source, *, by: User | None, is_forced: bool = False) -> Job:
    """One that waits or runs already is that one. Raises QueueFull."""
    with transaction.atomic():
        return _queue(source, priority=Priority.OPERATOR, by=by, is_forced=is_forced)


def ask_due(now: datetime | None = None) -> int:
    """How many looks were queued. Missed ones are one; a seller whose queue is full is asked for again in a minute."""
    now = now or timezone.now()
    queued = 0
    for source in Source.objects.due(now):
        try:
            with short_transaction():
                # Whoever moves the moment queues the look.
                won = Source.objects.filter(
                    pk=source.pk, is_on=True, next_look_at=source.next_look_at
                ).update(next_look_at=next_moment(source, now))
                if won:
                    _queue(source, priority=Priority.SYNC, by=None)
                queued += won
        except QueueFull as full:
            logger.warning(
                "source %s waits: %s",
                source.pk,
                full,
                extra={"action": "sources.queue_full", "source_id": source.pk},
            )
    return queued


def next_moment(source: Source, now: datetime) -> datetime | None:
    """None: by hand."""
    return now + timedelta(minutes=source.every_minutes) if source.every_minutes else None


def _queue(source: Source, *, priority: Priority, by: User | None, is_forced: bool = False) -> Job:
    job = enqueue(
        LOOK,
        {"source": source.pk, "forced": is_forced},
        # One that believes everything is another one than one that waits already; the lane has them follow each other.
        key=f"look:{source.pk}:forced" if is_forced else f"look:{source.pk}",
        lane=f"look:{source.pk}",
        seller_id=source.seller_id,
        priority=priority,
        title=str(source)[:200],
        created_by_id=by.pk if by else None,
    )
    source.job_id = job.pk
    source.save(update_fields=["job_id"])
    return job
