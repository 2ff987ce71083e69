"""The jobs of this room: a line of an endpoint, and what is done by the clock."""

from __future__ import annotations

from datetime import time, timedelta

from vitrina.jobs import clock
from vitrina.jobs.outcomes import Done, Outcome, Snooze
from vitrina.jobs.registry import Limits, handler
from vitrina.jobs.running import RunningJob
from vitrina.jobs.schedule import scheduled
from vitrina.webhooks import sweeping
from vitrina.webhooks.announce import KIND
from vitrina.webhooks.delivering import bring

# Receivers that hang must not take the threads that enrich.
AT_ONCE = 8
LONGEST_SLEEP = timedelta(minutes=15)


@handler(KIND, limits=Limits(running=AT_ONCE), deadline_seconds=60.0, reruns=True)
def deliver(job: RunningJob) -> Outcome:
    """{"endpoint", "line"}"""
    due = bring(job.payload["endpoint"], job.payload["line"], checkpoint=job.checkpoint)
    return Done() if due is None else Snooze(until=min(due, clock.read() + LONGEST_SLEEP))


@scheduled("webhooks.sweep", every=timedelta(minutes=1), deadline_seconds=60.0)
def sweep(job: RunningJob) -> Outcome:
    return Done({"released": sweeping.release_held(), "woken": sweeping.wake_overdue()})


@scheduled("webhooks.clean_up", daily_at=time(4, 30))
def clean_up(job: RunningJob) -> Outcome:
    return Done({"events": sweeping.clear_old()})
