"""Pushes whose jobs ended without them: nobody checks, brings or looks up those cards any longer, and the rows say so."""

from __future__ import annotations

from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _

from vitrina.catalog.pushing import confirming, sending
from vitrina.catalog.pushing.models import PushRun, PushRunState, PushState
from vitrina.jobs.models import Job
from vitrina.lib.transactions import short_transaction


def close_abandoned() -> int:
    """Returns how many checks and parcels were given up; a look that was lost is queued again."""
    live = Job.objects.live().filter(pk=OuterRef("job_id"))
    closed = PushRun.objects.filter(~Exists(live), state=PushRunState.CHECKING, job_id__isnull=False).update(
        state=PushRunState.FAILED,
        error=_("Its check was cancelled or given up; nothing was sent. Ask for it again."),
        finished_at=timezone.now(),
    )
    for run in PushRun.objects.filter(state=PushRunState.RUNNING).select_related("connection"):
        closed += _close_parcels(run)
    return closed


def _close_parcels(run: PushRun) -> int:
    closed = 0
    for parcel in _parcels(run, PushState.WAITING, PushState.SENDING):
        if not _is_live(sending.SEND, sending.job_key(run.pk, parcel)):
            sending.give_up(run, parcel)
            closed += 1
    for parcel in _parcels(run, PushState.SENT):
        if not _is_live(confirming.CONFIRM, confirming.job_key(run.pk, parcel)):
            with short_transaction():
                confirming.enqueue_confirm(run, parcel)
    return closed


def _parcels(run: PushRun, *states: PushState) -> list[int]:
    rows = run.pushes.filter(state__in=states).order_by("parcel")
    return list(rows.values_list("parcel", flat=True).distinct())


def _is_live(kind: str, key: str) -> bool:
    return Job.objects.live().filter(kind=kind, key=key).exists()
