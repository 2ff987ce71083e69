"""Jobs for programs: what is at work, following one, cancelling and trying again."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse
from rest_framework.response import Response

from vitrina.accounts.doors import reach
from vitrina.accounts.roles import Right
from vitrina.jobs import api_shapes, control, job_stream, may_follow
from vitrina.jobs.control import ControlRefused
from vitrina.jobs.enqueue import QueueFull
from vitrina.jobs.models import Job, JobState
from vitrina.rest.describing import Example
from vitrina.rest.doors import ApiRequest, Door, operation
from vitrina.rest.fields import Choice, Flag, Given, Id, Text
from vitrina.rest.paging import PageAsked, page
from vitrina.rest.problems import Problem, told_as

told_as(
    QueueFull,
    lambda full: Problem(
        429,
        "limit",
        str(full),
        retry_after=full.retry_after,
        more={"limit": full.limit, "value": full.value},
    ),
)
told_as(ControlRefused, lambda refused: Problem(409, "conflict", str(refused)))


class JobsAsked(PageAsked):
    seller = Id(required=False)
    state = Choice(JobState.values, required=False)
    kind = Text(required=False, max_length=80)
    parent = Id(  # type: ignore[assignment] # a field of the query
        required=False, help_text=_("The parts of this batch.")
    )
    is_failed = Flag(required=False, help_text=_("Only those that need somebody: failed or in doubt."))


class JobsDoor(Door):
    @operation(
        _("List jobs"),
        words=_("Newest first; the parts of batches are listed by `parent` alone."),
        query=JobsAsked,
        answers=api_shapes.JobShown,
        is_list=True,
        examples=[Example(api_shapes.JOB)],
    )
    def get(self, request: ApiRequest) -> Response:
        asked = self.asked
        rows: QuerySet[Job] = Job.objects.reachable_by(request.user)
        rows = rows.filter(parent_id=asked.get("parent"))
        if asked.get("is_failed"):
            rows = rows.filter(state__in=[JobState.DEAD, JobState.CHECK])
        for name, column in (("seller", "seller_id"), ("state", "state"), ("kind", "kind")):
            if name in asked:
                rows = rows.filter(**{column: asked[name]})
        return Response(page(request, rows.defer("payload", "traceback"), api_shapes.shown, asked))


class JobDoor(Door):
    @operation(_("One job"), answers=api_shapes.JobShown, examples=[Example(api_shapes.JOB)], refusals=[404])
    def get(self, request: ApiRequest, pk: int) -> Response:
        return Response(api_shapes.row(reach(Job.objects, request.user, Right.VIEW, pk=pk)))


class JobCancelDoor(Door):
    @operation(
        _("Cancel a job"),
        words=_(
            "A queued job ends at once, a running one at its next step, a batch with its parts. What was finished stays."
        ),
        right=Right.ENRICH,
        answers=api_shapes.JobShown,
        once=True,
        examples=[Example(api_shapes.JOB | {"state": "cancelled"})],
        refusals=[404],
    )
    def post(self, request: ApiRequest, pk: int) -> Response:
        return _done(request, pk, Right.ENRICH, control.cancel)


class JobRetryDoor(Door):
    @operation(
        _("Try a job again"),
        words=_("A failed, doubtful or cancelled one, from its first try; of a batch the failed parts."),
        right=Right.MANAGE_JOBS,
        answers=api_shapes.JobShown,
        once=True,
        examples=[Example(api_shapes.JOB)],
        refusals=[404],
    )
    def post(self, request: ApiRequest, pk: int) -> Response:
        return _done(request, pk, Right.MANAGE_JOBS, control.retry)


def _done(request: ApiRequest, pk: int, right: Right, deed: Callable[..., Any]) -> Response:
    job = reach(Job.objects, request.user, right, pk=pk)
    deed(job, by=request.user)
    job.refresh_from_db()
    return Response(api_shapes.row(job))


EVENT_STREAM = "text/event-stream; charset=utf-8"


class StreamAsked(Given):
    after = Id(required=False, help_text=_("As Last-Event-ID, for those who can't set a header."))


class JobEventsDoor(Door):
    @operation(
        _("Follow a job"),
        words=_(
            "Server-sent events: first `job` with the whole row, then `state` and `progress` as they come, at the end `end` "
            "and the stream closes. A stream that broke goes on behind Last-Event-ID. The same by WebSocket: "
            "`/ws/jobs/{id}`."
        ),
        query=StreamAsked,
        answers={
            (200, "text/event-stream"): OpenApiResponse(
                {"type": "string"}, description=_("The stream; it stays open while the job lives.")
            )
        },
        examples=[],
        headers=[
            OpenApiParameter(
                "Last-Event-ID",
                {"type": "integer", "minimum": 0},
                OpenApiParameter.HEADER,
                description=_("The id of the last event that was seen."),
            )
        ],
        refusals=[404],
    )
    def get(self, request: ApiRequest, pk: int) -> HttpResponseBase:
        job = reach(Job.objects, request.user, Right.VIEW, pk=pk)
        if request.method == "HEAD":
            return HttpResponse(content_type=EVENT_STREAM)
        seen = request.headers.get("Last-Event-ID", "")
        after = int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 19 else self.asked.get("after")
        place = job_stream.seat(request.user.pk)
        may_go_on = partial(
            may_follow.still,
            job.pk,
            authorization=request.headers.get("Authorization", ""),
            session_key=request.session.session_key,
        )
        told = job_stream.news(job.pk, after, may_go_on)
        response = StreamingHttpResponse(job_stream.as_sse(told, place), content_type=EVENT_STREAM)
        # However it ends, even before its first byte was asked for.
        response._resource_closers.append(place.leave)  # type: ignore[attr-defined]
        response["X-Accel-Buffering"] = "no"
        if not connection.in_atomic_block:
            connection.close()  # a stream lives for minutes, and this thread with it
        return response


def _too_many(full: job_stream.NoSeat) -> Problem:
    return Problem(
        429,
        "limit",
        gettext(
            "%(most)s streams at a time are the limit of a person. Close one, or ask for the job's state."
        )
        % {"most": full.most},
        retry_after=10,
        more={"limit": full.most},
    )


told_as(job_stream.NoSeat, _too_many)
