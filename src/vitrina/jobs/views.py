"""Jobs: what is at work, what failed, one job with its parts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from vitrina.accounts import audit
from vitrina.accounts.doors import PersonRequest, reach, rights_of, sellers_of
from vitrina.accounts.pages import by_key, page_or_part
from vitrina.accounts.roles import Right
from vitrina.jobs import control, events, queues
from vitrina.jobs.batches import counts
from vitrina.jobs.control import ControlRefused
from vitrina.jobs.failures import failures
from vitrina.jobs.metrics import measure
from vitrina.jobs.models import Job, JobState
from vitrina.jobs.states import LIVE, State

PAGE = 50
CHILDREN = 50


@require_safe
def jobs_page(request: PersonRequest) -> HttpResponse:
    after = events.last_id()
    shown = request.GET.get("state", "")
    jobs = Job.objects.reachable_by(request.user)
    kind, reason = request.GET.get("kind", "")[:80], request.GET.get("reason", "")[:80]
    rows = jobs.dead() if shown == "dead" else jobs.top()
    if shown == "live":
        rows = rows.filter(state__in=LIVE)
    elif shown in JobState.values and shown != "dead":
        rows = rows.filter(state=shown)
    if kind:
        rows = rows.filter(kind=kind)
    if reason:
        rows = rows.filter(reason=reason)
    is_short = not (shown or kind or reason)
    if is_short:  # what the installation does for itself by the clock, once a minute, would bury the rest
        rows = rows.exclude(seller=None, state=JobState.DONE)
    screen = by_key(
        rows.select_related("seller", "created_by").defer("payload", "traceback"), request, size=PAGE
    )
    live = [job.pk for job in screen.rows if job.is_live][:50]
    context = {
        "slice": screen,
        "shown": shown,
        "is_short": is_short and request.user.is_superuser,
        "kind": kind,
        "reason": reason,
        "tab": shown if shown in ("live", "dead") else "all",
        "failures": failures(jobs) if shown == "dead" else [],
        "dead": jobs.dead().order_by().count(),
        # The machine room belongs to the installation: its figures mix all sellers.
        "measured": measure() if request.user.is_superuser else None,
        "manageable": {seller.pk for seller in sellers_of(request.user, Right.MANAGE_JOBS)},
        "after": after,
        "topics": ",".join(f"job:{pk}" for pk in live),
    }
    return page_or_part(request, "jobs/jobs.html", "jobs/job_list.html", context)


@require_safe
def job_page(request: PersonRequest, pk: int) -> HttpResponse:
    after = events.last_id()
    job = reach(Job.objects.select_related("seller", "created_by", "parent"), request.user, Right.VIEW, pk=pk)
    names = dict(JobState.choices)
    by_state = counts(job.pk) if job.has_children else {}
    failed = list(job.children.filter(state__in=[State.DEAD, State.CHECK]).order_by("-pk")[:CHILDREN])
    context = {
        "job": job,
        "by_state": [(state, names.get(state, state), number) for state, number in sorted(by_state.items())],
        "failed_children": failed,
        "spent": queues.spent(job) if job.is_batch else None,
        "kept": sum(
            by_state.get(state, 0) for state in (State.DONE, State.DEAD, State.CHECK, State.CANCELLED)
        ),
        "failed_count": by_state.get(State.DEAD, 0) + by_state.get(State.CHECK, 0),
        "doubts": list(job.effects.filter(state="doubt")) if job.state == State.CHECK else [],
        "can_manage": _can_manage(request, job),
        "after": after,
    }
    return page_or_part(request, "jobs/job.html", "jobs/job_body.html", context)


def _can_manage(request: PersonRequest, job: Job) -> bool:
    if job.seller_id is None:
        return request.user.is_superuser
    return Right.MANAGE_JOBS in rights_of(request.user, job.seller_id)


@require_POST
def pausing(request: PersonRequest, pk: int) -> HttpResponse:
    return _do(request, pk, control.pause, _("Paused: nothing more of it is started; what runs now ends."))


@require_POST
def resumption(request: PersonRequest, pk: int) -> HttpResponse:
    return _do(request, pk, control.resume, _("It goes on."))


@require_POST
def cancellation(request: PersonRequest, pk: int) -> HttpResponse:
    return _do(request, pk, control.cancel, _("Cancelled. What was finished before stays."))


@require_POST
def retrial(request: PersonRequest, pk: int) -> HttpResponse:
    return _do(request, pk, control.retry, _("Queued again, from its first try."))


@require_POST
def dropping(request: PersonRequest, pk: int) -> HttpResponse:
    return _do(request, pk, control.drop, _("Dropped from the list of failed jobs."))


def _do(request: PersonRequest, pk: int, deed: Callable[..., Any], words: str) -> HttpResponse:
    # Whoever may start runs may also stop the one in front of them; everything else is for job managers.
    right = Right.ENRICH if deed is control.cancel else Right.MANAGE_JOBS
    job = reach(Job.objects, request.user, right, pk=pk)
    try:
        deed(job, by=request.user)
    except ControlRefused as refusal:
        messages.warning(request, str(refusal))
    else:
        audit.record(f"job.{deed.__name__}", job, by=request.user, before={"state": job.state})
        messages.success(request, words)
    wanted = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure()):
        return redirect(wanted)
    return redirect("job", pk=pk)
