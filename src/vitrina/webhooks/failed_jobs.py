"""Jobs that failed, told to their seller's endpoints. The jobs' room calls it by its registry."""

from __future__ import annotations

from vitrina.jobs.models import Job
from vitrina.webhooks import wanting
from vitrina.webhooks.announce import announce

KIND = "job.failed"


def announce_failed(job_id: int, seller_id: int | None, failed_parts: int) -> None:
    """`failed_parts`: children of a batch that could not be done; 0: it is the job itself."""
    if seller_id is None or not wanting.wanted_by(seller_id, KIND):
        return
    job = Job.objects.only("kind", "title", "error", "attempt").get(pk=job_id)
    data = {
        "job": job_id,
        "kind": job.kind,
        "title": job.title,
        "error": job.error[:1000],
        "tries": job.attempt,
        "failed_parts": failed_parts,
    }
    announce(seller_id, KIND, f"job:{job_id}", data)
