"""Starting runs: of one product, of many, and of a failed one again."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Count, Max, Q, QuerySet, Sum

from vitrina.accounts.models import Seller, User
from vitrina.catalog.models import Product
from vitrina.enrichment import ending
from vitrina.enrichment.models import LIVE, ProcessingLog, StepResult
from vitrina.enrichment.options import RunOptions
from vitrina.enrichment.selection import Selection, products
from vitrina.jobs import batches
from vitrina.jobs.enqueue import enqueue
from vitrina.jobs.models import Job
from vitrina.jobs.states import Priority
from vitrina.lib.transactions import short_transaction


def start(
    product: Product,
    options: RunOptions,
    *,
    by: User | None = None,
    priority: Priority = Priority.OPERATOR,
    repeat_of: ProcessingLog | None = None,
) -> ProcessingLog:
    """Start a run and its job; a product that is being worked on returns that run, with `was_live` True.

    Whoever needs a run of their own wishes has to look at `was_live`: the live one knows nothing of them.
    Raises NothingAsked when everything is switched off, and QueueFull at the seller's limit.
    """
    with transaction.atomic():
        log = create(product, options, created_by=by, repeat_of=repeat_of)
        if not log.was_live:
            job = enqueue(
                "enrichment.run",
                {"log_id": log.pk},
                key=f"log:{log.pk}",
                seller_id=product.seller_id,
                priority=priority,
                title=product.title[:200],
                created_by_id=by.pk if by else None,
            )
            ProcessingLog.objects.filter(pk=log.pk).update(job_id=job.pk)
            log.job_id = job.pk
    return log


def repeat(log: ProcessingLog, *, by: User | None = None) -> ProcessingLog:
    """The run once more with the very same options; nothing is derived anew."""
    return start(log.product, RunOptions.model_validate(log.options), by=by, repeat_of=log)


def create(product: Product, options: RunOptions, **columns: Any) -> ProcessingLog:
    """The row of a new run; the live one of the product, with `was_live` True, where there is one.

    A live run whose job has ended without it (a worker that died three times) is closed as failed first.
    """
    repeated = columns.get("repeat_of")
    settled = options.settled_for(
        has_category=product.category_id is not None, has_images=len(product.images.all()) > 0
    )
    log = ProcessingLog(
        product=product,
        seller_id=product.seller_id,
        type=settled.run_type,
        options=settled.stored(),
        options_key=repeated.options_key if repeated else options.key,
        **columns,
    )
    while True:
        try:
            with short_transaction():
                log.save(force_insert=True)
        except IntegrityError:
            found = _in_the_way(product, log.job_id)
            if found is not None:
                found.product = product
                found.was_live = True
                return found
        else:
            return log


def _in_the_way(product: Product, job_id: int | None) -> ProcessingLog | None:
    """The run that this job made before, or the product's live one; None when it ended just now."""
    if job_id is not None:
        own = ProcessingLog.objects.filter(job_id=job_id).first()
        if own is not None:
            return own
    live = ProcessingLog.objects.filter(product=product, status__in=LIVE).first()
    if live is not None and ending.close_if_abandoned(live):
        return None
    return live


def options_for(seller: Seller, **wishes: Any) -> RunOptions:
    """The seller's language and target marketplace, with the wishes of this run."""
    return RunOptions(**{"language": seller.language, "target": seller.target} | wishes)


def start_batch(
    selection: Selection, options: RunOptions, *, by: User | None = None, title: str = "", once: str = ""
) -> Job:
    """Start a run of every selected product; the batch feeds itself through a bounded window.

    `once`: a name under which at most one such batch of the seller is under way; the live one is returned.
    """
    with transaction.atomic():
        if once:
            # The seller's row is the lock: two schedulers that tick together start one batch.
            Seller.objects.select_for_update(no_key=True).only("pk").get(pk=selection.seller_id)
            live = live_batch(selection.seller_id, once)
            if live is not None:
                return live
        selection = selection.closed(newest_product(selection.seller_id))
        chosen = products(selection, options_key=options.key, language=options.language)
        return batches.start(
            "enrichment.batch",
            child_kind="enrichment.run",
            payload={
                "selection": selection.model_dump(mode="json"),
                "options": options.stored(),
                "once": once,
            },
            seller_id=selection.seller_id,
            title=title,
            total=chosen.count(),
            created_by=by,
        )


def live_batch(seller_id: int, once: str) -> Job | None:
    """The batch of this name that is under way. A handful of batches are: the name is compared here."""
    live = (
        Job.objects.live()
        .filter(has_children=True, kind="enrichment.batch", seller_id=seller_id)
        .order_by("pk")
    )
    return next((job for job in live if job.payload.get("once") == once), None)


def latest_batch(seller_id: int, once: str) -> Job | None:
    """The last batch of this name, over or not, while its row is kept."""
    known = Job.objects.filter(
        has_children=True, kind="enrichment.batch", seller_id=seller_id, payload__once=once
    )
    return known.order_by("-pk").first()


def newest_product(seller_id: int) -> int:
    return Product.objects.filter(seller_id=seller_id).aggregate(Max("pk"))["pk__max"] or 0


def report(batch_id: int) -> dict[str, Any]:
    """What became of the runs of a batch so far, as `totals` says it."""
    return totals(ProcessingLog.objects.filter(batch_id=batch_id))


def totals(logs: QuerySet[ProcessingLog]) -> dict[str, Any]:
    """Runs by status, tokens and USD. One query.

    {"by_status": {"completed": 12, …}, "runs", "tokens_prompt", "tokens_completion", "cost": "0.001200",
    "unpriced": ended runs whose price is unknown, which the cost leaves out}
    """
    rows = list(
        logs.order_by()
        .values("status")
        .annotate(
            runs=Count("*"),
            prompt=Sum("tokens_prompt"),
            completion=Sum("tokens_completion"),
            usd=Sum("cost"),
            unpriced=Count("pk", filter=Q(cost=None, finished_at__isnull=False)),
        )
    )
    return {
        "by_status": {row["status"]: row["runs"] for row in rows},
        "runs": sum(row["runs"] for row in rows),
        "tokens_prompt": sum(row["prompt"] for row in rows),
        "tokens_completion": sum(row["completion"] for row in rows),
        "cost": str(sum((row["usd"] or Decimal(0) for row in rows), Decimal(0))),
        "unpriced": sum(row["unpriced"] for row in rows),
    }


def step_cpu(seller_id: int, since: datetime) -> dict[str, float]:
    """CPU seconds of the workers' threads by step, for the runs that ended since a moment. One query."""
    rows = (
        StepResult.objects.filter(log__seller_id=seller_id, log__finished_at__gte=since)
        .order_by()
        .values("step")
        .annotate(cpu=Sum("cpu_us"))
    )
    return {row["step"]: row["cpu"] / 1_000_000 for row in rows}
