"""Deleting products, with what other rooms find them by."""

from __future__ import annotations

from django.db import transaction

from vitrina.catalog.categories import COLLECTION, product_key
from vitrina.catalog.models import Product, ProductQuerySet
from vitrina.retrieval.documents import remove

CHUNK = 500


def delete_products(products: ProductQuerySet) -> int:
    """Delete them with their texts, runs and history; they stand for their category no more. Returns how many.

    Chunk by chunk, each in a transaction of its own. The products are locked first, as by every deed on a product.
    """
    deleted = 0
    while True:
        with transaction.atomic():
            chunk = (
                products.order_by("pk").select_for_update(of=("self",)).values_list("pk", flat=True)[:CHUNK]
            )
            ids = list(chunk)
            if not ids:
                return deleted
            remove(COLLECTION, [product_key(pk) for pk in ids])
            Product.objects.filter(pk__in=ids).delete()
            deleted += len(ids)
