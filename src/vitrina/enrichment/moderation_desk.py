"""The desk: everything that a person needs to decide one doubtful run, put together for its template."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from vitrina.accounts.doors import PersonRequest, reach, rights_of
from vitrina.accounts.pages import page_or_part
from vitrina.accounts.roles import Right
from vitrina.catalog.category_choice import choices
from vitrina.catalog.models import ProductContent
from vitrina.catalog.pictures.showing import pictures_of
from vitrina.enrichment import moderating
from vitrina.enrichment.evidence_words import evidence_words
from vitrina.enrichment.finding_words import FIELDS
from vitrina.enrichment.marking import mark_html, mark_text, marks_of
from vitrina.enrichment.models import ModerationItem, ModerationItemQuerySet, ProcessingLog
from vitrina.enrichment.moderation_form import as_typed, fields_of
from vitrina.enrichment.moderation_tally import tally
from vitrina.enrichment.queue_filter import QueueFilter
from vitrina.enrichment.rejections import REJECTIONS, name
from vitrina.enrichment.showing import remarks, shown_text, suggestion
from vitrina.enrichment.undeciding import UNDO_FOR
from vitrina.jobs import events
from vitrina.lib.differences import shown
from vitrina.lib.html import to_text

NO_CATEGORY = "none"
PART = "enrichment/moderation_desk.html"


def with_product() -> ModerationItemQuerySet:
    return ModerationItem.objects.select_related("log__product", "seller", "assignee", "resolved_by")


def mine(request: PersonRequest, pk: int) -> ModerationItem:
    return reach(with_product(), request.user, Right.MODERATE, pk=pk)


def desk(
    request: PersonRequest,
    item: ModerationItem,
    *,
    errors: dict[str, str] | None = None,
    doubts: list[str] | None = None,
    asks: str = "",
    status: int = 200,
) -> HttpResponse:
    context = desk_context(request, item, errors=errors, doubts=doubts, asks=asks)
    context["tally"] = tally(request.user, context["within"])
    return page_or_part(request, "enrichment/moderation_item.html", PART, context, status=status)


def desk_html(request: PersonRequest, item: ModerationItem, **more: Any) -> str:
    """The desk alone, for the page that shows the next one at once."""
    return render_to_string(PART, desk_context(request, item, **more), request)


def within_of(request: PersonRequest) -> QueueFilter:
    """The part of the queue that the person works through; the address of the desk keeps it."""
    return QueueFilter.of(request.GET)


def desk_context(
    request: PersonRequest,
    item: ModerationItem,
    *,
    errors: dict[str, str] | None = None,
    doubts: list[str] | None = None,
    asks: str = "",
) -> dict[str, Any]:
    after = events.last_id()
    log = item.log
    product = log.product
    result: dict[str, Any] = log.result or {}
    findings = result.get("findings", [])
    words = request.GET.get("category_words", "").strip()
    reasons = remarks(item.reasons)
    posted = request.POST.dict() if doubts or errors else None
    content = ProductContent.objects.filter(
        product_id=product.pk, language=(log.options or {}).get("language") or "ru"
    ).first()
    listing = log.input or {}
    title, description = listing.get("title", product.title), listing.get("description", product.description)
    return {
        "item": item,
        "log": log,
        "product": product,
        "supplier": {
            "title": mark_text(title, marks_of(findings, "facts.title")),
            "description": mark_html(description or "", marks_of(findings, "facts.description")),
        },
        "text": shown_text(result.get("text") or {}, findings),
        "changes": changes(content, result.get("text") or {}) if content else [],
        "reasons": reasons,
        # What is a reason already needs no second reading.
        "findings": [remark for remark in remarks(findings) if remark not in reasons],
        "suggestion": suggestion(log),
        "sureness": sureness(log),
        "chosen": request.POST.get("category", "") if posted else "",
        "words": words,
        "found": choices(words, seller_id=item.seller_id) if words else None,
        "fields": fields_of(log, posted, errors),
        "errors": errors,
        "doubts": doubts,
        "asks": asks,
        "attributes": [
            {
                "name": attribute,
                "value": entry.get("value"),
                "evidence": evidence_words(
                    entry.get("evidence"), title=title or "", description=description or ""
                ),
                "is_inferred": (entry.get("evidence") or {}).get("kind") == "inferred"
                if isinstance(entry.get("evidence"), dict)
                else False,
            }
            for attribute, entry in (result.get("attributes") or {}).items()
        ],
        "pictures": pictures_of(product, most=20),
        "can_moderate": Right.MODERATE in _rights(request, item.seller_id),
        "no_category": NO_CATEGORY,
        "rejections": REJECTIONS.items(),
        "rejected_for": name(item.rejection) if item.rejection else "",
        "can_undo": item.resolved_by_id == request.user.pk
        and item.resolution in ("approved", "rejected", "sent_back")
        and item.resolved_at is not None
        and item.resolved_at > timezone.now() - UNDO_FOR,
        "within": within_of(request),
        # Before the item is read: what happens from here on is heard.
        "after": after,
    } | holder(request, item)


def holder(request: PersonRequest, item: ModerationItem) -> dict[str, Any]:
    """Whose it is at this moment."""
    is_held = item.assigned_at is not None and item.assigned_at > timezone.now() - moderating.TAKEN_FOR
    return {
        "item": item,
        "assignee_name": (item.assignee.get_full_name() or str(item.assignee)) if item.assignee else "",
        "is_mine": is_held and item.assignee_id == request.user.pk and not item.resolution,
        "is_others": is_held and item.assignee_id != request.user.pk and not item.resolution,
    }


@dataclass(frozen=True)
class Change:
    name: str
    words: SafeString


def changes(content: ProductContent, text: dict[str, Any]) -> list[Change]:
    """Field by field what approving would change on the card as it is now."""
    found = []
    for field, label in FIELDS.items():
        if field not in text:
            continue
        before, after = _plain(field, getattr(content, field)), _plain(field, text[field])
        if before != after and after:
            found.append(Change(str(label), shown(before, after)))
    return found


def _plain(field: str, value: Any) -> str:
    return to_text(value or "") if field == "description" else as_typed(field, value)


def sureness(log: ProcessingLog) -> str:
    """What the confidence means, in words."""
    stored = (log.result or {}).get("category") or {}
    share = stored.get("confidence")
    if not stored or stored.get("id") is None:
        return ""
    if share is None:
        return _("It is not known how sure this is: take it for a guess.")
    wrong = round((1 - share) * 10)
    if not stored.get("calibrated"):
        return _(
            "The generator's own word, not yet measured on your decisions: every decision here helps to measure it."
        )
    if wrong == 0:
        return _("Of past suggestions that were this sure, nearly all were right.")
    return _("Of ten past suggestions that were this sure, about %(wrong)s were wrong.") % {"wrong": wrong}


def _rights(request: PersonRequest, seller_id: int) -> frozenset[Right]:
    """Asked once per request and seller: several desks may be put together in one."""
    known: dict[int, frozenset[Right]] = request.__dict__.setdefault("_rights_of_desk", {})
    if seller_id not in known:
        known[seller_id] = rights_of(request.user, seller_id)
    return known[seller_id]
