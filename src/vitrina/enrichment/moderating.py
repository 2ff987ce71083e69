"""What a person does with a doubtful run: take it, approve, reject, send it back.

Every deed ends an item once: a double click or a second tab gets the first one's result, with `was_resolved`
True. The item, its run, the product, the decision on the category, the neighbour it becomes and the counters
of templates change in one transaction. Whether the person may is asked at the doors.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from vitrina.accounts.models import AuditEntry, User
from vitrina.accounts.roles import Right
from vitrina.catalog.models import Category, Product
from vitrina.enrichment import runs
from vitrina.enrichment.apply import ApplyRefused, apply
from vitrina.enrichment.edits import check_edits
from vitrina.enrichment.learning import confirm
from vitrina.enrichment.models import (
    CategoryDecision,
    ContentTemplate,
    ModerationItem,
    ModerationItemQuerySet,
    ProcessingLog,
    Status,
)
from vitrina.enrichment.options import RunOptions
from vitrina.enrichment.queue_filter import QueueFilter
from vitrina.enrichment.rejections import known
from vitrina.jobs import events

# Somebody who took an item and left gives it back by doing nothing.
TAKEN_FOR = timedelta(minutes=30)
# What a person put off comes to them again after this, or when nothing else waits.
PUT_OFF_FOR = timedelta(minutes=15)


class ModerationRefused(Exception):
    """Nothing was changed; the message says why and what to do."""


class HeldByAnother(ModerationRefused):
    pass


def take(
    user: User,
    seller_id: int | None = None,
    *,
    within: QueueFilter | None = None,
    without: Collection[int] = (),
) -> ModerationItem | None:
    """The worst, then oldest item that waits, now assigned to `user`; the one they hold already comes first.

    `within`: only these; `without`: not these, they are before the person's eyes. What the person put off
    comes when nothing else is left. None: nothing waits. Two people never get the same item: the database
    says who was first.
    """
    queue = ModerationItem.objects.reachable_by(user, Right.MODERATE).waiting()
    if within is not None:
        queue = within.items(queue)
    if seller_id is not None:
        queue = queue.filter(seller_id=seller_id)
    if without:
        queue = queue.exclude(pk__in=without)
    now = timezone.now()
    held = queue.filter(assignee=user, assigned_at__gte=now - TAKEN_FOR).first()
    if held is not None:
        return held
    put_off = Q(skipped_by=user, skipped_at__gte=now - PUT_OFF_FOR)
    free = queue.filter(_free_for(user))
    for rows in (free.exclude(put_off), free.filter(put_off).order_by("skipped_at", "pk")):
        while candidates := list(rows.values_list("pk", flat=True)[:10]):
            for pk in candidates:
                if _assign(pk, user):
                    return ModerationItem.objects.get(pk=pk)
    return None


def take_this(item: ModerationItem, by: User) -> ModerationItem:
    """Assign one chosen item. Raises HeldByAnother, and ModerationRefused when it is resolved already."""
    if not _assign(item.pk, by):
        item.refresh_from_db()
        _refuse_held(item, by)
        raise ModerationRefused(_("This item was decided in the meantime; there is nothing left to do."))
    item.refresh_from_db()
    return item


def release(item: ModerationItem, by: User) -> bool:
    """Give an item back to the queue. False: it was not held by this person any longer."""
    return release_all([item.pk], by) == 1


def release_all(pks: Collection[int], by: User) -> int:
    """Give back those of them that this person holds; how many they were."""
    held = ModerationItem.objects.filter(pk__in=pks, resolution="", assignee=by)
    seen = list(held.exclude(seen_at=None).values_list("log__product_id", flat=True))
    count = held.update(assignee=None, assigned_at=None, seen_at=None)
    events.record_many((f"product:{pk}", "moderation", {"by": ""}, None) for pk in seen)
    return count


def put_off(item: ModerationItem, by: User) -> bool:
    """Give it back, to come again to this person after the others. False: somebody else holds or decided it."""
    now = timezone.now()
    is_done = ModerationItem.objects.filter(_free_for(by), pk=item.pk, resolution="").update(
        assignee=None, assigned_at=None, seen_at=None, skipped_by=by, skipped_at=now
    )
    if is_done:
        events.record(f"product:{item.log.product_id}", "moderation", {"item_id": item.pk, "by": ""})
    return is_done == 1


def keep(item: ModerationItem, by: User) -> ModerationItem:
    """The person has it before their eyes: theirs for another while. Raises what `take_this` raises."""
    now = timezone.now()
    mine = ModerationItem.objects.filter(_free_for(by), pk=item.pk, resolution="")
    if not mine.update(assignee=by, assigned_at=now, seen_at=now):
        return take_this(item, by)
    if item.assignee_id != by.pk or not item.is_looked_at:
        told = {"item_id": item.pk, "by": str(by)}
        events.record(f"product:{item.log.product_id}", "moderation", told)
    item.refresh_from_db()
    return item


def _assign(pk: int, user: User) -> bool:
    return (
        ModerationItem.objects.filter(_free_for(user), pk=pk, resolution="").update(
            assignee=user, assigned_at=timezone.now()
        )
        == 1
    )


def _free_for(user: User) -> Q:
    return Q(assignee=None) | Q(assignee=user) | Q(assigned_at__lt=timezone.now() - TAKEN_FOR)


def chosen_instead(item: ModerationItem, pk: int | None) -> Category | None:
    """The category that a person chose in place of the suggested one; None when it is that one, or none was chosen.

    Category.DoesNotExist when this seller has no such category in use.
    """
    suggested = ((item.log.result or {}).get("category") or {}).get("id")
    if pk is None or pk == suggested:
        return None
    return Category.objects.get(Q(seller=None) | Q(seller_id=item.seller_id), pk=pk, is_active=True)


def approve(
    item: ModerationItem,
    by: User,
    edits: Mapping[str, Any] | None = None,
    category: Category | None = None,
    *,
    no_category: bool = False,
    despite_changes: bool = False,
    despite_findings: bool = False,
) -> ModerationItem:
    """Apply the run, with the person's `edits` ({field: new value}) and their `category` where given.

    `no_category`: the person says that no known category fits. Raises EditsRefused for edits that break a
    hard limit, EditsQuestioned for edits with grave findings (until `despite_findings`), ProductChanged when
    the listing changed since the run (until `despite_changes`), HeldByAnother. Nothing is changed then.
    """
    if category is not None and category.seller_id not in (None, item.seller_id):
        raise ModerationRefused(_("This category belongs to another seller; nothing was changed."))
    log = item.log
    changed = check_edits(log, edits or {}, despite_findings=despite_findings)
    with transaction.atomic():
        _lock_product(item)
        edited = _edited(log, changed, category, no_category=no_category)
        resolved = _resolve(item, by, "approved", edits=edited or None)
        if resolved.was_resolved:
            return resolved
        log = ProcessingLog.objects.select_for_update(of=("self",)).get(pk=item.log_id)
        if no_category and log.result:
            log.result["category"] = None
        apply(log, by=by, edits=changed, category=category, despite_changes=despite_changes)
        log.status = Status.APPROVED
        log.finished_at = timezone.now()
        log.save(update_fields=["status", "applied", "finished_at"])
        _record_decision(item, log, by, category, no_category=no_category)
        _count_for_templates(log, "approved_count")
        _tell(resolved, by)
    return resolved


def _edited(
    log: ProcessingLog, changed: Mapping[str, Any], category: Category | None, *, no_category: bool
) -> dict[str, Any]:
    """What the person decided otherwise than the run proposed, before and after."""
    result = log.result or {}
    text, shown = result.get("text") or {}, (result.get("category") or {}).get("id")
    edited = {name: {"before": text.get(name), "after": value} for name, value in changed.items()}
    chosen = None if no_category else category.pk if category else shown
    if chosen != shown:
        edited["category"] = {"before": shown, "after": chosen}
    return edited


def reject(item: ModerationItem, by: User, notes: str = "", *, reason: str = "") -> ModerationItem:
    """The run is no good: nothing is applied. `reason`: a key of `rejections.REJECTIONS`."""
    with transaction.atomic():
        _lock_product(item)
        resolved = _resolve(item, by, "rejected", notes=notes, rejection=known(reason))
        if resolved.was_resolved:
            return resolved
        log = _set_status(item, Status.REJECTED)
        _count_for_templates(log, "rejected_count")
        _tell(resolved, by)
    return resolved


def send_back(item: ModerationItem, by: User, remark: str) -> ModerationItem:
    """Run it again with a remark for the model; the new run is `item.log.product`'s live one.

    Raises ModerationRefused when another run of the product is under way: it would not know the remark.
    """
    remark = remark.strip()
    if not remark:
        raise ModerationRefused(
            _("Say in a few words what the next run should do otherwise; nothing was changed.")
        )
    with transaction.atomic():
        _lock_product(item)
        resolved = _resolve(item, by, "sent_back", notes=remark)
        if resolved.was_resolved:
            return resolved
        log = _set_status(item, Status.SUPERSEDED)
        options = RunOptions.model_validate(log.options)
        told = "\n".join(filter(None, [options.remark, remark]))
        options = RunOptions.model_validate(options.stored() | {"remark": told})
        if runs.start(log.product, options, by=by, repeat_of=log).was_live:
            raise ModerationRefused(
                _(
                    "Another run of this product is under way and would not know your remark. Nothing was changed: "
                    "wait until it ends, then look at its result."
                )
            )
        _tell(resolved, by)
    return resolved


def _lock_product(item: ModerationItem) -> None:
    """Product, item, log: everyone locks in this order, so nobody waits for whoever waits for them."""
    product = Product.objects.select_for_update().only("pk").filter(pk=item.log.product_id).first()
    if product is None:
        raise ModerationRefused(
            _("The product was deleted in the meantime; there is nothing left to decide.")
        )


def _resolve(item: ModerationItem, by: User, resolution: str, **columns: Any) -> ModerationItem:
    """End an item, once. Whoever comes second gets it as the first one left it."""
    won = ModerationItem.objects.filter(_free_for(by), pk=item.pk, resolution="").update(
        resolution=resolution, resolved_by=by, resolved_at=timezone.now(), **columns
    )
    resolved = ModerationItem.objects.select_related("log__product", "assignee").get(pk=item.pk)
    if not won:
        _refuse_held(resolved, by)
        resolved.was_resolved = True
    return resolved


def _refuse_held(item: ModerationItem, by: User) -> None:
    if item.resolution == "" and item.assignee_id not in (None, by.pk):
        raise HeldByAnother(
            _("%(person)s is working on this item. Nothing was changed.") % {"person": item.assignee}
        )


def _set_status(item: ModerationItem, status: Status) -> ProcessingLog:
    log = ProcessingLog.objects.select_for_update(of=("self",)).select_related("product").get(pk=item.log_id)
    log.status = status
    log.finished_at = timezone.now()
    log.save(update_fields=["status", "finished_at"])
    return log


def _record_decision(
    item: ModerationItem, log: ProcessingLog, by: User, category: Category | None, *, no_category: bool
) -> None:
    """What the person said about the category: the ground of calibration, and a neighbour for the next products."""
    suggested = (item.log.result or {}).get("category") or {}
    shown = suggested.get("id")
    chosen = None if no_category else category.pk if category else shown
    if chosen is None and not no_category:
        return  # the run had no category, and the person named none
    CategoryDecision.objects.create(
        seller_id=log.seller_id,
        product_id=log.product_id,
        log=log,
        shown_id=shown,
        chosen_id=chosen,
        raw_confidence=suggested.get("raw"),
        producer=suggested.get("source", ""),
        is_audit=log.is_audit,
        decided_by=by,
    )
    if chosen is not None:
        confirm(log.product, chosen)


def _count_for_templates(log: ProcessingLog, column: str) -> None:
    """Follow the decision in the templates that helped this text."""
    helped = (log.result or {}).get("templates") or []
    if helped:
        ContentTemplate.objects.filter(pk__in=helped).update(**{column: F(column) + 1})


def _tell(item: ModerationItem, by: User) -> None:
    AuditEntry.objects.create(
        user=by,
        seller_id=item.seller_id,
        action=f"moderation.{item.resolution}",
        object_type="moderationitem",
        object_id=str(item.pk),
        before={"resolution": "", "log_id": item.log_id},
        after={
            "resolution": item.resolution,
            "rejection": item.rejection,
            "notes": item.notes,
            "edits": item.edits,
        },
    )
    told = {"item_id": item.pk, "log_id": item.log_id, "resolution": item.resolution}
    events.record_many(
        [
            (f"product:{item.log.product_id}", "moderation", told, None),
            (f"seller:{item.seller_id}", "moderation", told, None),
        ]
    )


__all__ = [
    "ApplyRefused",
    "HeldByAnother",
    "ModerationItemQuerySet",
    "ModerationRefused",
    "approve",
    "keep",
    "put_off",
    "reject",
    "release",
    "release_all",
    "send_back",
    "take",
    "take_this",
]
