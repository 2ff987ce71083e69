"""What a person does with an interaction: answers it, asks for a draft, takes it, notes something, closes it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from vitrina.accounts.doors import PersonRequest, sellers_of
from vitrina.accounts.roles import Right
from vitrina.channels.marketplaces import WITHOUT_BUYERS
from vitrina.channels.models import Connection
from vitrina.inbox import canned, handling, jobs, on_demand, sending
from vitrina.inbox.desk import Typed, desk, draft_html, mine, within_of
from vitrina.inbox.editing import queue_edit
from vitrina.inbox.handling import HandlingRefused
from vitrina.inbox.models import Draft, Interaction, Manner
from vitrina.inbox.on_demand import NotDrafted
from vitrina.inbox.sending import AsSeen, NotSent, Unfit
from vitrina.inbox.views import address_of, go_on, go_to
from vitrina.jobs.enqueue import QueueFull
from vitrina.jobs.states import Priority
from vitrina.lib.transactions import short_transaction


@require_POST
def reply(request: PersonRequest, pk: int) -> HttpResponse:
    """Send what was written; with `next` go on to the next one."""
    interaction = mine(request, pk)
    text = request.POST.get("text", "").replace("\0", "")
    draft = _draft(request, interaction)
    try:
        sending.queue(interaction, text, by=request.user, draft=draft, seen=_as_seen(request, interaction))
    except (NotSent, QueueFull) as refusal:
        findings = refusal.findings if isinstance(refusal, Unfit) else ()
        typed = Typed(text, str(draft.pk) if draft else "", str(refusal), findings)
        return desk(request, mine(request, pk), typed=typed, status=422)
    canned.count_uses(interaction.seller_id, request.POST.getlist("canned"))
    messages.success(request, _("The answer is on its way."))
    return go_on(request, mine(request, pk)) if "next" in request.POST else go_to(request, pk)


@require_POST
def editing(request: PersonRequest, pk: int) -> HttpResponse:
    """Put another text in the place of the answer that stands."""
    interaction = mine(request, pk)
    text, stood = (request.POST.get(name, "").replace("\0", "") for name in ("text", "stood"))
    try:
        queue_edit(interaction, text, stood=stood, by=request.user)
    except (NotSent, QueueFull) as refusal:
        findings = refusal.findings if isinstance(refusal, Unfit) else ()
        return desk(
            request, mine(request, pk), typed=Typed(text, "", str(refusal), findings, stood), status=422
        )
    messages.success(request, _("The change is on its way."))
    return go_to(request, pk)


@require_POST
def drafting(request: PersonRequest, pk: int) -> HttpResponse:
    """Have a draft made, or another one. A page gets the part that follows it."""
    interaction = mine(request, pk)
    job, words = None, ""
    try:
        with short_transaction():
            job = on_demand.enqueue_draft(
                interaction,
                force="force" in request.POST,
                remark=request.POST.get("remark", "").replace("\0", "").strip(),
                manner=manner if (manner := request.POST.get("manner", "")) in Manner.values else "",
                by_id=request.user.pk,
            )
    except (NotDrafted, QueueFull) as refusal:
        words = str(refusal)
    if request.htmx:
        return HttpResponse(draft_html(request, interaction, job, words))
    if words:
        messages.warning(request, words)
    return go_to(request, pk)


@require_POST
def assignment(request: PersonRequest, pk: int) -> HttpResponse:
    """Take it, or give it back."""
    interaction = mine(request, pk)
    is_mine = interaction.assignee_id == request.user.pk
    handling.assign(interaction, None if is_mine else request.user.pk, by=request.user)
    return go_to(request, pk)


@require_POST
def note(request: PersonRequest, pk: int) -> HttpResponse:
    interaction = mine(request, pk)
    text = request.POST.get("note", "").replace("\0", "")
    try:
        handling.write_note(interaction, text, by=request.user)
    except HandlingRefused as refusal:
        messages.warning(request, str(refusal))
        interaction.note = text
        return desk(request, interaction, status=422)
    messages.success(request, _("The note is kept."))
    return go_to(request, pk)


@require_POST
def closing(request: PersonRequest, pk: int) -> HttpResponse:
    """No answer will be given; goes on to the next one."""
    try:
        handling.close(mine(request, pk), by=request.user)
    except HandlingRefused as refusal:
        messages.warning(request, str(refusal))
    else:
        messages.success(request, _("Closed without an answer. It can be opened again."))
    return go_on(request, mine(request, pk))


@require_POST
def opening(request: PersonRequest, pk: int) -> HttpResponse:
    try:
        handling.reopen(mine(request, pk), by=request.user)
    except HandlingRefused as refusal:
        messages.warning(request, str(refusal))
    return go_to(request, pk)


@require_POST
def reading(request: PersonRequest) -> HttpResponse:
    """Look at the marketplaces now."""
    sellers = [seller.pk for seller in sellers_of(request.user, Right.REPLY)]
    theirs = Connection.objects.on().filter(seller_id__in=sellers).exclude(platform__in=WITHOUT_BUYERS)
    connections = list(theirs[:100])
    try:
        for connection in connections:
            with short_transaction():
                jobs.enqueue_sync(connection, priority=Priority.OPERATOR, by_id=request.user.pk)
    except QueueFull as full:
        messages.warning(request, str(full))
    else:
        messages.info(request, _("The marketplaces are being read; what is new appears by itself."))
    return redirect(f"{reverse('inbox')}{address_of(within_of(request))}")


def _as_seen(request: PersonRequest, interaction: Interaction) -> AsSeen:
    """What stood on the page that was sent."""
    version, newest = (
        int(said) if said.isascii() and said.isdigit() and len(said) < 19 else None
        for said in (request.POST.get("version", ""), request.POST.get("last_reply", ""))
    )
    return AsSeen(interaction.version if version is None else version, newest or 0)


def _draft(request: PersonRequest, interaction: Interaction) -> Draft | None:
    said = request.POST.get("draft", "")
    if not (said.isascii() and said.isdigit() and len(said) < 19):
        return None
    return interaction.drafts.filter(pk=int(said)).first()
