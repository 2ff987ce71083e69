"""The inbox for reading: the list, one interaction beside it, and the parts of it that renew themselves."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from vitrina.accounts.doors import PersonRequest
from vitrina.accounts.pages import page_or_part
from vitrina.inbox import queue
from vitrina.inbox.desk import (
    check_context,
    desk,
    desk_context,
    draft_context,
    head_context,
    is_ahead,
    mine,
    queue_context,
    seen,
    stands_as_known,
    talk_context,
    within_of,
)
from vitrina.inbox.models import Interaction
from vitrina.inbox.queue_filter import InboxFilter


@require_safe
def inbox_page(request: PersonRequest) -> HttpResponse:
    at = request.GET.get("at", "")
    chosen = int(at) if at.isascii() and at.isdigit() and len(at) < 19 else None
    context = queue_context(request, within_of(request), at=chosen)
    return page_or_part(request, "inbox/inbox.html", "inbox/queue.html", context)


@require_safe
def interaction_page(request: PersonRequest, pk: int) -> HttpResponse:
    """204 where it stands as it stood on the page that asks."""
    if stands_as_known(request, pk):
        return HttpResponse(status=204)
    return desk(request, seen(request, pk))


@require_safe
def next_page(request: PersonRequest, pk: int) -> HttpResponse:
    """To the next one of the list, or with `?back=1` to the one before; a page gets it at once."""
    interaction, back = seen(request, pk), request.GET.get("back") == "1"
    if request.htmx and (beside := _beside(request, interaction, back=back)) is not None:
        return desk(request, seen(request, beside))
    return HttpResponse(status=204) if is_ahead(request) else go_on(request, interaction, back=back)


@require_safe
def talk_part(request: PersonRequest, pk: int) -> HttpResponse:
    return render(request, "inbox/talk.html", talk_context(request, seen(request, pk)))


@require_safe
def draft_part(request: PersonRequest, pk: int) -> HttpResponse:
    return render(request, "inbox/draft.html", draft_context(request, seen(request, pk)))


@require_safe
def head_part(request: PersonRequest, pk: int) -> HttpResponse:
    return render(request, "inbox/head.html", head_context(request, seen(request, pk)))


@require_safe
def answer_part(request: PersonRequest, pk: int) -> HttpResponse:
    return render(request, "inbox/answer.html", desk_context(request, seen(request, pk)))


@require_POST
def check_part(request: PersonRequest, pk: int) -> HttpResponse:
    """What the guardrails say to a text that is being written."""
    text, stood = request.POST.get("text", ""), request.POST.get("stood", "")
    return render(request, "inbox/check.html", check_context(mine(request, pk), text, stood=stood))


def go_on(request: PersonRequest, interaction: Interaction, *, back: bool = False) -> HttpResponse:
    """To the one beside it; from the end of the list to its beginning, from an empty list to the list."""
    pk = _beside(request, interaction, back=back)
    if pk is not None:
        return go_to(request, pk)
    if back or interaction.needs_response:
        messages.info(request, _("There is no other one in this list."))
        return go_to(request, interaction.pk)
    messages.info(request, _("Nothing waits for an answer in this list."))
    address = f"{reverse('inbox')}{address_of(within_of(request))}"
    if request.htmx:
        response = HttpResponse()
        response["HX-Redirect"] = address
        return response
    return redirect(address)


def _beside(request: PersonRequest, interaction: Interaction, *, back: bool) -> int | None:
    within = within_of(request)
    pk = queue.beside(request.user, within, interaction, back=back)
    if pk is None and not back:
        first = queue.first(request.user, within, size=1)
        return first[0].pk if first and first[0].pk != interaction.pk else None
    return pk


def go_to(request: PersonRequest, pk: int) -> HttpResponse:
    return redirect(f"{reverse('interaction', args=[pk])}{address_of(within_of(request))}")


def address_of(within: InboxFilter) -> str:
    return f"?{within.query}" if within else ""
