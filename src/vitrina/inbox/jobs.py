"""The jobs of this room: reading the marketplaces by the clock and on demand, drafting what was read."""

from __future__ import annotations

from datetime import time, timedelta

from django.utils import timezone

from vitrina.channels.errors import Throttled
from vitrina.channels.marketplaces import WITHOUT_BUYERS
from vitrina.channels.models import Connection
from vitrina.inbox import auto_sending, budget, confirming, on_demand, pregenerating, sending, syncing
from vitrina.inbox.drafting import draft
from vitrina.inbox.library import learning
from vitrina.inbox.models import UNDER_WAY, Interaction, Reply
from vitrina.inbox.statistics.keeping import clear_old
from vitrina.jobs.enqueue import enqueue
from vitrina.jobs.models import Job
from vitrina.jobs.outcomes import Cancel, Done, Outcome, Snooze
from vitrina.jobs.registry import Limits, handler
from vitrina.jobs.running import RunningJob
from vitrina.jobs.schedule import scheduled
from vitrina.jobs.states import Priority
from vitrina.lib.transactions import short_transaction

SYNC = "inbox.sync"
ROUND = "inbox.round"
EVERY = timedelta(minutes=5)
# Marketplaces that hang must not take the threads that enrich.
AT_ONCE = 16
WAITS_ITS_TURN = timedelta(
    days=1
)  # a reply that a marketplace's limits hold back; then it counts as a failed try


def enqueue_sync(
    connection: Connection, *, priority: Priority = Priority.SYNC, by_id: int | None = None
) -> Job:
    """In the caller's transaction. One that waits or runs already is that one; those of a seller follow one another."""
    return enqueue(
        SYNC,
        {"connection": connection.pk},
        key=f"inbox.sync:{connection.pk}",
        lane=f"inbox.sync:{connection.seller_id}",
        seller_id=connection.seller_id,
        priority=priority,
        created_by_id=by_id,
    )


@handler(SYNC, limits=Limits(running=AT_ONCE), deadline_seconds=900.0)
def sync(job: RunningJob) -> Outcome:
    """{"connection"}"""
    connection = Connection.objects.on().filter(pk=job.payload["connection"]).first()
    if connection is None:
        return Cancel("The connection was taken away or switched off.")
    synced = syncing.sync(connection, checkpoint=job.checkpoint)
    learning.enqueue_waiting([connection.seller_id])
    urgent = pregenerating.draft_urgent(list(synced.received.news), connection.seller_id, job_id=job.id)
    if not synced.troubles:
        with short_transaction():
            enqueue_round(connection.seller_id)
    return Done(synced.as_json() | {"urgent_drafts": urgent})


def enqueue_round(seller_id: int) -> Job:
    """In the caller's transaction. Rounds of a seller never overlap; news that comes mid-round starts another."""
    # Before what is made in batches: a buyer waits for it.
    return enqueue(
        ROUND,
        {"seller": seller_id},
        key=f"inbox.round:{seller_id}",
        seller_id=seller_id,
        priority=Priority.SYNC,
    )


@handler(ROUND, limits=Limits(running=AT_ONCE), deadline_seconds=900.0, reruns=True)
def draft_round(job: RunningJob) -> Outcome:
    """{"seller"}"""
    seller_id = job.payload["seller"]
    made = pregenerating.run_round(seller_id, job_id=job.id, checkpoint=job.checkpoint)
    with short_transaction():
        auto_sending.enqueue_auto_sending(seller_id)
    return Done(made.as_json())


@handler(auto_sending.AUTO_SEND, limits=Limits(running=AT_ONCE), deadline_seconds=300.0, reruns=True)
def auto_send(job: RunningJob) -> Outcome:
    """{"seller"}"""
    return Done(auto_sending.send_by_rule(job.payload["seller"], checkpoint=job.checkpoint).as_json())


@handler(on_demand.DRAFT, limits=Limits(running=AT_ONCE), deadline_seconds=180.0)
def draft_on_demand(job: RunningJob) -> Outcome:
    """{"interaction", "force", "remark", "manner"}"""
    interaction = Interaction.objects.filter(pk=job.payload["interaction"]).first()
    if interaction is None:
        return Cancel("It is gone.")
    remark = job.payload.get("remark", "")
    asked_by = Job.objects.filter(pk=job.id).values_list("created_by_id", flat=True).first()
    job.progress(step="draft")
    made = draft(
        interaction,
        # A rating alone: the offline writer says all that there is to say.
        by_model=bool(interaction.text or interaction.pros or interaction.cons),
        was_ahead=False,
        force=bool(job.payload.get("force")),
        manner=job.payload.get("manner", ""),
        job_id=job.id,
        asked_by_id=asked_by,
        remarks=[remark] if remark else (),
        on_partial=on_demand.reading_along(lambda text: job.progress(step="draft", text=text)),
    )
    if made.cost is not None:
        job.spent(made.cost)
    return Done({"draft": made.pk, "source": made.source})


@scheduled("inbox.sweep", every=timedelta(minutes=10))
def sweep(job: RunningJob) -> Outcome:
    """What no reading set off: a card or a tone that changed, a model that is back, a new day's budget."""
    sellers = list(Interaction.objects.open().order_by().values_list("seller_id", flat=True).distinct())
    for seller_id in sellers:
        with short_transaction():
            enqueue_round(seller_id)
    learning.enqueue_waiting()
    return Done({"sellers": len(sellers)})


@handler(sending.SEND, deadline_seconds=120.0)
def send(job: RunningJob) -> Outcome:
    """{"reply"}"""
    reply = Reply.objects.select_related("interaction__connection").filter(pk=job.payload["reply"]).first()
    if reply is None or reply.state not in UNDER_WAY:
        return Cancel("It was sent, or given up, already.")
    if reply.by_rule and auto_sending.is_stopped(reply):
        return Cancel("The rule was switched off.")
    try:
        sending.bring(job, reply, taken=lambda: confirming.enqueue_confirm(reply))
    except sending.Overtaken as overtaken:
        return Cancel(str(overtaken))
    except Throttled as throttled:
        # It waits its turn, however long the marketplace says; no try is used up.
        if timezone.now() - reply.queued_at < WAITS_ITS_TURN:
            return Snooze(seconds=throttled.retry_after)
        raise
    return Done({"answer_id": reply.answer_id})


@handler(confirming.CONFIRM, deadline_seconds=120.0)
def confirm(job: RunningJob) -> Outcome:
    """{"reply"}"""
    reply = Reply.objects.select_related("interaction__connection").filter(pk=job.payload["reply"]).first()
    again = confirming.confirm(reply) if reply is not None else None
    return Done() if again is None else Snooze(until=again)


@handler(learning.LEARN, limits=Limits(running=2), deadline_seconds=600.0, reruns=True)
def learn(job: RunningJob) -> Outcome:
    """{"seller"}"""
    return Done({"learned": learning.learn_all(job.payload["seller"], checkpoint=job.checkpoint)})


@scheduled("inbox.sync_all", every=EVERY)
def sync_all(job: RunningJob) -> Outcome:
    closed = syncing.close_expired()
    connections = list(Connection.objects.on().exclude(platform__in=WITHOUT_BUYERS))
    for connection in connections:
        with short_transaction():
            enqueue_sync(connection)
    return Done({"connections": len(connections), "closed": closed})


@scheduled("inbox.clean_up", daily_at=time(4, 25))
def clean_up(job: RunningJob) -> Outcome:
    """Numbers that no page shows any more, and visits whose answers are long given."""
    now = timezone.now()
    return Done({"rows": clear_old(now) + budget.clear_old(now)})
