"""What a run stands on: the listing as it read it, and whether the product is still that listing."""

from __future__ import annotations

from typing import Any

from vitrina.catalog.facts import ProductFacts, facts
from vitrina.catalog.models import Product
from vitrina.enrichment.models import ProcessingLog, Status

# A new price, a new link or a new supplier makes no sentence of the card wrong.
GROUND = ("title", "description", "brand", "attributes", "category_hint", "barcode")


def snapshot(product: Product) -> dict[str, Any]:
    """The complete listing for `ProcessingLog.input`, with the version of the product that it was read from."""
    return facts(product).model_dump(mode="json") | {"version": product.version}


def restored(stored: dict[str, Any]) -> ProductFacts:
    return ProductFacts.model_validate({name: value for name, value in stored.items() if name != "version"})


def changes(log: ProcessingLog, product: Product) -> list[str]:
    """Names of what changed since the run read the product; empty when the result still fits.

    No query while the version is the same. A run decided by a person in the meantime counts as a change:
    what they approved is not replaced behind their back.
    """
    if log.input is None or product.version == log.input["version"]:
        return []
    now = facts(product).model_dump(mode="json")
    changed = [name for name in GROUND if now[name] != log.input[name]]
    of_product = ProcessingLog.objects.filter(product=product).exclude(pk=log.pk)
    decided = of_product.ended_since(log.created_at, status=Status.APPROVED)
    if decided.exists():
        changed.append("approved text")
    return changed
