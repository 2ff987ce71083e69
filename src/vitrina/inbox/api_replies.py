"""Answering buyers by program: drafts asked for, replies sent once, and how they stand."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiResponse
from rest_framework.response import Response

from vitrina.accounts.doors import reach
from vitrina.accounts.roles import Right
from vitrina.inbox import api_shapes, on_demand, sending
from vitrina.inbox.knowing import settings_of
from vitrina.inbox.models import Draft, Interaction
from vitrina.inbox.on_demand import MOST_REMARK, NotDrafted
from vitrina.inbox.sending import AsSeen, NotSent, Unfit
from vitrina.inbox.standing import holding
from vitrina.jobs.api_shapes import accepted
from vitrina.jobs.models import Job
from vitrina.rest.describing import JSON, Example
from vitrina.rest.doors import ApiRequest, Door, operation
from vitrina.rest.fields import Flag, Given, Id, Text
from vitrina.rest.paging import PageAsked, page
from vitrina.rest.problems import Problem, told_as

told_as(NotSent, lambda refused: Problem(409, "conflict", str(refused)))
told_as(NotDrafted, lambda refused: Problem(409, "conflict", str(refused)))


def _unfit(refused: Unfit) -> Problem:
    return Problem(
        422,
        "invalid",
        gettext("The text can't be sent as it is. Nothing was sent; mend it and send it again."),
        errors={"text": [str(refused)]},
        more={"findings": api_shapes.findings(refused.findings)},
    )


told_as(Unfit, _unfit)


class DraftWish(Given):
    force_regenerate = Flag(
        required=False, default=False, help_text=_("Another one, although the present one holds.")
    )
    remark = Text(
        required=False,
        default="",
        allow_blank=True,
        max_length=MOST_REMARK,
        help_text=_("What should be otherwise; makes another one, too."),
    )


class InteractionDraftsDoor(Door):
    @operation(
        _("List drafts"),
        words=_("Of one interaction, the newest first. `holds`: nothing that it was made from has changed."),
        query=PageAsked,
        answers=api_shapes.DraftShown,
        is_list=True,
        examples=[Example(api_shapes.DRAFT)],
        refusals=[404],
    )
    def get(self, request: ApiRequest, pk: int) -> Response:
        row = _reach(request, pk, Right.VIEW)
        is_held = holding(row, settings_of(row.seller_id)) is not None
        return Response(
            page(
                request,
                row.drafts.all(),
                lambda found: api_shapes.drafts(found, row, is_held=is_held),
                self.asked,
            )
        )

    @operation(
        _("Ask for a draft"),
        words=_(
            "200 with the draft where one holds; else 202 with the job that writes it, to be followed while it does. "
            "A job that writes one already is that one, and knows nothing of these wishes. What a person must write "
            "(`escalations`) gets the beginning of an answer and no other: wishes are refused with 409."
        ),
        right=Right.REPLY,
        body=DraftWish,
        answers={
            (200, JSON): OpenApiResponse(api_shapes.DraftAsked, description=_("There is one that holds.")),
            (202, JSON): OpenApiResponse(api_shapes.DraftAsked, description=_("It is being written.")),
        },
        status=202,
        once=True,
        examples=[
            Example({"force_regenerate": True, "remark": "короче"}, is_given=True),
            Example({"draft": api_shapes.DRAFT, "job": None}, name="holds", status=200),
            Example({"draft": None, "job": api_shapes.DRAFT_JOB}, name="asked"),
        ],
        refusals=[404],
    )
    def post(self, request: ApiRequest, pk: int) -> Response:
        row = _reach(request, pk, Right.REPLY)
        remark = self.given["remark"]
        force = self.given["force_regenerate"] or bool(remark)
        held = holding(row, settings_of(row.seller_id))
        if held is not None and not force:
            return Response({"draft": api_shapes.drafts([held], row, is_held=True)[0], "job": None})
        with transaction.atomic():
            job = on_demand.enqueue_draft(row, force=force, remark=remark, by_id=request.user.pk)
        return accepted(job, draft=None)


class ReplyGiven(Given):
    text = Text(help_text=_("As long as `limits` of the interaction allow."))
    draft = Id(
        required=False, help_text=_("The draft that it was written from: what was kept of it is measured.")
    )
    seen = Text(
        required=False,
        max_length=40,
        help_text=_(
            "The `seal` of the interaction that you answer: where it changed since, nothing is sent."
        ),
    )


class InteractionRepliesDoor(Door):
    @operation(
        _("List replies"),
        words=_(
            "Of one interaction, the newest first. `sent`: the marketplace took it; `confirmed`: it was seen to stand there."
        ),
        query=PageAsked,
        answers=api_shapes.ReplyShown,
        is_list=True,
        examples=[Example(api_shapes.REPLY)],
        refusals=[404],
    )
    def get(self, request: ApiRequest, pk: int) -> Response:
        row = _reach(request, pk, Right.VIEW)
        return Response(page(request, row.replies.all(), api_shapes.replies, self.asked))

    @operation(
        _("Send a reply"),
        words=_(
            "It leaves once: while one is under way, or where an answer is no longer wanted, another is refused with 409. What "
            "the guardrails block is refused with 422, and `findings` name each rule with its place in the text (`start`, "
            "`end`; both 0: the whole of it)."
        ),
        right=Right.REPLY,
        body=ReplyGiven,
        answers=api_shapes.ReplyAccepted,
        status=202,
        once=True,
        examples=[
            Example({"text": api_shapes.REPLY["text"], "draft": 23, "seen": "1-0"}, is_given=True),
            Example({"job": api_shapes.SEND_JOB, "reply": api_shapes.QUEUED}),
        ],
        refusals=[404],
    )
    def post(self, request: ApiRequest, pk: int) -> Response:
        row = _reach(request, pk, Right.REPLY)
        reply = sending.queue(
            row, self.given["text"], by=request.user, draft=self._draft(row), seen=self._seen()
        )
        job = Job.objects.filter(pk=reply.job_id or 0).first()
        return accepted(job, reply=api_shapes.replies([reply])[0])

    def _draft(self, row: Interaction) -> Draft | None:
        if "draft" not in self.given:
            return None
        found: Draft | None = row.drafts.filter(pk=self.given["draft"]).first()
        if found is None:
            words = gettext("The interaction has no such draft.")
            raise Problem(422, "invalid", words, errors={"draft": [words]})
        return found

    def _seen(self) -> AsSeen | None:
        if "seen" not in self.given:
            return None
        seen = AsSeen.opened(self.given["seen"])
        if seen is None:
            words = gettext("This is no seal of an interaction.")
            raise Problem(422, "invalid", words, errors={"seen": [words]})
        return seen


def _reach(request: ApiRequest, pk: int, right: Right) -> Interaction:
    rows = Interaction.objects.select_related("product", "draft", "seller")
    return reach(rows, request.user, right, pk=pk)
