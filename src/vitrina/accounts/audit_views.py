"""Doors: the audit log of the sellers that a person manages, on a page and as a table."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseBase
from django.utils import timezone
from django.views.decorators.http import require_safe

from vitrina.accounts import audit_reading
from vitrina.accounts.audit_changes import changes
from vitrina.accounts.audit_reading import Asked
from vitrina.accounts.audit_words import (
    ACTIONS,
    OBJECTS,
    action_words,
    field_words,
    object_link,
    object_words,
)
from vitrina.accounts.doors import PersonRequest, sellers_of
from vitrina.accounts.models import AuditEntry, Seller
from vitrina.accounts.pages import by_key, page_or_part
from vitrina.accounts.roles import Right
from vitrina.lib import downloads

PAGE = 50


@require_safe
def audit_page(request: PersonRequest) -> HttpResponse:
    asked, sellers = Asked.by(request.GET.dict()), _sellers(request)
    rows = audit_reading.entries(sellers, request.user, asked).select_related("user", "seller")
    screen = by_key(rows, request, size=PAGE)
    # The same few fields stand in every line: the language is asked once for each.
    words = cache(field_words)
    context = {
        "asked": asked,
        "sellers": sellers,
        "chosen": audit_reading.chosen(sellers, request.user, asked),
        "slice": screen,
        "entries": [_shown(row, words) for row in screen.rows],
        "actions": sorted(((key, str(words)) for key, words in ACTIONS.items()), key=lambda pair: pair[1]),
        "types": sorted(
            {(key, str(words[0])) for key, words in OBJECTS.items() if "." in key}, key=lambda pair: pair[1]
        ),
        "query": request.GET.urlencode(),
    }
    return page_or_part(request, "accounts/audit.html", "accounts/audit_list.html", context)


@require_safe
def audit_csv(request: PersonRequest) -> HttpResponseBase:
    rows = audit_reading.entries(_sellers(request), request.user, Asked.by(request.GET.dict()))
    return downloads.table(request, audit_reading.as_csv(rows), f"audit-{timezone.localdate():%Y-%m-%d}.csv")


def _sellers(request: PersonRequest) -> list[Seller]:
    found = sellers_of(request.user, Right.MANAGE_SELLER)
    if not found and not request.user.is_superuser:
        raise PermissionDenied
    return found


def _shown(row: AuditEntry, words: Callable[[str], str]) -> dict[str, Any]:
    return {
        "row": row,
        "words": action_words(row.action),
        "object": object_words(row.object_type),
        "link": object_link(row.object_type, row.object_id),
        "changes": changes(row.before, row.after, words),
    }
