"""The first tree of a shop that has none: grown from the categories that its feed names."""

from __future__ import annotations

from django.db.models import Q

from vitrina.accounts.models import Seller
from vitrina.catalog import categories
from vitrina.catalog.category_tree import from_paths
from vitrina.catalog.models import Category, Product

# A feed that names more is no tree of a shop: its «categories» are words of single products.
MOST_GROWN = 2000


def is_bare(seller: Seller) -> bool:
    """No category that this seller's products could be placed in. One query."""
    return not Category.objects.filter(Q(seller=None) | Q(seller=seller), tree="", is_active=True).exists()


def grow(seller: Seller) -> int:
    """How many categories were made. None where the shop has a tree, or the source names nothing or too much."""
    if not is_bare(seller):
        return 0
    named = Product.objects.filter(seller=seller).exclude(category_hint="").order_by("category_hint")
    paths = list(named.values_list("category_hint", flat=True).distinct()[: MOST_GROWN + 1])
    if not paths or len(paths) > MOST_GROWN:
        return 0
    return categories.sync(from_paths(paths), seller=seller).created
