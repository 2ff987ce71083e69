"""Two runs of one product beside each other: what the later one said otherwise."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from vitrina.enrichment.finding_words import FIELDS
from vitrina.enrichment.models import ProcessingLog
from vitrina.enrichment.moderation_form import as_typed
from vitrina.enrichment.reasons import sentence
from vitrina.lib.differences import shown
from vitrina.lib.html import to_text


@dataclass(frozen=True)
class Change:
    name: str
    words: SafeString


@dataclass(frozen=True)
class Comparison:
    changes: list[Change]  # category, texts and attributes that differ
    gone: list[str]  # findings of the earlier run that the later one hasn't
    new: list[str]
    same: int  # compared parts without a difference


def compare(earlier: ProcessingLog, later: ProcessingLog) -> Comparison:
    """No query."""
    before, after = earlier.result or {}, later.result or {}
    parts = [(_("category"), _category(before), _category(after))]
    texts = before.get("text") or {}, after.get("text") or {}
    parts += [
        (str(label), _plain(field, texts[0].get(field)), _plain(field, texts[1].get(field)))
        for field, label in FIELDS.items()
        if field in texts[0] or field in texts[1]
    ]
    values = before.get("attributes") or {}, after.get("attributes") or {}
    parts += [
        (name, _value(values[0].get(name)), _value(values[1].get(name)))
        for name in dict.fromkeys([*values[0], *values[1]])
    ]
    parts.append((_("listing as it was read"), _listing(earlier), _listing(later)))
    found = _said(before.get("findings") or []), _said(after.get("findings") or [])
    return Comparison(
        changes=[Change(name, shown(old, new)) for name, old, new in parts if old != new],
        gone=[words for words in found[0] if words not in found[1]],
        new=[words for words in found[1] if words not in found[0]],
        same=sum(1 for _name, old, new in parts if old == new and old),
    )


def previous_of(log: ProcessingLog) -> ProcessingLog | None:
    """The run of the same product before this one that came to a result."""
    return (
        ProcessingLog.objects.filter(product_id=log.product_id, pk__lt=log.pk, result__isnull=False)
        .order_by("-pk")
        .first()
    )


def _category(result: dict[str, Any]) -> str:
    return str((result.get("category") or {}).get("path") or "")


def _plain(field: str, value: Any) -> str:
    return to_text(value or "") if field == "description" else as_typed(field, value)


def _value(entry: Any) -> str:
    value = entry.get("value") if isinstance(entry, dict) else entry
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value or "")


def _listing(log: ProcessingLog) -> str:
    read = log.input or {}
    return "\n".join(str(read.get(name) or "") for name in ("title", "description"))


def _said(findings: Iterable[dict[str, Any]]) -> list[str]:
    return list(dict.fromkeys(sentence(one["code"], one.get("detail") or {}) for one in findings))
