"""Runs for programs: the list, one whole, deciding it, and once more."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from rest_framework.response import Response

from vitrina.accounts.doors import reach
from vitrina.accounts.roles import Right
from vitrina.accounts.walking import sellers_to_walk
from vitrina.enrichment import api_decisions, api_shapes, runs
from vitrina.enrichment.models import ModerationItem, ProcessingLog, RunType, Status
from vitrina.enrichment.run_filter import begun_before, begun_since
from vitrina.jobs.api_shapes import JOB, accepted
from vitrina.jobs.models import Job
from vitrina.rest.describing import Example
from vitrina.rest.doors import ApiRequest, Door, operation
from vitrina.rest.fields import Choice, Id, Moment
from vitrina.rest.paging import PageAsked, page
from vitrina.rest.problems import Problem

HEAVY = ("input", "result", "applied", "traceback")


class LogsAsked(PageAsked):
    status = Choice(Status.values, required=False)
    type = Choice(RunType.values, required=False)
    product_id = Id(required=False)
    seller = Id(required=False)
    batch = Id(required=False)
    created_from = Moment(required=False)
    created_to = Moment(required=False, help_text=_("Up to, not including."))


FILTERS = {
    "status": "status",
    "type": "type",
    "product_id": "product_id",
    "batch": "batch_id",
}


class LogsDoor(Door):
    @operation(
        _("List runs"),
        words=_("Newest first. All filters hold together."),
        query=LogsAsked,
        answers=api_shapes.LogShown,
        is_list=True,
        examples=[Example(api_shapes.LOG)],
    )
    def get(self, request: ApiRequest) -> Response:
        wanted = {column: self.asked[name] for name, column in FILTERS.items() if name in self.asked}
        rows = ProcessingLog.objects.filter(**wanted).defer(*HEAVY)
        if "created_from" in self.asked:
            rows = begun_since(rows, self.asked["created_from"])
        if "created_to" in self.asked:
            rows = begun_before(rows, self.asked["created_to"])
        sellers = sellers_to_walk(request.user, only=self.asked.get("seller"))
        return Response(page(request, rows, api_shapes.logs_shown, self.asked, sellers=sellers))


class LogDoor(Door):
    @operation(
        _("One run"),
        words=_("With its complete input, each step's raw answer, and the result."),
        answers=api_shapes.LogWhole,
        examples=[Example(api_shapes.LOG_WHOLE)],
        refusals=[404],
    )
    def get(self, request: ApiRequest, pk: int) -> Response:
        return Response(api_shapes.log_whole(reach(ProcessingLog.objects, request.user, Right.VIEW, pk=pk)))


class LogApproveDoor(Door):
    @operation(
        _("Approve a run"),
        words=_("Apply it, with your edits. What was decided the same way before stays as it is."),
        right=Right.MODERATE,
        body=api_decisions.ApprovalGiven,
        answers=api_shapes.LogShown,
        once=True,
        examples=[
            Example({"edits": {"title": "Синее платье из хлопка"}, "despite_findings": True}, is_given=True),
            Example(api_shapes.LOG | {"status": "approved"}),
        ],
        refusals=[404],
    )
    def post(self, request: ApiRequest, pk: int) -> Response:
        api_decisions.approve(_item(request, pk), request.user, self.given)
        return _as_it_is(pk)


class LogRejectDoor(Door):
    @operation(
        _("Reject a run"),
        words=_("Nothing of it is applied."),
        right=Right.MODERATE,
        body=api_decisions.RejectionGiven,
        answers=api_shapes.LogShown,
        once=True,
        examples=[
            Example({"notes": "не тот материал"}, is_given=True),
            Example(api_shapes.LOG | {"status": "rejected"}),
        ],
        refusals=[404],
    )
    def post(self, request: ApiRequest, pk: int) -> Response:
        api_decisions.reject(_item(request, pk), request.user, self.given["notes"])
        return _as_it_is(pk)


class LogReprocessDoor(Door):
    @operation(
        _("Run again"),
        words=_(
            "With the very same options. `is_new` is false where the product is in work already: that run is told."
        ),
        right=Right.ENRICH,
        answers=api_shapes.LogAccepted,
        status=202,
        once=True,
        examples=[
            Example(
                {
                    "job": JOB,
                    "log": api_shapes.LOG | {"status": "pending", "moderation": None},
                    "is_new": True,
                }
            )
        ],
        refusals=[404],
    )
    def post(self, request: ApiRequest, pk: int) -> Response:
        log = reach(ProcessingLog.objects, request.user, Right.ENRICH, pk=pk)
        return started(runs.repeat(log, by=request.user))


def started(log: ProcessingLog) -> Response:
    job = Job.objects.filter(pk=log.job_id or 0).first()
    return accepted(job, log=api_shapes.logs_shown([log])[0], is_new=not log.was_live)


def _item(request: ApiRequest, log_id: int) -> ModerationItem:
    log = reach(ProcessingLog.objects.defer(*HEAVY), request.user, Right.MODERATE, pk=log_id)
    item = ModerationItem.objects.select_related("log__product").filter(log=log).first()
    if item is None:
        raise Problem(
            409,
            "conflict",
            gettext("This run doesn't wait for a decision; its status is «%(status)s».")
            % {"status": log.status},
        )
    return item


def _as_it_is(pk: int) -> Response:
    log: Any = ProcessingLog.objects.defer(*HEAVY).filter(pk=pk).first()
    if log is None:
        raise Http404
    return Response(api_shapes.logs_shown([log])[0])
