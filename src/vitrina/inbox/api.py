"""Reviews, questions and chats for programs: the list, one of them whole, and what a person adds to it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from rest_framework.response import Response

from vitrina.accounts.doors import reach
from vitrina.accounts.models import User
from vitrina.accounts.roles import Right
from vitrina.accounts.walking import sellers_to_walk
from vitrina.channels.marketplaces import WITH_BUYERS
from vitrina.channels.ports import Kind
from vitrina.inbox import api_shapes, handling, queue
from vitrina.inbox.handling import MOST_NOTE, HandlingRefused, MayNotReply
from vitrina.inbox.hearing.intent import Intent, Sentiment
from vitrina.inbox.models import Interaction, InteractionQuerySet, Status
from vitrina.inbox.priority import Priority
from vitrina.inbox.queue import Place
from vitrina.inbox.queue_filter import MOST_READ, InboxFilter
from vitrina.rest.describing import Example
from vitrina.rest.doors import ApiRequest, Door, operation
from vitrina.rest.fields import Choice, Flag, Given, Id, Moment, Text, Whole
from vitrina.rest.paging import Cursor, PageAsked, page, page_found
from vitrina.rest.problems import Problem, told_as

told_as(HandlingRefused, lambda refused: Problem(409, "conflict", str(refused)))
told_as(
    MayNotReply,
    lambda refused: Problem(422, "invalid", str(refused), errors={"assignee": [str(refused)]}),
)

KEYS = ("priority", "occurred_at", "pk")


class InteractionsAsked(PageAsked):
    order = Choice(
        ["newest", "most_pressing"],
        required=False,
        default="newest",
        help_text=_("`most_pressing`: only those that want an answer, by priority and then newest first."),
    )
    seller = Id(required=False)
    platform = Choice(list(WITH_BUYERS), required=False)
    kind = Choice([kind.value for kind in Kind], required=False)
    status = Choice(Status.values, required=False)
    priority = Choice(api_shapes.PRIORITIES, required=False)
    needs_response = Flag(required=False)
    intent = Choice([intent.value for intent in Intent], required=False)
    sentiment = Choice([sentiment.value for sentiment in Sentiment], required=False)
    rating = Whole(required=False, min_value=1, max_value=5)
    product = Id(required=False)
    assignee = Id(required=False)
    is_mine = Flag(required=False, help_text=_("Assigned to you."))
    has_draft = Flag(required=False, help_text=_("Drafted at all; `is_ready` tells whether the draft holds."))
    by_rule = Flag(required=False, help_text=_("Whether the seller's rule answered it."))
    occurred_from = Moment(required=False)
    occurred_to = Moment(required=False, help_text=_("Up to, not including."))
    words = Text(
        required=False,
        max_length=100,
        help_text=_("All of them in what the buyer wrote, their name, the product's name or article."),
    )


COLUMNS = {
    "platform": "platform", "kind": "kind", "status": "status", "needs_response": "needs_response", "intent": "intent",
    "sentiment": "sentiment", "rating": "rating", "product": "product_id", "assignee": "assignee_id",
    "occurred_from": "occurred_at__gte", "occurred_to": "occurred_at__lt",
}  # fmt: skip


class InteractionsDoor(Door):
    @operation(
        _("List interactions"),
        words=format_lazy(
            _(
                "Reviews, questions and chats, newest first. All filters hold together. `words` are sought among {most} rows "
                "of the list at a time: other filters beside them reach further."
            ),
            most=MOST_READ,
        ),
        query=InteractionsAsked,
        answers=api_shapes.InteractionShown,
        is_list=True,
        examples=[Example(api_shapes.INTERACTION)],
    )
    def get(self, request: ApiRequest) -> Response:
        asked = self.asked
        rows = _wanted(asked, request.user)
        sellers = sellers_to_walk(request.user, only=asked.get("seller"))
        words = InboxFilter(words=asked["words"]).has_words if asked.get("words") else None
        walk = queue.most_pressing if asked["order"] == "most_pressing" else queue.newest

        def find(cursor: Cursor | None, size: int) -> list[int]:
            place = _place(cursor) if cursor else None
            back = cursor is not None and cursor.is_back
            return [one.pk for one in walk(rows, sellers, place, back=back, size=size, words=words)]

        return Response(page_found(request, _with_draft(), find, api_shapes.interactions, asked, keys=KEYS))


class InteractionChange(Given):
    status = Choice(
        [Status.CLOSED.value, Status.NEW.value],
        required=False,
        help_text=_("`closed`: no answer will be given; `new`: it wants one again."),
    )
    assignee = Id(required=False, allow_null=True, help_text=_("Somebody who may reply there; null: nobody."))
    note = Text(required=False, allow_blank=True, max_length=MOST_NOTE, help_text=_("For colleagues."))


class InteractionDoor(Door):
    @operation(
        _("One interaction"),
        words=format_lazy(
            _(
                "With its newest draft, our last {replies} replies and, of a chat, the last {messages} messages. `seal` tells "
                "one state of it from another; send it back as `seen` with a reply."
            ),
            replies=api_shapes.LAST_REPLIES,
            messages=api_shapes.LAST_MESSAGES,
        ),
        answers=api_shapes.InteractionWhole,
        examples=[Example(api_shapes.WHOLE)],
        refusals=[404],
    )
    def get(self, request: ApiRequest, pk: int) -> Response:
        return Response(api_shapes.whole(reach(_with_draft(), request.user, Right.VIEW, pk=pk)))

    @operation(
        _("Change an interaction"),
        words=_("Only what is given changes; what the marketplace says never does."),
        right=Right.REPLY,
        body=InteractionChange,
        answers=api_shapes.InteractionWhole,
        examples=[
            Example({"assignee": 5, "note": "ждём склад"}, is_given=True),
            Example(api_shapes.WHOLE | {"assignee": 5, "note": "ждём склад"}),
        ],
        refusals=[404, 409],
    )
    def patch(self, request: ApiRequest, pk: int) -> Response:
        row = reach(Interaction.objects, request.user, Right.REPLY, pk=pk)
        given, by = self.given, request.user
        with transaction.atomic():
            if "assignee" in given:
                handling.assign(row, given["assignee"], by=by)
            if "note" in given:
                handling.write_note(row, given["note"], by=by)
            if given.get("status") == Status.CLOSED:
                handling.close(row, by=by)
            elif given.get("status") == Status.NEW:
                handling.reopen(row, by=by)
        return Response(api_shapes.whole(reach(_with_draft(), request.user, Right.VIEW, pk=pk)))


class InteractionMessagesDoor(Door):
    @operation(
        _("List messages"),
        words=_("Of one chat, the newest first; a review or a question has none."),
        query=PageAsked,
        answers=api_shapes.MessageShown,
        is_list=True,
        examples=[Example(api_shapes.MESSAGE)],
        refusals=[404],
    )
    def get(self, request: ApiRequest, pk: int) -> Response:
        row = reach(Interaction.objects, request.user, Right.VIEW, pk=pk)
        return Response(
            page(request, row.messages.all(), api_shapes.messages, self.asked, order=("-at", "-pk"))
        )


def _wanted(asked: dict[str, Any], person: User) -> InteractionQuerySet:
    """Those that are meant, of whichever seller. Raises Problem for what contradicts itself."""
    rows = Interaction.objects.filter(
        **{column: asked[name] for name, column in COLUMNS.items() if name in asked}
    )
    if asked["order"] == "most_pressing":
        if asked.get("needs_response") is False:
            words = gettext("Only what wants an answer presses: leave it out, or ask for the newest.")
            raise Problem(422, "invalid", words, errors={"needs_response": [words]})
        rows = rows.open()
    if "priority" in asked:
        rows = rows.filter(priority=Priority[asked["priority"].upper()])
    if "is_mine" in asked:
        rows = rows.filter(assignee=person) if asked["is_mine"] else rows.exclude(assignee=person)
    if "has_draft" in asked:
        rows = rows.filter(draft__isnull=not asked["has_draft"])
    if "by_rule" in asked:
        sent = rows.sent_by_rule()
        rows = sent if asked["by_rule"] else rows.exclude(pk__in=sent.values("pk"))
    return rows


def _with_draft() -> InteractionQuerySet:
    return Interaction.objects.select_related("product", "draft")


def _place(cursor: Cursor) -> Place:
    priority, at, pk = cursor.values
    return Place(priority, datetime.fromisoformat(at), pk)
