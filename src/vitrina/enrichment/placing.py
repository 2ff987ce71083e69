"""Putting products into a category without a guess: by what their source names, and by a person's word."""

from __future__ import annotations

from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from vitrina.accounts.models import AuditEntry, Seller, User
from vitrina.catalog.models import Category, Product
from vitrina.enrichment.generators.categorize import neighbours
from vitrina.lib.transactions import short_transaction
from vitrina.retrieval.collections import CATEGORIES
from vitrina.retrieval.documents import put_many


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


def place(products: QuerySet[Product], category: Category, *, by: User) -> int:
    """A person says where these products belong. Returns how many were not there by a person's word before.

    One transaction for all of them: give a portion. Products are locked first, in order, as by every deed.
    """
    with short_transaction():
        rows = list(
            products.select_related("brand")
            .order_by("pk")
            .select_for_update(of=("self",))
            .only("pk", "seller_id", "title", "category_id", "category_source", "brand__name")
        )
        moved = [row for row in rows if (row.category_id, row.category_source) != (category.pk, "person")]
        if not moved:
            return 0
        Product.objects.filter(pk__in=[row.pk for row in moved]).update(
            category=category, category_source="person", category_confidence=None,
            version=F("version") + 1, updated_at=timezone.now(),
        )  # fmt: skip
        AuditEntry.objects.bulk_create(
            AuditEntry(
                user=by, seller_id=row.seller_id, action="product.place", object_type="product",
                object_id=str(row.pk),
                before={"category_id": row.category_id, "category_source": row.category_source},
                after={"category_id": category.pk, "category_source": "person"},
            )
            for row in moved
        )  # fmt: skip
        put_many(CATEGORIES, [neighbours.document(row, category.pk) for row in moved])
    return len(moved)
