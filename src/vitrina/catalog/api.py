"""Products for programs."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.response import Response

from vitrina.accounts.doors import reach
from vitrina.accounts.roles import Right
from vitrina.accounts.walking import sellers_to_walk
from vitrina.catalog import api_shapes
from vitrina.catalog.models import Product
from vitrina.catalog.search import ProductFilter, by_code, find, is_branch
from vitrina.catalog.similar import similar
from vitrina.rest.describing import Example
from vitrina.rest.doors import ApiRequest, Door, operation
from vitrina.rest.fields import Flag, Given, Id, Shown, Text, Whole
from vitrina.rest.paging import PageAsked, page


class ProductsAsked(PageAsked):
    seller = Id(required=False)
    text = Text(
        required=False, max_length=200, help_text=_("Words of title, external id, brand and barcode.")
    )
    code = Text(required=False, max_length=200, help_text=_("Exactly this external id or barcode."))
    category = Id(required=False, help_text=_("With everything below it."))
    brand = Id(required=False)
    changed_in = Id(required=False, help_text=_("The import that last changed it."))
    has_category = Flag(required=False)
    has_description = Flag(required=False)
    is_available = Flag(required=False)


class ProductsDoor(Door):
    @operation(
        _("List products"),
        words=_("Newest first. All filters hold together."),
        answers=api_shapes.ProductShown,
        is_list=True,
        query=ProductsAsked,
        examples=[Example(api_shapes.PRODUCT)],
    )
    def get(self, request: ApiRequest) -> Response:
        asked = self.asked
        rows: QuerySet[Product] = Product.objects.all()
        if "code" in asked:
            rows = by_code(rows, asked["code"])
        wanted = ProductFilter(
            text=asked.get("text", ""),
            has_category=asked.get("has_category"),
            has_description=asked.get("has_description"),
            category_id=asked.get("category"),
            brand_id=asked.get("brand"),
            import_id=asked.get("changed_in"),
            is_available=asked.get("is_available"),
        )
        rows = find(rows, wanted).select_related("brand", "category").defer(
            "description", "attributes", "ai_extracted", "search_text",
            "category__synonyms", "category__synced", "category__attribute_schema",
        )  # fmt: skip
        sellers = sellers_to_walk(request.user, only=asked.get("seller"))
        if sellers is not None and is_branch(wanted.category_id):  # sought by the categories, once for all
            rows, sellers = rows.filter(seller_id__in=sellers), None
        return Response(page(request, rows, api_shapes.shown, asked, sellers=sellers))


class SimilarAsked(Given):
    limit = Whole(required=False, default=10, min_value=1, max_value=50)


class SimilarShown(Shown):
    score = serializers.FloatField(help_text=_("From 0 to 1."))
    by = serializers.ListField(child=serializers.ChoiceField(["words", "picture"]))
    product = api_shapes.ProductShown()


class SimilarList(Shown):
    basis = serializers.ChoiceField(
        ["words", "words and pictures"], help_text=_("What the likeness rests on.")
    )
    results = SimilarShown(many=True)


class ProductSimilarDoor(Door):
    @operation(
        _("Similar products"),
        words=_(
            "Of the same seller, by the words of their titles and by their first pictures; no model is asked, nothing is paid."
        ),
        query=SimilarAsked,
        answers=SimilarList,
        examples=[
            Example(
                {
                    "basis": "words and pictures",
                    "results": [{"score": 0.83, "by": ["words"], "product": api_shapes.PRODUCT}],
                }
            )
        ],
        refusals=[404],
    )
    def get(self, request: ApiRequest, pk: int) -> Response:
        product = reach(Product.objects, request.user, Right.VIEW, pk=pk)
        found = similar(product, limit=self.asked["limit"])
        rows = api_shapes.shown([one.product for one in found])
        results = [
            {"score": one.score, "by": list(one.by), "product": row}
            for row, one in zip(rows, found, strict=True)
        ]
        return Response({"basis": "words and pictures", "results": results})
