"""The ways a run ends: as decided, failed in words, or left behind by a job that is no more."""

from __future__ import annotations

import traceback
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef
from django.utils import timezone

from vitrina.enrichment import news
from vitrina.enrichment.models import LIVE, ModerationItem, ProcessingLog, Status
from vitrina.jobs.models import Job
from vitrina.lib.transactions import short_transaction


def write_if_live(log: ProcessingLog) -> bool:
    """Store the end of a run, once: the row decides who ended it. One query, in the caller's transaction."""
    columns = (
        "status", "result", "applied", "confidence", "gravest", "is_audit", "tokens_prompt", "tokens_completion", "cost",
        "duration_ms", "models_used", "templates_used", "error", "traceback", "is_permanent", "finished_at",
    )  # fmt: skip
    values: dict[str, Any] = {name: getattr(log, name) for name in columns}
    is_ended = ProcessingLog.objects.filter(pk=log.pk, status__in=LIVE).update(**values) == 1
    if is_ended:
        news.run_finished(log)
    return is_ended


def fail(log: ProcessingLog, sentence: str, *, permanent: bool, trace: str = "") -> None:
    """End a live run as failed, in words; `trace` for the one who mends it."""
    log.status = Status.FAILED
    log.error = sentence
    log.traceback = trace
    log.is_permanent = permanent
    log.finished_at = timezone.now()
    log.duration_ms = milliseconds_between(log.created_at, log.finished_at)
    with short_transaction():
        write_if_live(log)


def fail_with(log: ProcessingLog, error: BaseException, sentence: str, *, permanent: bool) -> None:
    fail(log, sentence, permanent=permanent, trace="".join(traceback.format_exception(error)))


def say(log: ProcessingLog, sentence: str) -> None:
    """Why a live run waits, for those who look at it."""
    log.error = sentence
    ProcessingLog.objects.filter(pk=log.pk, status__in=LIVE).update(error=sentence)


def reopen(log: ProcessingLog) -> bool:
    """A failed run goes on because somebody tries its job again. False: a newer run is under way."""
    newer = ProcessingLog.objects.filter(product=log.product_id, status__in=LIVE)
    if newer.exists():
        return False
    log.status = Status.PENDING if log.input is None else Status.PROCESSING
    return ProcessingLog.objects.filter(pk=log.pk, status=Status.FAILED).update(status=log.status) == 1


def close_if_abandoned(log: ProcessingLog) -> bool:
    """Fail a live run whose job is over: nobody will ever finish it. True when it is closed now."""
    job = Job.objects.filter(pk=log.job_id).first() if log.job_id else None
    if job is not None and job.is_live:
        return False
    if job is None and log.job_id is None:
        return False  # its job is being enqueued in the transaction that made it
    reason = (job.error if job else "") or "its job ended without a word"
    fail(log, f"The run was given up: {reason}", permanent=False, trace=job.traceback if job else "")
    return True


def close_abandoned() -> int:
    """Fail every live run whose job is over; returns how many."""
    live_job = Job.objects.live().filter(pk=OuterRef("job_id"))
    lost = ProcessingLog.objects.filter(~Exists(live_job), status__in=LIVE, job_id__isnull=False)
    return sum(close_if_abandoned(log) for log in lost.iterator())


def waits(product: OuterRef) -> Exists:
    """Whether an item of the product waits for a person. While a run of it is live no other can bring one."""
    return Exists(ModerationItem.objects.filter(resolution="", log__product=product))


def supersede_older(log: ProcessingLog) -> None:
    """Items of earlier runs that asked for no more than this one need nobody's eyes any longer.

    An item that also waits with something this run did not do stays: its text or category is still unseen.
    """
    older = ModerationItem.objects.filter(
        resolution="", log__product_id=log.product_id, log_id__lt=log.pk
    ).values_list("pk", "log_id", "log__options")
    found = [(pk, log_id) for pk, log_id, options in older if _asked_no_more(options, log.options)]
    if not found:
        return
    ModerationItem.objects.filter(pk__in=[pk for pk, _ in found], resolution="").update(
        resolution="superseded", resolved_at=timezone.now()
    )
    ProcessingLog.objects.filter(pk__in=[log_id for _, log_id in found], status=Status.MODERATION).update(
        status=Status.SUPERSEDED
    )


def _asked_no_more(older: dict[str, Any], newer: dict[str, Any]) -> bool:
    return older.get("language") == newer["language"] and all(
        newer[part] or older.get(part) is False for part in ("describe", "categorize", "analyze_images")
    )


def milliseconds_between(start: datetime, end: datetime) -> int:
    return max(0, round((end - start).total_seconds() * 1000))
