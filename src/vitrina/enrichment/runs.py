"""Starting runs: of one product, of many, and of a failed one again."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max

from vitrina.accounts.models import User
from vitrina.catalog.models import Product
from vitrina.enrichment import ending
from vitrina.enrichment.models import LIVE, ProcessingLog
from vitrina.enrichment.options import RunOptions
from vitrina.enrichment.selection import Selection, products
from vitrina.jobs import batches
from vitrina.jobs.enqueue import enqueue
from vitrina.jobs.models import Job
from vitrina.jobs.states import Priority


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
            with transaction.atomic():
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


def start_batch(selection: Selection, options: RunOptions, *, by: User | None = None, title: str = "") -> Job:
    """Start a run of every selected product; the batch feeds itself through a bounded window."""
    selection = selection.closed(newest_product(selection.seller_id))
    chosen = products(selection, options_key=options.key, language=options.language)
    return batches.start(
        "enrichment.batch",
        child_kind="enrichment.run",
        payload={"selection": selection.model_dump(mode="json"), "options": options.stored()},
        seller_id=selection.seller_id,
        title=title,
        total=chosen.count(),
        created_by=by,
    )


def newest_product(seller_id: int) -> int:
    return Product.objects.filter(seller_id=seller_id).aggregate(Max("pk"))["pk__max"] or 0
