"""What a column can be read as, in words for the page."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from vitrina.catalog import columns

ROLE_WORDS = {
    "external_id": _("id"),
    columns.VENDOR_CODE: _("vendor code (the id, if there is no other)"),
    "title": _("title"),
    "description": _("description"),
    "brand": _("brand"),
    "price": _("price"),
    "old_price": _("old price"),
    "currency": _("currency"),
    "category_hint": _("category"),
    "image_urls": _("pictures"),
    "barcode": _("barcode"),
    "is_available": _("available or not"),
    columns.STOCK: _("number of pieces"),
    "supplier": _("supplier"),
    "source_url": _("address of the page"),
    columns.TYPE_PREFIX: _("kind of product"),
    columns.MODEL: _("model"),
    "attributes": _("many attributes in one cell"),
    columns.ATTRIBUTE: _("an attribute of its own name"),
    columns.LEFT_OUT: _("leave it out"),
}
# A row needs one of each.
GIVES_ID = frozenset({"external_id", columns.VENDOR_CODE})
GIVES_TITLE = frozenset({"title", columns.TYPE_PREFIX, columns.MODEL})


def role_words(role: str) -> str:
    return str(ROLE_WORDS.get(role, role))
