"""What operators see and change of this room in /admin; runs are for reading only."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from unfold.admin import ModelAdmin, TabularInline

from vitrina.enrichment.models import (
    CategoryDecision,
    ContentTemplate,
    ModerationItem,
    ProcessingLog,
    StepResult,
)


class ReadOnly:
    """Rows that the program writes: looking is allowed, changing would falsify the record."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class StepInline(ReadOnly, TabularInline):  # type: ignore[misc]
    model = StepResult
    fields = [
        "step",
        "source",
        "tokens_prompt",
        "tokens_completion",
        "cost",
        "duration_ms",
        "cpu_us",
        "output",
    ]
    extra = 0


@admin.register(ProcessingLog)
class ProcessingLogAdmin(ReadOnly, ModelAdmin):  # type: ignore[misc]
    list_display = ["id", "product", "type", "status", "confidence", "cost", "duration_ms", "created_at"]
    list_filter = ["status", "type", "seller"]
    list_select_related = ["product"]
    search_fields = ["product__external_id", "product__title", "error"]
    show_full_result_count = False
    inlines = [StepInline]


@admin.register(ModerationItem)
class ModerationItemAdmin(ReadOnly, ModelAdmin):  # type: ignore[misc]
    list_display = ["id", "log", "priority", "assignee", "resolution", "resolved_by", "created_at"]
    list_filter = ["resolution", "priority", "seller"]
    list_select_related = ["log", "assignee", "resolved_by"]
    show_full_result_count = False


@admin.register(ContentTemplate)
class ContentTemplateAdmin(ModelAdmin):  # type: ignore[misc]
    list_display = ["name", "seller", "language", "category", "is_active", "usage_count", "success_rate"]
    list_filter = ["language", "is_active", "seller"]
    search_fields = ["name", "text"]
    raw_id_fields = ["seller", "category"]
    readonly_fields = ["usage_count", "approved_count", "rejected_count"]

    def save_model(self, request: HttpRequest, obj: ContentTemplate, form: Any, change: bool) -> None:
        from vitrina.enrichment.content_templates import index

        super().save_model(request, obj, form, change)
        index([obj])

    def delete_model(self, request: HttpRequest, obj: ContentTemplate) -> None:
        from vitrina.enrichment.content_templates import forget

        forget([obj.pk])
        super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        from vitrina.enrichment.content_templates import forget

        forget(list(queryset.values_list("pk", flat=True)))
        super().delete_queryset(request, queryset)


@admin.register(CategoryDecision)
class CategoryDecisionAdmin(ReadOnly, ModelAdmin):  # type: ignore[misc]
    list_display = [
        "product",
        "shown",
        "chosen",
        "raw_confidence",
        "producer",
        "is_audit",
        "decided_by",
        "decided_at",
    ]
    list_filter = ["producer", "is_audit", "seller"]
    list_select_related = ["product", "shown", "chosen", "decided_by"]
    show_full_result_count = False
