"""Runs of a filter as CSV, read and written piece by piece: memory stays the same however many they are."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any

from vitrina.enrichment.models import ProcessingLogQuerySet
from vitrina.enrichment.run_filter import RunFilter
from vitrina.lib.spreadsheet_cells import defuse_cell

AT_ONCE = 500
COLUMNS = {
    "run": "pk",
    "created": "created_at",
    "ended": "finished_at",
    "seller": "seller__name",
    "product_id": "product__external_id",
    "product": "product__title",
    "type": "type",
    "status": "status",
    "category": "result__category__path",
    "confidence": "confidence",
    "models": "models_used",
    "tokens_prompt": "tokens_prompt",
    "tokens_completion": "tokens_completion",
    "cost_usd": "cost",
    "milliseconds": "duration_ms",
    "batch": "batch_id",
    "error": "error",
}


def pieces(wanted: RunFilter, logs: ProcessingLogQuerySet) -> Iterator[bytes]:
    """The head, then some hundred runs a piece, newest first. A mark in front tells spreadsheets that it is UTF-8."""
    yield ("\ufeff" + _lines([list(COLUMNS)])).encode()
    before: int | None = None
    while True:
        way = logs.order_by("-pk") if before is None else logs.filter(pk__lt=before).order_by("-pk")
        looked = list(way.values_list("pk", flat=True)[:AT_ONCE])
        if not looked:
            return
        before = looked[-1]
        kept = looked
        if wanted.is_heavy:
            part = logs.filter(pk__range=(looked[-1], looked[0]))
            kept = wanted.kept(part, None, ["-pk"], size=AT_ONCE)
        rows = logs.filter(pk__in=kept).order_by("-pk").values_list(*COLUMNS.values())
        if lines := _lines([[_cell(value) for value in row] for row in rows]):
            yield lines.encode()


def _lines(rows: list[list[str]]) -> str:
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, dict):
        return defuse_cell("; ".join(f"{step}: {model}" for step, model in value.items()))
    if hasattr(value, "isoformat"):
        return str(value.isoformat(timespec="seconds"))
    return defuse_cell(value) if isinstance(value, str) else str(value)
