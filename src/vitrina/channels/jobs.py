"""The jobs of this room: a look at what a connection opens, asked for by a person or by the clock."""

from __future__ import annotations

from datetime import time

from vitrina.channels import probing
from vitrina.channels.models import Connection
from vitrina.jobs.outcomes import Cancel, Done, Outcome, Retry
from vitrina.jobs.registry import Limits, handler
from vitrina.jobs.retry import RetryRule
from vitrina.jobs.running import RunningJob
from vitrina.jobs.schedule import scheduled

AT_ONCE = 4
TRIES = 4


@handler(
    probing.PROBE,
    limits=Limits(running=AT_ONCE),
    retry=RetryRule(tries=TRIES, base_seconds=30.0),
    deadline_seconds=300.0,
    reruns=True,
)
def probe(job: RunningJob) -> Outcome:
    """{"connection"}. What the marketplace says, good or bad, stands in the connection's row; a fault that may pass is
    tried again a few times, and the job never ends among the failed ones for it."""
    connection = Connection.objects.on().filter(pk=job.payload["connection"]).first()
    if connection is None:
        return Cancel("It is switched off or disconnected.")
    fault = probing.probe(connection)
    if fault is not None and not fault.permanent and job.attempt < TRIES:
        return Retry(fault.sentence, after_seconds=fault.retry_after)
    return Done({"trouble": probing.kind_of(fault) if fault else ""})


@scheduled("channels.probe_all", daily_at=time(5, 20))
def probe_all(job: RunningJob) -> Outcome:
    return Done({"connections": probing.probe_all_later()})
