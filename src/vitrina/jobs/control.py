"""What a person does to a job or a batch: cancel, pause, resume, retry, drop, settle a doubt.

Who may do it is asked at the door (`Right.MANAGE_JOBS`); `by` is the user, kept in the event.
"""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from vitrina.jobs import bell, clock, events
from vitrina.jobs.models import Effect, EffectState, Job
from vitrina.jobs.moving import Sql, move
from vitrina.jobs.states import State
from vitrina.lib.transactions import short_transaction


class ControlRefused(Exception):
    """What was asked doesn't fit the job's state; nothing was changed."""

    permanent = True
    retry_after: float | None = None


def cancel(job: Job, *, by: Any = None) -> None:
    """A queued job ends at once, a running one at its next checkpoint, a batch with its running children."""
    with transaction.atomic():
        told = {"by": _name(by)}
        if move(job.pk, State.CANCELLED, frm=[State.QUEUED, State.CHECK, State.DEAD], told=told):
            _touch_parent(job)
            return
        if not Job.objects.filter(pk=job.pk, state__in=[State.RUNNING, State.WAITING]).update(
            cancel_requested=True
        ):
            raise ControlRefused(_("The job has ended already."))
        events.record(f"job:{job.pk}", "cancelling", told, job=job.pk)
    # The batch gives no more children from here on; the rest, one by one, so that nobody waits for all of them.
    for child_id in _children(job, State.QUEUED):
        with short_transaction():
            move(child_id, State.CANCELLED, frm=[State.QUEUED], told=told)
    for child_id in _children(job, State.RUNNING, State.WAITING):
        Job.objects.filter(pk=child_id, state__in=[State.RUNNING, State.WAITING]).update(
            cancel_requested=True
        )
    transaction.on_commit(lambda: bell.touch_parent(job.pk), robust=True)


def pause(job: Job, *, by: Any = None) -> None:
    """Start nothing more of it; what runs now ends."""
    now = clock.read()
    with transaction.atomic():
        if not Job.objects.filter(pk=job.pk, state__in=[State.QUEUED, State.RUNNING, State.WAITING]).update(
            paused_at=now
        ):
            raise ControlRefused(_("The job has ended already."))
        events.record(f"job:{job.pk}", "paused", {"by": _name(by)}, job=job.pk)
    for child_id in _children(job, State.QUEUED, State.RUNNING):
        Job.objects.filter(pk=child_id, paused_at=None).update(paused_at=now)


def resume(job: Job, *, by: Any = None) -> None:
    for child_id in _children(job, State.QUEUED, State.RUNNING):
        Job.objects.filter(pk=child_id).exclude(paused_at=None).update(paused_at=None)
    with transaction.atomic():
        Job.objects.filter(pk=job.pk).update(paused_at=None)
        events.record(f"job:{job.pk}", "resumed", {"by": _name(by)}, job=job.pk)
        bell.ring_on_commit(bell.MOST_AT_ONCE)
        transaction.on_commit(lambda: bell.touch_parent(job.pk), robust=True)


def retry(job: Job, *, by: Any = None) -> None:
    """Try a dead, doubtful or cancelled job again, from its first try. A batch: its dead children."""
    with transaction.atomic():
        if job.child_kind:
            _retry_batch(job, by)
        elif not _requeue(job.pk, {"by": _name(by)}):
            raise ControlRefused(_("Only a failed or cancelled job can be tried again."))
        _touch_parent(job)


def drop(job: Job, *, by: Any = None) -> None:
    """Take a job off the dead list."""
    with transaction.atomic():
        if not move(job.pk, State.CANCELLED, frm=[State.DEAD, State.CHECK], told={"by": _name(by)}):
            raise ControlRefused(_("The job isn't on the list of failed jobs any more."))
        _touch_parent(job)


def settle(job: Job, *, arrived: bool, by: Any = None) -> None:
    """A person's word about the effects in doubt of a job: arrived (done, not repeated) or not (done again)."""
    with transaction.atomic():
        doubts = Effect.objects.filter(job_id=job.pk, state=EffectState.DOUBT)
        now = clock.read()
        if arrived:
            doubts.update(state=EffectState.DONE, result={"settled_by": _name(by)}, changed_at=now)
        else:
            doubts.update(state=EffectState.REFUSED, looks=0, repeats=0, changed_at=now)
        told = {"by": _name(by), "arrived": arrived}
        if not move(job.pk, State.QUEUED, frm=[State.CHECK], sets=_fresh(), told=told):
            raise ControlRefused(_("The job doesn't wait for a decision any more."))
        bell.ring_on_commit(1)


def _retry_batch(batch: Job, by: Any) -> None:
    told = {"by": _name(by)}
    children = Job.objects.filter(parent_id=batch.pk, state__in=[State.DEAD, State.CHECK])
    count = sum(bool(_requeue(pk, told)) for pk in children.values_list("pk", flat=True))
    if not count and batch.is_fed:
        raise ControlRefused(_("Nothing in this batch has failed."))
    move(
        batch.pk,
        State.WAITING,
        frm=[State.DONE, State.DEAD, State.CANCELLED],
        sets={"attempt": 0, "cancel_requested": False, "error": "", "reason": "", "run_at": Sql(clock.now())},
        told=told,
    )
    transaction.on_commit(lambda: bell.touch_parent(batch.pk), robust=True)


def _requeue(job_id: int, told: dict[str, Any]) -> bool:
    try:
        with transaction.atomic():
            moved = move(
                job_id,
                State.QUEUED,
                frm=[State.DEAD, State.CHECK, State.CANCELLED],
                sets=_fresh() | {"attempt": 0},
                told=told,
            )
    except IntegrityError as error:
        raise ControlRefused(
            _("The same work was queued anew meanwhile; that job takes its place.")
        ) from error
    if moved:
        bell.ring_on_commit(1)
    return moved is not None


def _fresh() -> dict[str, Any]:
    return {
        "claims": 0,
        "run_at": Sql(clock.now()),
        "is_held": False,
        "paused_at": None,
        "cancel_requested": False,
    }


def _children(job: Job, *states: State) -> list[int]:
    """Bounded by the window for those that are queued, by the workers for those that run."""
    return list(Job.objects.filter(parent_id=job.pk, state__in=states).values_list("pk", flat=True))


def _touch_parent(job: Job) -> None:
    if job.parent_id:
        parent_id = job.parent_id
        transaction.on_commit(lambda: bell.touch_parent(parent_id), robust=True)


def _name(by: Any) -> str:
    return str(by) if by is not None else ""
