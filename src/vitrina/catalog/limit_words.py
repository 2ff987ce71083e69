"""What the code of a limit means on a page: «title.max_chars» is «title: too long»."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

FIELDS = {
    "text": _("text"),
    "title": _("title"),
    "description": _("description"),
    "short_description": _("short description"),
    "external_id": _("external id"),
    "brand": _("brand"),
    "price": _("price"),
    "currency": _("currency"),
    "category": _("category"),
    "image_urls": _("pictures"),
    "attributes": _("attributes"),
    "availability": _("available"),
    "url": _("source URL"),
    "cell": _("cell of the table"),
}
LIMITS = {
    "finished": _("not finished in this language"),
    "controls": _("holds control characters"),
    "required": _("is missing"),
    "max_chars": _("too long"),
    "max_chars_each": _("one of them is too long"),
    "max_name_chars": _("one of the names is too long"),
    "min_chars": _("too short"),
    "max_count": _("too many"),
    "min_count": _("too few"),
    "one_of": _("not one of the allowed values"),
    "no_emoji": _("holds an emoji"),
    "no_email": _("holds an e-mail address"),
    "allowed_html": _("holds HTML that is not allowed"),
}


def limit_words(code: str) -> str:
    """A part without words of its own stays as its code."""
    field, _dot, limit = code.partition(".")
    return f"{FIELDS.get(field, field)}: {LIMITS.get(limit, limit)}"
