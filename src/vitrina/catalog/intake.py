"""Listings into the catalogue: new ones are made, changed ones updated, unchanged ones left alone.

Receiving the same listing twice changes nothing. A product that a source no longer lists stays: a feed that came
empty, or a login page in its place, never empties the catalogue. Finished texts and categories are never touched.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from django.db import transaction
from django.db.models import Prefetch, Q
from django.utils import timezone

from vitrina.accounts.models import Seller
from vitrina.catalog.brands import brand_key, brands_by_name
from vitrina.catalog.listing import Listing
from vitrina.catalog.models import ImageOrigin, ListingChange, Product, ProductImage
from vitrina.catalog.pictures import asking
from vitrina.catalog.pictures.listed import listed_urls, places
from vitrina.catalog.search import search_text
from vitrina.jobs.enqueue import ChildSpec, enqueue_many

# Listings of one transaction. On SQLite it keeps every other writer waiting, for about 0.1 s at this size.
CHUNK = 250
ARRIVED = "enrichment.arrived"
ARRIVED_DELAY_SECONDS = 10  # so that the pictures are there

# Product fields that come with the listing.
LISTED = (
    "title",
    "description",
    "price",
    "old_price",
    "currency",
    "supplier",
    "source_url",
    "attributes",
    "category_hint",
    "barcode",
    "is_available",
)
WRITTEN = (*LISTED, "brand", "search_text", "content_hash", "version", "changed_in", "seen_in", "updated_at")


@dataclass(slots=True)
class Received:
    """What came of some listings, by product id. `repeated`: positions of listings whose id had come before."""

    created: list[int] = field(default_factory=list)
    updated: dict[int, list[str]] = field(default_factory=dict)  # {product id: names of the changed fields}
    unchanged: int = 0
    repeated: list[int] = field(default_factory=list)


@dataclass(slots=True)
class Memory:
    """What one import remembers between chunks."""

    brands: dict[str, int] = field(default_factory=dict)


def receive_many(
    seller: Seller,
    listings: Sequence[Listing],
    *,
    import_id: int | None = None,
    enrich: bool = False,
    memory: Memory | None = None,
) -> Received:
    """Take listings in. Costs one transaction for every 250, of about ten statements (on SQLite, which takes
    999 values in one, of about twenty-five).

    `import_id`: the import they belong to; an id that it has already brought is `repeated`, the first one stays.
    `enrich`: every new or changed product asks for its enrichment by name, after ten seconds.
    """
    memory = memory or Memory()
    total = Received()
    position = 0
    for chunk in _chunks(listings):
        with transaction.atomic():
            received = receive_chunk(seller, chunk, import_id=import_id, memory=memory)
            if enrich:
                _ask_for_enrichment(seller, [*received.created, *received.updated])
        total.created += received.created
        total.updated |= received.updated
        total.unchanged += received.unchanged
        total.repeated += [position + repeated for repeated in received.repeated]
        position += len(chunk)
    return total


def receive_chunk(
    seller: Seller, listings: Sequence[Listing], *, import_id: int | None, memory: Memory
) -> Received:
    """One chunk inside the caller's transaction. Two intakes of one seller wait for each other here."""
    Seller.objects.select_for_update(no_key=True).only("pk").get(pk=seller.pk)
    received = Received()
    fresh: dict[str, tuple[int, Listing]] = {}
    for position, listing in enumerate(listings):
        if listing.external_id in fresh:
            received.repeated.append(position)
        else:
            fresh[listing.external_id] = (position, listing)

    # 1. Which of them are known, and which of those say something new?
    known = {
        external_id: (pk, content_hash, seen_in)
        for pk, external_id, content_hash, seen_in in Product.objects.filter(
            seller=seller, external_id__in=list(fresh)
        ).values_list("pk", "external_id", "content_hash", "seen_in")
    }
    new: list[Listing] = []
    changed: list[Listing] = []
    same: list[int] = []
    for external_id, (position, listing) in fresh.items():
        if external_id not in known:
            new.append(listing)
            continue
        pk, content_hash, seen_in = known[external_id]
        if import_id is not None and seen_in == import_id:
            received.repeated.append(position)
        elif content_hash == listing.content_hash:
            same.append(pk)
        else:
            changed.append(listing)

    # 2. Write.
    brands = brands_by_name([listing.brand for listing in (*new, *changed)], memory.brands)
    if new:
        received.created = _create(seller, new, brands, import_id)
    if changed:
        received.updated = _update(seller, changed, brands, import_id)
    if same and import_id is not None:
        Product.objects.filter(pk__in=same).update(seen_in=import_id)
    # 3. Their pictures.
    asking.ask(
        seller.pk,
        [pk for pk, listing in zip(received.created, new, strict=True) if listing.image_urls]
        + [pk for pk, names in received.updated.items() if "image_urls" in names],
    )
    # A listing whose hash changed although no field did (an older way of hashing) counts as unchanged.
    received.unchanged = len(same) + len(changed) - len(received.updated)
    received.repeated.sort()
    return received


