"""People and sellers in Django's admin: what has no page of its own yet."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin, TabularInline
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from vitrina.accounts.models import ApiToken, AuditEntry, Membership, Plan, Seller, User

# Rights come from roles within a seller; Django's groups would be a second way that nothing reads.
admin.site.unregister(Group)


class ReadOnly:
    """Rows that only the program writes."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class MembershipInline(TabularInline):  # type: ignore[misc]
    model = Membership
    extra = 0
    autocomplete_fields = ("user", "seller")


@admin.register(User)
class PersonAdmin(UserAdmin, ModelAdmin):  # type: ignore[misc, type-arg]
    form = UserChangeForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm
    inlines = (MembershipInline,)
    list_display = (
        "username",
        "first_name",
        "last_name",
        "language",
        "is_superuser",
        "is_active",
        "last_login",
    )
    list_filter = ("is_superuser", "is_active")
    fieldsets = (
        (None, {"fields": ("username", "password", "must_change_password")}),
        (_("Person"), {"fields": ("first_name", "last_name", "email", "language")}),
        (_("Installation"), {"fields": ("is_active", "is_staff", "is_superuser")}),
        (_("Times"), {"fields": ("last_login", "date_joined")}),
    )
    readonly_fields = ("last_login", "date_joined")
    filter_horizontal = ()


@admin.register(Seller)
class SellerAdmin(ModelAdmin):  # type: ignore[misc]
    list_display = ("name", "slug", "source", "language", "currency", "target", "plan")
    search_fields = ("name", "slug")
    prepopulated_fields = {"slug": ("name",)}
    autocomplete_fields = ("plan",)
    inlines = (MembershipInline,)
    list_select_related = ("plan",)


@admin.register(Plan)
class PlanAdmin(ModelAdmin):  # type: ignore[misc]
    list_display = ("name", "limits")
    search_fields = ("name",)


@admin.register(ApiToken)
class ApiTokenAdmin(ReadOnly, ModelAdmin):  # type: ignore[misc]
    list_display = (
        "name",
        "prefix",
        "user",
        "scopes",
        "created_at",
        "expires_at",
        "last_used_at",
        "revoked_at",
    )
    exclude = ("digest",)
    list_select_related = ("user",)


@admin.register(AuditEntry)
class AuditAdmin(ReadOnly, ModelAdmin):  # type: ignore[misc]
    list_display = ("at", "user", "seller", "action", "object_type", "object_id")
    list_filter = ("action", "seller")
    search_fields = ("object_id",)
    list_select_related = ("user", "seller")
    show_full_result_count = False
