"""What people confirm teaches the search: a product that a person placed is a neighbour of the next one at once."""

from __future__ import annotations

from vitrina.catalog.models import Product
from vitrina.enrichment.generators.categorize import neighbours
from vitrina.enrichment.models import CategoryDecision, ProcessingLog


def confirm(product: Product, category_id: int) -> None:
    """A person said that the product belongs there. In the transaction of the decision."""
    neighbours.put(product, category_id)


def take_back(log: ProcessingLog) -> None:
    """The decision on a run was undone: nobody stands for its category any more."""
    taken, _ = CategoryDecision.objects.filter(log=log).delete()
    if taken:
        neighbours.take_out([log.product_id])
