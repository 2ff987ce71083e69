"""Looks at sources: by the clock, each at its own pace, and on demand. A source is never looked at twice at once."""

from __future__ import annotations

from datetime import time, timedelta

from vitrina.catalog.sources import asking, looking, looks
from vitrina.catalog.sources.asking import LOOK
from vitrina.catalog.sources.models import Look, Source
from vitrina.jobs.enqueue import QueueFull
from vitrina.jobs.interrupts import CancelRequested
from vitrina.jobs.outcomes import Cancel, Done, Outcome, Retry, Snooze
from vitrina.jobs.registry import Limits, handler
from vitrina.jobs.running import RunningJob
from vitrina.jobs.schedule import scheduled

# A polite look at a big site takes long, mostly in waiting. What takes longer hands itself back and goes on.
DEADLINE_SECONDS = 3600.0
HAND_BACK_SECONDS = 300.0
# Places that hang must not take the threads that enrich.
AT_ONCE = 16
OTHER_LOOK_SECONDS = 30.0


class HandBack(Exception):
    """The look is longer than one attempt's deadline."""


@handler(LOOK, limits=Limits(running=AT_ONCE), deadline_seconds=DEADLINE_SECONDS)
def look(job: RunningJob) -> Outcome:
    """{"source", "forced"}"""
    source = (
        Source.objects.select_related("seller", "connection", "created_by")
        .filter(pk=job.payload["source"])
        .first()
    )
    if source is None:
        return Cancel("The source was taken away.")

    def tell(found: Look) -> None:
        job.progress(
            step="look",
            done=found.read + found.unchanged,
            total=found.total,
            text=f"{found.created} + {found.updated}, {found.broken} ✕",
        )
        if job.seconds_left < HAND_BACK_SECONDS:
            raise HandBack

    try:
        found = looking.look(
            source,
            tell=tell,
            is_forced=bool(job.payload.get("forced")),
            attempt=job.attempt,
            job_id=job.id,
        )
    except HandBack:
        return Snooze(seconds=0)
    except looking.LookLater as later:
        if not later.costs_a_try:
            return Snooze(seconds=later.after_seconds)
        return Retry(str(later), later.after_seconds)
    except QueueFull as full:
        return Snooze(seconds=full.retry_after)
    except looks.TakenOver:
        return Snooze(seconds=OTHER_LOOK_SECONDS)
    except CancelRequested:
        looks.cancel(source)
        raise
    return Done({"look": found.pk, "state": str(found.state), "new": found.created, "changed": found.updated})


@scheduled("catalog.sources", every=timedelta(minutes=1), deadline_seconds=120.0)
def look_at_due(job: RunningJob) -> Outcome:
    """Queue a look at each source whose time has come."""
    return Done({"sources": asking.ask_due()})


@scheduled("catalog.clear_looks", daily_at=time(4, 35))
def clear_looks(job: RunningJob) -> Outcome:
    """Looks older than three months; each source keeps its latest."""
    return Done({"cleared": looks.clear_old()})
