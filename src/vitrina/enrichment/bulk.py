"""One deed on many products: a batch that walks a selection in portions, skips what changed and says so.

The selection is looked at anew for every portion: a product that was changed, deleted or taken out of the filter
meanwhile is left as it is. Each deed may be done twice without harm, since a portion whose worker died is repeated.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from django.db import transaction
from django.db.models import Count

from vitrina.accounts.models import Seller, User
from vitrina.accounts.roles import Right
from vitrina.enrichment import bulk_deeds
from vitrina.enrichment.options import RunOptions
from vitrina.enrichment.runs import newest_product, start_batch
from vitrina.enrichment.selection import Selection, products
from vitrina.jobs import batches
from vitrina.jobs.models import Job
from vitrina.jobs.once import same_wish_since
from vitrina.jobs.outcomes import Cancel, Done, Outcome
from vitrina.jobs.registry import ChildSpec, feeder, handler
from vitrina.jobs.running import RunningJob
from vitrina.jobs.states import Priority

KIND, PART = "enrichment.bulk", "enrichment.bulk_part"
PORTION = 100
FED_AT_ONCE = 50  # portions

Deed = Callable[[list[int], User, Mapping[str, Any]], Counter[str]]
DEEDS: dict[str, tuple[Right, Deed]] = {
    "category": (Right.EDIT_CATALOGUE, bulk_deeds.set_category),
    "approval": (Right.MODERATE, bulk_deeds.approve),
    "undoing": (Right.ENRICH, bulk_deeds.undo),
    "deletion": (Right.EDIT_CATALOGUE, bulk_deeds.delete),
}


def chosen(selection: Selection) -> Any:
    return products(selection, options_key="", language="")


def start(
    deed: str,
    selection: Selection,
    *,
    by: User,
    arguments: Mapping[str, Any],
    title: str,
    once: str = "",
) -> Job:
    """Start the batch; the same `once` by the same person returns the batch that it started before."""
    with transaction.atomic():
        if found := _started_before(KIND, selection.seller_id, by, once):
            return found
        selection = selection.closed(newest_product(selection.seller_id))
        total = chosen(selection).count()
        payload = {
            "deed": deed, "selection": selection.model_dump(mode="json"), "arguments": dict(arguments),
            "by": by.pk, "once": once, "products": total,
        }  # fmt: skip
        return batches.start(
            KIND,
            child_kind=PART,
            payload=payload,
            seller_id=selection.seller_id,
            title=title,
            total=-(-total // PORTION),
            created_by=by,
            priority=Priority.OPERATOR,
        )


def start_runs(selection: Selection, options: RunOptions, *, by: User, title: str, once: str = "") -> Job:
    """A batch of runs over the selection; twice the same form starts one."""
    with transaction.atomic():
        if found := _started_before("enrichment.batch", selection.seller_id, by, once):
            return found
        return start_batch(selection, options, by=by, title=title, once=once)


def count_by_seller(rows: Any) -> dict[int, int]:
    counted = rows.order_by().values("seller_id").annotate(n=Count("*"))
    return {row["seller_id"]: row["n"] for row in counted}


def _started_before(kind: str, seller_id: int, by: User, once: str) -> Job | None:
    if not once:
        return None
    since = same_wish_since(seller_id)
    lately = Job.objects.filter(
        has_children=True, kind=kind, seller_id=seller_id, created_by=by, created_at__gte=since
    )
    return next((job for job in lately.order_by("-pk")[:100] if job.payload.get("once") == once), None)


@feeder(KIND)
def feed(payload: dict[str, Any], cursor: Any, count: int) -> tuple[list[ChildSpec], Any]:
    """The next portions; the cursor is the last product's id."""
    most = min(count, FED_AT_ONCE) * PORTION
    selection = Selection.model_validate(payload["selection"])
    ids = list(chosen(selection).filter(pk__gt=cursor or 0).values_list("pk", flat=True)[:most])
    children = [
        ChildSpec(
            {
                "ids": portion, "deed": payload["deed"], "arguments": _settled(payload, portion),
                "by": payload["by"], "unchanged_since": payload["selection"]["unchanged_since"],
            },
        )
        for portion in (ids[first : first + PORTION] for first in range(0, len(ids), PORTION))
    ]  # fmt: skip
    return children, ids[-1] if len(ids) == most else None


def _settled(payload: dict[str, Any], ids: list[int]) -> dict[str, Any]:
    """With what must stay the same when the portion is repeated: a second look for the last run of a product
    that was taken back already would find the one before it."""
    if payload["deed"] == "undoing":
        return {**payload["arguments"], "runs": bulk_deeds.last_applied(ids)}
    return dict(payload["arguments"])


@handler(PART, deadline_seconds=300.0)
def do_part(job: RunningJob) -> Outcome:
    right, deed = DEEDS[job.payload["deed"]]
    person = User.objects.filter(pk=job.payload["by"]).first()
    reachable = Seller.objects.reachable_by(person, right) if person else Seller.objects.none()
    seller = reachable.filter(pk=job.seller_id or 0).first()
    if person is None or seller is None:
        return Cancel("whoever started it may do this no more")
    wanted = Selection(
        seller_id=seller.pk,
        product_ids=tuple(job.payload["ids"]),
        unchanged_since=job.payload["unchanged_since"],
    )
    ids = list(chosen(wanted).values_list("pk", flat=True))
    # What this portion took back before its worker died was changed by nobody else.
    ids += set(bulk_deeds.taken_back(job.payload["arguments"].get("runs", []))) - set(ids)
    job.checkpoint()
    outcome = deed(ids, person, job.payload["arguments"])
    outcome["changed"] += len(job.payload["ids"]) - len(ids)
    return Done({"outcome": {name: number for name, number in outcome.items() if number}})


@handler(KIND, deadline_seconds=120.0)
def close(job: RunningJob) -> Outcome:
    """What became of all of them; what left the selection before its portion was cut counts as changed."""
    outcome: Counter[str] = Counter()
    for result in Job.objects.filter(parent_id=job.id, state="done").values_list("result", flat=True):
        outcome.update((result or {}).get("outcome", {}))
    missing = job.payload["products"] - sum(outcome.values())
    failed = Job.objects.filter(parent_id=job.id).exclude(state="done").exists()
    if missing > 0 and not failed:
        outcome["changed"] += missing
    return Done({"outcome": dict(outcome), "products": job.payload["products"]})
