"""Feeds in, for programs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.response import Response

from vitrina.accounts.doors import reach
from vitrina.accounts.models import Seller
from vitrina.accounts.roles import Right
from vitrina.catalog import columns, importing
from vitrina.catalog.models import BrokenRow, Import, RunState
from vitrina.jobs.api_shapes import JOB, Accepted, accepted
from vitrina.jobs.models import Job
from vitrina.rest.describing import Example
from vitrina.rest.doors import ApiRequest, Door, operation
from vitrina.rest.fields import Choice, Flag, Given, Id, Shown, Text
from vitrina.rest.paging import PageAsked, page

FORMATS = ("csv", "xlsx", "yml", "jsonl")


class ImportShown(Shown):
    id = serializers.IntegerField()
    seller = serializers.IntegerField()
    source = serializers.CharField()  # type: ignore[assignment] # a member of the answer
    format = serializers.CharField(allow_blank=True)
    state = serializers.ChoiceField(RunState.values)
    read = serializers.IntegerField()
    created = serializers.IntegerField()
    updated = serializers.IntegerField()
    unchanged = serializers.IntegerField()
    broken = serializers.IntegerField()
    warnings = serializers.IntegerField()
    columns = serializers.DictField()
    remarks = serializers.ListField()
    error = serializers.CharField(allow_blank=True)
    job = serializers.IntegerField(allow_null=True)
    created_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)


class ImportAccepted(Accepted):
    run = ImportShown()


class BrokenRowShown(Shown):
    id = serializers.IntegerField()
    line = serializers.IntegerField()
    external_id = serializers.CharField(allow_blank=True)
    reason = serializers.CharField()
    raw = serializers.CharField(allow_blank=True)
    is_warning = serializers.BooleanField()


IMPORT = {
    "id": 12,
    "seller": 1,
    "source": "https://example.org/feed.yml",
    "format": "",
    "state": "waiting",
    "read": 0,
    "created": 0,
    "updated": 0,
    "unchanged": 0,
    "broken": 0,
    "warnings": 0,
    "columns": {},
    "remarks": [],
    "error": "",
    "job": 7,
    "created_at": "2026-03-01T10:00:00+03:00",
    "finished_at": None,
}
BROKEN = {
    "id": 3,
    "line": 17,
    "external_id": "dress-104",
    "reason": "the row has no title",
    "raw": "dress-104;;2490",
    "is_warning": False,
}


class ImportGiven(Given):
    seller = Id()
    url = serializers.URLField(max_length=2000)
    format = Choice(FORMATS, required=False, help_text=_("Without it the content tells."))
    enrich = Flag(required=False, default=False, help_text=_("Enrich what is new or changed."))
    columns = serializers.DictField(
        child=Choice(sorted(columns.KNOWN_ROLES), allow_blank=True),
        required=False,
        help_text=_('How columns are read: {"Наименование": "title", "Склад": ""}; empty leaves it out.'),
    )
    currency = serializers.RegexField(r"^[A-Z]{3}$", required=False)
    supplier = Text(required=False, max_length=200)


class ImportUpload(Given):
    seller = Id()
    file = serializers.FileField(help_text=_("CSV, XLSX, YML or JSON Lines"))
    format = Choice(FORMATS, required=False)
    enrich = Flag(required=False, default=False)
    currency = serializers.RegexField(r"^[A-Z]{3}$", required=False)
    supplier = Text(required=False, max_length=200)


class ImportsAsked(PageAsked):
    seller = Id(required=False)
    state = Choice(RunState.values, required=False)


class ImportsDoor(Door):
    @operation(
        _("List imports"),
        query=ImportsAsked,
        answers=ImportShown,
        is_list=True,
        examples=[Example(IMPORT)],
    )
    def get(self, request: ApiRequest) -> Response:
        rows = Import.objects.reachable_by(request.user).filter(**_narrowed(self.asked))
        return Response(page(request, rows, shown, self.asked))

    @operation(
        _("Read a feed"),
        words=_(
            "By its address (JSON) or as a file (multipart). Reading is a job; the same feed again while it is being read "
            "gives that import."
        ),
        right=Right.IMPORT,
        body=ImportGiven,
        upload=ImportUpload,
        answers=ImportAccepted,
        status=202,
        once=True,
        examples=[
            Example({"seller": 1, "url": "https://example.org/feed.yml", "enrich": True}, is_given=True),
            Example({"job": JOB | {"kind": "catalog.import"}, "run": IMPORT}),
        ],
        refusals=[404],
    )
    def post(self, request: ApiRequest) -> Response:
        given = self.given
        seller = reach(Seller.objects, request.user, Right.IMPORT, pk=given["seller"])
        file = given.get("file")
        run = importing.start(
            seller,
            url=given.get("url", ""),
            file=file,
            file_name=file.name if file else "",
            file_format=given.get("format", ""),
            options=importing.ImportOptions(
                columns=given.get("columns", {}),
                currency=given.get("currency", ""),
                supplier=given.get("supplier", ""),
                enrich=given["enrich"],
            ),
            by=request.user,
        )
        return accepted(Job.objects.filter(pk=run.job_id or 0).first(), run=shown([run])[0])


class ImportDoor(Door):
    @operation(_("One import"), answers=ImportShown, examples=[Example(IMPORT)], refusals=[404])
    def get(self, request: ApiRequest, pk: int) -> Response:
        return Response(shown([reach(Import.objects, request.user, Right.VIEW, pk=pk)])[0])


class ImportBrokenRowsDoor(Door):
    @operation(
        _("Broken rows of an import"),
        words=_("In order of the lines; warnings are rows that came in with something left unknown."),
        query=PageAsked,
        answers=BrokenRowShown,
        is_list=True,
        examples=[Example(BROKEN)],
        refusals=[404],
    )
    def get(self, request: ApiRequest, pk: int) -> Response:
        run = reach(Import.objects, request.user, Right.VIEW, pk=pk)
        rows = BrokenRow.objects.filter(import_run=run)
        return Response(page(request, rows, broken_shown, self.asked, order=("line", "pk")))


def _narrowed(asked: dict[str, Any]) -> dict[str, Any]:
    names = {"seller": "seller_id", "state": "state"}
    return {column: asked[name] for name, column in names.items() if name in asked}


def shown(rows: Sequence[Import]) -> list[dict[str, Any]]:
    return [
        {
            "id": row.pk,
            "seller": row.seller_id,
            "source": row.file_name or row.source,
            "format": row.format,
            "state": str(row.state),
            "read": row.read,
            "created": row.created,
            "updated": row.updated,
            "unchanged": row.unchanged,
            "broken": row.broken,
            "warnings": row.warnings,
            "columns": row.columns,
            "remarks": row.remarks,
            "error": row.error,
            "job": row.job_id,
            "created_at": row.created_at,
            "finished_at": row.finished_at,
        }
        for row in rows
    ]


def broken_shown(rows: Sequence[BrokenRow]) -> list[dict[str, Any]]:
    return [
        {
            "id": row.pk,
            "line": row.line,
            "external_id": row.external_id,
            "reason": row.sentence,
            "raw": row.raw,
            "is_warning": row.is_warning,
        }
        for row in rows
    ]