def _create(
    seller: Seller, listings: Sequence[Listing], brands: dict[str, int], import_id: int | None
) -> list[int]:
    products = Product.objects.bulk_create(
        [_product(seller, listing, brands, import_id, version=1) for listing in listings]
    )
    ProductImage.objects.bulk_create(
        ProductImage(product=product, url=url, position=position)
        for product, listing in zip(products, listings, strict=True)
        for position, url in enumerate(listing.image_urls)
    )
    return [product.pk for product in products]


def _update(
    seller: Seller, listings: Sequence[Listing], brands: dict[str, int], import_id: int | None
) -> dict[int, list[str]]:
    before = {
        product.external_id: product
        for product in Product.objects.filter(
            seller=seller, external_id__in=[listing.external_id for listing in listings]
        )
        .select_related("brand")
        .prefetch_related(Prefetch("images", ProductImage.every.order_by("position", "pk")))
        .defer("ai_extracted")
    }
    rows: list[Product] = []
    changes: dict[int, dict[str, list[Any]]] = {}
    pictures: list[tuple[Product, Listing]] = []
    for listing in listings:
        product = before[listing.external_id]
        changed = differences(product, listing)
        row = _product(seller, listing, brands, import_id, version=product.version + bool(changed))
        if not changed:
            row.changed_in = product.changed_in
        rows.append(row)
        if changed:
            changes[product.pk] = changed
        if "image_urls" in changed:
            pictures.append((product, listing))
    # One INSERT … ON CONFLICT DO UPDATE: a bulk_update of 18 columns is ten times slower.
    Product.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["seller", "external_id"], update_fields=WRITTEN
    )
    if pictures:
        _replace_pictures(pictures)
    ListingChange.objects.bulk_create(
        ListingChange(product_id=pk, import_id=import_id, changes=changed) for pk, changed in changes.items()
    )
    return {pk: list(changed) for pk, changed in changes.items()}


def differences(product: Product, listing: Listing) -> dict[str, list[Any]]:
    """{"price": ["1490.00", "1290.00"]}: what the listing says otherwise than the product. Reads brand, and every image."""
    pairs: dict[str, tuple[Any, Any]] = {
        name: (getattr(product, name), getattr(listing, name)) for name in LISTED
    }
    pairs["brand"] = (product.brand.name if product.brand else "", listing.brand)
    pairs["image_urls"] = (listed_urls(product.images.all()), list(listing.image_urls))
    return {
        name: [_storable(old), _storable(new)]
        for name, (old, new) in pairs.items()
        if (old != new if name != "brand" else not _same_brand(old, new))
    }


def _same_brand(old: str, new: str) -> bool:
    return brand_key(old) == brand_key(new)


def _replace_pictures(pictures: Sequence[tuple[Product, Listing]]) -> None:
    """A picture whose address stays keeps its row, since its bytes may hang on it. What people added stays."""
    gone = Q()
    for product, listing in pictures:
        gone |= Q(product=product) & ~Q(url__in=listing.image_urls)
    ProductImage.every.filter(gone, origin=ImageOrigin.LISTING).delete()
    ProductImage.every.bulk_create(
        [
            ProductImage(product=product, url=url, position=position, listed_at=listed_at)
            for product, listing in pictures
            for url, (position, listed_at) in places(list(product.images.all()), listing.image_urls).items()
        ],
        update_conflicts=True,
        unique_fields=["product", "url"],
        update_fields=["position", "listed_at"],
    )


def _product(
    seller: Seller, listing: Listing, brands: dict[str, int], import_id: int | None, *, version: int
) -> Product:
    fields = {name: getattr(listing, name) for name in LISTED}
    fields["attributes"] = dict(listing.attributes)
    return Product(
        seller=seller,
        external_id=listing.external_id,
        brand_id=brands.get(listing.brand) if listing.brand else None,
        search_text=search_text(listing.title, listing.external_id, listing.brand, listing.barcode),
        content_hash=listing.content_hash,
        version=version,
        seen_in=import_id,
        changed_in=import_id,
        updated_at=timezone.now(),
        **fields,
    )


def _storable(value: Any) -> Any:
    """A value of a field as JSON keeps it; money as text, so that no digit is lost."""
    if value is None or isinstance(value, bool | str | list):
        return value
    return dict(value) if hasattr(value, "items") else str(value)


def _ask_for_enrichment(seller: Seller, product_ids: Sequence[int]) -> None:
    """Raises QueueFull at the seller's limit, and the chunk is not taken in: ask again later."""
    enqueue_many(
        ARRIVED,
        [ChildSpec({"product_id": product_id}, key=f"arrived:{product_id}") for product_id in product_ids],
        seller_id=seller.pk,
        delay_seconds=ARRIVED_DELAY_SECONDS,
    )


def _chunks(listings: Sequence[Listing]) -> Iterator[list[Listing]]:
    iterator = iter(listings)
    while chunk := list(islice(iterator, CHUNK)):
        yield chunk
