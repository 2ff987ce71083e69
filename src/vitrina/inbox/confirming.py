"""Reading back: a marketplace that took an answer may still drop, hold back or reject it."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone

from vitrina.channels.errors import AnotherShop, ChannelError, NotThere
from vitrina.channels.models import Connection
from vitrina.channels.opening import open_shop
from vitrina.channels.ports import AnswerState, Kind
from vitrina.inbox import news
from vitrina.inbox.library.learning import learn_later
from vitrina.inbox.models import Interaction, Reply, ReplyState, Status
from vitrina.inbox.receiving import receive
from vitrina.inbox.sending import standing_of
from vitrina.jobs.enqueue import enqueue
from vitrina.lib.transactions import short_transaction

CONFIRM = "inbox.confirm"
# After sending, and after each look that didn't settle it: moderation takes seconds or working days.
PAUSES = tuple(
    timedelta(**pause)
    for pause in (
        {"seconds": 20}, {"minutes": 2}, {"minutes": 10}, {"hours": 1}, {"hours": 6}, {"hours": 24}, {"days": 3}, {"days": 7},
    )
)  # fmt: skip


def enqueue_confirm(reply: Reply) -> None:
    """In the caller's transaction."""
    enqueue(
        CONFIRM,
        {"reply": reply.pk},
        key=f"inbox.confirm:{reply.pk}",
        seller_id=reply.seller_id,
        delay_seconds=PAUSES[0].total_seconds(),
    )


def confirm(reply: Reply) -> datetime | None:
    """One look; when to look again, None where it is settled. A look that fails is one that didn't see it."""
    connection = reply.interaction.connection
    if reply.state != ReplyState.SENT or connection is None:
        return None
    pause = PAUSES[min(reply.looks + 1, len(PAUSES) - 1)]
    try:
        end = _seen_to_end(reply, connection)
    except AnotherShop:
        return None  # nobody can look any more
    except ChannelError as error:
        end, pause = None, max(pause, timedelta(seconds=error.retry_after or 0))
    if end is None and reply.looks + 1 >= len(PAUSES):
        end = ReplyState.UNCONFIRMED
    if end is not None:
        _end(reply, end)
        return None
    Reply.objects.filter(pk=reply.pk).update(looks=reply.looks + 1)
    return timezone.now() + pause


def _seen_to_end(reply: Reply, connection: Connection) -> ReplyState | None:
    """None: it may still come, or moderation has it."""
    interaction = reply.interaction
    try:
        seen = open_shop(connection).look(
            Kind(interaction.kind), interaction.external_id, interaction.address
        )
    except NotThere:
        return ReplyState.UNCONFIRMED
    if seen.kind is not Kind.CHAT:
        with short_transaction():
            receive(connection, [seen])  # what stands there now is what may be edited
    standing = standing_of(seen, reply)
    state = AnswerState(standing["state"]) if standing is not None else None
    if state in (AnswerState.PUBLISHED, AnswerState.UNKNOWN):
        return ReplyState.CONFIRMED
    return ReplyState.REJECTED if state is AnswerState.REJECTED else None


def _end(reply: Reply, state: ReplyState) -> None:
    """What moderation rejected, or nobody ever saw, is open again."""
    with short_transaction():
        ended = Reply.objects.filter(pk=reply.pk, state=ReplyState.SENT).update(
            state=state, seen_at=timezone.now()
        )
        if not ended:
            return
        if state in (ReplyState.REJECTED, ReplyState.UNCONFIRMED) and not reply.is_edit:
            Interaction.objects.filter(pk=reply.interaction_id, version=reply.version).update(
                needs_response=True, status=Status.NEW, changed_at=timezone.now()
            )
        reply.state = state
        if state in (ReplyState.CONFIRMED, ReplyState.REJECTED):
            learn_later(reply.interaction)
        news.reply_stands(reply)
