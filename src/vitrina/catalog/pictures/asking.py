"""Asking for the pictures of products: one job for some hundred of them, in the transaction that makes them wait."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from itertools import islice

from django.conf import settings
from django.db.models import Exists, OuterRef

from vitrina.catalog.models import Product, ProductImage
from vitrina.catalog.pictures.models import ImageState
from vitrina.jobs.enqueue import Priority, QueueFull, enqueue
from vitrina.jobs.models import Job
from vitrina.jobs.states import State
from vitrina.lib.transactions import short_transaction

KIND = "catalog.fetch_pictures"
CHUNK = 250  # products of one job
JOBS_OF_A_SWEEP = 40


def ask(seller_id: int, product_ids: Sequence[int], *, priority: Priority = Priority.SYNC) -> bool:
    """Queue the fetch of what these products wait for; whether it was. At the seller's limit it isn't: the pictures wait
    on, and the clock asks again."""
    if not settings.FETCH_PICTURES or not product_ids:
        return False
    ids = sorted(product_ids)
    key = hashlib.sha256(",".join(map(str, ids)).encode()).hexdigest()[:32]
    try:
        enqueue(
            KIND,
            {"product_ids": ids},
            key=f"pictures:{seller_id}:{key}",
            seller_id=seller_id,
            priority=priority,
        )
    except QueueFull:
        return False
    return True


def again(product: Product) -> int:
    """Ask once more for what could not be had of a product, before everything else; how many places wait now."""
    with short_transaction():
        count = product.images.filter(state__in=[ImageState.FAILED, ImageState.REFUSED]).update(
            state=ImageState.WAITING
        )
        if count:
            ask(product.seller_id, [product.pk], priority=Priority.OPERATOR)
    return count


def ask_for_forgotten() -> int:
    """Queue what waits although no job is about it: after a full queue, a dropped job, an older version. How many jobs.

    A seller with a dead job is left out until a person has decided on it; it may be the pictures that kill.
    """
    if not settings.FETCH_PICTURES:
        return 0
    concerned = Job.objects.filter(
        kind=KIND, seller_id=OuterRef("seller_id"),
        state__in=[State.QUEUED, State.RUNNING, State.WAITING, State.CHECK, State.DEAD],
    )  # fmt: skip
    waits = ProductImage.objects.filter(product_id=OuterRef("pk"), state=ImageState.WAITING)
    rows = (
        Product.objects.filter(Exists(waits))
        .exclude(Exists(concerned))
        .order_by("seller_id", "pk")
        .values_list("seller_id", "pk")
    )
    chunks: dict[int, list[list[int]]] = {}
    for seller_id, pk in islice(rows.iterator(), CHUNK * JOBS_OF_A_SWEEP):
        of_seller = chunks.setdefault(seller_id, [[]])
        if len(of_seller[-1]) == CHUNK:
            of_seller.append([])
        of_seller[-1].append(pk)
    return sum(
        ask(seller_id, chunk, priority=Priority.BATCH)
        for seller_id, of_seller in chunks.items()
        for chunk in of_seller
    )
