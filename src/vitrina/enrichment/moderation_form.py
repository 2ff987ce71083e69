"""The form of a decision: which fields a person may change, as text goes out and as edits come back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from vitrina.enrichment.models import ProcessingLog
from vitrina.enrichment.plain_editing import to_html, to_plain

NAMES = {
    "title": _("Title"),
    "description": _("Description"),
    "short_description": _("Short description"),
    "seo_title": _("SEO title"),
    "seo_description": _("SEO description"),
    "keywords": _("Keywords, separated by commas"),
    "key_benefits": _("Benefits, one a line"),
}
MOST = {"title": 255, "seo_title": 70, "seo_description": 160}
ONE_LINE = frozenset({"title", "seo_title", "keywords"})


@dataclass(frozen=True)
class Field:
    name: str
    label: Any
    value: str
    most: int | None
    is_line: bool
    error: str = ""


def fields_of(
    log: ProcessingLog, posted: Mapping[str, str] | None = None, errors: Mapping[str, str] | None = None
) -> list[Field]:
    """The fields that this run filled; with what the person typed where the form came back."""
    return fields_for((log.result or {}).get("text") or {}, posted, errors)


def fields_for(
    text: Mapping[str, Any],
    posted: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
) -> list[Field]:
    """The same for any text, by the columns that it has."""
    return [
        Field(
            name=name,
            label=label,
            value=posted[name] if posted and name in posted else as_typed(name, text[name]),
            most=MOST.get(name),
            is_line=name in ONE_LINE,
            error=(errors or {}).get(name, ""),
        )
        for name, label in NAMES.items()
        if name in text
    ]


def edits_of(log: ProcessingLog, posted: Mapping[str, str]) -> dict[str, Any]:
    """What the person changed. A field that comes back as it went out is no edit, whatever its form."""
    return edits_to((log.result or {}).get("text") or {}, posted)


def edits_to(text: Mapping[str, Any], posted: Mapping[str, str]) -> dict[str, Any]:
    return {
        name: _incoming(name, posted[name])
        for name in NAMES
        if name in text and name in posted and _folded(posted[name]) != _folded(as_typed(name, text[name]))
    }


def as_typed(name: str, value: Any) -> str:
    """A stored field as a person types it."""
    if name == "description":
        return to_plain(value or "")
    if name == "keywords":
        return ", ".join(value or [])
    if name == "key_benefits":
        return "\n".join(value or [])
    return value or ""


def _incoming(name: str, typed: str) -> Any:
    if name == "description":
        return to_html(typed)
    if name == "keywords":
        return [word.strip() for word in typed.split(",") if word.strip()]
    if name == "key_benefits":
        return [line.strip() for line in typed.splitlines() if line.strip()]
    return " ".join(typed.split())


def _folded(text: str) -> str:
    """Browsers send CRLF and keep trailing spaces; neither is an edit."""
    return "\n".join(line.rstrip() for line in text.strip().splitlines())
