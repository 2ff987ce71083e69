"""One product for programs: what came in, its cards, and what a person puts there."""

from __future__ import annotations

from typing import Any, get_args

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.response import Response

from vitrina.accounts.doors import reach
from vitrina.accounts.roles import Right
from vitrina.catalog import api_shapes
from vitrina.catalog.models import Category, Product
from vitrina.enrichment import hand_editing
from vitrina.enrichment.api_decisions import EditsGiven
from vitrina.enrichment.apply import TEXT_FIELDS
from vitrina.enrichment.hand_editing import CardChanged, seal
from vitrina.enrichment.options import Language
from vitrina.enrichment.placing import place
from vitrina.rest.describing import Example
from vitrina.rest.doors import ApiRequest, Door, operation
from vitrina.rest.fields import Choice, Flag, Id, Text
from vitrina.rest.problems import Problem, told_as


class ContentSealed(api_shapes.ContentShown):
    seal = serializers.CharField(
        help_text=_("Tells one state of the card from another; send it back as `seen`.")
    )


class ProductCards(api_shapes.ProductWhole):
    contents = ContentSealed(many=True)


WHOLE: dict[str, Any] = api_shapes.WHOLE | {"contents": [api_shapes.CONTENT | {"seal": "8c1f0e3a5b7d9246"}]}


def _changed(changed: CardChanged) -> Problem:
    now = seal(changed.content)
    return Problem(
        409,
        "conflict",
        gettext("The card was changed since you read it. Nothing was changed; read it again."),
        more={"seal": now},
    )


told_as(CardChanged, _changed)


class ProductChange(EditsGiven):
    language = Choice(list(get_args(Language)), required=False, help_text=_("Without it the seller's."))
    seen = Text(
        required=False,
        max_length=16,
        help_text=_("The `seal` of the card that you began with; without it your words are put over any."),
    )
    category = Id(required=False, help_text=_("Your choice from then on."))
    despite_findings = Flag(required=False, default=False)


class ProductDoor(Door):
    @operation(
        _("One product"),
        words=_("What came in, and the finished texts in each language."),
        answers=ProductCards,
        examples=[Example(WHOLE)],
        refusals=[404],
    )
    def get(self, request: ApiRequest, pk: int) -> Response:
        return _whole(reach(_with_parts(), request.user, Right.VIEW, pk=pk))

    @operation(
        _("Write a card by hand"),
        words=_(
            "Your words are yours from then on: no run writes over them. Hard limits hold; grave findings are asked about."
        ),
        right=Right.EDIT_CATALOGUE,
        body=ProductChange,
        answers=ProductCards,
        examples=[
            Example({"language": "ru", "title": "Синее платье из хлопка", "category": 7}, is_given=True),
            Example(WHOLE),
        ],
        refusals=[404, 409],
    )
    def patch(self, request: ApiRequest, pk: int) -> Response:
        product = reach(_with_parts(), request.user, Right.EDIT_CATALOGUE, pk=pk)
        given = self.given
        language = given.get("language") or product.seller.language
        typed = {name: given[name] for name in TEXT_FIELDS if name in given}
        with transaction.atomic():
            if "category" in given:
                place(Product.objects.filter(pk=pk), _category(product, given["category"]), by=request.user)
            if typed:
                seen = given.get("seen")
                hand_editing.write(
                    product,
                    language,
                    typed,
                    by=request.user,
                    seen=seal(product.contents.filter(language=language).first()) if seen is None else seen,
                    despite_findings=given["despite_findings"],
                )
        return _whole(reach(_with_parts(), request.user, Right.VIEW, pk=pk))


def _with_parts() -> Any:
    return Product.objects.select_related("brand", "category", "seller")


def _whole(product: Product) -> Response:
    told = api_shapes.whole(product)
    seals = {content.language: seal(content) for content in product.contents.all()}
    told["contents"] = [content | {"seal": seals[content["language"]]} for content in told["contents"]]
    return Response(told)


def _category(product: Product, pk: int) -> Category:
    known = Category.objects.filter(Q(seller=None) | Q(seller_id=product.seller_id), tree="", is_active=True)
    category = known.filter(pk=pk).first()
    if category is None:
        words = gettext("There is no such category in use.")
        raise Problem(422, "invalid", words, errors={"category": [words]})
    return category
