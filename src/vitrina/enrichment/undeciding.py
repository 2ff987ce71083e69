"""Taking back one's own decision a moment after it, where what followed from it can be taken back."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from vitrina.accounts.models import AuditEntry, User
from vitrina.catalog.models import Product
from vitrina.enrichment import learning
from vitrina.enrichment.apply import ApplyRefused, undo
from vitrina.enrichment.models import ContentTemplate, ModerationItem, ProcessingLog, Status
from vitrina.enrichment.moderating import ModerationRefused
from vitrina.jobs import control, events
from vitrina.jobs.control import ControlRefused
from vitrina.jobs.models import Job
from vitrina.jobs.states import State

UNDO_FOR = timedelta(minutes=10)
COUNTED = {"approved": "approved_count", "rejected": "rejected_count"}


def take_back(item: ModerationItem, by: User) -> ModerationItem:
    """The item waits again, held by the one who decided it; what the decision wrote is as it was.

    Raises ModerationRefused in words: somebody else's, too late, or something newer rests on it.
    """
    with transaction.atomic():
        # Product, item, log: everyone locks in this order.
        if not Product.objects.select_for_update().only("pk").filter(pk=item.log.product_id).first():
            raise ModerationRefused(
                _("The product was deleted in the meantime; there is nothing left to decide.")
            )
        item = ModerationItem.objects.select_for_update(of=("self",)).select_related("log").get(pk=item.pk)
        _refuse(item, by)
        decided = item.resolution
        if decided == "sent_back":
            _call_off_repeat(item.log, by)
        elif newer_run(item.log):
            raise ModerationRefused(
                _("A newer run of this product was started since. Nothing was changed: decide on that one.")
            )
        if decided == "approved":
            _take_off(item.log, by)
        helped = (item.log.result or {}).get("templates") or []
        if helped and decided in COUNTED:
            column = COUNTED[decided]
            ContentTemplate.objects.filter(pk__in=helped, **{f"{column}__gt": 0}).update(
                **{column: F(column) - 1}
            )
        ProcessingLog.objects.filter(pk=item.log_id).update(
            status=Status.MODERATION, undone_at=None, applied=None
        )
        _reopen(item, by, decided)
    item.refresh_from_db()
    return item


def newer_run(log: ProcessingLog) -> bool:
    return ProcessingLog.objects.filter(product_id=log.product_id, pk__gt=log.pk).exists()


def _refuse(item: ModerationItem, by: User) -> None:
    if not item.resolution:
        raise ModerationRefused(_("This item waits already; there is nothing to take back."))
    if item.resolved_by_id != by.pk or item.resolution not in (*COUNTED, "sent_back"):
        raise ModerationRefused(_("Only the one who decided can take a decision back here."))
    if item.resolved_at is None or item.resolved_at < timezone.now() - UNDO_FOR:
        raise ModerationRefused(
            _(
                "A decision can be taken back for %(minutes)s minutes; this one is older. An approved card is taken "
                "back on its product's page."
            )
            % {"minutes": int(UNDO_FOR.total_seconds() // 60)}
        )


def _take_off(log: ProcessingLog, by: User) -> None:
    if log.applied and log.undone_at is None:
        try:
            undo(log, by=by)
        except ApplyRefused as refusal:
            raise ModerationRefused(str(refusal)) from refusal
    else:
        learning.take_back(log)


def _call_off_repeat(log: ProcessingLog, by: User) -> None:
    """Cancel the run that the remark started, as long as no worker has begun it."""
    begun = ModerationRefused(
        _("The new run with your remark has begun already. Nothing was changed: wait for its result.")
    )
    repeat = (
        ProcessingLog.objects.select_for_update(of=("self",)).filter(repeat_of=log).order_by("-pk").first()
    )
    if repeat is None:
        return
    job = Job.objects.filter(pk=repeat.job_id, state=State.QUEUED).first() if repeat.job_id else None
    if job is None or repeat.status != Status.PENDING:
        raise begun
    try:
        control.cancel(job, by=by)
    except ControlRefused as gone:
        raise begun from gone
    job.refresh_from_db()
    if job.state != State.CANCELLED:
        raise begun
    ProcessingLog.objects.filter(pk=repeat.pk).update(status=Status.SUPERSEDED, finished_at=timezone.now())


def _reopen(item: ModerationItem, by: User, decided: str) -> None:
    now = timezone.now()
    ModerationItem.objects.filter(pk=item.pk).update(
        resolution="",
        rejection="",
        notes="",
        edits=None,
        resolved_by=None,
        resolved_at=None,
        assignee=by,
        assigned_at=now,
        seen_at=now,
    )
    AuditEntry.objects.create(
        user=by,
        seller_id=item.seller_id,
        action="moderation.taken_back",
        object_type="moderationitem",
        object_id=str(item.pk),
        before={"resolution": decided, "notes": item.notes, "edits": item.edits},
        after={"resolution": "", "log_id": item.log_id},
    )
    told = {"item_id": item.pk, "log_id": item.log_id, "resolution": ""}
    events.record_many(
        [
            (f"product:{item.log.product_id}", "moderation", told, None),
            (f"seller:{item.seller_id}", "moderation", told, None),
        ]
    )
