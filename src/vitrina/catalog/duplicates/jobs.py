"""The job that looks for duplicates."""

from __future__ import annotations

from vitrina.catalog.duplicates import finding
from vitrina.jobs.outcomes import Cancel, Done, Outcome
from vitrina.jobs.registry import Limits, handler
from vitrina.jobs.running import RunningJob


@handler(finding.KIND, limits=Limits(running=1), deadline_seconds=900.0)
def look_for_duplicates(job: RunningJob) -> Outcome:
    """Of the job's seller."""
    if job.seller_id is None:
        return Cancel("The seller was deleted.")
    job.progress(step="duplicates")
    return Done(
        finding.look(
            job.seller_id,
            number=job.id,
            on_progress=lambda done, total: job.progress(step="duplicates", done=done, total=total),
        )
    )
