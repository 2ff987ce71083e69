"""The dead list by reason, and doing one thing to all jobs that died of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Count, Max, QuerySet

from vitrina.accounts import audit
from vitrina.accounts.models import User
from vitrina.jobs import clock, control
from vitrina.jobs.control import ControlRefused
from vitrina.jobs.enqueue import enqueue
from vitrina.jobs.models import Job
from vitrina.jobs.outcomes import Cancel, Done, Outcome
from vitrina.jobs.registry import handler
from vitrina.jobs.running import RunningJob
from vitrina.jobs.states import Priority, State

GROUPS = 50
AT_ONCE = 100
DEEDS: dict[str, Callable[..., None]] = {"retry": control.retry, "drop": control.drop}


@dataclass(frozen=True)
class Failure:
    """Jobs of one kind that ended for one reason; `newest` tells it in words."""

    kind: str
    reason: str
    state: str
    count: int
    newest: Job


def failures(jobs: QuerySet[Job]) -> list[Failure]:
    """The most frequent first. Two queries."""
    groups = list(
        jobs.filter(state__in=[State.DEAD, State.CHECK])
        .order_by()
        .values("kind", "reason", "state")
        .annotate(count=Count("*"), newest=Max("pk"))
        .order_by("-count", "kind", "reason")[:GROUPS]
    )
    newest = Job.objects.defer("payload", "traceback").in_bulk([group["newest"] for group in groups])
    return [
        Failure(group["kind"], group["reason"], group["state"], group["count"], newest[group["newest"]])
        for group in groups
        if group["newest"] in newest
    ]


def do_to_all(deed: str, dead: QuerySet[Job], *, kind: str, reason: str, by: User) -> list[Job]:
    """Start a job for each seller that retries or drops all that died of one reason until now.

    A job that waits for a person's word about the outside is never among them.
    """
    with transaction.atomic():
        until = clock.read()
        chosen = dead.filter(state=State.DEAD, kind=kind, reason=reason, finished_at__lte=until)
        counts = chosen.order_by().values("seller_id").annotate(count=Count("*"))
        started = []
        for found in counts:
            job = enqueue(
                f"jobs.{deed}_all",
                {"kind": kind, "reason": reason, "until": until.isoformat(), "by": by.pk},
                key=f"{found['seller_id'] or 0}/{kind}/{reason}"[:200],
                seller_id=found["seller_id"],
                priority=Priority.OPERATOR,
                title=f"{kind}: {reason}"[:200],
                created_by_id=by.pk,
            )
            audit.record(
                f"job.{deed}_all",
                job,
                by=by,
                seller_id=found["seller_id"],
                after={"kind": kind, "reason": reason, "count": found["count"]},
            )
            started.append(job)
    return started


@handler("jobs.retry_all", deadline_seconds=600.0)
def retry_all(job: RunningJob) -> Outcome:
    return _all(job, "retry")


@handler("jobs.drop_all", deadline_seconds=600.0)
def drop_all(job: RunningJob) -> Outcome:
    return _all(job, "drop")


def _all(job: RunningJob, deed: str) -> Outcome:
    """One by one, so that nobody waits for all of them; what died again meanwhile is not among them."""
    by = User.objects.filter(pk=job.payload["by"], is_active=True).first()
    if by is None:
        return Cancel("the person who asked for it is gone")
    until = datetime.fromisoformat(job.payload["until"])
    same: dict[str, Any] = {
        "seller_id": job.seller_id,
        "kind": job.payload["kind"],
        "reason": job.payload["reason"],
    }
    chosen = Job.objects.filter(state=State.DEAD, finished_at__lte=until, **same).exclude(pk=job.id)
    total, last = chosen.count(), 0
    counts: dict[str, Any] = {"done": 0, "refused": 0}
    while found := list(chosen.filter(pk__gt=last).order_by("pk")[:AT_ONCE]):
        for one in found:
            try:
                DEEDS[deed](one, by=by)
                counts["done"] += 1
            except ControlRefused:
                counts["refused"] += 1
        last = found[-1].pk
        job.progress(done=counts["done"] + counts["refused"], total=total)
    return Done(counts)
