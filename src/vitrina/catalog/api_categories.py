"""Trees of categories for programs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.response import Response

from vitrina.accounts import audit
from vitrina.accounts.roles import Right
from vitrina.catalog import categories
from vitrina.catalog.category_choice import visible_to
from vitrina.catalog.models import Category
from vitrina.lib.text import fold
from vitrina.rest.describing import Example
from vitrina.rest.doors import ApiRequest, Door, operation
from vitrina.rest.fields import Flag, Given, Id, Shown, Text
from vitrina.rest.paging import PageAsked, page

MOST_FOUND = 1_000
MOST_SYNONYMS = 200


class CategoryShown(Shown):
    id = serializers.IntegerField()
    seller = serializers.IntegerField(allow_null=True)
    tree = serializers.CharField(allow_blank=True)
    external_id = serializers.CharField()
    parent = serializers.IntegerField(allow_null=True)  # type: ignore[assignment] # a member of the answer
    name = serializers.CharField()
    name_en = serializers.CharField(allow_blank=True)
    path = serializers.CharField()
    synonyms = serializers.ListField(child=serializers.CharField())
    attribute_schema = serializers.ListField(child=serializers.DictField())
    is_leaf = serializers.BooleanField()
    is_active = serializers.BooleanField()
    updated_at = serializers.DateTimeField()


CATEGORY = {
    "id": 7,
    "seller": None,
    "tree": "",
    "external_id": "dresses",
    "parent": 3,
    "name": "Платья",
    "name_en": "Dresses",
    "path": "Одежда > Платья",
    "synonyms": ["сарафан"],
    "attribute_schema": [],
    "is_leaf": True,
    "is_active": True,
    "updated_at": "2026-03-01T10:00:00+03:00",
}


class CategoriesAsked(PageAsked):
    tree = Text(
        required=False,
        allow_blank=True,
        max_length=40,
        help_text=_("Empty: the shop's own; else a marketplace's, as «ozon»."),
    )
    seller = Id(required=False, help_text=_("Its own ones; without it the shared ones, too."))
    parent = Id(  # type: ignore[assignment] # a field of the query
        required=False, help_text=_("Those right below this one.")
    )
    is_root = Flag(required=False, help_text=_("Only those at the top."))
    is_leaf = Flag(required=False)
    text = Text(required=False, max_length=200, help_text=_("Words of the path or of a synonym."))


class SynonymsGiven(Given):
    synonyms = serializers.ListField(child=Text(max_length=200), max_length=MOST_SYNONYMS, allow_empty=True)


class CategoriesDoor(Door):
    @operation(
        _("List categories"),
        words=_("In order of their ids; a tree is put together by `parent`."),
        query=CategoriesAsked,
        answers=CategoryShown,
        is_list=True,
        examples=[Example(CATEGORY)],
    )
    def get(self, request: ApiRequest) -> Response:
        asked = self.asked
        rows: QuerySet[Category] = visible_to(request.user).filter(tree=asked.get("tree", ""))
        if "seller" in asked:
            rows = rows.filter(seller_id=asked["seller"])
        if "parent" in asked:
            rows = rows.filter(parent_id=asked["parent"])
        if "is_root" in asked:
            rows = rows.filter(parent__isnull=asked["is_root"])
        if "is_leaf" in asked:
            rows = rows.filter(is_leaf=asked["is_leaf"])
        if "text" in asked:
            rows = rows.filter(pk__in=_found(rows, asked["text"]))
        return Response(page(request, rows, shown, asked, order=("pk",)))


class CategoryDoor(Door):
    @operation(_("One category"), answers=CategoryShown, examples=[Example(CATEGORY)], refusals=[404])
    def get(self, request: ApiRequest, pk: int) -> Response:
        return Response(shown([reach_category(request, pk, Right.VIEW)])[0])


class CategorySynonymsDoor(Door):
    @operation(
        _("Set the synonyms of a category"),
        words=_(
            "All of them at once. The next runs find the category by these words, too; a later sync keeps them."
        ),
        right=Right.EDIT_CATALOGUE,
        body=SynonymsGiven,
        answers=CategoryShown,
        examples=[Example({"synonyms": ["сарафан", "платьице"]}, is_given=True), Example(CATEGORY)],
        refusals=[404],
    )
    def put(self, request: ApiRequest, pk: int) -> Response:
        category = reach_category(request, pk, Right.EDIT_CATALOGUE)
        before = list(category.synonyms)
        categories.edit(category, synonyms=self.given["synonyms"])
        audit.record(
            "category.synonyms",
            category,
            by=request.user,
            before={"synonyms": before},
            after={"synonyms": category.synonyms},
        )
        return Response(shown([category])[0])


def reach_category(request: ApiRequest, pk: int, right: Right) -> Category:
    """A shared category is seen by all, and changed by a superuser alone."""
    category = visible_to(request.user, right).filter(pk=pk).first()
    if category is not None:
        return category
    if right is not Right.VIEW and visible_to(request.user).filter(pk=pk).exists():
        raise PermissionDenied
    raise Http404


def _found(rows: QuerySet[Category], words: str) -> list[int]:
    """Folded in Python, since SQLite compares Cyrillic letters by case. Bounded: a longer list is no finding."""
    wanted = fold(words).split()
    known = rows.order_by("pk").values_list("pk", "path", "synonyms")
    found = (
        pk
        for pk, path, synonyms in known.iterator()
        if all(word in fold(" ".join([path, *synonyms])) for word in wanted)
    )
    return [pk for pk, _number in zip(found, range(MOST_FOUND), strict=False)]


def shown(rows: Sequence[Category]) -> list[dict[str, Any]]:
    return [
        {
            "id": row.pk,
            "seller": row.seller_id,
            "tree": row.tree,
            "external_id": row.external_id,
            "parent": row.parent_id,
            "name": row.name,
            "name_en": row.name_en,
            "path": row.path,
            "synonyms": row.synonyms,
            "attribute_schema": row.attribute_schema,
            "is_leaf": row.is_leaf,
            "is_active": row.is_active,
            "updated_at": row.updated_at,
        }
        for row in rows
    ]
