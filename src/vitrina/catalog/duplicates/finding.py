"""Looking through a seller's catalogue for possible duplicates, as a job; and what a person says of a pair."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.utils import timezone

from vitrina.accounts import audit
from vitrina.accounts.models import Seller, User
from vitrina.catalog.duplicates.models import DuplicatePair
from vitrina.catalog.duplicates.pairing import Item, pairs
from vitrina.catalog.models import Product, ProductImage
from vitrina.jobs.enqueue import Priority, enqueue
from vitrina.jobs.models import Job

KIND = "catalog.duplicates"
CHUNK = 500
MOST_PRODUCTS = 200_000  # about 200 MB; more than that is said, and the newest are looked at
MOST_PAIRS = 20_000


def start(seller: Seller, *, by: User | None = None) -> Job:
    """Queue a look; one that waits already is that one. Raises QueueFull."""
    with transaction.atomic():
        return enqueue(
            KIND, {}, key=f"duplicates:{seller.pk}", seller_id=seller.pk, priority=Priority.SYNC,
            created_by_id=by.pk if by else None,
        )  # fmt: skip


def look(
    seller_id: int, *, number: int, on_progress: Callable[[int, int], None] = lambda done, total: None
) -> dict[str, int]:
    """Find the pairs of a seller and write them; what is no longer so goes, what a person dismissed stays.

    `number`: of this look, higher than any before. Killed anywhere, the next look does it again.
    """
    items = _items(seller_id)
    found = pairs(items)
    rows = [
        DuplicatePair(seller_id=seller_id, one_id=one, other_id=other, reasons=reasons, found_by=number)
        for (one, other), reasons in sorted(found.reasons.items(), key=_strongest_first)
    ]
    kept = rows[:MOST_PAIRS]
    for start_at in range(0, len(kept), CHUNK):
        with transaction.atomic():
            chunk = kept[start_at : start_at + CHUNK]
            here = set(
                Product.objects.filter(
                    pk__in={pk for row in chunk for pk in (row.one_id, row.other_id)}
                ).values_list("pk", flat=True)
            )
            DuplicatePair.objects.bulk_create(
                [row for row in chunk if row.one_id in here and row.other_id in here],
                update_conflicts=True, unique_fields=["one", "other"], update_fields=["reasons", "found_by"],
            )  # fmt: skip
        on_progress(start_at + len(chunk), len(kept))
    old = DuplicatePair.objects.filter(seller_id=seller_id, dismissed_at=None, found_by__lt=number)
    gone, _ = old.delete()
    return {
        "products": len(items),
        "pairs": len(kept),
        "gone": gone,
        "not_kept": len(rows) - len(kept),
        "groups_left_out": found.left_out,
    }


def _strongest_first(entry: tuple[tuple[int, int], dict[str, Any]]) -> tuple[int, tuple[int, int]]:
    return -len(entry[1]), entry[0]


def _items(seller_id: int) -> list[Item]:
    """Two queries; of the texts and pictures only what is compared."""
    first: dict[int, tuple[int, int]] = {}
    pictures = ProductImage.objects.filter(product__seller_id=seller_id, picture__isnull=False)
    for product_id, picture_id, likeness in pictures.order_by("product_id", "position", "pk").values_list(
        "product_id", "picture_id", "picture__likeness"
    ):
        if picture_id is not None:
            first.setdefault(product_id, (picture_id, likeness))
    rows = Product.objects.filter(seller_id=seller_id).order_by("-pk").values_list("pk", "title", "barcode")
    none: tuple[int | None, int | None] = (None, None)
    return [
        Item(pk, title, barcode, *first.get(pk, none))
        for pk, title, barcode in rows[:MOST_PRODUCTS].iterator()
    ]


def dismiss(pair: DuplicatePair, *, by: User) -> None:
    """They are two: no later look brings them back. Saying it twice changes nothing."""
    with transaction.atomic():
        rows = DuplicatePair.objects.filter(pk=pair.pk, dismissed_at=None)
        if rows.update(dismissed_at=timezone.now(), dismissed_by=by):
            audit.record("duplicate.dismiss", pair, by=by, after={"products": [pair.one_id, pair.other_id]})


def reopen(pair: DuplicatePair, *, by: User) -> None:
    with transaction.atomic():
        rows = DuplicatePair.objects.filter(pk=pair.pk, dismissed_at__isnull=False)
        if rows.update(dismissed_at=None, dismissed_by=None):
            audit.record("duplicate.reopen", pair, by=by, after={"products": [pair.one_id, pair.other_id]})
