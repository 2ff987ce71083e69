"""Deleting products, with what other rooms find them by."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from vitrina.accounts.models import AuditEntry
from vitrina.catalog.categories import COLLECTION, product_key
from vitrina.catalog.models import Product, ProductQuerySet
from vitrina.retrieval.documents import remove

CHUNK = 500


def delete_products(products: ProductQuerySet, *, by: Any = None) -> int:
    """Delete them with their texts, runs and history; they stand for their category no more. Returns how many.

    `by`: the person who said so; each deletion is in the audit log with what it was that went.

    Chunk by chunk, each in a transaction of its own. The products are locked first, as by every deed on a product.
    """
    deleted = 0
    while True:
        with transaction.atomic():
            chunk = list(
                products.order_by("pk")
                .select_for_update(of=("self",))
                .values("pk", "seller_id", "external_id", "title")[:CHUNK]
            )
            ids = [product["pk"] for product in chunk]
            if not ids:
                return deleted
            AuditEntry.objects.bulk_create(
                AuditEntry(
                    user=by,
                    seller_id=product["seller_id"],
                    action="product.delete",
                    object_type="product",
                    object_id=str(product["pk"]),
                    before={"external_id": product["external_id"], "title": product["title"]},
                )
                for product in chunk
            )
            remove(COLLECTION, [product_key(pk) for pk in ids])
            Product.objects.filter(pk__in=ids).delete()
            deleted += len(ids)
