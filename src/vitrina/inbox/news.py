"""What pages and other programs are told of buyers and their answers: ids and states, never a buyer's words or name.

Called in the transaction of what is told.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from vitrina.channels.models import Connection
from vitrina.inbox.models import Draft, Interaction, Reply, ReplyState
from vitrina.inbox.priority import Priority
from vitrina.jobs import events
from vitrina.webhooks.announce import announce

REPLY_KINDS = {
    ReplyState.SENT: "reply.sent",
    ReplyState.CONFIRMED: "reply.confirmed",
    ReplyState.REJECTED: "reply.rejected",
    ReplyState.UNCONFIRMED: "reply.rejected",
    ReplyState.FAILED: "reply.failed",
    ReplyState.CHECK: "reply.check",
}


def interactions_received(connection: Connection, received: Iterable[tuple[Interaction, bool]]) -> None:
    """New words of buyers that want an answer, each with whether its row is new: one event for a page of a reading."""
    told = [
        {"interaction": row.pk, "kind": row.kind, "priority": _priority(row), "is_new": is_new}
        for row, is_new in received
    ]
    if told:
        data = {"connection": connection.pk, "platform": connection.platform, "interactions": told}
        announce(connection.seller_id, "interactions.received", f"connection:{connection.pk}", data)


def draft_ready(draft: Draft, interaction: Interaction) -> None:
    data = _of(interaction) | {
        "draft": draft.pk,
        "priority": _priority(interaction),
        "source": draft.source,
        "was_ahead": draft.was_ahead,
        "is_beginning": draft.is_beginning,
        "cost_usd": None if draft.cost is None else f"{draft.cost:.6f}",
    }
    announce(interaction.seller_id, "draft.ready", _subject(interaction), data)


def reply_stands(reply: Reply) -> None:
    state = ReplyState(reply.state)
    told = {"interaction": reply.interaction_id, "reply": reply.pk, "state": state.value}
    events.record(f"seller:{reply.seller_id}", "reply", told)
    if state in REPLY_KINDS:
        interaction = reply.interaction
        data = _of(interaction) | {"reply": reply.pk, "draft": reply.draft_id, "state": state.value}
        announce(reply.seller_id, REPLY_KINDS[state], _subject(interaction), data)


def _of(interaction: Interaction) -> dict[str, Any]:
    return {"interaction": interaction.pk, "kind": interaction.kind, "platform": interaction.platform}


def _priority(interaction: Interaction) -> str:
    return Priority(interaction.priority).word


def _subject(interaction: Interaction) -> str:
    return f"interaction:{interaction.pk}"
