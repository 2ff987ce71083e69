"""One product: what came in beside what was made of it, where each value was read, and a new run followed live."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db.models import Count, Q, Sum
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from vitrina.accounts.doors import PersonRequest, reach, rights_of
from vitrina.accounts.pages import page_or_part
from vitrina.accounts.roles import Right
from vitrina.catalog.models import Product, ProductContent, ProductImage
from vitrina.catalog.pictures.showing import may_be_asked_again, shown
from vitrina.console.live_job import live_job
from vitrina.console.product_attributes import typed_panel
from vitrina.console.product_filter import LANGUAGE_NAMES, filter_of
from vitrina.console.product_history import history
from vitrina.console.product_order import beside, order_of
from vitrina.console.products import options_of
from vitrina.enrichment import pictures_shown, runs
from vitrina.enrichment.apply import ApplyRefused, people_fields, redo, undo
from vitrina.enrichment.card_versus import Side, Versus, attributes_of, sources_of, versus
from vitrina.enrichment.field_words import named
from vitrina.enrichment.models import LIVE, ContentTemplate, ProcessingLog, Status
from vitrina.enrichment.options import NothingAsked
from vitrina.enrichment.showing import remarks, suggestion
from vitrina.jobs import events
from vitrina.jobs.enqueue import QueueFull
from vitrina.jobs.models import Job

HISTORY = 20


@require_safe
def product_page(request: PersonRequest, pk: int) -> HttpResponse:
    # The stream goes on from here: asked before the state is read, so nothing falls between the two.
    after = events.last_id()
    product = _reach(request, pk, Right.VIEW)
    if product is None:
        return gone(request)
    logs = list(product.logs.select_related("created_by", "moderation").order_by("-pk")[: HISTORY + 1])
    live = next((log for log in logs if log.status in LIVE), None)
    last = next((log for log in logs if log.result), None)
    contents = {content.language: content for content in product.contents.select_related("edited_by")}
    language = _language(request, product, contents)
    content = contents.get(language)
    is_waiting = bool(last and last.status == Status.MODERATION)
    attributes = attributes_of(product)
    proposal = _proposal(product, last, content, language, is_waiting=is_waiting)
    rights = rights_of(request.user, product.seller_id)
    every = list(
        ProductImage.every.filter(product=product).select_related("picture").order_by("position", "pk")
    )
    images = [image for image in every if not image.is_removed]
    looking = next((log for log in logs if (log.result or {}).get("pictures")), None)
    pictures = [shown(image) for image in images]
    failed = logs[0] if logs and logs[0].status == Status.FAILED else None
    came_from = request.GET.get("in", "")[:2000]
    before, behind = _beside(request, product, came_from)
    return page_or_part(
        request,
        "console/product.html",
        "console/product_body.html",
        {
            "product": product,
            "images": images,
            "pictures_seen": pictures_shown.of_images(images, product.seller_id),
            "look": pictures_shown.look_of(looking),
            "pictures": pictures,
            "removed_pictures": [shown(image) for image in every if image.is_removed],
            "may_ask_for_pictures": may_be_asked_again(pictures) and Right.IMPORT in rights,
            "language": language,
            "tabs": [(code, name, contents.get(code)) for code, name in LANGUAGE_NAMES.items()],
            "content": content,
            "people": named(people_fields(content)) if content else "",
            "card": _card(product, content, logs, attributes),
            "proposal": proposal,
            "is_waiting": is_waiting,
            "last": last,
            "remarks": remarks((last.result or {}).get("findings", [])) if last else [],
            "reasons": remarks((last.result or {}).get("decision", {}).get("reasons", []))
            if last and is_waiting
            else [],
            "suggestion": suggestion(last) if last else None,
            "attributes": attributes,
            **typed_panel(product, attributes, last),
            "history": history(product, logs[:HISTORY]),
            "has_more_logs": len(logs) > HISTORY,
            "spent": product.logs.aggregate(usd=Sum("cost"), runs=Count("*"), unpriced=UNPRICED),
            "templates": _templates(content, logs),
            "live": live,
            "live_job": live_job(Job.objects.filter(pk=live.job_id).first())
            if live and live.job_id
            else None,
            "failed": failed,
            "after": after,
            "rights": rights,
            "came_from": came_from,
            "before": before,
            "behind": behind,
            "here": request.get_full_path(),
        },
    )


UNPRICED = Count("pk", filter=Q(cost=None, finished_at__isnull=False))


def gone(request: PersonRequest) -> HttpResponse:
    """The same words for a product that was deleted and one that is not theirs to see: neither tells of the other."""
    response = render(request, "console/product_gone.html", {}, status=404)
    if request.htmx:
        # A page that follows the product shows this as a whole instead of standing still.
        response["HX-Refresh"] = "true"
    return response


def _reach(request: PersonRequest, pk: int, right: Right) -> Product | None:
    rows = Product.objects.select_related("seller", "brand", "category")
    try:
        found: Product = reach(rows, request.user, right, pk=pk)
    except Http404:
        return None
    return found


def _language(request: PersonRequest, product: Product, contents: dict[str, ProductContent]) -> str:
    """The tab: the one asked for, else the seller's language, else one that has a text."""
    asked = request.GET.get("lang", "")
    if asked in LANGUAGE_NAMES:
        return asked
    own = product.seller.language
    return own if own in contents or not contents else next(iter(sorted(contents)))


