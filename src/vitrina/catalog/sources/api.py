"""Sources for programs: make, change, take away, look now, and what each look brought."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.response import Response

from vitrina.accounts.doors import reach
from vitrina.accounts.models import Seller
from vitrina.accounts.roles import Right
from vitrina.catalog.sources import asking, changing
from vitrina.catalog.sources.changing import OFTENEST_MINUTES, RAREST_MINUTES, SourceRefused
from vitrina.catalog.sources.models import Look, LookState, Source, SourceKind
from vitrina.catalog.sources.showing import live_jobs, standing, trouble_of
from vitrina.channels.models import Connection
from vitrina.jobs.api_shapes import JOB, Accepted, accepted
from vitrina.rest.describing import Example
from vitrina.rest.doors import ApiRequest, Door, operation
from vitrina.rest.fields import Choice, Flag, Given, Id, Shown, Text
from vitrina.rest.paging import PageAsked, page
from vitrina.rest.problems import Problem, told_as

STATES = ("new", "ok", "looking", "asks", "trouble", "paused")


def _refused(refused: SourceRefused) -> Problem:
    if refused.field:
        return Problem(422, "invalid", str(refused), errors={refused.field: [str(refused)]})
    return Problem(409, "conflict", str(refused))


told_as(SourceRefused, _refused)


class TroubleShown(Shown):
    kind = serializers.CharField()
    name = serializers.CharField(allow_blank=True)
    words = serializers.CharField()
    what_to_do = serializers.CharField(allow_blank=True)


class SourceShown(Shown):
    id = serializers.IntegerField()
    seller = serializers.IntegerField()
    kind = serializers.ChoiceField(SourceKind.values)
    name = serializers.CharField()
    address = serializers.CharField(allow_blank=True)
    connection = serializers.IntegerField(allow_null=True)
    state = serializers.ChoiceField(STATES)
    trouble = TroubleShown(allow_null=True)
    is_on = serializers.BooleanField()
    every_minutes = serializers.IntegerField(allow_null=True)
    enrich = serializers.BooleanField()
    options = serializers.DictField()
    job = serializers.IntegerField(allow_null=True)
    looked_at = serializers.DateTimeField(allow_null=True)
    next_look_at = serializers.DateTimeField(allow_null=True)
    changed_at = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()


class RemarkShown(Shown):
    id = serializers.CharField(allow_blank=True)
    sentence = serializers.CharField()
    is_warning = serializers.BooleanField()


class LookShown(Shown):
    id = serializers.IntegerField()
    state = serializers.ChoiceField(LookState.values)
    read = serializers.IntegerField()
    created = serializers.IntegerField()
    updated = serializers.IntegerField()
    unchanged = serializers.IntegerField()
    broken = serializers.IntegerField()
    total = serializers.IntegerField(allow_null=True)
    trouble = TroubleShown(allow_null=True)
    remarks = RemarkShown(many=True)
    import_run = serializers.IntegerField(allow_null=True)
    started_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)


class LookAccepted(Accepted):
    source = SourceShown()  # type: ignore[assignment] # a member of the answer


SOURCE = {
    "id": 5,
    "seller": 1,
    "kind": "site",
    "name": "Посуда оптом",
    "address": "https://supplier.example/",
    "connection": None,
    "state": "ok",
    "trouble": None,
    "is_on": True,
    "every_minutes": 1440,
    "enrich": True,
    "options": {"holds": "/product/"},
    "job": 7,
    "looked_at": "2026-03-01T10:00:00+03:00",
    "next_look_at": "2026-03-02T09:58:00+03:00",
    "changed_at": "2026-03-01T10:00:00+03:00",
    "created_at": "2026-02-20T12:00:00+03:00",
}
LOOK = {
    "id": 31,
    "state": "done",
    "read": 12,
    "created": 3,
    "updated": 8,
    "unchanged": 640,
    "broken": 1,
    "total": 652,
    "trouble": None,
    "remarks": [
        {
            "id": "https://supplier.example/product/9",
            "sentence": "the page https://supplier.example/product/9 shows a product without a name",
            "is_warning": False,
        }
    ],
    "import_run": None,
    "started_at": "2026-03-01T09:58:00+03:00",
    "finished_at": "2026-03-01T10:00:00+03:00",
}


class SourcesAsked(PageAsked):
    seller = Id(required=False)
    kind = Choice(SourceKind.values, required=False)


class SourceChange(Given):
    name = Text(required=False, max_length=200, allow_blank=True)
    address = Text(required=False, max_length=2000)
    is_on = Flag(required=False, help_text=_("Off: it is looked at by hand alone."))
    every_minutes = serializers.IntegerField(
        required=False,
        allow_null=True,
        min_value=OFTENEST_MINUTES,
        max_value=RAREST_MINUTES,
        help_text=_("Minutes between two looks; null: by hand."),
    )
    enrich = Flag(required=False, help_text=_("Enrich what is new or changed."))
    options = serializers.DictField(
        required=False,
        help_text=_(
            'Of a site: {"holds": "/product/", "most_pages": 2000, "per_minute": 60}. Of a feed: what an import takes.'
        ),
    )


class SourceGiven(SourceChange):
    seller = Id()
    kind = Choice(SourceKind.values)
    address = Text(required=False, max_length=2000, help_text=_("Where no connection leads."))
    connection = Id(required=False, help_text=_("Of a marketplace or Instagram."))


class LookAsked(Given):
    forced = Flag(
        required=False,
        default=False,
        help_text=_("Take it even if it shows nothing, or far less than before."),
    )


class SourcesDoor(Door):
    @operation(
        _("List sources"),
        query=SourcesAsked,
        answers=SourceShown,
        is_list=True,
        examples=[Example(SOURCE)],
    )
    def get(self, request: ApiRequest) -> Response:
        rows = Source.objects.reachable_by(request.user)
        names = {"seller": "seller_id", "kind": "kind"}
        rows = rows.filter(
            **{column: self.asked[name] for name, column in names.items() if name in self.asked}
        )
        return Response(page(request, rows, shown, self.asked))

    @operation(
        _("Make a source"),
        words=_(
            "A feed, a page or a site has an address; a marketplace or Instagram has a connection. It is looked at as soon as "
            "it is asked to, or when its first time has come."
        ),
        right=Right.IMPORT,
        body=SourceGiven,
        answers=SourceShown,
        status=201,
        once=True,
        examples=[
            Example(
                {"seller": 1, "kind": "site", "address": "https://supplier.example/", "every_minutes": 1440},
                is_given=True,
            ),
            Example(
                SOURCE | {"state": "new", "looked_at": None, "changed_at": None, "job": None, "options": {}}
            ),
        ],
        refusals=[404, 409],
    )
    def post(self, request: ApiRequest) -> Response:
        given = dict(self.given)
        seller = reach(Seller.objects, request.user, Right.IMPORT, pk=given.pop("seller"))
        connection = None
        if "connection" in given:
            connection = reach(
                Connection.objects.on(), request.user, Right.IMPORT, pk=given.pop("connection"), seller=seller
            )
        is_on = given.pop("is_on", True)
        source = changing.create(seller, given.pop("kind"), connection=connection, by=request.user, **given)
        if not is_on:
            changing.switch(source, on=False, by=request.user)
        return Response(shown([source])[0], status=201)


class SourceDoor(Door):
    @operation(_("One source"), answers=SourceShown, examples=[Example(SOURCE)], refusals=[404])
    def get(self, request: ApiRequest, pk: int) -> Response:
        return Response(shown([reach(Source.objects, request.user, Right.VIEW, pk=pk)])[0])

    @operation(
        _("Change a source"),
        words=_("Only what is given changes. Another address is looked at from the beginning."),
        right=Right.IMPORT,
        body=SourceChange,
        answers=SourceShown,
        examples=[
            Example({"every_minutes": 60}, is_given=True),
            Example(SOURCE | {"every_minutes": 60}),
        ],
        refusals=[404, 409],
    )
    def patch(self, request: ApiRequest, pk: int) -> Response:
        source = reach(Source.objects.select_related("connection"), request.user, Right.IMPORT, pk=pk)
        given = dict(self.given)
        is_on = given.pop("is_on", None)
        changing.change(source, by=request.user, **given)
        if is_on is not None:
            changing.switch(source, on=is_on, by=request.user)
        source.refresh_from_db()
        return Response(shown([source])[0])

    @operation(
        _("Take a source away"),
        words=_("The products that it brought stay."),
        right=Right.IMPORT,
        status=204,
        refusals=[404],
    )
    def delete(self, request: ApiRequest, pk: int) -> Response:
        changing.remove(reach(Source.objects, request.user, Right.IMPORT, pk=pk), by=request.user)
        return Response(status=204)


class SourceLooksDoor(Door):
    @operation(
        _("Looks at a source"),
        words=_("What each brought, newest first."),
        query=PageAsked,
        answers=LookShown,
        is_list=True,
        examples=[Example(LOOK)],
        refusals=[404],
    )
    def get(self, request: ApiRequest, pk: int) -> Response:
        source = reach(Source.objects, request.user, Right.VIEW, pk=pk)
        return Response(page(request, Look.objects.filter(source=source), looks_shown, self.asked))

    @operation(
        _("Look at a source now"),
        words=_("A look is a job; one that waits or runs already is that one."),
        right=Right.IMPORT,
        body=LookAsked,
        answers=LookAccepted,
        status=202,
        once=True,
        examples=[
            Example({"forced": False}, is_given=True),
            Example({"job": JOB | {"kind": "catalog.look"}, "source": SOURCE | {"state": "looking"}}),
        ],
        refusals=[404],
    )
    def post(self, request: ApiRequest, pk: int) -> Response:
        source = reach(Source.objects, request.user, Right.IMPORT, pk=pk)
        job = asking.look_now(source, by=request.user, is_forced=self.given["forced"])
        return accepted(job, source=shown([source])[0])


def shown(rows: Sequence[Source]) -> list[dict[str, Any]]:
    live = live_jobs(list(rows))
    return [
        {
            "id": row.pk,
            "seller": row.seller_id,
            "kind": str(row.kind),
            "name": row.name,
            "address": row.address,
            "connection": row.connection_id,
            "state": standing(row, is_live=row.pk in live).state,
            "trouble": trouble_of(row),
            "is_on": row.is_on,
            "every_minutes": row.every_minutes,
            "enrich": row.enrich,
            "options": row.options,
            "job": row.job_id,
            "looked_at": row.looked_at,
            "next_look_at": row.next_look_at,
            "changed_at": row.changed_at,
            "created_at": row.created_at,
        }
        for row in rows
    ]


def looks_shown(rows: Sequence[Look]) -> list[dict[str, Any]]:
    return [
        {
            "id": row.pk,
            "state": str(row.state),
            "read": row.read,
            "created": row.created,
            "updated": row.updated,
            "unchanged": row.unchanged,
            "broken": row.broken,
            "total": row.total,
            "trouble": trouble_of(row),
            "remarks": [
                {"id": one["id"], "sentence": one["sentence"], "is_warning": one["is_warning"]}
                for one in row.said
            ],
            "import_run": row.import_run_id,
            "started_at": row.started_at,
            "finished_at": row.finished_at,
        }
        for row in rows
    ]
