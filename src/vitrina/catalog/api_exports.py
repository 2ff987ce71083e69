"""Cards out, for programs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.http import FileResponse, Http404
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiResponse
from rest_framework import serializers
from rest_framework.response import Response

from vitrina.accounts.doors import reach
from vitrina.accounts.models import Seller
from vitrina.accounts.roles import Right
from vitrina.catalog import exporting, limits
from vitrina.catalog.exporting import ExportOptions
from vitrina.catalog.models import Export, RunState
from vitrina.catalog.writers import WRITERS
from vitrina.jobs.api_shapes import JOB, Accepted, accepted
from vitrina.jobs.models import Job
from vitrina.lib import downloads, files
from vitrina.rest.describing import Example
from vitrina.rest.doors import ApiRequest, Door, operation
from vitrina.rest.fields import Choice, Flag, Given, Id, Shown, Text
from vitrina.rest.paging import PageAsked, page
from vitrina.rest.problems import Problem, told_as

MOST_PRODUCTS = 5_000
LANGUAGES = [code for code, _name in settings.LANGUAGES]

told_as(
    limits.UnknownTarget,
    lambda error: Problem(422, "invalid", str(error), errors={"target": [str(error)]}),
)


class ExportShown(Shown):
    id = serializers.IntegerField()
    seller = serializers.IntegerField()
    target = serializers.CharField()
    format = serializers.CharField()
    language = serializers.CharField()
    state = serializers.ChoiceField(RunState.values)
    written = serializers.IntegerField()
    held_back = serializers.IntegerField()
    reasons = serializers.DictField(child=serializers.IntegerField())
    error = serializers.CharField(allow_blank=True)
    has_file = serializers.BooleanField()
    job = serializers.IntegerField(allow_null=True)
    created_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)


class ExportAccepted(Accepted):
    run = ExportShown()


EXPORT = {
    "id": 5,
    "seller": 1,
    "target": "wildberries",
    "format": "xlsx",
    "language": "ru",
    "state": "waiting",
    "written": 0,
    "held_back": 0,
    "reasons": {},
    "error": "",
    "has_file": False,
    "job": 8,
    "created_at": "2026-03-01T10:00:00+03:00",
    "finished_at": None,
}


class ChosenGiven(Given):
    text = Text(required=False, max_length=200)
    category = Id(required=False)
    brand = Id(required=False)
    changed_in = Id(required=False)
    has_category = Flag(required=False)
    has_description = Flag(required=False)
    is_available = Flag(required=False)


class ExportGiven(Given):
    seller = Id()
    target = Choice(sorted(limits.targets()))
    format = Choice(sorted(WRITERS))
    language = Choice(LANGUAGES, required=False, help_text=_("Without it the seller's."))
    products = serializers.ListField(
        child=Id(), required=False, min_length=1, max_length=MOST_PRODUCTS, help_text=_("Only these.")
    )
    filter = ChosenGiven(required=False)


class ExportsAsked(PageAsked):
    seller = Id(required=False)
    state = Choice(RunState.values, required=False)


class ExportsDoor(Door):
    @operation(
        _("List exports"), query=ExportsAsked, answers=ExportShown, is_list=True, examples=[Example(EXPORT)]
    )
    def get(self, request: ApiRequest) -> Response:
        names = {"seller": "seller_id", "state": "state"}
        wanted = {column: self.asked[name] for name, column in names.items() if name in self.asked}
        rows = Export.objects.reachable_by(request.user).filter(**wanted)
        return Response(page(request, rows, shown, self.asked))

    @operation(
        _("Write finished cards to a file"),
        words=_("For one target; what breaks its limits is held back, with the reasons in the report."),
        right=Right.EXPORT,
        body=ExportGiven,
        answers=ExportAccepted,
        status=202,
        once=True,
        examples=[
            Example({"seller": 1, "target": "wildberries", "format": "xlsx"}, is_given=True),
            Example({"job": JOB | {"id": 8, "kind": "catalog.export"}, "run": EXPORT}),
        ],
        refusals=[404],
    )
    def post(self, request: ApiRequest) -> Response:
        given = self.given
        seller = reach(Seller.objects, request.user, Right.EXPORT, pk=given["seller"])
        run = exporting.start(
            seller,
            target=given["target"],
            file_format=given["format"],
            language=given.get("language", ""),
            options=ExportOptions(filter=chosen(given.get("filter")), product_ids=given.get("products")),
            by=request.user,
        )
        return accepted(Job.objects.filter(pk=run.job_id or 0).first(), run=shown([run])[0])


class ExportDoor(Door):
    @operation(_("One export"), answers=ExportShown, examples=[Example(EXPORT)], refusals=[404])
    def get(self, request: ApiRequest, pk: int) -> Response:
        return Response(shown([reach(Export.objects, request.user, Right.VIEW, pk=pk)])[0])


BYTES = {
    (200, "application/octet-stream"): OpenApiResponse(
        {"type": "string", "format": "binary"}, description=_("The file.")
    )
}


class ExportFileDoor(Door):
    @operation(_("The file of an export"), right=Right.EXPORT, answers=BYTES, refusals=[404, 409])
    def get(self, request: ApiRequest, pk: int) -> FileResponse:
        run = reach(Export.objects, request.user, Right.EXPORT, pk=pk)
        return _download(request, run, run.file_name, f"cards-{run.target}-{pk}.{run.format}")


class ExportReportDoor(Door):
    @operation(
        _("What an export held back"),
        words=_("CSV: each card with its reasons."),
        right=Right.EXPORT,
        answers=BYTES,
        refusals=[404, 409],
    )
    def get(self, request: ApiRequest, pk: int) -> FileResponse:
        run = reach(Export.objects, request.user, Right.EXPORT, pk=pk)
        return _download(request, run, run.report_name, f"held-back-{run.target}-{pk}.csv")


def _download(request: ApiRequest, run: Export, stored: str, name: str) -> FileResponse:
    if not stored and run.state in (RunState.WAITING, RunState.RUNNING):
        raise Problem(409, "conflict", gettext("The file isn't written yet. Follow its job, then ask again."))
    if not stored:
        raise Http404
    try:
        stream = files.storage().open(stored)
    except FileNotFoundError as error:
        raise Http404 from error
    return downloads.file(request._request, stream, name)


def chosen(given: dict[str, Any] | None) -> dict[str, Any]:
    names = {"category": "category_id", "brand": "brand_id", "changed_in": "import_id"}
    return {names.get(name, name): value for name, value in (given or {}).items()}


def shown(rows: Sequence[Export]) -> list[dict[str, Any]]:
    return [
        {
            "id": row.pk,
            "seller": row.seller_id,
            "target": row.target,
            "format": row.format,
            "language": row.language,
            "state": str(row.state),
            "written": row.written,
            "held_back": row.held_back,
            "reasons": row.reasons,
            "error": row.error,
            "has_file": bool(row.file_name),
            "job": row.job_id,
            "created_at": row.created_at,
            "finished_at": row.finished_at,
        }
        for row in rows
    ]
