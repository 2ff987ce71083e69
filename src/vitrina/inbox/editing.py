"""Another text in the place of an answer that stands: what stands, whether it may be changed, and the change on its way.

It goes through the outbox of sending.py like every answer; there, what stands is looked at once more before it is replaced.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from vitrina.accounts import audit
from vitrina.accounts.models import User
from vitrina.channels.marketplaces import abilities_of
from vitrina.channels.ports import AnswerState, Kind
from vitrina.inbox import news
from vitrina.inbox.editable import Editable, Why, editable
from vitrina.inbox.models import Interaction, Reply, ReplyState
from vitrina.inbox.sending import NotSent, check_text, put_on_its_way
from vitrina.lib.moments import storable
from vitrina.lib.transactions import short_transaction

# Edits that were made, or may have been.
MADE = (
    ReplyState.QUEUED, ReplyState.SENDING, ReplyState.CHECK, ReplyState.SENT, ReplyState.CONFIRMED, ReplyState.UNCONFIRMED,
)  # fmt: skip
WORDS = {
    Why.NEVER: gettext_lazy("This marketplace lets nobody change an answer that stands."),
    Why.SPENT: gettext_lazy("It was changed as often as the marketplace takes it."),
    Why.LATE: gettext_lazy("The time in which the marketplace takes a change is over."),
    Why.SAYS_NO: gettext_lazy("The marketplace says that this answer can't be changed."),
    Why.MODERATION: gettext_lazy("The marketplace's moderation has not decided on it yet."),
}


@dataclass(frozen=True)
class Standing:
    """An answer as it stood when the marketplace was last looked at. `id` empty where it gives none."""

    text: str
    id: str
    editable: Editable


def standing_answer(interaction: Interaction) -> Standing | None:
    """None: none stands there, or it is a chat's. One or two queries."""
    kind = Kind(interaction.kind)
    shown = [one for one in interaction.answers if isinstance(one, dict) and one.get("text")]
    shown = [one for one in shown if one.get("state") != AnswerState.REJECTED]
    if kind is Kind.CHAT or not shown:
        return None
    newest = shown[-1]
    ours = interaction.replies.filter(is_edit=False).exclude(sent_at=None).order_by("-pk").first()
    edits = interaction.replies.filter(is_edit=True, state__in=MADE, pk__gt=ours.pk if ours else 0).count()
    return Standing(
        str(newest["text"]),
        str(newest.get("id") or ""),
        editable(
            abilities_of(interaction.platform, kind),
            edits=edits,
            sent_at=ours.sent_at if ours else _moment(newest.get("at")),
            says=newest.get("may_be_edited"),
            is_moderated=newest.get("state") == AnswerState.MODERATION,
            now=timezone.now(),
        ),
    )


def queue_edit(interaction: Interaction, text: str, *, stood: str, by: User) -> Reply:
    """Put another text on its way. `stood`: what the person saw standing there. Raises NotSent."""
    text = text.replace("\r\n", "\n").strip()
    _check_standing(interaction, text, stood)
    check_text(interaction, text)
    try:
        with short_transaction():
            standing = _check_standing(
                Interaction.objects.select_for_update().get(pk=interaction.pk), text, stood
            )
            reply = Reply.objects.create(
                seller_id=interaction.seller_id,
                platform=interaction.platform,
                interaction=interaction,
                text=text,
                is_edit=True,
                stood=standing.text,
                answer_id=standing.id,
                version=interaction.version,
                by=by,
            )
            put_on_its_way(reply, by=by)
            told = {"reply": reply.pk, "length": len(text)}
            audit.record("inbox.edit", interaction, by=by, before={"length": len(standing.text)}, after=told)
            news.reply_stands(reply)
    except IntegrityError:
        raise NotSent(_("An answer to this is on its way already; yours was not sent.")) from None
    return reply


def _check_standing(interaction: Interaction, text: str, stood: str) -> Standing:
    standing = standing_answer(interaction)
    if standing is None:
        raise NotSent(_("No answer stands there that could be changed."))
    if standing.editable.why is not None:
        raise NotSent(str(WORDS[standing.editable.why]))
    if _plain(standing.text) != _plain(stood):
        raise NotSent(_("What stands there was changed meanwhile. Read it; your text stands here."))
    if _plain(text) == _plain(standing.text):
        raise NotSent(_("It stands there like this already; nothing was sent."))
    if interaction.connection_id is None:
        raise NotSent(_("The marketplace is no longer connected; connect it under Settings and send again."))
    return standing


def _moment(text: object) -> datetime | None:
    try:
        return storable(datetime.fromisoformat(text)) if isinstance(text, str) else None
    except ValueError:
        return None


def _plain(text: str) -> str:
    return " ".join(text.split())
