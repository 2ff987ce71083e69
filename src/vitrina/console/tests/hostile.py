"""Hostile words wherever words of others are kept: by the names of the columns, so that a table made tomorrow has them too."""

from __future__ import annotations

from typing import Any

HOSTILE = (
    '<img src=x onerror="window.pwned=1"><script>window.pwned=2</script>'
    '<a href="javascript:window.pwned=3" hx-get="/pwned" hx-trigger="load" hx-on:click="window.pwned=4">ссылка</a>'
    '<p hx-get="/pwned" hx-trigger="load" data-hx-post="/pwned" style="position:fixed;inset:0">абзац</p>'
    '<svg onload="window.pwned=5"><use href="data:,x"/></svg><iframe srcdoc="<script>parent.pwned=6</script>"></iframe>'
    '<div hx-ext="sse" sse-connect="/pwned" data-live="job:1">лента</div>{{ 7|add:7 }}'
)
# The most that fits where there is little room, and still does harm if it is let.
SHORT = '"><img src=x onerror=alert(1)>'
WORDS = {
    "name", "title", "description", "short_description", "seo_title", "seo_description", "supplier", "source", "source_url",
    "category_hint", "barcode", "external_id", "error", "traceback", "reason", "reasoning", "notes", "note", "text", "raw",
    "file_name", "first_name", "last_name", "user_agent", "made_by", "comment", "remark", "sentence", "message", "label", "answer", "question",
    "request_id", "digest_name",
}  # fmt: skip
DATA = {"before", "after", "attributes", "values", "keywords", "key_benefits", "remarks", "edits"}
# Rows of a shape of their own.
_VALUES = [{"id": "", "text": HOSTILE}]
SHAPED: dict[str, Any] = {
    "catalog.Look.remarks": [{"id": HOSTILE, "reason": HOSTILE, "values": {"what": HOSTILE}, "is_warning": False}],
    "catalog.Push.attributes": [{"id": "10", "name": HOSTILE, "is_number": False, "values": _VALUES}],
    "catalog.Place.values": {
        "10": {
            "name": HOSTILE, "values": _VALUES, "is_number": False, "state": "doubtful",
            "evidence": {"name": HOSTILE, "value": HOSTILE},
        }
    },
}  # fmt: skip
# Columns of these names that the program reads as codes.
CODES = {
    "accounts.Seller.source",
    "enrichment.StepResult.source",
    "catalog.ProductContent.source",
    "catalog.Export.file_name",
    "jobs.Schedule.name",
    "jobs.Job.reason",
}


def rows_so_far() -> dict[Any, set[Any]]:
    return {model: set(model.objects.values_list("pk", flat=True)) for model in _models()}


def plant(before: dict[Any, set[Any]]) -> None:
    """Write hostile words into every row that came after `rows_so_far`."""
    from django.db import models

    for model, old in before.items():
        fields = [
            field
            for field in model._meta.concrete_fields
            if not field.unique and not field.choices and f"{model._meta.label}.{field.name}" not in CODES
        ]
        for pk in set(model.objects.values_list("pk", flat=True)) - old:
            hostile: dict[str, Any] = {}
            for field in fields:
                if shaped := SHAPED.get(f"{model._meta.label}.{field.name}"):
                    hostile[field.name] = shaped
                elif isinstance(field, models.JSONField) and field.name in DATA:
                    stored = getattr(model.objects.get(pk=pk), field.attname)
                    hostile[field.name] = [HOSTILE] if isinstance(stored, list) else {HOSTILE: HOSTILE}
                elif isinstance(field, models.CharField | models.TextField) and field.name in WORDS:
                    hostile[field.name] = _fitting(field.max_length, pk)
            if hostile:
                model.objects.filter(pk=pk).update(**hostile)


def _fitting(room: int | None, pk: Any) -> str:
    """Names may have to differ: the row's key stands before the harm."""
    text = f"{str(pk)[:4]} {HOSTILE}"
    return (
        text
        if room is None or room >= len(text)
        else (text if room > 300 else f"{str(pk)[:4]}{SHORT}")[:room]
    )


def _models() -> list[Any]:
    from django.apps import apps

    return [model for model in apps.get_models() if model.__module__.startswith("vitrina.")]
