"""One product: what came in beside what was made of it, its runs, and a new run followed live."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import F
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from vitrina.accounts.doors import PersonRequest, reach, rights_of
from vitrina.accounts.pages import page_or_part
from vitrina.accounts.roles import Right
from vitrina.catalog.models import Product, ProductContent
from vitrina.console.live_job import live_job
from vitrina.console.products import options_of
from vitrina.enrichment import runs
from vitrina.enrichment.apply import ApplyRefused, people_fields, undo
from vitrina.enrichment.models import LIVE, ProcessingLog, Status
from vitrina.enrichment.options import NothingAsked
from vitrina.enrichment.showing import ShownText, remarks, shown_text, suggestion
from vitrina.jobs import events
from vitrina.jobs.enqueue import QueueFull
from vitrina.jobs.models import Job
from vitrina.lib.html import to_text

HISTORY = 20
TEXT_COLUMNS = (
    "title",
    "description",
    "short_description",
    "seo_title",
    "seo_description",
    "keywords",
    "key_benefits",
)


@require_safe
def product_page(request: PersonRequest, pk: int) -> HttpResponse:
    # The stream goes on from here: asked before the state is read, so nothing falls between the two.
    after = events.last_id()
    product = reach(Product.objects, request.user, Right.VIEW, pk=pk)
    logs = list(product.logs.select_related("created_by").order_by("-pk")[: HISTORY + 1])
    live = next((log for log in logs if log.status in LIVE), None)
    last = next((log for log in logs if log.result), None)
    contents = list(product.contents.order_by(F("language").desc()))
    cards = [card_of(content, logs) for content in contents]
    is_waiting = bool(last and last.status == Status.MODERATION)
    proposal = _proposal(last) if last and (is_waiting or not cards) else None
    failed = logs[0] if logs and logs[0].status == Status.FAILED else None
    rights = rights_of(request.user, product.seller_id)
    return page_or_part(
        request,
        "console/product.html",
        "console/product_body.html",
        {
            "product": product,
            "images": list(product.images.all()),
            "cards": cards,
            "proposal": proposal,
            "is_waiting": is_waiting,
            "last": last,
            "remarks": remarks((last.result or {}).get("findings", [])) if last else [],
            "reasons": remarks((last.result or {}).get("decision", {}).get("reasons", []))
            if last and is_waiting
            else [],
            "suggestion": suggestion(last) if last else None,
            "attributes": attributes_of(product),
            "logs": logs[:HISTORY],
            "has_more_logs": len(logs) > HISTORY,
            "live": live,
            "live_job": live_job(Job.objects.filter(pk=live.job_id).first())
            if live and live.job_id
            else None,
            "failed": failed,
            "after": after,
            "rights": rights,
        },
    )


def card_of(content: ProductContent, logs: list[ProcessingLog]) -> dict[str, Any]:
    """The text of one language; findings are marked in it while it is still the text they were made on."""
    maker = next((log for log in logs if log.pk == content.log_id), None)
    result = (maker.result or {}) if maker else {}
    made = result.get("text") or {}
    findings = [
        found
        for found in result.get("findings", [])
        if found.get("span")
        and made.get(found["span"]["field"]) == getattr(content, found["span"]["field"], None)
    ]
    text = {name: getattr(content, name) for name in TEXT_COLUMNS}
    return {
        "language": content.language,
        "text": shown_text(text, findings),
        "source": content.source,
        "updated_at": content.updated_at,
        "people": people_fields(content),
    }


def _proposal(log: ProcessingLog) -> ShownText | None:
    result = log.result or {}
    shown = shown_text(result.get("text") or {}, result.get("findings", []))
    return None if shown.is_empty else shown


def attributes_of(product: Product) -> list[dict[str, Any]]:
    """The supplier's attributes, then those read out, each with the words that it rests on."""
    rows = [
        {"name": name, "value": value, "evidence": _("supplier"), "is_ours": False}
        for name, value in product.attributes.items()
    ]
    for name, entry in (product.ai_extracted.get("attributes") or {}).items():
        value = entry.get("value")
        if product.attributes.get(name) == value:
            continue  # the supplier says the same under the same name
        rows.append(
            {
                "name": name,
                "value": ", ".join(map(str, value)) if isinstance(value, list) else value,
                "evidence": _evidence(product, entry.get("evidence") or {}),
                "is_ours": True,
            }
        )
    return rows


def _evidence(product: Product, evidence: dict[str, Any]) -> str:
    """The words or the field of the listing that a value was read from; empty when it was inferred."""
    if evidence.get("kind") == "attribute":
        source = evidence.get("source") or ""
        return "" if source == evidence.get("field") else source
    field = evidence.get("field", "")
    if evidence.get("kind") == "text" and field in ("title", "description"):
        words = product.title if field == "title" else to_text(product.description)
        return words[evidence.get("start", 0) : evidence.get("end")]
    return str(evidence.get("source") or "")


@require_POST
def product_runs(request: PersonRequest, pk: int) -> HttpResponse:
    product = reach(Product.objects, request.user, Right.ENRICH, pk=pk)
    try:
        log = runs.start(product, options_of(request, product.seller), by=request.user)
    except NothingAsked:
        messages.error(
            request, _("Nothing is switched on for this run. Ask for a description or a category.")
        )
    except QueueFull as full:
        messages.error(request, str(full))
    else:
        if log.was_live:
            messages.info(request, _("This product is already in work; that run is shown here."))
    return redirect("product", pk=product.pk)


@require_POST
def run_undoing(request: PersonRequest, pk: int) -> HttpResponse:
    log = reach(ProcessingLog.objects, request.user, Right.ENRICH, pk=pk)
    try:
        undo(log, by=request.user)
    except ApplyRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(
            request, _("Taken back: the product is as it was before run %(number)s.") % {"number": log.pk}
        )
    return redirect("product", pk=log.product_id)


@require_POST
def run_repetition(request: PersonRequest, pk: int) -> HttpResponse:
    """The same run once more, with the same options."""
    log = reach(ProcessingLog.objects, request.user, Right.ENRICH, pk=pk)
    try:
        again = runs.repeat(log, by=request.user)
    except QueueFull as full:
        messages.error(request, str(full))
    else:
        if again.was_live:
            messages.info(request, _("This product is already in work; that run is shown here."))
    return redirect("product", pk=log.product_id)
