"""Jobs of cards on their way out."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from vitrina.catalog.exporting import products_of
from vitrina.catalog.pushing import confirming, planning, sending
from vitrina.catalog.pushing.models import PushRun, PushRunState
from vitrina.channels.errors import ChannelError, Throttled
from vitrina.jobs.interrupts import CancelRequested
from vitrina.jobs.outcomes import Cancel, Done, Fail, Outcome, Snooze
from vitrina.jobs.registry import Limits, handler
from vitrina.jobs.running import RunningJob
from vitrina.lib.transactions import short_transaction

AT_ONCE = 8
WAITS_ITS_TURN = timedelta(days=1)  # what a marketplace's limits hold back; then it counts as a failed try


@handler(planning.CHECK, limits=Limits(running=4), deadline_seconds=1800.0)
def check(job: RunningJob) -> Outcome:
    """{"run"}"""
    run = _run(job)
    if run is None or run.state != PushRunState.CHECKING:
        return Cancel("The push was put away, or checked already.")
    total = products_of(run).count()
    job.progress(step="cards_check", done=0, total=total)
    try:
        found = planning.check(
            run, on_progress=lambda done: job.progress(step="cards_check", done=done, total=total)
        )
    except planning.CantPush as refusal:
        return _ended(run, str(refusal))
    except ChannelError as error:
        if error.permanent:
            return _ended(run, error.sentence)
        raise
    except CancelRequested:
        planning.discard(run)
        raise
    PushRun.objects.filter(pk=run.pk, state=PushRunState.CHECKING).update(state=PushRunState.DRAFT)
    return Done({"run": run.pk} | found)


def _ended(run: PushRun, words: str) -> Outcome:
    PushRun.objects.filter(pk=run.pk).update(
        state=PushRunState.FAILED, error=words, finished_at=timezone.now()
    )
    return Fail(words)


@handler(sending.SEND, limits=Limits(running=AT_ONCE), deadline_seconds=600.0)
def send(job: RunningJob) -> Outcome:
    """{"run", "parcel"}"""
    run = _run(job)
    if run is None:
        return Cancel("The push was deleted.")
    try:
        return Done({"taken": sending.bring(job, run, job.payload["parcel"])})
    except Throttled as throttled:
        # It waits its turn, however long the marketplace says; no try is used up.
        if timezone.now() - run.created_at < WAITS_ITS_TURN:
            return Snooze(seconds=throttled.retry_after)
        raise
    except CancelRequested:
        with short_transaction():
            sending.cancel(run)
        raise


@handler(confirming.CONFIRM, limits=Limits(running=AT_ONCE), deadline_seconds=600.0)
def confirm(job: RunningJob) -> Outcome:
    """{"run", "parcel"}"""
    run = _run(job)
    again = confirming.confirm(run, job.payload["parcel"]) if run is not None else None
    return Done() if again is None else Snooze(until=again)


def fail_by_job(job_id: int, seller_id: int | None, failed_parts: int) -> None:
    """A job of this room is dead (registry.when_failed)."""
    PushRun.objects.filter(job_id=job_id, state=PushRunState.CHECKING).update(
        state=PushRunState.FAILED,
        error="The marketplace could not be reached for too long; nothing was sent. Try again later.",
        finished_at=timezone.now(),
    )
    sending.fail_by_job(job_id, seller_id, failed_parts)


def _run(job: RunningJob) -> PushRun | None:
    return PushRun.objects.select_related("connection", "seller").filter(pk=job.payload["run"]).first()
