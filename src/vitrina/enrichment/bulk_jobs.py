"""The jobs of a bulk approval: the batch, one of its items, and its end."""

from __future__ import annotations

from typing import Any

from vitrina.accounts.models import User
from vitrina.accounts.roles import Right
from vitrina.enrichment import bulk_approving, moderating
from vitrina.enrichment.apply import ProductChanged
from vitrina.enrichment.models import ModerationItem
from vitrina.enrichment.moderating import HeldByAnother, ModerationRefused
from vitrina.enrichment.queue_filter import QueueFilter
from vitrina.jobs.outcomes import Done, Outcome
from vitrina.jobs.registry import ChildSpec, feeder, handler
from vitrina.jobs.running import RunningJob


@feeder("enrichment.approvals")
def feed(payload: dict[str, Any], cursor: Any, count: int) -> tuple[list[ChildSpec], Any]:
    """The next items of the filter; the cursor is the last item's id."""
    user = User.objects.filter(pk=payload["by"], is_active=True).first()
    if user is None:
        return [], None
    chosen = bulk_approving.eligible(
        bulk_approving.meant(user, QueueFilter.of(payload["filter"])), user
    ).filter(pk__gt=cursor or 0, pk__lte=payload["until"])
    ids = list(chosen.order_by("pk").values_list("pk", flat=True)[:count])
    children = [ChildSpec({"item_id": pk, "by": payload["by"]}, key=f"item:{pk}") for pk in ids]
    return children, ids[-1] if len(ids) == count else None


@handler("enrichment.approval", deadline_seconds=60.0)
def approve_one(job: RunningJob) -> Outcome:
    """One item. What can't be approved without a person's eyes is left waiting, with the reason as the result."""
    user = User.objects.filter(pk=job.payload["by"]).first()
    may = ModerationItem.objects.reachable_by(user, Right.MODERATE) if user else ModerationItem.objects.none()
    item = may.select_related("log__product").filter(pk=job.payload["item_id"]).first()
    if item is None or user is None:
        return Done({"left": "gone"})
    if item.priority >= bulk_approving.GRAVE:
        return Done({"left": "grave"})
    try:
        done = moderating.approve(item, user)
    except ProductChanged:
        return Done({"left": "changed"})
    except HeldByAnother:
        return Done({"left": "taken"})
    except ModerationRefused:
        return Done({"left": "gone"})
    return Done({"left": "decided"} if done.was_resolved else {"item_id": item.pk})


@handler("enrichment.approvals", deadline_seconds=120.0)
def close(job: RunningJob) -> Outcome:
    return Done(bulk_approving.report(job.id))
