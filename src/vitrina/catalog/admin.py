"""The catalogue in Django's admin: what has no page of its own yet."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.forms import ModelForm
from django.http import HttpRequest
from unfold.admin import ModelAdmin, TabularInline

from vitrina.catalog import categories
from vitrina.catalog.deleting import delete_products
from vitrina.catalog.models import (
    Brand,
    BrokenRow,
    Category,
    ColumnMapping,
    CurrencyRate,
    Export,
    Import,
    ListingChange,
    Product,
    ProductContent,
    ProductImage,
)
from vitrina.catalog.search import search_text


class ReadOnly:
    """Rows that only the program writes."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Category)
class CategoryAdmin(ModelAdmin):  # type: ignore[misc]
    list_display = ("path", "tree", "seller", "is_leaf", "is_active")
    list_filter = ("tree", "is_active", "seller")
    search_fields = ("path", "name_en", "external_id")
    autocomplete_fields = ("parent",)
    raw_id_fields = ("seller",)
    readonly_fields = ("path", "synced", "updated_at")
    list_select_related = ("seller",)
    show_full_result_count = False

    def save_model(
        self, request: HttpRequest, obj: Category, form: ModelForm[Category], change: bool
    ) -> None:
        obj.synonyms = categories.clean_synonyms(obj.synonyms)
        super().save_model(request, obj, form, change)
        categories.refresh_paths(obj)

    def delete_model(self, request: HttpRequest, obj: Category) -> None:
        categories.forget([obj])

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        categories.forget(list(queryset))


class ImageInline(TabularInline):  # type: ignore[misc]
    model = ProductImage
    extra = 0


class ContentInline(TabularInline):  # type: ignore[misc]
    model = ProductContent
    fields = ("language", "title", "author", "source")
    readonly_fields = fields
    extra = 0
    show_change_link = True


@admin.register(Product)
class ProductAdmin(ModelAdmin):  # type: ignore[misc]
    list_display = ("title", "external_id", "seller", "brand", "price", "currency", "category")
    list_filter = ("seller", "is_available")
    search_fields = ("search_text",)
    autocomplete_fields = ("brand", "category")
    raw_id_fields = ("seller",)
    list_select_related = ("seller", "brand", "category")
    readonly_fields = ("content_hash", "version", "created_at", "updated_at", "ai_extracted")
    inlines = (ImageInline, ContentInline)
    show_full_result_count = False

    def save_model(self, request: HttpRequest, obj: Product, form: ModelForm[Product], change: bool) -> None:
        obj.search_text = search_text(
            obj.title, obj.external_id, obj.brand.name if obj.brand else "", obj.barcode
        )
        super().save_model(request, obj, form, change)

    def delete_model(self, request: HttpRequest, obj: Product) -> None:
        delete_products(Product.objects.filter(pk=obj.pk), by=request.user)

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        delete_products(queryset, by=request.user)


@admin.register(ProductContent)
class ProductContentAdmin(ModelAdmin):  # type: ignore[misc]
    list_display = ("title", "language", "author", "source", "updated_at")
    list_filter = ("language", "author")
    search_fields = ("title", "product__search_text")
    raw_id_fields = ("product", "edited_by")
    readonly_fields = ("log_id", "updated_at")
    show_full_result_count = False


@admin.register(Brand)
class BrandAdmin(ModelAdmin):  # type: ignore[misc]
    list_display = ("name", "key")
    search_fields = ("name", "key")
    readonly_fields = ("key",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False


@admin.register(ListingChange)
class ListingChangeAdmin(ReadOnly, ModelAdmin):  # type: ignore[misc]
    list_display = ("product", "at", "import_id")
    raw_id_fields = ("product",)
    list_select_related = ("product",)
    show_full_result_count = False


@admin.register(Import)
class ImportAdmin(ReadOnly, ModelAdmin):  # type: ignore[misc]
    list_display = (
        "__str__",
        "seller",
        "state",
        "read",
        "created",
        "updated",
        "unchanged",
        "broken",
        "created_at",
    )
    list_filter = ("state", "seller")
    list_select_related = ("seller",)


@admin.register(BrokenRow)
class BrokenRowAdmin(ReadOnly, ModelAdmin):  # type: ignore[misc]
    list_display = ("line", "external_id", "sentence", "is_warning", "import_run")
    list_filter = ("is_warning",)
    list_select_related = ("import_run",)
    search_fields = ("external_id",)
    show_full_result_count = False


@admin.register(ColumnMapping)
class ColumnMappingAdmin(ModelAdmin):  # type: ignore[misc]
    list_display = ("seller", "columns", "updated_at")
    list_select_related = ("seller",)
    readonly_fields = ("signature",)


@admin.register(Export)
class ExportAdmin(ReadOnly, ModelAdmin):  # type: ignore[misc]
    list_display = ("__str__", "seller", "state", "written", "held_back", "created_at")
    list_filter = ("state", "target", "seller")
    list_select_related = ("seller",)


@admin.register(CurrencyRate)
class CurrencyRateAdmin(ModelAdmin):  # type: ignore[misc]
    list_display = ("code", "rubles", "note", "updated_at")
    search_fields = ("code",)
