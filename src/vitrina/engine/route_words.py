"""What the routes are called on the pages."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

_NAMES: dict[str, tuple[Any, Any]] = {
    "describe": (_("Texts"), _("Titles, descriptions, SEO texts and keywords of cards")),
    "categorize": (_("Categories"), _("Choosing a category among candidates, and attributes")),
    "vision": (_("Pictures"), _("Looking at a product's pictures")),
    "reply": (_("Replies"), _("Drafts of answers to reviews and questions")),
    "embed": (_("Vectors"), _("Search by meaning; without it words alone decide")),
}


def route_name(route: str) -> Any:
    return _NAMES[route][0] if route in _NAMES else route


def route_words(route: str) -> Any:
    return _NAMES[route][1] if route in _NAMES else ""
