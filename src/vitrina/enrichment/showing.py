"""A run's result as a page shows it: texts with their findings marked, reasons and alternatives in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.safestring import SafeString

from vitrina.catalog.models import Category
from vitrina.enrichment.marking import Change, Mark, Source, mark_html, mark_text, marks_of
from vitrina.enrichment.models import ProcessingLog
from vitrina.enrichment.reasons import sentence

WEIGHT = {"high": 2, "warning": 1, "info": 0}


@dataclass(frozen=True)
class ShownText:
    title: SafeString
    description: SafeString
    short_description: SafeString
    seo_title: SafeString
    seo_description: SafeString
    keywords: list[str]
    key_benefits: list[str]

    @property
    def is_empty(self) -> bool:
        return not (self.title or self.description or self.short_description)


@dataclass(frozen=True)
class Remark:
    """A finding or a reason: how grave, and what it says."""

    severity: str
    words: str


@dataclass(frozen=True)
class ShownCategory:
    category: Category
    confidence: float | None


@dataclass(frozen=True)
class Suggestion:
    """What the run says of the category. `chosen` None with `proposed`: no known one fits."""

    chosen: ShownCategory | None
    alternatives: list[ShownCategory]
    proposed: str
    reasoning: str
    is_calibrated: bool


def shown_text(
    text: Mapping[str, Any],
    findings: list[dict[str, Any]],
    changes: Mapping[str, Sequence[Change]] | None = None,
) -> ShownText:
    """`text`: the columns of ProductContent by name, from a run's result or from the row itself.

    `changes`: by field, the words that the text beside it has not.
    """
    changed = changes or {}

    def marks(field: str) -> list[Mark | Change | Source]:
        return [*marks_of(findings, field), *changed.get(field, ())]

    def plain(field: str) -> SafeString:
        return mark_text(text.get(field) or "", marks(field))

    return ShownText(
        title=plain("title"),
        description=mark_html(text.get("description") or "", marks("description")),
        short_description=plain("short_description"),
        seo_title=plain("seo_title"),
        seo_description=plain("seo_description"),
        keywords=list(text.get("keywords") or []),
        key_benefits=list(text.get("key_benefits") or []),
    )


def remarks(found: list[dict[str, Any]]) -> list[Remark]:
    """Findings or reasons, the gravest first, each sentence once."""
    said = {
        sentence(one["code"], one.get("detail") or {}): one["severity"]
        for one in sorted(found, key=lambda one: WEIGHT.get(one["severity"], 0))
    }
    return sorted(
        (Remark(severity, words) for words, severity in said.items()),
        key=lambda remark: -WEIGHT.get(remark.severity, 0),
    )


def suggestion(log: ProcessingLog) -> Suggestion | None:
    """One query for the categories that it names."""
    stored = (log.result or {}).get("category")
    if not stored:
        return None
    pairs = [(entry["id"], entry.get("confidence")) for entry in stored.get("alternatives", [])]
    known = Category.objects.in_bulk([pk for pk in (stored.get("id"), *(pk for pk, _ in pairs)) if pk])
    chosen = known.get(stored.get("id"))
    return Suggestion(
        chosen=ShownCategory(chosen, stored.get("confidence")) if chosen else None,
        alternatives=[
            ShownCategory(known[pk], share) for pk, share in pairs if pk in known and known[pk] != chosen
        ],
        proposed=stored.get("proposed_name") or "",
        reasoning=stored.get("reasoning") or "",
        is_calibrated=bool(stored.get("calibrated")),
    )
