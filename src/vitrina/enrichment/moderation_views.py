"""The queue of doubtful runs and the desk where one of them is decided."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Count, Q
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from vitrina.accounts.doors import PersonRequest, reach, rights_of, sellers_of
from vitrina.accounts.pages import page_or_part
from vitrina.accounts.roles import Right
from vitrina.catalog.category_choice import choices
from vitrina.catalog.models import Category
from vitrina.enrichment import moderating
from vitrina.enrichment.apply import ProductChanged
from vitrina.enrichment.edits import EditsQuestioned, EditsRefused
from vitrina.enrichment.models import ModerationItem, ModerationItemQuerySet
from vitrina.enrichment.moderating import ModerationRefused
from vitrina.enrichment.moderation_form import edits_of, fields_of
from vitrina.enrichment.reasons import sentence
from vitrina.enrichment.showing import remarks, shown_text, suggestion

QUEUE = 50
NO_CATEGORY = "none"


@require_safe
def queue_page(request: PersonRequest) -> HttpResponse:
    items = ModerationItem.objects.reachable_by(request.user)
    seller = _number(request.GET.get("seller"))
    if seller:
        items = items.filter(seller_id=seller)
    waiting = items.waiting()
    counts = waiting.order_by().aggregate(
        all=Count("pk"), high=Count("pk", filter=Q(priority=3)), medium=Count("pk", filter=Q(priority=2)),
        low=Count("pk", filter=Q(priority=1)),
        taken=Count("pk", filter=Q(assigned_at__gte=timezone.now() - moderating.TAKEN_FOR)),
    )  # fmt: skip
    rows = list(waiting.select_related("log__product", "seller", "assignee")[:QUEUE])
    for row in rows:
        row.shown_reasons = remarks(row.reasons)[:2]  # type: ignore[attr-defined]
        row.more_reasons = max(0, len(row.reasons) - 2)  # type: ignore[attr-defined]
    return page_or_part(
        request,
        "enrichment/moderation.html",
        "enrichment/moderation_queue.html",
        {
            "items": rows,
            "counts": counts,
            "decided_today": _decided_today(request),
            "sellers": sellers_of(request.user),
            "seller": seller,
            "can_moderate": bool(sellers_of(request.user, Right.MODERATE)),
            "taken_after": timezone.now() - moderating.TAKEN_FOR,
        },
    )


@require_POST
def next_item(request: PersonRequest) -> HttpResponse:
    """Take the next one that waits and go there."""
    return _on(request)


@require_safe
def item_page(request: PersonRequest, pk: int) -> HttpResponse:
    return _desk(request, reach(_with_product(), request.user, Right.VIEW, pk=pk))


@require_POST
def assignment(request: PersonRequest, pk: int) -> HttpResponse:
    item = _mine(request, pk)
    try:
        moderating.take_this(item, request.user)
    except ModerationRefused as refusal:
        messages.warning(request, str(refusal))
    return redirect("moderation_item", pk=pk)


@require_POST
def release(request: PersonRequest, pk: int) -> HttpResponse:
    moderating.release(_mine(request, pk), request.user)
    return redirect("moderation")


@require_POST
def approval(request: PersonRequest, pk: int) -> HttpResponse:
    item = _mine(request, pk)
    said = request.POST.get("category", "")
    try:
        done = moderating.approve(
            item,
            request.user,
            edits=edits_of(item.log, request.POST.dict()),
            category=_category(item, said),
            no_category=said == NO_CATEGORY,
            despite_changes="despite_changes" in request.POST,
            despite_findings="despite_findings" in request.POST,
        )
    except EditsRefused as refusal:
        return _desk(request, item, errors=refusal.problems, status=422)
    except EditsQuestioned as question:
        doubts = [sentence(finding.code, finding.detail) for finding in question.findings]
        return _desk(request, item, doubts=doubts, asks="despite_findings", status=422)
    except ProductChanged as changed:
        return _desk(request, item, doubts=[str(changed)], asks="despite_changes", status=409)
    except ModerationRefused as refusal:
        messages.warning(request, str(refusal))
        return _on(request)
    return _told(request, done, _("Approved: %(title)s"))


@require_POST
def rejection(request: PersonRequest, pk: int) -> HttpResponse:
    item = _mine(request, pk)
    try:
        done = moderating.reject(item, request.user, notes=request.POST.get("notes", "").strip()[:2000])
    except ModerationRefused as refusal:
        messages.warning(request, str(refusal))
        return _on(request)
    return _told(request, done, _("Rejected: %(title)s"))


@require_POST
def sending_back(request: PersonRequest, pk: int) -> HttpResponse:
    item = _mine(request, pk)
    try:
        done = moderating.send_back(item, request.user, request.POST.get("notes", "")[:2000])
    except ModerationRefused as refusal:
        messages.warning(request, str(refusal))
        return redirect("moderation_item", pk=pk)
    return _told(request, done, _("Sent back for another run: %(title)s"))


def _told(request: PersonRequest, done: ModerationItem, words: str) -> HttpResponse:
    if done.was_resolved:
        messages.info(request, _("This item had been decided already; nothing was done twice."))
    else:
        messages.success(request, words % {"title": done.log.product.title})
    return _on(request)


def _on(request: PersonRequest) -> HttpResponse:
    """To the next item; to the queue when nothing waits."""
    item = moderating.take(request.user, _number(request.POST.get("seller")))
    if item is None:
        messages.info(request, _("Nothing waits for you now."))
        return redirect("moderation")
    return redirect("moderation_item", pk=item.pk)


def _mine(request: PersonRequest, pk: int) -> ModerationItem:
    return reach(_with_product(), request.user, Right.MODERATE, pk=pk)


def _with_product() -> ModerationItemQuerySet:
    return ModerationItem.objects.select_related("log__product", "seller", "assignee", "resolved_by")


def _category(item: ModerationItem, said: str) -> Category | None:
    """The category that a person chose in place of the suggested one."""
    pk = _number(said)
    suggested = ((item.log.result or {}).get("category") or {}).get("id")
    if pk is None or pk == suggested:
        return None
    chosen = Category.objects.filter(
        Q(seller=None) | Q(seller_id=item.seller_id), pk=pk, is_active=True
    ).first()
    if chosen is None:
        raise Http404
    return chosen


def _desk(
    request: PersonRequest,
    item: ModerationItem,
    *,
    errors: dict[str, str] | None = None,
    doubts: list[str] | None = None,
    asks: str = "",
    status: int = 200,
) -> HttpResponse:
    log = item.log
    result: dict[str, Any] = log.result or {}
    findings = result.get("findings", [])
    words = request.GET.get("category_words", "").strip()
    waiting = ModerationItem.objects.reachable_by(request.user, Right.MODERATE).waiting().order_by().count()
    reasons = remarks(item.reasons)
    is_held = item.assigned_at is not None and item.assigned_at > timezone.now() - moderating.TAKEN_FOR
    return page_or_part(
        request,
        "enrichment/moderation_item.html",
        "enrichment/moderation_desk.html",
        {
            "item": item,
            "log": log,
            "product": log.product,
            "text": shown_text(result.get("text") or {}, findings),
            "reasons": reasons,
            # What is a reason already needs no second reading.
            "findings": [remark for remark in remarks(findings) if remark not in reasons],
            "suggestion": suggestion(log),
            "chosen": request.POST.get("category", ""),
            "words": words,
            "found": choices(words, seller_id=item.seller_id) if words else None,
            "fields": fields_of(log, request.POST.dict() if request.method == "POST" else None, errors),
            "errors": errors,
            "doubts": doubts,
            "asks": asks,
            "attributes": result.get("attributes") or {},
            "waiting": waiting,
            "decided_today": _decided_today(request),
            "is_mine": is_held and item.assignee_id == request.user.pk,
            "is_others": is_held and item.assignee_id != request.user.pk,
            "can_moderate": Right.MODERATE in rights_of(request.user, item.seller_id),
            "no_category": NO_CATEGORY,
        },
        status=status,
    )


def _decided_today(request: PersonRequest) -> int:
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    return ModerationItem.objects.filter(resolved_by=request.user, resolved_at__gte=midnight).count()


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 19 else None
