"""Sending what a seller's rule allows: the ready draft as it stands, through the same outbox as everything, marked and audited.

What was sent once is never sent by a rule again, however often this runs: each is decided anew under its row's lock, and one that has
any reply of ours is left alone. Off, for the seller or the installation, also stops what is queued and hasn't left.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from vitrina.accounts import runtime_settings
from vitrina.channels.ports import Kind
from vitrina.inbox import sending
from vitrina.inbox.auto_rule import LEAST_STARS, Candidate, Held, Ready, Rule, why_not
from vitrina.inbox.holding import findings_of
from vitrina.inbox.knowing import card_of, settings_of
from vitrina.inbox.models import Draft, InboxSettings, Interaction, Reply, Status
from vitrina.inbox.presence import colleagues
from vitrina.inbox.priority import Priority
from vitrina.inbox.running_values import AUTO_SENDS, decided
from vitrina.inbox.sending import NotSent
from vitrina.inbox.standing import holding
from vitrina.jobs.enqueue import QueueFull, enqueue
from vitrina.jobs.models import Effect, EffectState

AUTO_SEND = "inbox.auto_send"
MOST_LOOKED_AT = 1_000  # reviews in one go, the oldest first
MOST_SENT = 10  # in one go: what a person sends meanwhile waits in the same lane


@dataclass
class AutoSent:
    """`held`: why the others were left to a person."""

    sent: int = 0
    held: dict[str, int] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        return vars(self)


class LeftToPerson(NotSent):
    def __init__(self, why: Held) -> None:
        super().__init__(why.value)
        self.why = why


def enqueue_auto_sending(seller_id: int) -> None:
    """In the caller's transaction. Nothing where no rule is on, or the seller's queue is full: the next round asks again."""
    if is_on(settings_of(seller_id)):
        with suppress(QueueFull):
            enqueue(AUTO_SEND, {"seller": seller_id}, key=f"inbox.auto_send:{seller_id}", seller_id=seller_id)


def is_on(settings: InboxSettings) -> bool:
    return settings.auto_sends and runtime_settings.value(AUTO_SENDS)


def send_by_rule(seller_id: int, *, checkpoint: Callable[[], None]) -> AutoSent:
    """`checkpoint` is called before each and may end it; what was queued stays queued."""
    settings = settings_of(seller_id)
    result = AutoSent()
    if not is_on(settings):
        return result
    held: Counter[str] = Counter()
    for row in _praise(settings)[:MOST_LOOKED_AT]:
        checkpoint()
        try:
            _send(row, settings)
        except LeftToPerson as left:
            held[left.why.value] += 1
            if left.why is Held.LIMIT:
                break
        except NotSent:
            held[Held.ANSWERED.value] += 1
        except QueueFull:
            break  # the next round goes on
        else:
            result.sent += 1
            if result.sent == MOST_SENT:
                break
    result.held = dict(held)
    return result


def sent_today(seller_id: int) -> int:
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    return Reply.objects.filter(seller_id=seller_id, by_rule=True, queued_at__gte=midnight).count()


def is_stopped(reply: Reply) -> bool:
    """Whether the rule that queued a reply was switched off before it left; then it is given up. What may have left already
    isn't held up: its next try looks over there."""
    begun = Effect.objects.filter(key=sending.effect_key(reply)).exclude(state=EffectState.REFUSED)
    if begun.exists():
        return False
    runtime_settings.forget()  # the switch counts at once
    if is_on(settings_of(reply.seller_id)):
        return False
    sending.fail(reply, _("The rule was switched off before this left; it was not sent."))
    return True


def _praise(settings: InboxSettings) -> QuerySet[Interaction]:
    """What a look at each may find sendable: the oldest first, so that nothing waits for ever."""
    rows = Interaction.objects.filter(
        seller_id=settings.seller_id,
        kind=Kind.REVIEW.value,
        needs_response=True,
        status=Status.NEW,
        priority__gt=Priority.HIGH,
        platform__in=settings.auto_platforms,
        rating__gte=max(settings.auto_from_stars, LEAST_STARS),
        assignee=None,
        draft__is_beginning=False,
        replies=None,
    )
    return rows.select_related("draft", "product__brand", "product__category", "seller").order_by(
        "occurred_at", "pk"
    )


def _send(row: Interaction, settings: InboxSettings) -> Reply:
    """Raises LeftToPerson, NotSent."""
    _decide(row, settings, timezone.now())
    draft = row.draft
    if draft is None:
        raise LeftToPerson(Held.NO_DRAFT)
    if findings_of(row, draft.text, card=card_of(row.product), is_sending=True):
        raise LeftToPerson(Held.FINDINGS)
    return sending.queue(
        row, draft.text, by=None, draft=draft, still=lambda standing: _still(standing, draft)
    )


def _still(standing: Interaction, draft: Draft) -> None:
    """Asked again under the row's lock, and under that of the settings, which hold the switch and the day's limit."""
    settings = InboxSettings.objects.select_for_update().get(seller_id=standing.seller_id)
    if not is_on(settings) or standing.draft_id != draft.pk:
        raise LeftToPerson(Held.NO_DRAFT)
    _decide(standing, settings, timezone.now())
    if sent_today(standing.seller_id) >= decided(settings).auto_daily_limit:
        raise LeftToPerson(Held.LIMIT)


def _decide(row: Interaction, settings: InboxSettings, now: datetime) -> None:
    rule = Rule(
        platforms=settings.auto_platforms,
        from_stars=settings.auto_from_stars,
        with_text=settings.auto_with_text,
        wait=timedelta(minutes=decided(settings).auto_wait_minutes),
    )
    why = why_not(rule, _candidate(row, settings), now)
    if why is not None:
        raise LeftToPerson(why)


def _candidate(row: Interaction, settings: InboxSettings) -> Candidate:
    draft = holding(row, settings)
    is_with_person = row.assignee_id is not None or row.status != Status.NEW or bool(row.note)
    return Candidate(
        kind=Kind(row.kind),
        platform=row.platform,
        rating=row.rating,
        text=row.text,
        pros=row.pros,
        cons=row.cons,
        has_pictures=bool(row.attachments),
        priority=Priority(row.priority),
        is_escalated=bool(row.escalations),
        is_with_person=is_with_person or bool(colleagues([row.pk])),
        is_answered=not row.needs_response or bool(row.answers) or row.replies.exists(),
        received_at=row.received_at,
        draft=None
        if draft is None
        else Ready(
            is_offline=draft.is_offline,
            was_ahead=draft.was_ahead,
            intent=draft.intent,
            sentiment=draft.sentiment,
            made_at=draft.made_at,
        ),
    )
