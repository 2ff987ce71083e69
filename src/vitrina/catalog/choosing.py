"""Choosing products by conditions that a higher room knows: it registers how, and an export names it.

Example: `choosers["selection"] = lambda products, said: …`, then `ExportOptions(chosen={"by": "selection", …})`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.db.models import QuerySet

from vitrina.catalog.models import Product

Chooser = Callable[[QuerySet[Product], Mapping[str, Any]], QuerySet[Product]]
choosers: dict[str, Chooser] = {}


def choose(products: QuerySet[Product], said: Mapping[str, Any]) -> QuerySet[Product]:
    """`products` narrowed. Raises ValueError in words for a way of choosing that nobody registered."""
    chooser = choosers.get(str(said.get("by")))
    if chooser is None:
        raise ValueError(f"Nobody knows how to choose products by {said.get('by')}.")
    return chooser(products, said)
