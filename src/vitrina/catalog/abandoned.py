"""Imports and exports whose job is over without them: nobody reads or writes them any longer, and the row says so."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from vitrina.catalog import news
from vitrina.catalog.models import Export, Import, RunState
from vitrina.jobs.models import Job
from vitrina.jobs.states import State

LIVE = (RunState.WAITING, RunState.RUNNING)


def close_abandoned() -> int:
    """End every live import and export whose job ended another way than by them; returns how many.

    What a command reads has no job: it is gone on with when the same command is run again.
    """
    live_job = Job.objects.live().filter(pk=OuterRef("job_id"))
    lost = [
        row
        for model in (Import, Export)
        for row in model.objects.filter(~Exists(live_job), state__in=LIVE, job_id__isnull=False)
    ]
    return sum(_close(row) for row in lost)


def _close(row: Import | Export) -> bool:
    assert row.job_id is not None  # as they were selected
    job = Job.objects.filter(pk=row.job_id).first()
    if job is not None and job.is_live:
        return False  # tried again by a person since
    is_cancelled = job is not None and job.state == State.CANCELLED
    ended = {
        "state": RunState.CANCELLED if is_cancelled else RunState.FAILED,
        "error": "" if is_cancelled else f"It was given up: {_reason(job)}{_kept(row)}",
        "finished_at": timezone.now(),
    }
    with transaction.atomic():
        is_closed = type(row).objects.filter(pk=row.pk, state__in=LIVE).update(**ended) == 1
        if is_closed and not is_cancelled:
            row.refresh_from_db()
            news.import_finished(row) if isinstance(row, Import) else news.export_finished(row)
    return is_closed


def _reason(job: Job | None) -> str:
    if job is None:
        return "its job was deleted."
    return job.error or "its job ended without a word."


def _kept(row: Import | Export) -> str:
    if not isinstance(row, Import):
        return ""
    rows = f" The {row.read} rows before it are kept." if row.read else ""
    return f"{rows} Try its job again, or start the import again."
