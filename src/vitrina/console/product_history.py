"""What happened to a product: its runs with what each wrote, and what people edited by hand, newest first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from vitrina.accounts.doors import PersonRequest, reach
from vitrina.accounts.models import AuditEntry
from vitrina.accounts.pages import page_or_part
from vitrina.accounts.roles import Right
from vitrina.catalog.models import Category, Product
from vitrina.enrichment.apply import MARKS, ApplyRefused
from vitrina.enrichment.field_words import named
from vitrina.enrichment.hand_editing import take_back
from vitrina.enrichment.models import ProcessingLog
from vitrina.enrichment.moderation_form import as_typed
from vitrina.lib.differences import shown
from vitrina.lib.html import to_text

EDITS = 20
BY_HAND = ("product.edit", "product.edit_undo", "product.place")
MARK_NAMES = {*MARKS, "category_source", "category_confidence"}


@dataclass(frozen=True)
class Event:
    """A run or a deed by hand. `fields`: what it wrote, in words."""

    at: datetime
    log: ProcessingLog | None
    entry: AuditEntry | None
    fields: str
    can_undo: bool = False
    can_redo: bool = False


def history(product: Product, logs: list[ProcessingLog]) -> list[Event]:
    """One query for what people did; the runs are given."""
    entries = AuditEntry.objects.filter(
        object_type="product", object_id=str(product.pk), action__in=BY_HAND, seller_id=product.seller_id
    )
    by_hand = list(entries.select_related("user").order_by("-pk")[:EDITS])
    newest = next((log.pk for log in logs if log.applied and log.undone_at is None), None)
    undone = next((log.pk for log in logs if log.applied), None)
    found = [
        Event(
            at=log.created_at,
            log=log,
            entry=None,
            fields=_written(log.applied or {}),
            can_undo=log.pk == newest,
            can_redo=log.pk == undone and log.undone_at is not None,
        )
        for log in logs
    ]
    last_edit = by_hand[0] if by_hand and by_hand[0].action == "product.edit" else None
    found += [
        Event(at=entry.at, log=None, entry=entry, fields=_edited(entry), can_undo=entry is last_edit)
        for entry in by_hand
    ]
    return sorted(found, key=lambda event: event.at, reverse=True)


@require_safe
def run_changes(request: PersonRequest, pk: int) -> HttpResponse:
    """What a run wrote, word by word: fetched when its line of the history is opened."""
    log = reach(ProcessingLog.objects.select_related("product"), request.user, Right.VIEW, pk=pk)
    return _changes(request, log.product, log.applied or {}, f"#{log.pk}")


@require_safe
def edit_changes(request: PersonRequest, pk: int) -> HttpResponse:
    entry, product = _entry(request, pk, Right.VIEW)
    parts = {
        "content": {
            "before": (entry.before or {}).get("content") or {},
            "after": (entry.after or {}).get("content") or {},
        }
    }
    if entry.action == "product.place":
        parts = {"product": {"before": entry.before or {}, "after": entry.after or {}}}
    return _changes(request, product, parts, str(entry.user or ""))


@require_POST
def edit_undoing(request: PersonRequest, pk: int) -> HttpResponse:
    entry, product = _entry(request, pk, Right.MODERATE)
    try:
        if entry.action != "product.edit":
            raise ApplyRefused(_("This can't be taken back here. Nothing was changed."))
        take_back(entry, by=request.user)
    except ApplyRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Taken back: the card is as it was before this edit."))
    return redirect("product", pk=product.pk)


def _entry(request: PersonRequest, pk: int, right: Right) -> tuple[AuditEntry, Product]:
    entry = (
        AuditEntry.objects.select_related("user")
        .filter(pk=pk, object_type="product", action__in=BY_HAND)
        .first()
    )
    if entry is None or not entry.object_id.isdigit():
        raise Http404
    return entry, reach(Product.objects, request.user, right, pk=int(entry.object_id))


@dataclass(frozen=True)
class Difference:
    name: str
    words: SafeString


def _changes(request: PersonRequest, product: Product, parts: dict[str, Any], title: str) -> HttpResponse:
    found: list[Difference] = []
    content = parts.get("content") or {}
    for name, after in (content.get("after") or {}).items():
        if name in MARK_NAMES:
            continue
        before = (content.get("before") or {}).get(name)
        found.append(Difference(named([name]), shown(_plain(name, before), _plain(name, after))))
    own = parts.get("product") or {}
    places = (own.get("before", {}).get("category_id"), own.get("after", {}).get("category_id"))
    if places != (None, None):
        paths = dict(Category.objects.filter(pk__in=[pk for pk in places if pk]).values_list("pk", "path"))
        found.append(Difference(named(["category_id"]), shown(*(paths.get(pk, "") for pk in places))))
    if "ai_extracted" in (own.get("after") or {}):
        before, after = (_attributes(own[when].get("ai_extracted")) for when in ("before", "after"))
        found.append(Difference(named(["ai_extracted"]), shown(before, after)))
    return page_or_part(
        request,
        "console/product_changes.html",
        "console/product_changes_list.html",
        {"product": product, "changes": found, "title": title},
    )


def _plain(name: str, value: Any) -> str:
    return to_text(value or "") if name == "description" else as_typed(name, value)


def _attributes(extracted: Any) -> str:
    known = (extracted or {}).get("attributes") or {}
    return "\n".join(f"{name}: {entry.get('value')}" for name, entry in known.items())


def _written(applied: dict[str, Any]) -> str:
    """«title, description, category»."""
    names = [
        name
        for part in ("product", "content")
        for name in (applied.get(part) or {}).get("after", {})
        if name not in MARK_NAMES
    ]
    return named(names)


def _edited(entry: AuditEntry) -> str:
    if entry.action == "product.place":
        return named(["category_id"])
    return named(name for name in (entry.after or {}).get("content", {}) if name not in MARK_NAMES)
