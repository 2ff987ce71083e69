"""The names of a product's and a card's fields, in the reader's language, for sentences."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from vitrina.enrichment.finding_words import FIELDS

NAMES = {
    **FIELDS,
    "brand": _("brand"),
    "attributes": _("attributes"),
    "category_hint": _("category at the source"),
    "barcode": _("barcode"),
    "approved text": _("approved text"),
    "category_id": _("category"),
    "category_source": _("category"),
    "category_confidence": _("category"),
    "ai_extracted": _("extracted attributes"),
    "author": _("author"),
    "person_fields": _("author"),
    "source": _("author"),
    "log_id": _("author"),
    "edited_by_id": _("author"),
}


def named(fields: Iterable[str]) -> str:
    """«title, category»; a field that has no name here shows as it is."""
    return ", ".join(dict.fromkeys(str(NAMES.get(field, field)) for field in fields))
