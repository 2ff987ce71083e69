"""What is known of a product, as plain data: the input of every generator and the ground of every check."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, Field

if TYPE_CHECKING:
    from vitrina.catalog.models import Product


class ProductFacts(BaseModel):
    """The complete listing. Unknown is None or empty, never zero or a guess."""

    model_config = ConfigDict(frozen=True)

    external_id: str
    title: str
    description: str = ""  # the supplier's words as plain text, HTML already taken off
    brand: str = ""
    price: Decimal | None = None
    currency: str = ""
    supplier: str = ""
    source_url: str = ""
    image_urls: tuple[str, ...] = ()
    attributes: dict[str, str] = Field(default_factory=dict)
    category_hint: str = ""
    category_path: str = ""
    barcode: str = ""
    created_at: str = ""  # ISO 8601


def facts(product: Product) -> ProductFacts:
    """The facts of one product. Costs the queries for brand, category and images unless they were prefetched."""
    from vitrina.lib.html import to_text

    return ProductFacts(
        external_id=product.external_id,
        title=product.title,
        description=to_text(product.description),
        brand=product.brand.name if product.brand else "",
        price=product.price,
        currency=product.currency,
        supplier=product.supplier,
        source_url=product.source_url,
        image_urls=tuple(image.url for image in product.images.all()),
        attributes={str(name): str(value) for name, value in product.attributes.items()},
        category_hint=product.category_hint,
        category_path=product.category.path if product.category else "",
        barcode=product.barcode,
        created_at=product.created_at.isoformat(),
    )
