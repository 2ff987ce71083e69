"""Why a person rejects a run: a short list to choose from, beside their own words."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

REJECTIONS = {
    "facts": _("The facts are wrong"),
    "invented": _("Something is invented"),
    "words": _("Badly written"),
    "category": _("The category is wrong"),
    "listing": _("The listing itself is no good"),
    "forbidden": _("It must not be sold"),
    "other": _("Something else"),
}


def known(code: str) -> str:
    """The code, where it is one of the list; else empty: no reason chosen."""
    return code if code in REJECTIONS else ""


def name(code: str) -> str:
    return str(REJECTIONS.get(code, code))
