"""The queue of doubtful runs, the desk where one of them is decided, and who has it before their eyes."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from vitrina.accounts.doors import PersonRequest, reach, sellers_of
from vitrina.accounts.pages import page_or_part
from vitrina.accounts.roles import Right
from vitrina.catalog.category_choice import visible_to
from vitrina.enrichment import moderating, queue_filter
from vitrina.enrichment.models import ModerationItem
from vitrina.enrichment.moderating import ModerationRefused
from vitrina.enrichment.moderation_desk import desk, desk_html, holder, mine, with_product, within_of
from vitrina.enrichment.moderation_tally import tally
from vitrina.enrichment.queue_filter import QueueFilter
from vitrina.enrichment.showing import remarks
from vitrina.jobs import events

QUEUE = 50
AHEAD = 3
TOPICS = 50
SHOWN = (
    "reasons", "assigned_at", "seen_at", "created_at", "seller__name", "log__product__title", "log__product__external_id",
    "assignee__username", "assignee__first_name", "assignee__last_name",
)  # fmt: skip


@require_safe
def queue_page(request: PersonRequest) -> HttpResponse:
    after = events.last_id()
    within = QueueFilter.of(request.GET)
    waiting = within.items(ModerationItem.objects.reachable_by(request.user).waiting())
    # First the ids, by the index alone; then the rows.
    ids = list(waiting.values_list("pk", flat=True)[:QUEUE])
    found = ModerationItem.objects.select_related("log__product", "seller", "assignee").only(*SHOWN)
    by_id = found.in_bulk(ids)
    rows = [by_id[pk] for pk in ids if pk in by_id]
    for row in rows:
        row.shown_reasons = remarks(row.reasons)[:2]  # type: ignore[attr-defined]
        row.more_reasons = max(0, len(row.reasons) - 2)  # type: ignore[attr-defined]
    sellers = sellers_of(request.user)
    chosen = (
        visible_to(request.user).filter(pk=int(within.category)).only("path").first()
        if within.category
        else None
    )
    return page_or_part(
        request,
        "enrichment/moderation.html",
        "enrichment/moderation_queue.html",
        {
            "items": rows,
            "tally": tally(request.user, within),
            "within": within,
            "choices": queue_filter,
            "branches": branches(request),
            "branch": chosen,
            "sellers": sellers,
            "can_moderate": bool(sellers_of(request.user, Right.MODERATE)),
            "taken_after": timezone.now() - moderating.TAKEN_FOR,
            "after": after,
            "topics": [f"seller:{seller.pk}" for seller in sellers[:TOPICS]],
        },
    )


def branches(request: PersonRequest) -> list[tuple[int, str]]:
    """The roots and second levels of the trees that the person sees: enough to part a queue by."""
    known = visible_to(request.user).filter(tree="", is_active=True)
    top = known.filter(parent=None) | known.filter(parent__parent=None)
    return list(top.order_by("path", "pk").values_list("pk", "path")[:200])


@require_POST
def next_item(request: PersonRequest) -> HttpResponse:
    """Take the next one that waits and go there."""
    return go_on(request)


def go_on(request: PersonRequest) -> HttpResponse:
    """To the next item; to the queue when nothing waits."""
    within = within_of(request)
    item = moderating.take(request.user, within=within)
    if item is None:
        messages.info(request, _("Nothing waits for you now."))
        return redirect(f"{reverse('moderation')}{address_of(within)}")
    return redirect(f"{reverse('moderation_item', args=[item.pk])}{address_of(within)}")


def address_of(within: QueueFilter) -> str:
    return f"?{within.query}" if within else ""


@require_POST
def ahead(request: PersonRequest) -> JsonResponse:
    """Take the next ones while a person reads, and send their desks ready to be shown."""
    within = within_of(request)
    have = [
        int(text) for text in request.POST.get("have", "").split(",") if text.isascii() and text.isdigit()
    ]
    have = have[:200]
    prepared = []
    for _number in range(min(AHEAD, max(1, int(request.POST.get("count", "1") or 1)))):
        taken = moderating.take(request.user, within=within, without=have)
        if taken is None:
            break
        have.append(taken.pk)
        item = with_product().get(pk=taken.pk)
        prepared.append(
            {
                "id": item.pk,
                "title": item.log.product.title,
                "address": f"{reverse('moderation_item', args=[item.pk])}{address_of(within)}",
                "html": desk_html(request, item),
            }
        )
    return JsonResponse({"items": prepared, "bar": bar(request, within)})


def bar(request: PersonRequest, within: QueueFilter) -> str:
    found = tally(request.user, within)
    return render(request, "enrichment/moderation_bar.html", {"tally": found}).content.decode()


@require_safe
def item_page(request: PersonRequest, pk: int) -> HttpResponse:
    return desk(request, reach(with_product(), request.user, Right.VIEW, pk=pk))


@require_safe
def holder_part(request: PersonRequest, pk: int) -> HttpResponse:
    """Who looks at an item now, or what became of it."""
    item = reach(with_product(), request.user, Right.VIEW, pk=pk)
    return render(
        request,
        "enrichment/moderation_holder.html",
        holder(request, item) | {"log": item.log, "after": events.last_id(), "is_asked": True},
    )


@require_POST
def assignment(request: PersonRequest, pk: int) -> HttpResponse:
    item = mine(request, pk)
    try:
        moderating.keep(item, request.user)
    except ModerationRefused as refusal:
        messages.warning(request, str(refusal))
    return redirect(f"{reverse('moderation_item', args=[pk])}{address_of(within_of(request))}")


@require_POST
def lease(request: PersonRequest, pk: int) -> JsonResponse:
    """The desk is before the person's eyes. Says when the item is somebody else's by now."""
    try:
        moderating.keep(mine(request, pk), request.user)
    except ModerationRefused as refusal:
        return JsonResponse({"words": str(refusal)}, status=409)
    return JsonResponse({})


@require_POST
def release(request: PersonRequest, pk: int) -> HttpResponse:
    moderating.release(mine(request, pk), request.user)
    return redirect(f"{reverse('moderation')}{address_of(within_of(request))}")


@require_POST
def releases(request: PersonRequest) -> JsonResponse:
    """Give back what was prepared and never looked at: the person has left the desk."""
    ids = [int(text) for text in request.POST.get("ids", "").split(",") if text.isascii() and text.isdigit()]
    moderating.release_all(ids[:50], request.user)
    return JsonResponse({})
