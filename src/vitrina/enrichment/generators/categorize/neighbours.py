"""Confirmed products: each becomes a neighbour at once, in the transaction of the decision."""

from __future__ import annotations

from collections.abc import Iterable

from vitrina.catalog.categories import product_key
from vitrina.catalog.models import Product
from vitrina.retrieval.collections import CATEGORIES
from vitrina.retrieval.documents import NewDocument, put_many, remove

KIND = "product"
CHUNK = 1_000


def put(product: Product, category_id: int) -> None:
    """A person said that the product belongs there."""
    put_many(CATEGORIES, [document(product, category_id)])


def take_out(product_ids: Iterable[int]) -> int:
    """Nobody stands for their category any more. Returns how many were neighbours."""
    return remove(CATEGORIES, [product_key(product_id) for product_id in product_ids])


def document(product: Product, category_id: int) -> NewDocument:
    brand = product.brand.name if product.brand else ""
    return neighbour(product.pk, product.title, brand, seller_id=product.seller_id, category_id=category_id)


def neighbour(
    product_id: int, title: str, brand: str, *, seller_id: int | None, category_id: int
) -> NewDocument:
    """`seller_id` None: a neighbour for everybody."""
    return NewDocument(
        key=product_key(product_id),
        text=title_text(title, brand),
        payload={"kind": KIND, "category_id": category_id},
        seller_id=seller_id,
        group=str(category_id),
    )


def title_text(title: str, brand: str) -> str:
    """What a product is found by: its title, and its brand where the title lacks it."""
    return title if not brand or brand.lower() in title.lower() else f"{title}\n{brand}"
