"""From a card as a place showed it to a listing, or to words why not: by the rules that rows of feeds go by. Pure."""

from __future__ import annotations

from vitrina.catalog.mapping import Mapped, Refused, RowMapper
from vitrina.channels.cards import CardSeen

_ROLES = {
    name: name
    for name in (
        "external_id", "title", "description", "brand", "price", "old_price", "currency", "category_hint", "image_urls",
        "attributes", "barcode", "source_url", "is_available",
    )
}  # fmt: skip


def mapper(*, currency: str, supplier: str) -> RowMapper:
    """`currency`, `supplier`: of cards that name none."""
    # Prices are numbers already; the point in what is left as text is a decimal one, as in JSON.
    return RowMapper(file_format="jsonl", explicit=_ROLES, currency=currency, supplier=supplier)


def as_listing(card: CardSeen, by: RowMapper) -> Mapped | Refused:
    """Too long or without a title: refused in words. What can't be read is left unknown, and a warning says so."""
    return by.map(
        {
            "external_id": card.id,
            "title": card.title,
            "description": card.description,
            "brand": card.brand,
            "price": card.price,
            "old_price": card.old_price,
            "currency": card.currency,
            "category_hint": card.category,
            "image_urls": list(card.image_urls),
            "attributes": [
                {"name": seen.name, "unit": seen.unit, "value": list(seen.values)} for seen in card.attributes
            ],
            "barcode": card.barcode,
            "source_url": card.address,
            "is_available": card.is_available,
        }
    )
