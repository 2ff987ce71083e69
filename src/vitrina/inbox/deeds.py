"""What a person does with an interaction: answers it, asks for a draft, takes it, notes something, closes it."""

from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from vitrina.accounts import audit
from vitrina.accounts.doors import PersonRequest, sellers_of
from vitrina.accounts.roles import Right
from vitrina.channels.models import Connection
from vitrina.inbox import jobs, on_demand, sending
from vitrina.inbox.desk import Typed, desk, draft_html, mine, within_of
from vitrina.inbox.models import UNDER_WAY, Draft, Interaction, Reply, Status
from vitrina.inbox.sending import NotSent
from vitrina.inbox.views import address_of, go_on, go_to
from vitrina.jobs import events
from vitrina.jobs.enqueue import QueueFull
from vitrina.jobs.states import Priority
from vitrina.lib.transactions import short_transaction

MOST_NOTE = 4_000  # characters
MOST_TEXT = 20_000  # more than any marketplace takes: beyond it nobody typed


@require_POST
def reply(request: PersonRequest, pk: int) -> HttpResponse:
    """Send what was written; with `next` go on to the next one."""
    interaction = mine(request, pk)
    text = request.POST.get("text", "")[:MOST_TEXT]
    draft = _draft(request, interaction)
    try:
        with transaction.atomic():
            _as_it_was_seen(request, interaction)
            sending.queue(interaction, text, by=request.user, draft=draft)
    except (NotSent, QueueFull) as refusal:
        findings = refusal.findings if isinstance(refusal, NotSent) else ()
        typed = Typed(text, str(draft.pk) if draft else "", str(refusal), findings)
        return desk(request, mine(request, pk), typed=typed, status=422)
    messages.success(request, _("The answer is on its way."))
    return go_on(request, mine(request, pk)) if "next" in request.POST else go_to(request, pk)


@require_POST
def drafting(request: PersonRequest, pk: int) -> HttpResponse:
    """Have a draft made, or another one. A page gets the part that follows it."""
    interaction = mine(request, pk)
    job, words = None, ""
    if interaction.escalations:
        words = _("This one is for a person: no draft is made for it.")
    else:
        try:
            with short_transaction():
                job = on_demand.enqueue_draft(
                    interaction,
                    force="force" in request.POST,
                    remark=request.POST.get("remark", "").strip(),
                    by_id=request.user.pk,
                )
        except QueueFull as full:
            words = str(full)
    if request.htmx:
        return HttpResponse(draft_html(request, interaction, job, words))
    if words:
        messages.warning(request, words)
    return go_to(request, pk)


@require_POST
def assignment(request: PersonRequest, pk: int) -> HttpResponse:
    """Take it, or give it back."""
    interaction = mine(request, pk)
    before = interaction.assignee_id
    after = None if before == request.user.pk else request.user.pk
    _change(
        request, interaction, "inbox.assign", {"assignee": before}, {"assignee": after}, assignee_id=after
    )
    return go_to(request, pk)


@require_POST
def note(request: PersonRequest, pk: int) -> HttpResponse:
    interaction = mine(request, pk)
    text = request.POST.get("note", "").strip()[:MOST_NOTE].replace("\0", "")
    if text != interaction.note:
        _change(request, interaction, "inbox.note", {"note": interaction.note}, {"note": text}, note=text)
        messages.success(request, _("The note is kept."))
    return go_to(request, pk)


@require_POST
def closing(request: PersonRequest, pk: int) -> HttpResponse:
    """No answer will be given; goes on to the next one."""
    interaction = mine(request, pk)
    if interaction.needs_response:
        _stand(request, interaction, "inbox.close", wants=False, status=Status.CLOSED)
        messages.success(request, _("Closed without an answer. It can be opened again."))
    return go_on(request, mine(request, pk))


@require_POST
def opening(request: PersonRequest, pk: int) -> HttpResponse:
    interaction = mine(request, pk)
    if interaction.closes_at is not None and interaction.closes_at <= timezone.now():
        messages.warning(request, _("The marketplace takes no answer to this any more."))
    elif interaction.replies.filter(state__in=UNDER_WAY).exists():
        messages.warning(request, _("An answer to this is on its way."))
    elif not interaction.needs_response:
        _stand(request, interaction, "inbox.open", wants=True, status=Status.NEW)
    return go_to(request, pk)


@require_POST
def reading(request: PersonRequest) -> HttpResponse:
    """Look at the marketplaces now."""
    sellers = [seller.pk for seller in sellers_of(request.user, Right.REPLY)]
    connections = list(Connection.objects.on().filter(seller_id__in=sellers)[:100])
    try:
        for connection in connections:
            with short_transaction():
                jobs.enqueue_sync(connection, priority=Priority.OPERATOR, by_id=request.user.pk)
    except QueueFull as full:
        messages.warning(request, str(full))
    else:
        messages.info(request, _("The marketplaces are being read; what is new appears by itself."))
    return redirect(f"{reverse('inbox')}{address_of(within_of(request))}")


def _as_it_was_seen(request: PersonRequest, interaction: Interaction) -> None:
    """Hold what is sent against what stood on the page. In a transaction. Raises NotSent."""
    standing = Interaction.objects.select_for_update().only("pk").get(pk=interaction.pk)
    newest = Reply.objects.filter(interaction=standing).order_by("-pk").values_list("pk", flat=True).first()
    if request.POST.get("last_reply", "") != str(newest or ""):
        raise NotSent(
            _("An answer was sent from elsewhere meanwhile; yours was not sent. Your text stands here.")
        )
    seen = request.POST.get("version", "")
    if seen.isascii() and seen.isdigit() and len(seen) < 10:
        interaction.version = int(seen)


def _draft(request: PersonRequest, interaction: Interaction) -> Draft | None:
    said = request.POST.get("draft", "")
    if not (said.isascii() and said.isdigit() and len(said) < 19):
        return None
    return interaction.drafts.filter(pk=int(said)).first()


def _stand(
    request: PersonRequest, interaction: Interaction, deed: str, *, wants: bool, status: Status
) -> None:
    _change(
        request,
        interaction,
        deed,
        {"status": interaction.status},
        {"status": status.value},
        needs_response=wants,
        status=status,
    )


def _change(
    request: PersonRequest,
    interaction: Interaction,
    deed: str,
    before: dict[str, object],
    after: dict[str, object],
    **values: object,
) -> None:
    with short_transaction():
        Interaction.objects.filter(pk=interaction.pk).update(changed_at=timezone.now(), **values)
        audit.record(deed, interaction, by=request.user, before=before, after=after)
        events.record(f"seller:{interaction.seller_id}", "inbox", {"interaction": interaction.pk})
