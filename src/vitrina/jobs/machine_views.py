"""The machine room: queues and lanes, what runs now, batches; the clock and the workers for the superuser."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from vitrina.accounts import audit
from vitrina.accounts.doors import PersonRequest, sellers_of
from vitrina.accounts.pages import page_or_part
from vitrina.accounts.roles import Right
from vitrina.jobs import clockwork, events, failures, queues, schedule
from vitrina.jobs.enqueue import QueueFull
from vitrina.jobs.metrics import measure
from vitrina.jobs.models import Job, Schedule, WorkerTick
from vitrina.jobs.states import State

RUNNING = 50
BATCHES = 20
LOST_AFTER = 60  # seconds without a tick


@require_safe
def queues_page(request: PersonRequest) -> HttpResponse:
    after = events.last_id()
    jobs = Job.objects.reachable_by(request.user)
    sellers = {seller.pk: seller for seller in sellers_of(request.user)}
    rows = queues.queues(None if request.user.is_superuser else sellers.keys())
    for row in rows:
        row.seller = sellers.get(row.queue.share)  # type: ignore[attr-defined]
    batches = list(
        jobs.filter(state=State.WAITING, parent=None)
        .select_related("seller")
        .defer("payload", "traceback")
        .order_by("-pk")[:BATCHES]
    )
    for batch in batches:
        batch.spent = queues.spent(batch)  # type: ignore[attr-defined]
    return page_or_part(
        request,
        "jobs/queues.html",
        "jobs/queues_body.html",
        {
            "tab": "queues",
            "rows": rows,
            "lanes": queues.lanes(jobs),
            "running": list(
                jobs.filter(state=State.RUNNING)
                .select_related("seller")
                .defer("payload", "traceback")
                .order_by("started_at", "pk")[:RUNNING]
            ),
            "batches": batches,
            "manageable": {seller.pk for seller in sellers_of(request.user, Right.MANAGE_JOBS)},
            "measured": measure() if request.user.is_superuser else None,
            "now": timezone.now(),
            "after": after,
            "topics": ",".join(f"job:{batch.pk}" for batch in batches),
        },
    )


@require_POST
def failures_retrial(request: PersonRequest) -> HttpResponse:
    return _all(request, "retry")


@require_POST
def failures_dropping(request: PersonRequest) -> HttpResponse:
    return _all(request, "drop")


def _all(request: PersonRequest, deed: str) -> HttpResponse:
    if not sellers_of(request.user, Right.MANAGE_JOBS):
        raise PermissionDenied
    try:
        started = failures.do_to_all(
            deed,
            Job.objects.reachable_by(request.user, Right.MANAGE_JOBS),
            kind=request.POST.get("kind", "")[:80],
            reason=request.POST.get("reason", "")[:80],
            by=request.user,
        )
    except QueueFull as full:
        messages.error(request, str(full))
        return redirect("/jobs/?state=dead")
    if not started:
        messages.info(request, _("No failed job has this reason any more."))
        return redirect("/jobs/?state=dead")
    messages.success(
        request,
        _("They are queued again, one by one.")
        if deed == "retry"
        else _("They are taken off the list, one by one."),
    )
    return redirect("job", pk=started[0].pk) if len(started) == 1 else redirect("/jobs/?state=dead")


@require_safe
def schedule_page(request: PersonRequest) -> HttpResponse:
    _superuser(request)
    context = {"tab": "schedule", "slots": clockwork.slots(), "now": timezone.now()}
    return page_or_part(request, "jobs/schedule.html", "jobs/schedule_body.html", context)


@require_POST
def schedule_run(request: PersonRequest, name: str) -> HttpResponse:
    row = _schedule(request, name)
    if name not in schedule.rules:
        raise Http404
    schedule.run_now(name)
    audit.record("schedule.run", row, by=request.user)
    messages.success(request, _("Queued. Its next time by the clock stays as it is."))
    return redirect("job_schedule")


@require_POST
def schedule_switch(request: PersonRequest, name: str) -> HttpResponse:
    row = _schedule(request, name)
    wanted = request.POST.get("on") == "1"
    Schedule.objects.filter(pk=row.pk).update(is_enabled=wanted)
    audit.record("schedule.switch", row, by=request.user, before={"on": row.is_enabled}, after={"on": wanted})
    messages.success(
        request, _("It runs by the clock again.") if wanted else _("It rests until it is switched on.")
    )
    return redirect("job_schedule")


@require_safe
def workers_page(request: PersonRequest) -> HttpResponse:
    _superuser(request)
    now = timezone.now()
    workers = list(WorkerTick.objects.order_by("-ticked_at", "owner")[:200])
    for worker in workers:
        silent = (now - worker.ticked_at).total_seconds()
        worker.silent = max(0.0, silent)  # type: ignore[attr-defined]
        worker.is_lost = silent > LOST_AFTER  # type: ignore[attr-defined]
    return page_or_part(
        request,
        "jobs/workers.html",
        "jobs/workers_body.html",
        {"tab": "workers", "workers": workers, "measured": measure()},
    )


def _superuser(request: PersonRequest) -> None:
    """The clock and the workers belong to the installation, not to a seller."""
    if not request.user.is_superuser:
        raise PermissionDenied


def _schedule(request: PersonRequest, name: str) -> Schedule:
    _superuser(request)
    row = Schedule.objects.filter(name=name).first()
    if row is None:
        raise Http404
    return row
