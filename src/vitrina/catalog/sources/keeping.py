"""What a place doesn't tell at all is kept as it is known: a card of Wildberries has no price, and takes none away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from vitrina.catalog.listing import Listing
from vitrina.catalog.models import Product
from vitrina.catalog.sources.models import Source

KEPT = ("price", "old_price", "currency", "is_available")


def with_known(source: Source, listings: Sequence[Listing]) -> list[Listing]:
    """Of a source that leads through a connection; others mean what they leave out. One query at most."""
    silent = [one.external_id for one in listings if one.price is None or one.is_available is None]
    if source.connection_id is None or not silent:
        return list(listings)
    rows = Product.objects.filter(seller_id=source.seller_id, external_id__in=silent)
    known = {row.external_id: row for row in rows.only("external_id", *KEPT)}
    return [_filled(one, known.get(one.external_id)) for one in listings]


def _filled(listing: Listing, product: Product | None) -> Listing:
    if product is None:
        return listing
    if listing.price is None:
        listing = replace(
            listing, price=product.price, old_price=product.old_price, currency=product.currency
        )
    if listing.is_available is None:
        listing = replace(listing, is_available=product.is_available)
    return listing
