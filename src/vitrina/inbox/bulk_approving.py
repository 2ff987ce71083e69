"""Sending the drafts of several interactions that a person looked through: each once, exactly as it was shown, or not at all.

    item.seal → goes with the form that is sent
    approve({pk: seal}, by=person)   every ticked one through the outbox of `sending.queue`, in a transaction of its own

A seal names the draft, the buyer's last words and our newest reply. What changed meanwhile, in another tab or by another person,
no longer fits its seal and isn't sent: the same form twice sends each answer once.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from django.utils.translation import gettext as _

from vitrina.accounts.models import User
from vitrina.accounts.roles import Right
from vitrina.inbox import sending
from vitrina.inbox.guardrails.checking import Finding
from vitrina.inbox.models import Draft, InboxSettings, Interaction, Reply
from vitrina.inbox.presence import Colleague, colleagues
from vitrina.inbox.priority import Priority
from vitrina.inbox.sending import AsSeen, NotSent, Unfit
from vitrina.inbox.standing import holding, settings_of_all
from vitrina.jobs.enqueue import QueueFull

MOST = 50


@dataclass(frozen=True)
class Item:
    """`draft`: the one that holds. `why_not`: why it can't be approved here, in words; empty: it can. `is_clean`: normal or
    low, nothing found, nobody else at it: what a person may tick together with others."""

    it: Interaction
    draft: Draft | None
    findings: Sequence[Finding]
    why_not: str
    seal: str
    colleagues: Sequence[Colleague]
    is_taken: bool  # by a colleague

    @property
    def is_clean(self) -> bool:
        is_calm = self.it.priority in (Priority.NORMAL, Priority.LOW)
        return is_calm and not (self.why_not or self.findings or self.colleagues or self.is_taken)


@dataclass(frozen=True)
class Outcome:
    """`reply` None: it wasn't sent, and `words` says why."""

    it: Interaction
    reply: Reply | None
    words: str = ""


def review(ids: Sequence[int], *, by: User) -> list[Item]:
    """Those of them that the person may answer, in the order asked for. About ten queries and 5 ms for each with a draft."""
    rows = _rows(ids, by)
    settings = settings_of_all(row.seller_id for row in rows)
    people = colleagues((row.pk for row in rows), besides=by)
    return [_item(row, settings[row.seller_id], people.get(row.pk, []), by) for row in rows]


def approve(seals: Mapping[int, str], *, by: User) -> list[Outcome]:
    """Send the draft of each. One that is refused holds up no other."""
    rows = _rows(list(seals), by)
    settings = settings_of_all(row.seller_id for row in rows)
    return [_sent(row, settings[row.seller_id], seals[row.pk], by) for row in rows]


def _rows(ids: Sequence[int], by: User) -> list[Interaction]:
    reachable = Interaction.objects.reachable_by(by, Right.REPLY).select_related(
        "draft", "seller", "connection", "assignee", "product__brand", "product__category"
    )
    rows = reachable.prefetch_related("product__images").in_bulk(list(ids)[:MOST])
    return [rows[pk] for pk in dict.fromkeys(ids) if pk in rows]


def _item(row: Interaction, settings: InboxSettings, people: Sequence[Colleague], by: User) -> Item:
    draft = holding(row, settings)
    findings: Sequence[Finding] = ()
    try:
        findings = sending.check(row, _fit(row, draft).text)
        why_not = ""
    except NotSent as refusal:
        findings = refusal.findings if isinstance(refusal, Unfit) else ()
        why_not = str(refusal)
    is_taken = row.assignee_id not in (None, by.pk)
    return Item(row, draft, findings, why_not, _seal(row, draft), people, is_taken)


def _sent(row: Interaction, settings: InboxSettings, seal: str, by: User) -> Outcome:
    draft = holding(row, settings)
    try:
        seen = _opened(seal, draft)
        draft = _fit(row, draft)
        if seen is None:
            raise _Replaced()
        reply = sending.queue(row, draft.text, by=by, draft=draft, seen=seen, still=partial(_stands, draft))
    except (NotSent, QueueFull) as refusal:
        return Outcome(row, None, str(refusal))
    return Outcome(row, reply)


def _fit(row: Interaction, draft: Draft | None) -> Draft:
    """The draft, if such a one is approved together with others. Raises NotSent."""
    if row.escalations:
        raise NotSent(_("This one is for a person: it is written by hand."))
    if draft is None and row.draft_id is not None and row.needs_response:
        raise NotSent(_("Its draft is stale: what it was written from changed since."))
    if draft is None and row.needs_response:
        raise NotSent(_("There is no draft yet."))
    if draft is None:
        raise NotSent(_("It wants no answer any more."))
    if draft.is_beginning:
        raise NotSent(_("This is only the beginning of an answer."))
    return draft


def _stands(draft: Draft, locked: Interaction) -> None:
    """Raises NotSent where another draft took its place since, or a person has to write after all."""
    if locked.draft_id != draft.pk or locked.escalations:
        raise _Replaced()


class _Replaced(NotSent):
    def __init__(self) -> None:
        super().__init__(_("Another draft stands there now than the one that was shown."))


def _seal(row: Interaction, draft: Draft | None) -> str:
    newest = row.replies.order_by("-pk").values_list("pk", flat=True).first()
    return f"{draft.pk if draft else 0}-{AsSeen(row.version, newest or 0).sealed}"


def _opened(seal: str, draft: Draft | None) -> AsSeen | None:
    """None where it is no seal, or of another draft."""
    found = re.fullmatch(r"([0-9]{1,18})-(.{1,40})", seal)
    is_same = found is not None and draft is not None and int(found[1]) == draft.pk
    return AsSeen.opened(found[2]) if found is not None and is_same else None
