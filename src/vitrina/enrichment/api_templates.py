"""Templates for programs: the examples that a description gets."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils.translation import gettext_lazy as _
from rest_framework.response import Response

from vitrina.accounts.doors import reach
from vitrina.accounts.models import Seller
from vitrina.accounts.roles import Right
from vitrina.enrichment import api_shapes, template_editing
from vitrina.enrichment.models import ContentTemplate
from vitrina.enrichment.template_editing import TemplateRefused, visible_to
from vitrina.rest.describing import Example
from vitrina.rest.doors import ApiRequest, Door, operation
from vitrina.rest.fields import Choice, Flag, Given, Id, Text
from vitrina.rest.paging import PageAsked, page
from vitrina.rest.problems import Problem, told_as

LANGUAGES = [code for code, _name in settings.LANGUAGES]

told_as(
    TemplateRefused,
    lambda refused: Problem(422, "invalid", str(refused), errors={refused.field: [str(refused)]}),
)


class TemplatesAsked(PageAsked):
    seller = Id(required=False, help_text=_("Its own ones; without it the shared ones, too."))
    language = Choice(LANGUAGES, required=False)
    category = Id(required=False)
    is_active = Flag(required=False)


class TemplateGiven(Given):
    seller = Id(
        allow_null=True, help_text=_("Null: shared by all; only an administrator of the installation may.")
    )
    name = Text(max_length=200)
    text = Text(min_length=20, max_length=20_000)
    language = Choice(LANGUAGES, required=False, default="ru")
    category = Id(required=False, allow_null=True, default=None)
    is_active = Flag(required=False, default=True)


class TemplateChange(Given):
    name = Text(required=False, max_length=200)
    text = Text(required=False, min_length=20, max_length=20_000)
    language = Choice(LANGUAGES, required=False)
    category = Id(required=False, allow_null=True)
    is_active = Flag(required=False)


GIVEN = {name: api_shapes.TEMPLATE[name] for name in ("seller", "name", "text", "language", "category")}


class TemplatesDoor(Door):
    @operation(
        _("List templates"),
        words=_("Your sellers' own and those that all share, newest first."),
        query=TemplatesAsked,
        answers=api_shapes.TemplateShown,
        is_list=True,
        examples=[Example(api_shapes.TEMPLATE)],
    )
    def get(self, request: ApiRequest) -> Response:
        names = {
            "seller": "seller_id",
            "language": "language",
            "category": "category_id",
            "is_active": "is_active",
        }
        wanted = {column: self.asked[name] for name, column in names.items() if name in self.asked}
        rows = visible_to(request.user).filter(**wanted)
        return Response(page(request, rows, api_shapes.templates_shown, self.asked))

    @operation(
        _("Make a template"),
        right=Right.EDIT_CATALOGUE,
        body=TemplateGiven,
        answers=api_shapes.TemplateShown,
        status=201,
        once=True,
        examples=[Example(GIVEN, is_given=True), Example(api_shapes.TEMPLATE)],
        refusals=[404],
    )
    def post(self, request: ApiRequest) -> Response:
        seller_id = self.given["seller"]
        if seller_id is None and not request.user.is_superuser:
            raise PermissionDenied
        seller = None
        if seller_id is not None:
            seller = reach(Seller.objects, request.user, Right.EDIT_CATALOGUE, pk=seller_id)
        made = template_editing.make(seller, by=request.user, **_columns(self.given))
        return Response(api_shapes.templates_shown([made])[0], status=201)


class TemplateDoor(Door):
    @operation(
        _("One template"),
        answers=api_shapes.TemplateShown,
        examples=[Example(api_shapes.TEMPLATE)],
        refusals=[404],
    )
    def get(self, request: ApiRequest, pk: int) -> Response:
        return Response(api_shapes.templates_shown([_reach(request, pk, Right.VIEW)])[0])

    @operation(
        _("Change a template"),
        right=Right.EDIT_CATALOGUE,
        body=TemplateChange,
        answers=api_shapes.TemplateShown,
        examples=[
            Example({"is_active": False}, is_given=True),
            Example(api_shapes.TEMPLATE | {"is_active": False}),
        ],
        refusals=[404],
    )
    def patch(self, request: ApiRequest, pk: int) -> Response:
        template = _reach(request, pk, Right.EDIT_CATALOGUE)
        changed = template_editing.change(template, by=request.user, **_columns(self.given))
        return Response(api_shapes.templates_shown([changed])[0])

    @operation(_("Delete a template"), right=Right.EDIT_CATALOGUE, status=204, refusals=[404])
    def delete(self, request: ApiRequest, pk: int) -> Response:
        template_editing.delete(_reach(request, pk, Right.EDIT_CATALOGUE), by=request.user)
        return Response(status=204)


def _columns(given: dict[str, Any]) -> dict[str, Any]:
    """What was given, by the names of the columns; the seller of a template never changes."""
    return {
        "category_id" if name == "category" else name: value
        for name, value in given.items()
        if name != "seller"
    }


def _reach(request: ApiRequest, pk: int, right: Right) -> ContentTemplate:
    """A shared template is seen by all, and changed by a superuser alone."""
    template: ContentTemplate | None = visible_to(request.user, right).filter(pk=pk).first()
    if template is not None:
        return template
    if right is not Right.VIEW and visible_to(request.user).filter(pk=pk).exists():
        raise PermissionDenied
    raise Http404
