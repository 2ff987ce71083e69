"""Runs, moderation items and templates as programs see them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rest_framework import serializers

from vitrina.enrichment.models import ContentTemplate, ModerationItem, ProcessingLog, RunType, Status
from vitrina.jobs.api_shapes import Accepted
from vitrina.rest.fields import Shown

RESOLUTIONS = ["", "approved", "rejected", "sent_back", "superseded"]


class TokensShown(Shown):
    prompt = serializers.IntegerField()
    completion = serializers.IntegerField()
    total = serializers.IntegerField()


class LogShown(Shown):
    id = serializers.IntegerField()
    product = serializers.IntegerField()
    seller = serializers.IntegerField()
    type = serializers.ChoiceField(RunType.values)
    status = serializers.ChoiceField(Status.values)
    language = serializers.CharField(allow_null=True)
    confidence = serializers.FloatField(allow_null=True)
    is_audit = serializers.BooleanField()
    tokens = TokensShown()
    cost = serializers.DecimalField(max_digits=12, decimal_places=6, allow_null=True)
    duration_ms = serializers.IntegerField(allow_null=True)
    models_used = serializers.DictField(child=serializers.CharField())
    error = serializers.CharField(allow_blank=True)
    moderation = serializers.IntegerField(allow_null=True)
    job = serializers.IntegerField(allow_null=True)
    batch = serializers.IntegerField(allow_null=True)
    created_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)
    undone_at = serializers.DateTimeField(allow_null=True)


class StepShown(Shown):
    step = serializers.CharField()
    source = serializers.CharField(allow_blank=True)  # type: ignore[assignment] # a member of the answer
    output = serializers.JSONField()
    raw = serializers.CharField(allow_blank=True)
    tokens = TokensShown()
    cost = serializers.DecimalField(max_digits=12, decimal_places=6, allow_null=True)
    duration_ms = serializers.IntegerField()


class LogWhole(LogShown):
    options = serializers.DictField()
    input = serializers.JSONField()
    result = serializers.JSONField()
    steps = StepShown(many=True)


class LogAccepted(Accepted):
    log = LogShown()
    is_new = serializers.BooleanField()


class ItemShown(Shown):
    id = serializers.IntegerField()
    log = serializers.IntegerField()
    product = serializers.IntegerField()
    seller = serializers.IntegerField()
    title = serializers.CharField()
    priority = serializers.IntegerField()
    reasons = serializers.ListField(child=serializers.DictField())
    assignee = serializers.IntegerField(allow_null=True)
    assigned_at = serializers.DateTimeField(allow_null=True)
    resolution = serializers.ChoiceField(RESOLUTIONS, allow_blank=True)
    notes = serializers.CharField(allow_blank=True)
    resolved_at = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()


class TemplateShown(Shown):
    id = serializers.IntegerField()
    seller = serializers.IntegerField(allow_null=True)
    name = serializers.CharField()
    language = serializers.CharField()
    category = serializers.IntegerField(allow_null=True)
    text = serializers.CharField()
    is_active = serializers.BooleanField()
    usage_count = serializers.IntegerField()
    success_rate = serializers.FloatField(allow_null=True)
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


LOG: dict[str, Any] = {
    "id": 31,
    "product": 41,
    "seller": 1,
    "type": "full",
    "status": "moderation",
    "language": "ru",
    "confidence": 0.62,
    "is_audit": False,
    "tokens": {"prompt": 812, "completion": 344, "total": 1156},
    "cost": "0.000912",
    "duration_ms": 2310,
    "models_used": {"describe": "openai:gpt-4o-mini", "categorize": "offline"},
    "error": "",
    "moderation": 9,
    "job": 7,
    "batch": None,
    "created_at": "2026-03-01T10:00:00+03:00",
    "finished_at": "2026-03-01T10:00:03+03:00",
    "undone_at": None,
}
STEP: dict[str, Any] = {
    "step": "describe",
    "source": "openai:gpt-4o-mini",
    "output": {"title": "Синее летнее платье из хлопка"},
    "raw": '{"title": "Синее летнее платье из хлопка"}',
    "tokens": {"prompt": 812, "completion": 344, "total": 1156},
    "cost": "0.000912",
    "duration_ms": 1800,
}
LOG_WHOLE: dict[str, Any] = LOG | {
    "options": {"describe": True, "categorize": True, "language": "ru"},
    "input": {"title": "Платье летнее хлопковое синее"},
    "result": {"text": {"title": "Синее летнее платье из хлопка"}},
    "steps": [STEP],
}
ITEM: dict[str, Any] = {
    "id": 9,
    "log": 31,
    "product": 41,
    "seller": 1,
    "title": "Платье летнее хлопковое синее",
    "priority": 2,
    "reasons": [
        {"code": "category.confidence_low", "severity": "warning", "words": "Уверенность 62 %, нужно 75 %."}
    ],
    "assignee": None,
    "assigned_at": None,
    "resolution": "",
    "notes": "",
    "resolved_at": None,
    "created_at": "2026-03-01T10:00:03+03:00",
}
TEMPLATE: dict[str, Any] = {
    "id": 4,
    "seller": 1,
    "name": "Платья",
    "language": "ru",
    "category": 7,
    "text": "<p>Лёгкое платье для тёплых дней: ткань дышит, подол не сковывает шаг.</p>",
    "is_active": True,
    "usage_count": 12,
    "success_rate": 0.83,
    "created_at": "2026-03-01T10:00:00+03:00",
    "updated_at": "2026-03-01T10:00:00+03:00",
}


def logs_shown(rows: Sequence[ProcessingLog]) -> list[dict[str, Any]]:
    """Costs one query, for their moderation items."""
    items = dict(ModerationItem.objects.filter(log__in=[row.pk for row in rows]).values_list("log_id", "pk"))
    return [_log(row, items.get(row.pk)) for row in rows]


def _log(row: ProcessingLog, item_id: int | None) -> dict[str, Any]:
    return {
        "id": row.pk,
        "product": row.product_id,
        "seller": row.seller_id,
        "type": str(row.type),
        "status": str(row.status),
        "language": row.options.get("language"),
        "confidence": row.confidence,
        "is_audit": row.is_audit,
        "tokens": _tokens(row.tokens_prompt, row.tokens_completion),
        "cost": usd(row.cost),
        "duration_ms": row.duration_ms,
        "models_used": row.models_used,
        "error": row.error,
        "moderation": item_id,
        "job": row.job_id,
        "batch": row.batch_id,
        "created_at": row.created_at,
        "finished_at": row.finished_at,
        "undone_at": row.undone_at,
    }


def log_whole(row: ProcessingLog) -> dict[str, Any]:
    return logs_shown([row])[0] | {
        "options": row.options,
        "input": row.input,
        "result": row.result,
        "steps": [
            {
                "step": step.step,
                "source": step.source,
                "output": step.output,
                "raw": step.raw,
                "tokens": _tokens(step.tokens_prompt, step.tokens_completion),
                "cost": usd(step.cost),
                "duration_ms": step.duration_ms,
            }
            for step in row.steps.all()
        ],
    }


def _tokens(prompt: int, completion: int) -> dict[str, int]:
    return {"prompt": prompt, "completion": completion, "total": prompt + completion}


def usd(value: Any) -> str | None:
    """Null is unknown, never free."""
    return None if value is None else f"{value:.6f}"


def items_shown(rows: Sequence[ModerationItem]) -> list[dict[str, Any]]:
    """Rows with their run and its product at hand. Reasons in the reader's language."""
    from vitrina.enrichment.reasons import sentence

    return [
        {
            "id": row.pk,
            "log": row.log_id,
            "product": row.log.product_id,
            "seller": row.seller_id,
            "title": row.log.product.title,
            "priority": row.priority,
            "reasons": [
                {
                    "code": reason["code"],
                    "severity": reason["severity"],
                    "words": sentence(reason["code"], reason.get("detail") or {}),
                }
                for reason in row.reasons
            ],
            "assignee": row.assignee_id,
            "assigned_at": row.assigned_at,
            "resolution": row.resolution,
            "notes": row.notes,
            "resolved_at": row.resolved_at,
            "created_at": row.created_at,
        }
        for row in rows
    ]


def templates_shown(rows: Sequence[ContentTemplate]) -> list[dict[str, Any]]:
    return [
        {
            "id": row.pk,
            "seller": row.seller_id,
            "name": row.name,
            "language": row.language,
            "category": row.category_id,
            "text": row.text,
            "is_active": row.is_active,
            "usage_count": row.usage_count,
            "success_rate": row.success_rate,
            "created_at": row.created_at,
            "updated_at": row.updated_at,
        }
        for row in rows
    ]
