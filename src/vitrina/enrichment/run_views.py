"""The log of runs: the list with its filters, one run with its steps, two runs compared, a filter as CSV."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404, HttpResponse, HttpResponseBase
from django.utils.text import Truncator
from django.views.decorators.http import require_safe

from vitrina.accounts.doors import PersonRequest, reach, rights_of, sellers_of
from vitrina.accounts.pages import page_or_part
from vitrina.accounts.roles import Right
from vitrina.enrichment import pictures_shown
from vitrina.enrichment.field_words import named
from vitrina.enrichment.models import ContentTemplate, ProcessingLog, RunType, Status
from vitrina.enrichment.queue_filter import SURENESS
from vitrina.enrichment.run_comparison import compare, previous_of
from vitrina.enrichment.run_export import pieces
from vitrina.enrichment.run_filter import RunFilter, found
from vitrina.enrichment.showing import remarks, shown_text, suggestion
from vitrina.enrichment.step_names import step_name
from vitrina.lib import downloads

PAGE = 50
TEMPLATES = 200
NAME = 40


@require_safe
def runs_page(request: PersonRequest) -> HttpResponse:
    wanted = RunFilter.of(request.GET)
    before, after = (_id(request.GET.get(name)) for name in ("before", "after"))
    logs, walked = wanted.to_walk(request.user)
    screen = found(wanted, logs, before=before, after=after, size=PAGE, sellers=walked)
    sellers = sellers_of(request.user)
    templates = ContentTemplate.objects.filter(Q(seller=None) | Q(seller__in=sellers)).order_by("name", "pk")
    models = {model for log in screen.slice.rows for model in (log.models_used or {}).values()}
    context = {
        "slice": screen.slice,
        "looked_at": screen.looked_at,
        "wanted": wanted,
        "statuses": Status.choices,
        "types": RunType.choices,
        "sureness": SURENESS,
        "sellers": sellers,
        "templates": [
            (pk, Truncator(name).chars(NAME) if len(name) > NAME else name)
            for pk, name in templates.values_list("pk", "name")[:TEMPLATES]
        ],
        "models": sorted({"offline", *models}),
        "can_export": bool(sellers_of(request.user, Right.EXPORT)),
    }
    return page_or_part(request, "enrichment/runs.html", "enrichment/run_list.html", context)


@require_safe
def runs_file(request: PersonRequest) -> HttpResponseBase:
    """What the filter finds, of the sellers whose data the person may take out."""
    if not sellers_of(request.user, Right.EXPORT):
        raise PermissionDenied
    wanted = RunFilter.of(request.GET)
    return downloads.table(request, pieces(wanted, wanted.logs(request.user, Right.EXPORT)), "runs.csv")


@require_safe
def run_page(request: PersonRequest, pk: int) -> HttpResponse:
    log = reach(
        ProcessingLog.objects.select_related("product", "seller", "created_by", "moderation__resolved_by"),
        request.user,
        Right.VIEW,
        pk=pk,
    )
    steps = list(log.steps.all())
    for step in steps:
        step.shown_name = step_name(step.step)  # type: ignore[attr-defined]
    applied: dict[str, Any] = next((step.output for step in steps if step.step == "apply"), {})
    result = log.result or {}
    context = {
        "log": log,
        "steps": steps,
        "written": named(applied.get("written") or []),
        "kept": named(applied.get("kept") or []),
        "text": shown_text(result.get("text") or {}, result.get("findings", [])),
        "findings": remarks(result.get("findings", [])),
        "reasons": remarks(result.get("decision", {}).get("reasons", [])),
        "suggestion": suggestion(log),
        "look": pictures_shown.look_of(log),
        "pictures_seen": pictures_shown.of_log(log),
        "moderation": getattr(log, "moderation", None),
        "rights": rights_of(request.user, log.seller_id),
        "previous": previous_of(log) if log.result else None,
    }
    return page_or_part(request, "enrichment/run.html", "enrichment/run_body.html", context)


@require_safe
def run_comparison(request: PersonRequest, pk: int) -> HttpResponse:
    """This run beside an earlier one of the same product: `?with=ID`, else the one before it."""
    logs = ProcessingLog.objects.select_related("product", "seller")
    log = reach(logs, request.user, Right.VIEW, pk=pk)
    other = _id(request.GET.get("with"))
    earlier = (
        reach(logs, request.user, Right.VIEW, pk=other, product_id=log.product_id)
        if other
        else previous_of(log)
    )
    if other == log.pk:
        raise Http404
    others = ProcessingLog.objects.filter(product_id=log.product_id, result__isnull=False).exclude(pk=pk)
    return page_or_part(
        request,
        "enrichment/run_comparison.html",
        "enrichment/run_comparison_body.html",
        {
            "log": log,
            "earlier": earlier,
            "compared": compare(earlier, log) if earlier else None,
            "others": list(others.order_by("-pk").only("pk", "created_at", "status")[:30]),
        },
    )


def _id(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 19 else None
