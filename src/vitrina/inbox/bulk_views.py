"""Doors of approving several at once: the page that shows each with its draft, and what became of those that were ticked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from vitrina.accounts.doors import PersonRequest, sellers_of
from vitrina.accounts.roles import Right
from vitrina.channels.ports import Kind
from vitrina.inbox import bulk_approving, queue_filter
from vitrina.inbox.bulk_approving import MOST, Item
from vitrina.inbox.desk import Remark, remarks
from vitrina.inbox.judging import unanswered
from vitrina.inbox.models import Interaction
from vitrina.inbox.queue_filter import InboxFilter, platform_name
from vitrina.lib.asked import as_id

LAST_MESSAGES = 30  # of a chat


@dataclass(frozen=True)
class Shown:
    """An item as the page shows it."""

    item: Item
    kind: Any
    platform: str
    said: str  # what wants an answer; in a chat all that the buyer wrote since the shop last spoke
    remarks: list[Remark]


@require_safe
@never_cache
def approval_page(request: PersonRequest) -> HttpResponse:
    """What is ticked in the list, each with the buyer's words, its draft and what the guardrails say. Nothing is sent yet."""
    _check_may_reply(request)
    ids = _ids(request.GET)
    items = bulk_approving.review(ids[:MOST], by=request.user)
    shown = [
        Shown(
            item,
            queue_filter.KINDS.get(item.it.kind, item.it.kind),
            platform_name(item.it.platform),
            _said(item.it),
            remarks(item.findings),
        )
        for item in items
    ]
    context = {
        "shown": shown,
        "fit": sum(not item.why_not for item in items),
        "clean": sum(item.is_clean for item in items),
        "left_out": len(ids[:MOST]) - len(items),
        "beyond": max(0, len(ids) - MOST),
        "most": MOST,
        "within": InboxFilter.of(request.GET),
    }
    return render(request, "inbox/approval.html", context)


@require_POST
@never_cache
def approvals(request: PersonRequest) -> HttpResponse:
    """`ids`: what was ticked; `seal_<id>`: how each was shown."""
    _check_may_reply(request)
    ids = _ids(request.POST)[:MOST]
    outcomes = bulk_approving.approve({pk: request.POST.get(f"seal_{pk}", "") for pk in ids}, by=request.user)
    context = {
        "outcomes": outcomes,
        "sent": sum(outcome.reply is not None for outcome in outcomes),
        "kinds": queue_filter.KINDS,
        "within": InboxFilter.of(request.GET),
    }
    return render(request, "inbox/approved.html", context)


def _said(interaction: Interaction) -> str:
    if interaction.kind != Kind.CHAT:
        return interaction.text
    last = interaction.messages.order_by("-at", "-id").values_list("sender", "text")[:LAST_MESSAGES]
    return unanswered(reversed(list(last))) or interaction.text


def _check_may_reply(request: PersonRequest) -> None:
    if not sellers_of(request.user, Right.REPLY):
        raise PermissionDenied


def _ids(said: QueryDict) -> list[int]:
    """Each once, at most a few hundred are looked at."""
    ids = (as_id(one) for one in said.getlist("ids")[:500])
    return list(dict.fromkeys(pk for pk in ids if pk is not None))
