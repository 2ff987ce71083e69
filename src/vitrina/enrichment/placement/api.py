"""Places at marketplaces, for programs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.response import Response

from vitrina.accounts.doors import reach
from vitrina.accounts.roles import Right
from vitrina.catalog.models import Category
from vitrina.catalog.places.models import Place, PlaceSource
from vitrina.channels.card_targets import TARGETS
from vitrina.channels.models import Connection
from vitrina.enrichment.placement import placing
from vitrina.enrichment.placement.editing import said_by_person, written
from vitrina.enrichment.placement.keeping import keep
from vitrina.enrichment.placement.mapping import missing
from vitrina.jobs.api_shapes import JOB, Accepted, accepted
from vitrina.lib.transactions import short_transaction
from vitrina.rest.describing import Example
from vitrina.rest.doors import ApiRequest, Door, operation
from vitrina.rest.fields import Choice, Given, Id, Shown, Text
from vitrina.rest.paging import PageAsked, page
from vitrina.rest.problems import Problem

LACKS: dict[str, dict[str, Any]] = {
    "missing": {"missing__gt": 0},
    "doubtful": {"doubtful__gt": 0},
    "unconfirmed": {"is_confirmed": False},
}


class PlaceShown(Shown):
    id = serializers.IntegerField()
    seller = serializers.IntegerField()
    product = serializers.IntegerField()
    tree = serializers.CharField()
    category = serializers.IntegerField()
    path = serializers.CharField()
    source = serializers.ChoiceField(PlaceSource.values)  # type: ignore[assignment] # a member of the answer
    confidence = serializers.FloatField(allow_null=True)
    is_confirmed = serializers.BooleanField()
    values = serializers.DictField(help_text=_("By the marketplace's number of the attribute."))
    missing = serializers.ListField(
        child=serializers.CharField(), help_text=_("Attributes that are required and have no value.")
    )
    doubtful = serializers.IntegerField()


PLACE = {
    "id": 5,
    "seller": 1,
    "product": 17,
    "tree": "wildberries",
    "category": 1203,
    "path": "Посуда и инвентарь > Кружки",
    "source": "card",
    "confidence": None,
    "is_confirmed": True,
    "values": {
        "14177460": {
            "name": "Объем (мл)",
            "values": [{"id": "", "text": "350"}],
            "is_number": True,
            "state": "sure",
            "evidence": {"name": "Объём, л", "value": "0,35"},
        }
    },
    "missing": [],
    "doubtful": 0,
}


class PlacesAsked(PageAsked):
    seller = Id(required=False)
    tree = Choice(sorted(TARGETS), required=False)
    lacks = Choice(sorted(LACKS), required=False)


class PlacesFindingGiven(Given):
    connection = Id()


class PlaceConfirmationGiven(Given):
    category = Id(required=False, help_text=_("Another leaf of the same tree; without it the suggested one."))


class PlaceValuesGiven(Given):
    values = serializers.DictField(
        child=Text(allow_blank=True, max_length=2_000),
        help_text=_(
            "Text by attribute, several values with a semicolon between them; empty takes a value away."
        ),
    )


class PlacesDoor(Door):
    @operation(
        _("List places at marketplaces"), query=PlacesAsked, answers=PlaceShown, is_list=True,
        examples=[Example(PLACE)],
    )  # fmt: skip
    def get(self, request: ApiRequest) -> Response:
        names = {"seller": "seller_id", "tree": "tree"}
        wanted: dict[str, Any] = {
            column: self.asked[name] for name, column in names.items() if name in self.asked
        }
        wanted |= LACKS.get(self.asked.get("lacks", ""), {})
        rows = Place.objects.reachable_by(request.user).select_related("category").filter(**wanted)
        return Response(page(request, rows, shown, self.asked))


class PlacesFindingDoor(Door):
    @operation(
        _("Find the places of a seller's products at a marketplace"),
        right=Right.EDIT_CATALOGUE,
        body=PlacesFindingGiven,
        answers=Accepted,
        status=202,
        examples=[
            Example({"connection": 2}, is_given=True),
            Example({"job": JOB | {"id": 8, "kind": "enrichment.place"}}),
        ],
        refusals=[404],
        once=True,
    )
    def post(self, request: ApiRequest) -> Response:
        connection = reach(
            Connection.objects.select_related("seller"), request.user, Right.EDIT_CATALOGUE,
            pk=self.given["connection"],
        )  # fmt: skip
        if connection.platform not in TARGETS:
            raise Problem(422, "invalid", gettext("Cards can't be changed at this marketplace from here."))
        with short_transaction():
            job = placing.place_later(connection, by=request.user)
        return accepted(job)


class PlaceDoor(Door):
    @operation(_("One place at a marketplace"), answers=PlaceShown, examples=[Example(PLACE)], refusals=[404])
    def get(self, request: ApiRequest, pk: int) -> Response:
        return Response(shown([_place(request, pk, Right.VIEW)])[0])


class PlaceConfirmationDoor(Door):
    @operation(
        _("Confirm a place, or put the product into another category of the tree"),
        right=Right.EDIT_CATALOGUE,
        body=PlaceConfirmationGiven,
        answers=PlaceShown,
        examples=[Example({"category": 1203}, is_given=True), Example(PLACE)],
        refusals=[404],
        once=True,
    )
    def post(self, request: ApiRequest, pk: int) -> Response:
        place = _place(request, pk, Right.EDIT_CATALOGUE)
        category = place.category
        if "category" in self.given:
            found = Category.objects.filter(
                pk=self.given["category"], seller=None, tree=place.tree, is_active=True, is_leaf=True
            ).first()
            if found is None:
                words = gettext("There is no such leaf in this marketplace's tree.")
                raise Problem(422, "invalid", words, errors={"category": [words]})
            category = found
        placing.confirm(place, category, by=request.user)
        return Response(shown([place])[0])


class PlaceValuesDoor(Door):
    @operation(
        _("Say a place's values"),
        words=_(
            "Those that aren't named stay. What a person or a program says is never replaced by what is found."
        ),
        right=Right.EDIT_CATALOGUE,
        body=PlaceValuesGiven,
        answers=PlaceShown,
        examples=[Example({"values": {"14177460": "350"}}, is_given=True), Example(PLACE)],
        refusals=[404],
    )
    def put(self, request: ApiRequest, pk: int) -> Response:
        place = _place(request, pk, Right.EDIT_CATALOGUE)
        known = {str(row["key"]) for row in place.category.attribute_schema}
        given = {key: written(said) for key, said in place.values.items()} | self.given["values"]
        values, wrong = said_by_person(place.category.attribute_schema, given, place.values)
        wrong |= {
            key: gettext("The category has no such attribute.")
            for key in self.given["values"]
            if key not in known
        }
        if wrong:
            errors = {f"values.{key}": [words] for key, words in wrong.items()}
            raise Problem(422, "invalid", gettext("Nothing was changed."), errors=errors)
        keep(place, values, by=request.user)
        return Response(shown([place])[0])


def _place(request: ApiRequest, pk: int, right: Right) -> Place:
    rows = Place.objects.select_related("product__brand", "product__seller", "category")
    return reach(rows, request.user, right, pk=pk)


def shown(rows: Sequence[Place]) -> list[dict[str, Any]]:
    return [
        {
            "id": row.pk,
            "seller": row.seller_id,
            "product": row.product_id,
            "tree": row.tree,
            "category": row.category_id,
            "path": row.category.path,
            "source": row.source,
            "confidence": row.confidence,
            "is_confirmed": row.is_confirmed,
            "values": row.values,
            "missing": missing(row.category.attribute_schema, row.values),
            "doubtful": row.doubtful,
        }
        for row in rows
    ]
