"""What a place doesn't tell is kept as it is known: a card of Wildberries has no price, and takes none away.

Several places may show one product, and each knows a part of it. So of a source that leads through a connection nothing
that is empty there empties the product; a feed or a site means what it leaves out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.db.models import Prefetch

from vitrina.catalog.listing import Listing
from vitrina.catalog.models import Product, ProductImage
from vitrina.catalog.pictures.listed import listed_urls
from vitrina.catalog.sources.models import Source

# A price and its currency are one.
ALONE = (
    "description",
    "supplier",
    "source_url",
    "attributes",
    "category_hint",
    "barcode",
    "is_available",
)
PRICE = ("price", "old_price", "currency")


def with_known(source: Source, listings: Sequence[Listing]) -> list[Listing]:
    """Three queries at most."""
    if source.connection_id is None or not listings:
        return list(listings)
    ids = [one.external_id for one in listings]
    rows = (
        Product.objects.filter(seller_id=source.seller_id, external_id__in=ids)
        .select_related("brand")
        .prefetch_related(Prefetch("images", ProductImage.every.order_by("position", "pk")))
        .only("external_id", "brand__name", *ALONE, *PRICE)
    )
    known = {row.external_id: row for row in rows}
    return [_filled(one, known.get(one.external_id)) for one in listings]


def _filled(listing: Listing, product: Product | None) -> Listing:
    if product is None:
        return listing
    silent: dict[str, Any] = {
        name: getattr(product, name) for name in ALONE if getattr(listing, name) in (None, "", {})
    }
    if listing.price is None:
        silent |= {name: getattr(product, name) for name in PRICE}
    if not listing.brand and product.brand is not None:
        silent["brand"] = product.brand.name
    if not listing.image_urls:
        silent["image_urls"] = tuple(listed_urls(product.images.all()))
    return replace(listing, **silent)
