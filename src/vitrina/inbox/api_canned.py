"""Canned answers for programs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.response import Response

from vitrina.accounts.doors import reach
from vitrina.accounts.models import Seller
from vitrina.accounts.roles import Right
from vitrina.inbox import canned
from vitrina.inbox.canned import MOST, MOST_TEXT, CannedRefused
from vitrina.inbox.models import CannedAnswer
from vitrina.rest.describing import Example
from vitrina.rest.doors import ApiRequest, Door, operation
from vitrina.rest.fields import Choice, Given, Id, Shown, Text, Whole
from vitrina.rest.paging import PageAsked, page
from vitrina.rest.problems import Problem, told_as

LANGUAGES = ["", *(code for code, _name in settings.LANGUAGES)]


def _refused(refused: CannedRefused) -> Problem:
    if refused.field:
        return Problem(422, "invalid", str(refused), errors={refused.field: [str(refused)]})
    return Problem(409, "conflict", str(refused))


told_as(CannedRefused, _refused)


class CannedShown(Shown):
    id = serializers.IntegerField()
    seller = serializers.IntegerField()
    name = serializers.CharField()
    key = serializers.CharField()
    language = serializers.ChoiceField(LANGUAGES, allow_blank=True)
    text = serializers.CharField()
    place = serializers.IntegerField()
    uses = serializers.IntegerField()
    changed_at = serializers.DateTimeField()


class CannedAsked(PageAsked):
    seller = Id(required=False)
    key = Text(required=False, max_length=20)


class CannedGiven(Given):
    seller = Id()
    name = Text(max_length=100)
    key = Text(max_length=20, help_text=_("Letters, digits, - and _; of one seller each stands once."))
    language = Choice(LANGUAGES, required=False, default="", help_text=_("Empty: any."))
    text = Text(
        max_length=MOST_TEXT,
        help_text=_("Filled when it is put in: {buyer}, {product}, {signature}, {shop}, {marketplace}."),
    )


class CannedChange(Given):
    name = Text(required=False, max_length=100)
    key = Text(required=False, max_length=20)
    language = Choice(LANGUAGES, required=False)
    text = Text(required=False, max_length=MOST_TEXT)
    place = Whole(
        required=False, min_value=1, max_value=MOST, help_text=_("In the list of its seller, from 1.")
    )


CANNED: dict[str, Any] = {
    "id": 4,
    "seller": 1,
    "name": "Как выбрать размер",
    "key": "размер",
    "language": "ru",
    "text": "Здравствуйте, {buyer}! Сверьтесь, пожалуйста, с таблицей размеров в карточке. {signature}",
    "place": 1,
    "uses": 17,
    "changed_at": "2026-11-21T10:00:00+03:00",
}
GIVEN = {name: CANNED[name] for name in ("seller", "name", "key", "language", "text")}


class CannedAnswersDoor(Door):
    @operation(
        _("List canned answers"),
        query=CannedAsked,
        answers=CannedShown,
        is_list=True,
        examples=[Example(CANNED)],
    )
    def get(self, request: ApiRequest) -> Response:
        names = {"seller": "seller_id", "key": "key"}
        wanted = {column: self.asked[name] for name, column in names.items() if name in self.asked}
        rows = CannedAnswer.objects.reachable_by(request.user).filter(**wanted)
        return Response(page(request, rows, _shown, self.asked))

    @operation(
        _("Make a canned answer"),
        right=Right.REPLY,
        body=CannedGiven,
        answers=CannedShown,
        status=201,
        once=True,
        examples=[Example(GIVEN, is_given=True), Example(CANNED | {"uses": 0})],
        refusals=[404, 409],
    )
    def post(self, request: ApiRequest) -> Response:
        seller = reach(Seller.objects, request.user, Right.REPLY, pk=self.given["seller"])
        columns = {name: self.given[name] for name in canned.COLUMNS}
        return Response(_row(canned.make(seller, by=request.user, **columns)), status=201)


class CannedAnswerDoor(Door):
    @operation(_("One canned answer"), answers=CannedShown, examples=[Example(CANNED)], refusals=[404])
    def get(self, request: ApiRequest, pk: int) -> Response:
        return Response(_row(reach(CannedAnswer.objects, request.user, Right.VIEW, pk=pk)))

    @operation(
        _("Change a canned answer"),
        words=_("Only what is given changes."),
        right=Right.REPLY,
        body=CannedChange,
        answers=CannedShown,
        examples=[Example({"place": 1}, is_given=True), Example(CANNED)],
        refusals=[404],
    )
    def patch(self, request: ApiRequest, pk: int) -> Response:
        one = reach(CannedAnswer.objects, request.user, Right.REPLY, pk=pk)
        columns = {name: value for name, value in self.given.items() if name in canned.COLUMNS}
        with transaction.atomic():
            canned.change(one, by=request.user, **columns)
            if "place" in self.given:
                canned.move(one, to=self.given["place"], by=request.user)
        return Response(_row(one))

    @operation(_("Delete a canned answer"), right=Right.REPLY, status=204, refusals=[404])
    def delete(self, request: ApiRequest, pk: int) -> Response:
        canned.delete(reach(CannedAnswer.objects, request.user, Right.REPLY, pk=pk), by=request.user)
        return Response(status=204)


def _shown(rows: Sequence[CannedAnswer]) -> list[dict[str, Any]]:
    return [_row(row) for row in rows]


def _row(one: CannedAnswer) -> dict[str, Any]:
    names = ("name", "key", "language", "text", "place", "uses", "changed_at")
    return {"id": one.pk, "seller": one.seller_id} | {name: getattr(one, name) for name in names}
