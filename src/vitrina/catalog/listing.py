"""A listing: one product as a source tells it, normalised; and a remark on what could not be read. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

# What the columns of `Product` hold. More is refused in words, never cut.
LONGEST = {
    "external_id": 200,
    "title": 1000,
    "description": 200_000,
    "brand": 200,
    "supplier": 200,
    "source_url": 2000,
    "category_hint": 1000,
    "barcode": 64,
    "image_url": 2000,
    "attribute_name": 300,
    "attribute_value": 20_000,
}
MOST_IMAGES = 100
MOST_ATTRIBUTES = 1000
HIGHEST_PRICE = Decimal("999999999999.99")


@dataclass(frozen=True, slots=True)
class Remark:
    """A sentence with its values apart, so that it can be shown in the reader's language.

    Example: `Remark("the title has %(length)s characters", {"length": 1203})`.
    """

    sentence: str
    values: Mapping[str, str | int] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.sentence % self.values if self.values else self.sentence


@dataclass(frozen=True, slots=True)
class Listing:
    """Unknown is None or empty, never zero or a guess. `description` is the supplier's own, HTML and all."""

    external_id: str
    title: str
    description: str = ""
    brand: str = ""
    price: Decimal | None = None
    currency: str = ""  # ISO 4217
    old_price: Decimal | None = None
    supplier: str = ""
    source_url: str = ""
    image_urls: tuple[str, ...] = ()
    attributes: Mapping[str, str] = field(default_factory=dict)  # {"Вес, г": "250"}
    category_hint: str = ""  # the path at the source: «Посуда > Кружки»
    barcode: str = ""
    is_available: bool | None = None

    @property
    def content_hash(self) -> str:
        """64 hex digits; equal for listings that say the same. The order of attributes says nothing."""
        said = (
            self.title,
            self.description,
            self.brand,
            _plain(self.price),
            self.currency,
            _plain(self.old_price),
            self.supplier,
            self.source_url,
            self.image_urls,
            sorted(self.attributes.items()),
            self.category_hint,
            self.barcode,
            self.is_available,
        )
        return hashlib.sha256(
            json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()
        ).hexdigest()


def _plain(amount: Decimal | None) -> str | None:
    """1490, 1490.0 and 1490.00 are one price."""
    return None if amount is None else f"{amount:.2f}"
