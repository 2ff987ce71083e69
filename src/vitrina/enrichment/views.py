"""Pages of runs and templates."""

from __future__ import annotations

from django.db.models import Q
from django.http import HttpResponse
from django.views.decorators.http import require_safe

from vitrina.accounts.doors import PersonRequest, reach, rights_of, sellers_of
from vitrina.accounts.pages import by_key, page_or_part
from vitrina.accounts.roles import Right
from vitrina.enrichment.models import ContentTemplate, ProcessingLog, RunType, Status
from vitrina.enrichment.showing import remarks, shown_text, suggestion
from vitrina.enrichment.step_names import step_name

PAGE = 50


@require_safe
def runs_page(request: PersonRequest) -> HttpResponse:
    logs = ProcessingLog.objects.reachable_by(request.user)
    status, kind, seller = (
        request.GET.get("status", ""),
        request.GET.get("type", ""),
        request.GET.get("seller", ""),
    )
    if status in Status.values:
        logs = logs.filter(status=status)
    if kind in RunType.values:
        logs = logs.filter(type=kind)
    if seller.isascii() and seller.isdigit() and len(seller) < 19:
        logs = logs.filter(seller_id=int(seller))
    screen = by_key(
        logs.select_related("product", "seller", "created_by").defer(
            "input", "result", "applied", "traceback"
        ),
        request,
        size=PAGE,
    )
    context = {
        "slice": screen, "status": status, "type": kind, "seller": seller, "statuses": Status.choices,
        "types": RunType.choices, "sellers": sellers_of(request.user),
    }  # fmt: skip
    return page_or_part(request, "enrichment/runs.html", "enrichment/run_list.html", context)


@require_safe
def run_page(request: PersonRequest, pk: int) -> HttpResponse:
    log = reach(
        ProcessingLog.objects.select_related("product", "seller", "created_by"),
        request.user,
        Right.VIEW,
        pk=pk,
    )
    steps = list(log.steps.all())
    for step in steps:
        step.shown_name = step_name(step.step)  # type: ignore[attr-defined]
    result = log.result or {}
    context = {
        "log": log,
        "steps": steps,
        "text": shown_text(result.get("text") or {}, result.get("findings", [])),
        "findings": remarks(result.get("findings", [])),
        "reasons": remarks(result.get("decision", {}).get("reasons", [])),
        "suggestion": suggestion(log),
        "moderation": getattr(log, "moderation", None),
        "rights": rights_of(request.user, log.seller_id),
    }
    return page_or_part(request, "enrichment/run.html", "enrichment/run_body.html", context)


@require_safe
def templates_page(request: PersonRequest) -> HttpResponse:
    """The few-shot examples of the reader's sellers, and those that all share."""
    sellers = sellers_of(request.user)
    templates = (
        ContentTemplate.objects.filter(Q(seller=None) | Q(seller__in=sellers))
        .select_related("category", "seller")
        .order_by("-is_active", "name", "pk")
    )
    return page_or_part(
        request,
        "enrichment/templates.html",
        "enrichment/template_list.html",
        {"templates": list(templates[:500])},
    )
