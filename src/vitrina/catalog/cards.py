"""From products to cards: the finished text in one language with all that is known around it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import Prefetch, QuerySet

from vitrina.catalog.attributes import with_unit
from vitrina.catalog.card import Card
from vitrina.catalog.models import Product, ProductContent, ProductImage
from vitrina.catalog.pictures.addresses import outside_address
from vitrina.catalog.pictures.rules import CardPicture, seen

CHUNK = 500


def cards(products: QuerySet[Product], language: str) -> Iterator[Card]:
    """Every product as a card, oldest first; without finished text it is one with `is_finished` False.

    Costs three queries for every 500; memory doesn't grow with the number of products.
    """
    found = (
        products.select_related("brand", "category")
        .defer("description", "search_text", "category__synonyms", "category__synced")
        .prefetch_related(
            Prefetch("images", ProductImage.objects.select_related("picture")),
            Prefetch("contents", ProductContent.objects.filter(language=language), to_attr="texts"),
        )
        .order_by("pk")
    )
    last = 0
    while chunk := list(found.filter(pk__gt=last)[:CHUNK]):
        for product in chunk:
            yield card(product, product.texts[0] if product.texts else None, language)
        last = chunk[-1].pk


def card(product: Product, text: ProductContent | None, language: str) -> Card:
    """Reads brand, category, images and their pictures of the product."""
    every = list(product.images.all())
    images = [image for image in every if outside_address(image)]
    is_finished = text is not None and bool(text.title and text.description)
    return Card(
        external_id=product.external_id,
        title=text.title if text and text.title else product.title,
        description=text.description if text else "",
        short_description=text.short_description if text else "",
        seo_title=text.seo_title if text else "",
        seo_description=text.seo_description if text else "",
        keywords=tuple(map(str, text.keywords)) if text else (),
        key_benefits=tuple(map(str, text.key_benefits)) if text else (),
        brand=product.brand.name if product.brand else "",
        price=product.price,
        old_price=product.old_price,
        currency=product.currency,
        supplier=product.supplier,
        url=product.source_url,
        image_urls=tuple(map(outside_address, images)),
        pictures=_pictures(images),
        unreachable=len(every) - len(images),
        attributes=merged_attributes(product),
        category=product.category.path if product.category else product.category_hint,
        barcode=product.barcode,
        is_available=product.is_available,
        language=language,
        source=text.source if text else "",
        is_finished=is_finished,
    )


def _pictures(images: Sequence[ProductImage]) -> tuple[CardPicture, ...]:
    return tuple(
        seen(
            number,
            media_type=image.picture.media_type,
            width=image.picture.width,
            height=image.picture.height,
            size=image.picture.size,
            measured=image.picture.measured,
        )
        for number, image in enumerate(images, start=1)
        if image.picture is not None
    )


def merged_attributes(product: Product) -> dict[str, str]:
    """The source's attributes, then the extracted ones whose names the source doesn't have."""
    merged = {str(name): str(value) for name, value in product.attributes.items()}
    known = {name.lower() for name in merged}
    for name, found in _extracted(product.ai_extracted).items():
        value, unit = (
            (found.get("value"), str(found.get("unit") or "")) if isinstance(found, dict) else (found, "")
        )
        said = ", ".join(map(str, value)) if isinstance(value, list) else "" if value is None else str(value)
        full = with_unit(name, unit)
        if said and full.lower() not in known and name.lower() not in known:
            merged[full] = said
    return merged


def _extracted(stored: Any) -> dict[str, Any]:
    attributes = stored.get("attributes") if isinstance(stored, dict) else None
    return attributes if isinstance(attributes, dict) else {}
