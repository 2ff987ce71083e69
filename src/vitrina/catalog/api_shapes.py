"""What programs see of the catalogue: rows as JSON, and the shapes that the description tells."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from vitrina.catalog.models import ImageOrigin, Product, ProductContent, ProductImage
from vitrina.catalog.pictures.addresses import api_address
from vitrina.catalog.pictures.models import ImageState
from vitrina.catalog.pictures.showing import trouble_of
from vitrina.lib.picture_files import Size
from vitrina.rest.fields import Shown

TEXTS = (
    "title", "description", "short_description", "seo_title", "seo_description", "keywords", "key_benefits",
)  # fmt: skip


class CategoryRef(Shown):
    id = serializers.IntegerField()
    path = serializers.CharField()
    source = serializers.CharField(allow_blank=True)  # type: ignore[assignment] # a member of the answer
    confidence = serializers.FloatField(allow_null=True)


class ProductShown(Shown):
    id = serializers.IntegerField()
    seller = serializers.IntegerField()
    external_id = serializers.CharField()
    title = serializers.CharField()
    brand = serializers.CharField(allow_null=True)
    price = serializers.DecimalField(max_digits=14, decimal_places=2, allow_null=True)
    old_price = serializers.DecimalField(max_digits=14, decimal_places=2, allow_null=True)
    currency = serializers.CharField(allow_blank=True)
    barcode = serializers.CharField(allow_blank=True)
    is_available = serializers.BooleanField(allow_null=True)
    category = CategoryRef(allow_null=True)
    version = serializers.IntegerField()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class ContentShown(Shown):
    language = serializers.CharField()
    title = serializers.CharField(allow_blank=True)
    description = serializers.CharField(allow_blank=True)
    short_description = serializers.CharField(allow_blank=True)
    seo_title = serializers.CharField(allow_blank=True)
    seo_description = serializers.CharField(allow_blank=True)
    keywords = serializers.ListField(child=serializers.CharField())
    key_benefits = serializers.ListField(child=serializers.CharField())
    author = serializers.ChoiceField(["ai", "person"])
    person_fields = serializers.ListField(child=serializers.CharField())
    source = serializers.CharField(allow_blank=True)  # type: ignore[assignment] # a member of the answer
    updated_at = serializers.DateTimeField()


class PictureShown(Shown):
    url = serializers.CharField(help_text=_("As it came."))
    state = serializers.ChoiceField(ImageState.values)
    trouble = serializers.CharField(allow_blank=True, help_text=_("Why there is none, in words."))
    width = serializers.IntegerField(allow_null=True, help_text=_("Of the picture as it came, in pixels."))
    height = serializers.IntegerField(allow_null=True)
    thumb_url = serializers.CharField(
        allow_null=True, help_text=_("WebP, longest side 320. Of this studio where it begins with a slash.")
    )
    picture_url = serializers.CharField(allow_null=True, help_text=_("JPEG, longest side 1024."))


class ProductWhole(ProductShown):
    description = serializers.CharField(allow_blank=True)
    supplier = serializers.CharField(allow_blank=True)
    source_url = serializers.CharField(allow_blank=True)
    category_hint = serializers.CharField(allow_blank=True)
    attributes = serializers.DictField()
    extracted_attributes = serializers.DictField()
    images = serializers.ListField(child=serializers.CharField())
    pictures = PictureShown(many=True, help_text=_("The same addresses, with what was fetched from them."))
    contents = ContentShown(many=True)


PRODUCT = {
    "id": 41,
    "seller": 1,
    "external_id": "dress-103",
    "title": "Платье летнее хлопковое синее",
    "brand": "Sela",
    "price": "2490.00",
    "old_price": None,
    "currency": "RUB",
    "barcode": "4600000000015",
    "is_available": True,
    "category": {"id": 7, "path": "Одежда > Платья", "source": "ai", "confidence": 0.91},
    "version": 3,
    "created_at": "2026-03-01T10:00:00+03:00",
    "updated_at": "2026-03-02T09:30:00+03:00",
}
CONTENT = {
    "language": "ru",
    "title": "Синее летнее платье из хлопка",
    "description": "<p>Лёгкое платье из хлопка, длина 95 см.</p>",
    "short_description": "",
    "seo_title": "Синее летнее платье из хлопка, длина 95 см",
    "seo_description": "Летнее платье из хлопка: лёгкое, синее, длина 95 см.",
    "keywords": ["платье", "хлопок"],
    "key_benefits": ["Ткань дышит"],
    "author": "ai",
    "person_fields": [],
    "source": "offline",
    "updated_at": "2026-03-02T09:30:00+03:00",
}
WHOLE = PRODUCT | {
    "description": "Лёгкое летнее платье из хлопка, длина 95 см.",
    "supplier": "",
    "source_url": "https://example.org/dress-103",
    "category_hint": "Платья",
    "attributes": {"Материал": "хлопок", "Цвет": "синий"},
    "extracted_attributes": {"Длина": {"value": "95", "unit": "см", "evidence": {"kind": "text"}}},
    "images": ["https://example.org/dress-103.jpg"],
    "pictures": [
        {
            "url": "https://example.org/dress-103.jpg",
            "state": "stored",
            "trouble": "",
            "width": 900,
            "height": 1200,
            "thumb_url": "/api/v1/pictures/12/thumb",
            "picture_url": "/api/v1/pictures/12/processed",
        }
    ],
    "contents": [CONTENT],
}


def shown(products: Sequence[Product]) -> list[dict[str, Any]]:
    """Rows with their brand and category at hand."""
    return [_row(product) for product in products]


def _row(product: Product) -> dict[str, Any]:
    category = product.category
    return {
        "id": product.pk,
        "seller": product.seller_id,
        "external_id": product.external_id,
        "title": product.title,
        "brand": product.brand.name if product.brand else None,
        "price": _money(product.price),
        "old_price": _money(product.old_price),
        "currency": product.currency,
        "barcode": product.barcode,
        "is_available": product.is_available,
        "category": None
        if category is None
        else {
            "id": category.pk,
            "path": category.path,
            "source": product.category_source,
            "confidence": product.category_confidence,
        },
        "version": product.version,
        "created_at": product.created_at,
        "updated_at": product.updated_at,
    }


def whole(product: Product) -> dict[str, Any]:
    """Two more queries: its pictures and its texts."""
    images = list(product.images.select_related("picture"))
    return _row(product) | {
        "description": product.description,
        "supplier": product.supplier,
        "source_url": product.source_url,
        "category_hint": product.category_hint,
        "attributes": product.attributes,
        "extracted_attributes": product.ai_extracted.get("attributes") or {},
        "images": [_address(image) for image in images],
        "pictures": [picture_shown(image) for image in images],
        "contents": [content_shown(content) for content in product.contents.order_by("language")],
    }


def picture_shown(image: ProductImage) -> dict[str, Any]:
    """With its picture at hand."""
    picture = image.picture
    return {
        "url": _address(image),
        "state": str(image.state),
        "trouble": trouble_of(image),
        "width": picture.width if picture else None,
        "height": picture.height if picture else None,
        "thumb_url": api_address(picture, Size.THUMB) if picture else None,
        "picture_url": api_address(picture, Size.PROCESSED) if picture else None,
    }


def content_shown(content: ProductContent) -> dict[str, Any]:
    return {
        "language": content.language,
        **{name: getattr(content, name) for name in TEXTS},
        "author": content.author,
        "person_fields": content.person_fields,
        "source": content.source,
        "updated_at": content.updated_at,
    }


def _money(value: Any) -> str | None:
    return None if value is None else f"{value:.2f}"


def _address(image: ProductImage) -> str:
    """As it came; of one that a person added, where its file is."""
    if image.origin == ImageOrigin.LISTING or image.picture is None:
        return image.url
    return api_address(image.picture, Size.ORIGINAL)
