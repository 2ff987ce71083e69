"""The attributes of a category for programs."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.response import Response

from vitrina.accounts.roles import Right
from vitrina.catalog import schema_editing
from vitrina.catalog.api_categories import reach_category
from vitrina.catalog.attribute_schema import (
    KINDS,
    CategoryAttribute,
    SchemaRefused,
    attributes_of,
)
from vitrina.catalog.models import Category
from vitrina.catalog.showing_preview import sentence
from vitrina.rest.describing import Example
from vitrina.rest.doors import ApiRequest, Door, operation
from vitrina.rest.fields import Choice, Flag, Given, Shown, Text
from vitrina.rest.problems import Problem, told_as


def _refused(refused: SchemaRefused) -> Problem:
    errors: dict[str, list[str]] = {}
    for place, remark in refused.problems:
        errors.setdefault(f"attributes.{place}", []).append(sentence(remark))
    return Problem(
        422, "invalid", gettext("The attributes can't be taken; nothing was changed."), errors=errors
    )


told_as(SchemaRefused, _refused)


class ChoiceMember(Given):
    value = Text(max_length=200)
    value_en = Text(max_length=200, required=False, allow_blank=True, default="")
    synonyms = serializers.ListField(child=Text(max_length=200), required=False, default=list)


class AttributeGiven(Given):
    key = Text(
        max_length=200,
        required=False,
        allow_blank=True,
        default="",
        help_text=_("Stays when the name changes; without it the name."),
    )
    name = Text(max_length=200)
    name_en = Text(max_length=200, required=False, allow_blank=True, default="")
    kind = Choice(list(KINDS), required=False, default="text")
    unit = Text(
        max_length=40,
        required=False,
        allow_blank=True,
        default="",
        help_text=_("Of a number: what every value is converted to."),
    )
    choices = ChoiceMember(many=True, required=False, default=list)
    required = Flag(required=False, default=False)  # type: ignore[assignment] # a member of the body
    synonyms = serializers.ListField(child=Text(max_length=200), required=False, default=list)


class AttributesGiven(Given):
    attributes = AttributeGiven(many=True)


class ChoiceShown(Shown):
    value = serializers.CharField()
    value_en = serializers.CharField(allow_blank=True)
    synonyms = serializers.ListField(child=serializers.CharField())


class AttributeShown(Shown):
    key = serializers.CharField()
    name = serializers.CharField()
    name_en = serializers.CharField(allow_blank=True)
    kind = serializers.ChoiceField(list(KINDS))
    unit = serializers.CharField(allow_blank=True)
    choices = ChoiceShown(many=True)
    required = serializers.BooleanField()  # type: ignore[assignment] # a member of the answer
    synonyms = serializers.ListField(child=serializers.CharField())


class AttributesShown(Shown):
    attributes = AttributeShown(many=True, help_text=_("Its own, in their order."))
    whole = AttributeShown(many=True, help_text=_("With what it inherits, from the root down."))


VOLUME: dict[str, Any] = {
    "key": "Объём", "name": "Объём", "name_en": "Volume", "kind": "number", "unit": "мл", "choices": [], "required": True,
    "synonyms": ["ёмкость"],
}  # fmt: skip
ATTRIBUTES = {"attributes": [VOLUME], "whole": [VOLUME]}


class CategoryAttributesDoor(Door):
    @operation(
        _("The attributes of a category"),
        words=_("What its products have; a category adds its own to those of the categories above it."),
        answers=AttributesShown,
        examples=[Example(ATTRIBUTES)],
        refusals=[404],
    )
    def get(self, request: ApiRequest, pk: int) -> Response:
        return Response(_shown(reach_category(request, pk, Right.VIEW)))

    @operation(
        _("Set the attributes of a category"),
        words=_("All of its own at once, in their order. The next runs fill them; a later sync keeps them."),
        right=Right.EDIT_CATALOGUE,
        body=AttributesGiven,
        answers=AttributesShown,
        examples=[Example({"attributes": [VOLUME]}, is_given=True), Example(ATTRIBUTES)],
        refusals=[404],
    )
    def put(self, request: ApiRequest, pk: int) -> Response:
        category = reach_category(request, pk, Right.EDIT_CATALOGUE)
        return Response(_shown(schema_editing.put(category, self.given["attributes"], by=request.user)))


def _shown(category: Category) -> dict[str, Any]:
    return {
        "attributes": [_row(one) for one in attributes_of(category.attribute_schema)],
        "whole": [_row(one) for one in schema_editing.whole_schema(category)],
    }


def _row(one: CategoryAttribute) -> dict[str, Any]:
    return {
        "key": one.key,
        "name": one.name,
        "name_en": one.name_en,
        "kind": one.kind,
        "unit": one.unit,
        "choices": [
            {"value": choice.value, "value_en": choice.value_en, "synonyms": list(choice.synonyms)}
            for choice in one.choices
        ],
        "required": one.required,
        "synonyms": list(one.synonyms),
    }
