"""The queue of doubtful runs for programs."""

from __future__ import annotations

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from rest_framework.response import Response

from vitrina.accounts.doors import reach
from vitrina.accounts.roles import Right
from vitrina.enrichment import api_decisions, api_shapes, moderating
from vitrina.enrichment.models import ModerationItem, ModerationItemQuerySet
from vitrina.rest.describing import Example
from vitrina.rest.doors import ApiRequest, Door, operation
from vitrina.rest.fields import Choice, Flag, Id, Text, Whole
from vitrina.rest.paging import PageAsked, page
from vitrina.rest.problems import Problem

QUEUE_ORDER = ("-priority", "pk")


class ItemsAsked(PageAsked):
    seller = Id(required=False)
    priority = Whole(required=False, min_value=1, max_value=3)
    resolution = Choice(
        ["waiting", *api_shapes.RESOLUTIONS[1:]],
        required=False,
        default="waiting",
        help_text=_("Those that wait come the worst first, decided ones the newest first."),
    )
    is_mine = Flag(required=False, help_text=_("Assigned to you."))


class ResolutionGiven(api_decisions.ApprovalGiven):
    decision = Choice(["approve", "reject", "send_back"])
    notes = Text(
        required=False,
        default="",
        allow_blank=True,
        max_length=2000,
        help_text=_("Why it was rejected; for «send_back» the remark for the next run."),
    )


class ModerationItemsDoor(Door):
    @operation(
        _("List moderation items"),
        query=ItemsAsked,
        answers=api_shapes.ItemShown,
        is_list=True,
        examples=[Example(api_shapes.ITEM)],
    )
    def get(self, request: ApiRequest) -> Response:
        asked = self.asked
        rows: ModerationItemQuerySet = _with_product().reachable_by(request.user)
        waits = asked["resolution"] == "waiting"
        rows = rows.waiting() if waits else rows.filter(resolution=asked["resolution"])
        for name, column in (("seller", "seller_id"), ("priority", "priority")):
            if name in asked:
                rows = rows.filter(**{column: asked[name]})
        if "is_mine" in asked:
            mine = {"assignee": request.user}
            rows = rows.filter(**mine) if asked["is_mine"] else rows.exclude(**mine)
        order = QUEUE_ORDER if waits else ("-pk",)
        return Response(page(request, rows, api_shapes.items_shown, asked, order=order))


class ModerationItemDoor(Door):
    @operation(
        _("One moderation item"),
        answers=api_shapes.ItemShown,
        examples=[Example(api_shapes.ITEM)],
        refusals=[404],
    )
    def get(self, request: ApiRequest, pk: int) -> Response:
        return _told(reach(_with_product(), request.user, Right.VIEW, pk=pk))


class ModerationAssignDoor(Door):
    @operation(
        _("Take a moderation item"),
        words=_("Nobody else gets it for half an hour. Who holds it already is told in the refusal."),
        right=Right.MODERATE,
        answers=api_shapes.ItemShown,
        once=True,
        examples=[Example(api_shapes.ITEM | {"assignee": 2, "assigned_at": "2026-03-01T10:05:00+03:00"})],
        refusals=[404],
    )
    def post(self, request: ApiRequest, pk: int) -> Response:
        item = reach(_with_product(), request.user, Right.MODERATE, pk=pk)
        return _told(moderating.take_this(item, request.user))


class ModerationReleaseDoor(Door):
    @operation(
        _("Give a moderation item back"),
        right=Right.MODERATE,
        answers=api_shapes.ItemShown,
        once=True,
        examples=[Example(api_shapes.ITEM)],
        refusals=[404],
    )
    def post(self, request: ApiRequest, pk: int) -> Response:
        item = reach(_with_product(), request.user, Right.MODERATE, pk=pk)
        moderating.release(item, request.user)
        item.refresh_from_db(fields=["assignee", "assigned_at"])
        return _told(item)


class ModerationResolveDoor(Door):
    @operation(
        _("Decide a moderation item"),
        words=_(
            "Its run is decided with it. `edits` and `category` belong to «approve», `notes` to the others."
        ),
        right=Right.MODERATE,
        body=ResolutionGiven,
        answers=api_shapes.ItemShown,
        once=True,
        examples=[
            Example({"decision": "reject", "notes": "не тот материал"}, is_given=True),
            Example(api_shapes.ITEM | {"resolution": "rejected", "notes": "не тот материал"}),
        ],
        refusals=[404],
    )
    def post(self, request: ApiRequest, pk: int) -> Response:
        item = reach(_with_product(), request.user, Right.MODERATE, pk=pk)
        given = self.given
        if given["decision"] != "approve" and (given.get("edits") or given.get("category")):
            words = gettext("Edits and a category belong to «approve». Nothing was changed.")
            raise Problem(422, "invalid", words, errors={"decision": [words]})
        match given["decision"]:
            case "approve":
                done = api_decisions.approve(item, request.user, given)
            case "reject":
                done = api_decisions.reject(item, request.user, given["notes"])
            case _:
                done = api_decisions.send_back(item, request.user, given["notes"])
        return _told(done)


def _with_product() -> ModerationItemQuerySet:
    return ModerationItem.objects.select_related("log__product").defer(
        "log__input", "log__applied", "log__traceback", "log__product__description"
    )


def _told(item: ModerationItem) -> Response:
    return Response(api_shapes.items_shown([item])[0])
