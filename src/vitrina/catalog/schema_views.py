"""The attributes of a category: seen with what it inherits, added, changed, put in order."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from vitrina.accounts.doors import PersonRequest
from vitrina.accounts.pages import page_or_part
from vitrina.accounts.roles import Right
from vitrina.catalog import schema_editing
from vitrina.catalog.attribute_schema import KINDS, SchemaRefused, attributes_of
from vitrina.catalog.attribute_words import choices_as_text, choices_from_text
from vitrina.catalog.attributes import UNITS
from vitrina.catalog.category_choice import visible_to
from vitrina.catalog.category_views import editable_category, visible_category
from vitrina.catalog.models import Category
from vitrina.catalog.schema_editing import AttributeGone
from vitrina.catalog.showing_preview import sentence

KIND_WORDS = {
    "text": gettext_lazy("text"),
    "number": gettext_lazy("number"),
    "choice": gettext_lazy("one of the choices"),
    "multiple": gettext_lazy("several of the choices"),
    "boolean": gettext_lazy("yes or no"),
}
LONGEST_TYPED = 120_000  # characters of the choices' field: a thousand choices with their synonyms


@require_safe
def category_attributes(request: PersonRequest, pk: int) -> HttpResponse:
    return _page(request, visible_category(request, pk))


@require_POST
def category_attribute_writing(request: PersonRequest, pk: int) -> HttpResponse:
    """Adds an attribute, or changes the one of `key`."""
    category = editable_category(request, pk)
    key = request.POST.get("key", "")[:200]
    typed: dict[str, Any] = {
        name: request.POST.get(name, "")[:2_000] for name in ("name", "name_en", "kind", "unit", "synonyms")
    }
    typed |= {
        "choices": request.POST.get("choices", "")[:LONGEST_TYPED],
        "required": "required" in request.POST,
    }
    row = typed | {"choices": choices_from_text(typed["choices"])}
    try:
        schema_editing.put_one(category, key, row, by=request.user)
    except SchemaRefused as refused:
        errors = [sentence(remark) for _place, remark in refused.problems]
        return _page(request, category, key=key, typed=typed, errors=errors)
    except AttributeGone:
        return _gone(request, pk)
    messages.success(request, _("Saved. The next runs fill it; what people wrote at products stays."))
    return redirect(reverse("category_attributes", kwargs={"pk": pk}))


@require_POST
def category_attribute_removal(request: PersonRequest, pk: int) -> HttpResponse:
    category = editable_category(request, pk)
    try:
        schema_editing.take_away(category, request.POST.get("key", ""), by=request.user)
    except AttributeGone:
        return _gone(request, pk)
    messages.success(request, _("Taken away. Values that products have stay with them."))
    return redirect("category_attributes", pk=pk)


@require_POST
def category_attribute_order(request: PersonRequest, pk: int) -> HttpResponse:
    """`to`: "up" or "down"."""
    category = editable_category(request, pk)
    try:
        schema_editing.shift(
            category, request.POST.get("key", ""), down=request.POST.get("to") == "down", by=request.user
        )
    except AttributeGone:
        return _gone(request, pk)
    return redirect("category_attributes", pk=pk)


def _gone(request: PersonRequest, pk: int) -> HttpResponse:
    messages.error(request, _("Somebody took this attribute away meanwhile. Nothing was changed."))
    return redirect("category_attributes", pk=pk)


def _page(
    request: PersonRequest,
    category: Category,
    *,
    key: str = "",
    typed: dict[str, Any] | None = None,
    errors: list[str] | None = None,
) -> HttpResponse:
    own = attributes_of(category.attribute_schema)
    names = {one.name for one in own}
    rows = [
        {
            "key": one.key, "name": one.name, "name_en": one.name_en, "kind": one.kind, "unit": one.unit,
            "kind_words": KIND_WORDS[one.kind], "required": one.required, "synonyms": ", ".join(one.synonyms),
            "choices": choices_as_text(one.choices), "values": [choice.value for choice in one.choices],
        }
        for one in own
    ]  # fmt: skip
    for row in rows:
        if typed is not None and row["key"] == key:
            row |= typed | {"errors": errors}
    return page_or_part(
        request,
        "catalog/category_attributes.html",
        "catalog/category_attributes_body.html",
        {
            "category": category,
            "rows": rows,
            "new": (typed or {}) | {"errors": errors} if typed is not None and not key else {"kind": "text"},
            "inherited": [
                (one, row)
                for row in schema_editing.above(category)
                for one in attributes_of(row.attribute_schema)
                if one.name not in names
            ],
            "kinds": [(kind, KIND_WORDS[kind]) for kind in KINDS],
            "units": sorted(UNITS),
            "can_edit": visible_to(request.user, Right.EDIT_CATALOGUE).filter(pk=category.pk).exists(),
        },
        status=422 if errors else 200,
    )
