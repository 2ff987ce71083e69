"""Doors of cards out to marketplaces: what is wanted, what would change, how each card fares."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from vitrina.accounts import audit
from vitrina.accounts.doors import PersonRequest, reach, rights_of, sellers_of
from vitrina.accounts.pages import by_key, page_or_part
from vitrina.accounts.roles import Right
from vitrina.catalog.exporting import ExportOptions
from vitrina.catalog.pushing import planning, sending
from vitrina.catalog.pushing.forms import PushForm, connection_words, taking_cards
from vitrina.catalog.pushing.models import Push, PushRun, PushRunState, PushState
from vitrina.catalog.pushing.showing import card_shown
from vitrina.channels.models import Connection
from vitrina.jobs import events
from vitrina.jobs.enqueue import QueueFull
from vitrina.jobs.models import Job

PAGE = 30
# What a page of a push asks first: what wants somebody stands in front.
ORDER = (
    PushState.HELD, PushState.REJECTED, PushState.DOUBT, PushState.FAILED, PushState.PLANNED, PushState.WAITING,
    PushState.SENDING, PushState.SENT, PushState.CONFIRMED, PushState.SAME,
)  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def pushes_page(request: PersonRequest) -> HttpResponse:
    connections = taking_cards(Connection.objects.reachable_by(request.user, Right.EXPORT))
    may_push = bool(sellers_of(request.user, Right.EXPORT))
    form = PushForm(request.POST or None, connections=connections)
    if request.method == "POST":
        if not may_push:
            raise PermissionDenied
        if form.is_valid() and (run := _planned(request, form.cleaned_data)) is not None:
            return redirect("push", pk=run.pk)
    rows = PushRun.objects.reachable_by(request.user).select_related(
        "seller", "connection__seller", "created_by"
    )
    screen = by_key(rows, request, size=PAGE)
    for row in screen.rows:
        counted = _counts(row)
        row.counts = [(one.label, counted[one]) for one in ORDER if counted.get(one)]  # type: ignore[attr-defined]
        row.place = connection_words(row.connection)  # type: ignore[attr-defined]
    return page_or_part(
        request, "catalog/pushes.html", "catalog/push_list.html",
        {"form": form, "slice": screen, "may_push": may_push, "is_connected": connections.exists()},
        status=422 if form.errors else 200,
    )  # fmt: skip


def _planned(request: PersonRequest, given: dict[str, Any]) -> PushRun | None:
    """None: it was refused, and the words wait for the page."""
    wanted: dict[str, Any] = {}
    if given["words"]:
        wanted["text"] = given["words"]
    if given["category"]:
        wanted["category_id"] = given["category"].pk
    connection = given["connection"]
    try:
        return planning.plan(
            connection.seller, connection, language=given["language"],
            options=ExportOptions(filter=wanted), parts=given["parts"], by=request.user,
        )  # fmt: skip
    except (planning.CantPush, QueueFull) as refusal:
        messages.error(request, str(refusal))
    return None


@require_safe
def push_page(request: PersonRequest, pk: int) -> HttpResponse:
    after = events.last_id()
    run = reach(
        PushRun.objects.select_related("seller", "connection__seller", "created_by"),
        request.user,
        Right.VIEW,
        pk=pk,
    )
    counts = _counts(run)
    state = request.GET.get("state", "")
    rows = run.pushes.select_related("product").defer("product__search_text", "product__description")
    if state in counts:
        rows = rows.filter(state=state)
    screen = by_key(rows, request, size=PAGE)
    job = Job.objects.filter(pk=run.job_id).first() if run.job_id else None
    is_checking = run.state == PushRunState.CHECKING
    return page_or_part(
        request, "catalog/push.html", "catalog/push_body.html",
        {
            "run": run,
            "place": connection_words(run.connection),
            "counts": [(one.value, one.label, counts[one]) for one in ORDER if counts.get(one)],
            "going": counts.get(PushState.PLANNED, 0),
            "total": sum(counts.values()),
            "state": state,
            "slice": screen,
            "cards": [card_shown(row) for row in screen.rows],
            "job": job,
            "is_checking": is_checking and bool(job and job.is_live),
            "is_stuck": is_checking and not (job and job.is_live),
            "is_live": run.state == PushRunState.RUNNING,
            "rights": rights_of(request.user, run.seller_id),
            "after": after,
        },
    )  # fmt: skip


def _counts(run: PushRun) -> dict[str, int]:
    return dict(run.pushes.order_by().values_list("state").annotate(Count("pk")))


@require_POST
def beginning(request: PersonRequest, pk: int) -> HttpResponse:
    run = reach(PushRun.objects.select_related("connection"), request.user, Right.EXPORT, pk=pk)
    try:
        sending.begin(run, by=request.user)
    except (planning.CantPush, QueueFull) as refusal:
        messages.error(request, str(refusal))
    return redirect("push", pk=pk)


@require_POST
def ending(request: PersonRequest, pk: int) -> HttpResponse:
    """A draft is put away; of one that runs what hasn't left stays here."""
    run = reach(PushRun.objects, request.user, Right.EXPORT, pk=pk)
    if planning.discard(run):
        messages.success(request, _("The push was put away; nothing was sent."))
        return redirect("pushes")
    kept = sending.cancel(run)
    messages.success(
        request, _("%(count)s cards were kept back; what had left is seen to its end.") % {"count": kept}
    )
    return redirect("push", pk=pk)


@require_POST
def overwriting(request: PersonRequest, pk: int, card: int) -> HttpResponse:
    run = reach(PushRun.objects, request.user, Right.EXPORT, pk=pk)
    row = run.pushes.filter(pk=card).first()
    if row is None:
        raise Http404
    if overwrite(row, by=request.user):
        messages.success(request, _("The card goes with the others; what stands there will be overwritten."))
    else:
        messages.error(
            request,
            _("This card is not held back by a change at the marketplace alone, or the push is begun."),
        )
    return redirect("push", pk=pk)


def overwrite(row: Push, *, by: Any) -> bool:
    done = planning.overwrite(row)
    if done:
        audit.record("push.overwrite", row, by=by, before=row.stood, after=row.wanted)
    return done
