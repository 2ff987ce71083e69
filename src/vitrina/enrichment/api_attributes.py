"""The typed attributes of a product for programs: read with their evidence, written by hand."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.response import Response

from vitrina.accounts.doors import reach
from vitrina.accounts.roles import Right
from vitrina.catalog.attribute_schema import KINDS
from vitrina.catalog.models import Product
from vitrina.enrichment.attribute_editing import LONGEST, Typed, ValueRefused, typed, write
from vitrina.rest.describing import Example
from vitrina.rest.doors import ApiRequest, Door, operation
from vitrina.rest.fields import Given, Shown, Text
from vitrina.rest.problems import Problem


class TypedShown(Shown):
    key = serializers.CharField()
    name = serializers.CharField()
    kind = serializers.ChoiceField(list(KINDS))
    unit = serializers.CharField(allow_blank=True)
    is_required = serializers.BooleanField()
    value = serializers.CharField(allow_null=True, help_text=_("Null: unknown."))
    number = serializers.FloatField(allow_null=True, help_text=_("In the unit; null for ranges and words."))
    is_person = serializers.BooleanField(help_text=_("A person wrote it; no run writes over it."))
    evidence = serializers.DictField(allow_null=True)


class TypedList(Shown):
    attributes = TypedShown(many=True)


class ValuesGiven(Given):
    values = serializers.DictField(
        child=Text(max_length=LONGEST, allow_blank=True),
        help_text=_("By key; several of a list parted by commas; an empty text takes the value away."),
    )


LENGTH: dict[str, Any] = {
    "key": "Длина", "name": "Длина", "kind": "number", "unit": "см", "is_required": True, "value": "95 см", "number": 95.0,
    "is_person": False, "evidence": {"kind": "text", "field": "title", "start": 20, "end": 25},
}  # fmt: skip


class ProductAttributesDoor(Door):
    @operation(
        _("The attributes of a product"),
        words=_("Those that its category asks for, in their order; none where it has no category."),
        answers=TypedList,
        examples=[Example({"attributes": [LENGTH]})],
        refusals=[404],
    )
    def get(self, request: ApiRequest, pk: int) -> Response:
        return _shown(reach(_rows(), request.user, Right.VIEW, pk=pk))

    @operation(
        _("Write attributes of a product by hand"),
        words=_("All of those named, or none. They are yours from then on: no run writes over them."),
        right=Right.EDIT_CATALOGUE,
        body=ValuesGiven,
        answers=TypedList,
        examples=[
            Example({"values": {"Длина": "0,95 м"}}, is_given=True),
            Example(
                {
                    "attributes": [
                        LENGTH | {"is_person": True, "evidence": {"kind": "person", "source": "anna"}}
                    ]
                }
            ),
        ],
        refusals=[404],
    )
    def put(self, request: ApiRequest, pk: int) -> Response:
        product = reach(_rows(), request.user, Right.EDIT_CATALOGUE, pk=pk)
        errors: dict[str, list[str]] = {}
        with transaction.atomic():
            for key, value in self.given["values"].items():
                try:
                    write(product, key, [value], by=request.user)
                except ValueRefused as refusal:
                    errors[f"values.{key}"] = [str(refusal)]
                except LookupError:
                    errors[f"values.{key}"] = [gettext("The product's category has no such attribute.")]
            if errors:
                words = gettext("Nothing was written.")
                raise Problem(422, "invalid", words, errors=errors)
        return _shown(_rows().get(pk=pk))


def _rows() -> Any:
    return Product.objects.select_related("seller")


def _shown(product: Product) -> Response:
    return Response({"attributes": [_row(one) for one in typed(product, product.seller.language)]})


def _row(one: Typed) -> dict[str, Any]:
    entry = one.entry or {}
    return {
        "key": one.spec.key,
        "name": one.spec.name,
        "kind": one.spec.kind,
        "unit": one.spec.unit,
        "is_required": one.spec.required,
        "value": None if one.entry is None else str(entry.get("value")),
        "number": entry.get("number"),
        "is_person": one.is_person,
        "evidence": entry.get("evidence"),
    }
