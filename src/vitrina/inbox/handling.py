"""What a person does with an interaction besides answering it: takes it, notes something, closes it, opens it again.

Each is decided under the row's lock, and written with its entry in the audit log and the news for whoever looks on.
"""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext as _

from vitrina.accounts import audit
from vitrina.accounts.doors import rights_of
from vitrina.accounts.models import User
from vitrina.accounts.roles import Right
from vitrina.inbox.models import UNDER_WAY, Interaction, Status
from vitrina.inbox.standing import is_over
from vitrina.jobs import events
from vitrina.lib.transactions import short_transaction

MOST_NOTE = 4_000  # characters


class HandlingRefused(Exception):
    """Why nothing was changed, in words for whoever asked."""


class MayNotReply(HandlingRefused):
    """Whoever it was to be given to may not answer this seller's buyers, or isn't known at all."""


def assign(interaction: Interaction, person_id: int | None, *, by: User) -> None:
    """`person_id` None: nobody has it any more. Raises MayNotReply."""
    if person_id is not None:
        person = User.objects.filter(pk=person_id, is_active=True).first()
        if person is None or Right.REPLY not in rights_of(person, interaction.seller_id):
            raise MayNotReply(_("This person doesn't answer the buyers of this seller. Nothing was changed."))
    with short_transaction():
        _keep(_locked(interaction), "inbox.assign", "assignee_id", person_id, by=by)


def write_note(interaction: Interaction, text: str, *, by: User) -> None:
    """In place of the note that stands there. Raises HandlingRefused for one that is too long."""
    text = text.replace("\r\n", "\n").strip()
    if len(text) > MOST_NOTE:
        raise HandlingRefused(
            _("The note has %(length)d characters, the limit is %(most)d. It was not kept; it stands here as you wrote it.")
            % {"length": len(text), "most": MOST_NOTE}
        )  # fmt: skip
    with short_transaction():
        row = _locked(interaction)
        if row.note == text:
            return
        # The audit log outlives the buyer's words, and notes repeat them: it keeps how long a note was.
        before, after = {"length": len(row.note)}, {"length": len(text)}
        Interaction.objects.filter(pk=row.pk).update(changed_at=timezone.now(), note=text)
        audit.record("inbox.note", row, by=by, before=before, after=after)
        events.record(f"seller:{row.seller_id}", "inbox", {"interaction": row.pk})


def close(interaction: Interaction, *, by: User) -> None:
    """No answer will be given. What is closed already stays so. Raises HandlingRefused for what was answered."""
    with short_transaction():
        row = _locked(interaction)
        if row.needs_response:
            _keep(row, "inbox.close", "status", Status.CLOSED.value, by=by, needs_response=False)
        elif row.status != Status.CLOSED:
            raise HandlingRefused(
                _("It was answered, or is being answered; there is nothing to close. Nothing was changed.")
            )


def reopen(interaction: Interaction, *, by: User) -> None:
    """It wants an answer again. What does already stays as it is. Raises HandlingRefused."""
    with short_transaction():
        row = _locked(interaction)
        if row.needs_response:
            return
        if is_over(row, timezone.now()):
            raise HandlingRefused(_("The marketplace takes no answer to this any more."))
        if row.replies.filter(state__in=UNDER_WAY).exists():
            raise HandlingRefused(_("An answer to this is on its way."))
        _keep(row, "inbox.open", "status", Status.NEW.value, by=by, needs_response=True)


def _locked(interaction: Interaction) -> Interaction:
    return Interaction.objects.select_for_update().get(pk=interaction.pk)


def _keep(
    row: Interaction, deed: str, column: str, value: object, *, by: User, needs_response: bool | None = None
) -> None:
    before = getattr(row, column)
    if before == value:
        return
    changed = {column: value} | ({} if needs_response is None else {"needs_response": needs_response})
    Interaction.objects.filter(pk=row.pk).update(changed_at=timezone.now(), **changed)
    told = column.removesuffix("_id")
    audit.record(deed, row, by=by, before={told: before}, after={told: value})
    events.record(f"seller:{row.seller_id}", "inbox", {"interaction": row.pk})
