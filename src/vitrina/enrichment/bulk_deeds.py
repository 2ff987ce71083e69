"""What is done to one portion of a selection. Each deed returns how many products had which outcome.

"done"; "already": there was nothing to do; anything else names why a product was left as it is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from django.db.models import Max, Q

from vitrina.accounts.models import User
from vitrina.accounts.roles import Right
from vitrina.catalog.deleting import delete_products
from vitrina.catalog.models import Category, Product
from vitrina.enrichment import moderating
from vitrina.enrichment.apply import ApplyRefused
from vitrina.enrichment.apply import undo as undo_run
from vitrina.enrichment.findings import Severity
from vitrina.enrichment.models import ModerationItem, ProcessingLog
from vitrina.enrichment.moderating import HeldByAnother, ModerationRefused
from vitrina.enrichment.placing import place


def set_category(ids: list[int], by: User, arguments: Mapping[str, Any]) -> Counter[str]:
    """{"category_id"}: a person's choice from then on, and a neighbour for the next products at once."""
    category = Category.objects.filter(pk=arguments["category_id"], is_active=True, tree="").first()
    if category is None:
        return Counter({"no_category": len(ids)})
    products = Product.objects.reachable_by(by, Right.EDIT_CATALOGUE).filter(
        Q(seller=category.seller_id) if category.seller_id else Q(), pk__in=ids
    )
    found = products.count()
    placed = place(products, category, by=by)
    return Counter({"done": placed, "already": found - placed, "gone": len(ids) - found})


def approve(ids: list[int], by: User, arguments: Mapping[str, Any]) -> Counter[str]:
    """What waits is approved as it was proposed; grave findings and what another person holds are left to eyes."""
    outcome: Counter[str] = Counter()
    items = (
        ModerationItem.objects.reachable_by(by, Right.MODERATE)
        .filter(resolution="", log__product__in=ids)
        .select_related("log__product")
        .order_by("pk")
    )
    touched = set()
    for item in items:
        touched.add(item.log.product_id)
        if any(reason["severity"] == Severity.HIGH for reason in item.reasons):
            outcome["grave"] += 1
            continue
        try:
            done = moderating.approve(item, by)
        except HeldByAnother:
            outcome["held"] += 1
        except (ModerationRefused, ApplyRefused):
            outcome["changed"] += 1
        else:
            outcome["already" if done.was_resolved else "done"] += 1
    outcome["nothing"] += len(ids) - len(touched)
    return outcome


def undo(ids: list[int], by: User, arguments: Mapping[str, Any]) -> Counter[str]:
    """{"runs"}: the run that wrote last to each card is taken back; a card edited since keeps its words."""
    outcome: Counter[str] = Counter()
    logs = {log.product_id: log for log in ProcessingLog.objects.filter(pk__in=arguments["runs"])}
    for product_id in ids:
        log = logs.get(product_id)
        if log is None:
            outcome["nothing"] += 1
            continue
        try:
            undo_run(log, by=by)
        except ApplyRefused:
            outcome["edited"] += 1
        else:
            outcome["done"] += 1
    return outcome


def last_applied(product_ids: list[int]) -> list[int]:
    """The runs whose words stand in these products: of each the newest that wrote and was not taken back."""
    applied = ProcessingLog.objects.filter(product__in=product_ids, applied__isnull=False, undone_at=None)
    newest = applied.order_by().values("product_id").annotate(newest=Max("pk"))
    return sorted(newest.values_list("newest", flat=True))


def taken_back(runs: list[int]) -> list[int]:
    """The products of those runs that were taken back."""
    undone = ProcessingLog.objects.filter(pk__in=runs, undone_at__isnull=False)
    return list(undone.values_list("product_id", flat=True))


def delete(ids: list[int], by: User, arguments: Mapping[str, Any]) -> Counter[str]:
    products = Product.objects.reachable_by(by, Right.EDIT_CATALOGUE).filter(pk__in=ids)
    deleted = delete_products(products, by=by)
    return Counter({"done": deleted, "gone": len(ids) - deleted})
