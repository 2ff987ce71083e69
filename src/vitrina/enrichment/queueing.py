"""Putting a doubtful run into the queue, with the columns that the queue is filtered by."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from vitrina.enrichment.models import ModerationItem, ProcessingLog


def queue(log: ProcessingLog, *, priority: int, reasons: list[dict[str, Any]]) -> ModerationItem:
    """In the transaction that ends the run. One query."""
    return ModerationItem.objects.create(
        log=log, seller_id=log.seller_id, priority=priority, reasons=reasons, **subject(log, reasons)
    )


def subject(log: ProcessingLog, reasons: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """What the item is about, as columns."""
    suggested = (log.result or {}).get("category") or {}
    return {
        "codes": joined(reason["code"] for reason in reasons),
        "category_id": suggested.get("id"),
        "confidence": suggested.get("confidence"),
        "language": (log.options or {}).get("language") or "",
    }


def joined(codes: Iterable[str]) -> str:
    """«|category.confidence_low|price.missing|»: a code is found by `|code|`, a family by `|family`."""
    found = "|".join(dict.fromkeys(codes))
    return f"|{found}|"[:400] if found else ""
