"""What a supplier no longer lists: products that the import before brought and this one did not. Shown, never deleted."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db.models import QuerySet

from vitrina.catalog.models import Import, Product, RunState

NAMED = 200  # of them are named on the page; all are counted
LOOKED_AT = 30  # earlier imports among which the one before is looked for
HEADERS = frozenset({"csv", "xlsx"})


def since_the_import_before(import_run: Import, columns: Collection[str]) -> dict[str, Any] | None:
    """{"before": id, "count", "ids"}; None when there is no earlier import of the same feed. Walks the seller's products.

    A row that stands in the feed and is broken has not vanished.
    """
    before = the_one_before(import_run, columns)
    if before is None:
        return None
    gone = listed_by(before).exclude(external_id__in=import_run.broken_rows.values("external_id"))
    ids = list(gone.order_by("pk").values_list("pk", flat=True)[:NAMED])
    return {"before": before.pk, "count": len(ids) if len(ids) < NAMED else gone.count(), "ids": ids}


def listed_by(import_run: Import) -> QuerySet[Product]:
    """Products that no later import has seen."""
    return Product.objects.filter(seller_id=import_run.seller_id, seen_in=import_run.pk)


def the_one_before(import_run: Import, columns: Collection[str]) -> Import | None:
    """The last finished import of the same address or file, or of a table with the very same columns."""
    earlier = (
        Import.objects.filter(seller_id=import_run.seller_id, state=RunState.DONE, pk__lt=import_run.pk)
        .only("pk", "seller_id", "source", "format", "columns")
        .order_by("-pk")[:LOOKED_AT]
    )
    known = set(columns)
    return next(
        (
            one
            for one in earlier
            if one.source == import_run.source
            or (
                import_run.format in HEADERS and one.format == import_run.format and set(one.columns) == known
            )
        ),
        None,
    )
