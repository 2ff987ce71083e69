"""Jobs of pictures."""

from __future__ import annotations

from datetime import time, timedelta

from vitrina.imagery import abandoned, checking, rendering, waking
from vitrina.jobs.outcomes import Done, Outcome
from vitrina.jobs.registry import handler
from vitrina.jobs.retry import PICTURES
from vitrina.jobs.running import RunningJob
from vitrina.jobs.schedule import scheduled

DEADLINE_SECONDS = 600.0  # of one run; a call takes two minutes at most


# `reruns`: a place that is left while a picture just finds none is not slept over.
@handler(waking.KIND, retry=PICTURES, deadline_seconds=DEADLINE_SECONDS, reruns=True)
def draw(job: RunningJob) -> Outcome:
    """{"image_id"}"""
    return rendering.render(job)


@scheduled("imagery.abandoned", every=timedelta(minutes=5))
def close_abandoned(job: RunningJob) -> Outcome:
    return Done({"pictures": abandoned.close()})


@scheduled("imagery.strays", daily_at=time(4, 50), deadline_seconds=1800.0)
def let_strays_go(job: RunningJob) -> Outcome:
    """Files of tries that were not kept, and of pictures that were deleted."""
    report = checking.let_strays_go()
    return Done({"files": report.files, "strays": report.strays, "bytes": report.stray_bytes})
