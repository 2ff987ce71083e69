"""Products whose source names a category of the tree by its whole path: nothing is left to guess there."""

from __future__ import annotations

from django.db.models import F, OuterRef, Q, Subquery
from django.utils import timezone

from vitrina.accounts.models import Seller
from vitrina.catalog.models import Category, Product


def place_by_hint(seller: Seller) -> int:
    """Give products without a category the one that their source names; returns how many. Two queries.

    Only exact paths count; a category of the seller's own goes before a shared one of the same path.
    """
    same_path = (
        Category.objects.filter(
            Q(seller=seller) | Q(seller=None), tree="", is_active=True, path=OuterRef("category_hint")
        )
        .order_by(F("seller").asc(nulls_last=True), "pk")
        .values("pk")[:1]
    )
    return (
        Product.objects.filter(seller=seller, category=None)
        .exclude(category_hint="")
        .annotate(named=Subquery(same_path))
        .exclude(named=None)
        .update(
            category_id=Subquery(same_path),
            category_source="source",
            version=F("version") + 1,
            updated_at=timezone.now(),
        )
    )
