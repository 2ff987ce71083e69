"""A finished card as it leaves the house, and the form each target wants it in. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

from vitrina.catalog.limits import Target
from vitrina.catalog.listing import Listing
from vitrina.catalog.pictures.rules import CardPicture
from vitrina.lib.html import to_text


@dataclass(frozen=True, slots=True)
class Card:
    """One product with its finished text in one language; `description` is HTML until `for_target` says otherwise."""

    external_id: str
    title: str
    description: str = ""
    short_description: str = ""
    seo_title: str = ""
    seo_description: str = ""
    keywords: tuple[str, ...] = ()
    key_benefits: tuple[str, ...] = ()
    brand: str = ""
    price: Decimal | None = None
    old_price: Decimal | None = None
    currency: str = ""
    supplier: str = ""
    url: str = ""
    image_urls: tuple[str, ...] = ()
    pictures: tuple[CardPicture, ...] = ()  # those of the addresses whose pictures are stored
    unreachable: int = 0  # pictures that people added and that no marketplace can fetch from here
    attributes: Mapping[str, str] = field(default_factory=dict)
    category: str = ""  # path
    barcode: str = ""
    is_available: bool | None = None
    language: str = ""
    source: str = ""  # who wrote the text: "offline", "openai:gpt-4o-mini", "" for a person or the supplier
    is_finished: bool = True  # False: there is no finished text, the title is the supplier's

    @property
    def is_generated(self) -> bool:
        """Written by a model, edited or not: Google wants it marked. Rules that compose known facts are no model."""
        return self.source not in {"", "offline"}

    def for_target(self, target: Target) -> Card:
        if target.description_form == "text":
            return replace(self, description=to_text(self.description))
        return self

    def as_listing(self) -> Listing:
        """What an import of the exported file reads back."""
        return Listing(
            external_id=self.external_id,
            title=self.title,
            description=self.description,
            brand=self.brand,
            price=self.price,
            currency=self.currency,
            old_price=self.old_price,
            supplier=self.supplier,
            source_url=self.url,
            image_urls=self.image_urls,
            attributes=dict(self.attributes),
            category_hint=self.category,
            barcode=self.barcode,
            is_available=self.is_available,
        )
