"""Reading back: a marketplace that took a card may carry it out later, otherwise, or refuse it with words."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from vitrina.catalog.pushing.deciding import differing, fields_of
from vitrina.catalog.pushing.models import Push, PushRun, PushState
from vitrina.catalog.pushing.sending import close_if_settled, settled_words
from vitrina.channels.card_targets import TARGETS, open_target
from vitrina.channels.cards import CardOutcome, CardSeen
from vitrina.channels.errors import ChannelError
from vitrina.jobs.enqueue import enqueue
from vitrina.jobs.states import Priority
from vitrina.lib.transactions import short_transaction

CONFIRM = "catalog.push_confirm"
# After sending, and after each look that didn't settle all of a parcel.
PAUSES = tuple(
    timedelta(**pause)
    for pause in ({"seconds": 15}, {"minutes": 1}, {"minutes": 5}, {"minutes": 30}, {"hours": 2}, {"hours": 12}, {"hours": 24})
)  # fmt: skip


def enqueue_confirm(run: PushRun, parcel: int) -> None:
    """In the caller's transaction."""
    enqueue(
        CONFIRM,
        {"run": run.pk, "parcel": parcel},
        key=job_key(run.pk, parcel),
        seller_id=run.seller_id,
        priority=Priority.SYNC,
        delay_seconds=PAUSES[0].total_seconds(),
    )


def job_key(run_id: int, parcel: int) -> str:
    return f"push_confirm:{run_id}:{parcel}"


def confirm(run: PushRun, parcel: int) -> datetime | None:
    """One look at what was sent; when to look again, None where all is settled. A look that fails saw nothing."""
    rows = list(Push.objects.filter(run=run, parcel=parcel, state=PushState.SENT).order_by("pk"))
    if not rows:
        return None
    looks = rows[0].looks + 1
    pause = PAUSES[min(looks, len(PAUSES) - 1)]
    try:
        target = open_target(run.connection)
        seen = target.look([row.article for row in rows])
        looks_after = TARGETS[run.connection.platform].looks_after
        open_ones = [row for row in rows if looks_after or not _stands(row, seen.get(row.article))]
        outcomes = (
            target.outcomes([row.article for row in open_ones], mark=rows[0].mark, task=rows[0].task)
            if open_ones
            else {}
        )
    except ChannelError as error:
        seen, outcomes, pause = {}, {}, max(pause, timedelta(seconds=error.retry_after or 0))
    for row in rows:
        row.looks = looks
        _settle(row, seen.get(row.article), outcomes.get(row.article), is_last=looks >= len(PAUSES))
    with short_transaction():
        Push.objects.bulk_update(rows, ["looks", "state", "stood", "said", "words", "settled_at"])
        close_if_settled(run)
    return timezone.now() + pause if any(row.state == PushState.SENT for row in rows) else None


def _stands(row: Push, card: CardSeen | None) -> bool:
    return card is not None and not differing(row.wanted, fields_of(card, row.wanted))


def _settle(row: Push, card: CardSeen | None, outcome: CardOutcome | None, *, is_last: bool) -> None:
    if card is not None:
        row.stood = fields_of(card, row.wanted)
    if outcome is not None and outcome.is_taken is False:
        row.state, row.said = PushState.REJECTED, settled_words(row, outcome.refused)
    elif _stands(row, card) and (outcome is None or is_last):
        row.state, row.words = PushState.CONFIRMED, ""
    elif is_last:
        row.state = PushState.DOUBT
        row.words = _("The marketplace took it, and it was never seen to stand there. Push the card again.")
    if row.state != PushState.SENT:
        row.settled_at = timezone.now()