def _beside(request: PersonRequest, product: Product, came_from: str) -> tuple[int | None, int | None]:
    """The neighbours in the list that the person came from: the same filter and the same order."""
    query = QueryDict(came_from)
    rows = filter_of(query, [product.seller_id]).products(request.user)
    return beside(rows, order_of(query.get("order")), product)


def _card(
    product: Product,
    content: ProductContent | None,
    logs: list[ProcessingLog],
    attributes: list[dict[str, Any]],
) -> Versus:
    """The listing beside the card. Findings are marked while it is still the text that they were made on."""
    maker = next((log for log in logs if content and log.pk == content.log_id), None)
    result = (maker.result or {}) if maker else {}
    made = result.get("text") or {}
    findings = [
        found
        for found in result.get("findings", [])
        if not found.get("span")
        or found["span"]["field"].startswith("facts.")
        or made.get(found["span"]["field"]) == getattr(content, found["span"]["field"], None)
    ]
    listing = Side.of_listing(product, sources=sources_of(attributes), findings=findings)
    return versus(listing, Side.of_content(content, findings) if content else None)


def _proposal(
    product: Product,
    log: ProcessingLog | None,
    content: ProductContent | None,
    language: str,
    *,
    is_waiting: bool,
) -> Versus | None:
    """What the last run proposes, beside the card as it is now; beside the listing where there is no card."""
    if log is None or log.options.get("language", "ru") != language or not (is_waiting or content is None):
        return None
    result = log.result or {}
    proposed = Side.of_text(result.get("text") or {}, result.get("findings", []))
    if proposed.is_empty:
        return None
    now = Side.of_content(content, []) if content else Side.of_listing(product, sources=(), findings=())
    return versus(now, proposed)


def _templates(content: ProductContent | None, logs: list[ProcessingLog]) -> list[ContentTemplate]:
    """Those that the text of the card was written after. No query where there is none."""
    maker = next((log for log in logs if content and log.pk == content.log_id), None)
    helped = ((maker.result or {}).get("templates") or []) if maker else []
    return list(ContentTemplate.objects.filter(pk__in=helped).only("pk", "name")) if helped else []


@require_POST
def product_runs(request: PersonRequest, pk: int) -> HttpResponse:
    product = _reach(request, pk, Right.ENRICH)
    if product is None:
        return gone(request)
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
    return _back(request, product.pk)


@require_POST
def run_undoing(request: PersonRequest, pk: int) -> HttpResponse:
    return _turn(request, pk, undo, _("Taken back: the product is as it was before run %(number)s."))


@require_POST
def run_redoing(request: PersonRequest, pk: int) -> HttpResponse:
    return _turn(request, pk, redo, _("Written again: the product is as run %(number)s left it."))


def _turn(request: PersonRequest, pk: int, deed: Callable[..., ProcessingLog], words: str) -> HttpResponse:
    log = reach(ProcessingLog.objects, request.user, Right.ENRICH, pk=pk)
    try:
        deed(log, by=request.user)
    except ApplyRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, words % {"number": log.pk})
    return _back(request, log.product_id)


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
    return _back(request, log.product_id)


def _back(request: PersonRequest, pk: int) -> HttpResponse:
    """To the product, in the list and with the language that the person had."""
    kept = QueryDict(mutable=True)
    for name in ("in", "lang"):
        if request.POST.get(name):
            kept[name] = request.POST[name][:2000]
    response = redirect("product", pk=pk)
    if kept:
        response["Location"] += f"?{kept.urlencode()}"
    return response
