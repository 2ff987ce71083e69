"""Cards out to marketplaces, for programs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.db.models import Count
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.response import Response

from vitrina.accounts.doors import reach
from vitrina.accounts.roles import Right
from vitrina.catalog.api_exports import MOST_PRODUCTS, ChosenGiven, chosen
from vitrina.catalog.exporting import ExportOptions
from vitrina.catalog.pushing import planning, sending
from vitrina.catalog.pushing.models import Push, PushRun, PushRunState, PushState
from vitrina.catalog.pushing.showing import card_shown
from vitrina.catalog.pushing.views import overwrite
from vitrina.catalog.pushing.wanting import ATTRIBUTES, PARTS, TEXTS
from vitrina.channels.models import Connection
from vitrina.jobs.api_shapes import JOB, Accepted, accepted
from vitrina.jobs.models import Job
from vitrina.rest.describing import Example
from vitrina.rest.doors import ApiRequest, Door, operation
from vitrina.rest.fields import Choice, Given, Id, Shown
from vitrina.rest.paging import PageAsked, page
from vitrina.rest.problems import Problem, told_as

LANGUAGES = [code for code, _name in settings.LANGUAGES]

told_as(planning.CantPush, lambda error: Problem(422, "invalid", str(error)))


class PushRunShown(Shown):
    id = serializers.IntegerField()
    seller = serializers.IntegerField()
    connection = serializers.IntegerField()
    marketplace = serializers.CharField()
    language = serializers.CharField()
    parts = serializers.ListField(child=serializers.ChoiceField(PARTS), help_text=_("What is brought."))
    state = serializers.ChoiceField(PushRunState.values)
    cards = serializers.DictField(child=serializers.IntegerField(), help_text=_("How many by their state."))
    error = serializers.CharField(allow_blank=True)
    job = serializers.IntegerField(allow_null=True)
    created_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)


class PushAccepted(Accepted):
    run = PushRunShown()


class SaidShown(Shown):
    field = serializers.CharField(allow_blank=True, help_text=_("Empty: the card as a whole."))
    words = serializers.CharField(help_text=_("The marketplace's own."))
    name = serializers.CharField(allow_blank=True, help_text=_("Of the attribute."))


class PushedCardShown(Shown):
    id = serializers.IntegerField()
    product = serializers.IntegerField()
    article = serializers.CharField()
    number = serializers.CharField(allow_blank=True)
    state = serializers.ChoiceField(PushState.values)
    wanted = serializers.DictField()
    stood = serializers.DictField(allow_null=True, help_text=_("As the marketplace last showed it."))
    reasons = serializers.ListField(child=serializers.CharField())
    said = SaidShown(many=True)
    words = serializers.CharField(allow_blank=True)
    sent_at = serializers.DateTimeField(allow_null=True)
    settled_at = serializers.DateTimeField(allow_null=True)


RUN = {
    "id": 3,
    "seller": 1,
    "connection": 2,
    "marketplace": "wildberries",
    "language": "ru",
    "parts": ["texts", "attributes"],
    "state": "checking",
    "cards": {},
    "error": "",
    "job": 8,
    "created_at": "2026-03-01T10:00:00+03:00",
    "finished_at": None,
}
CARD = {
    "id": 41,
    "product": 17,
    "article": "MX-1",
    "number": "146168367",
    "state": "rejected",
    "wanted": {"title": "Кружка керамическая, 350 мл"},
    "stood": {"title": "Кружка"},
    "reasons": [],
    "said": [{"field": "title", "words": "Поле Наименование содержит запрещенные слова", "name": ""}],
    "words": "",
    "sent_at": "2026-03-01T10:01:00+03:00",
    "settled_at": "2026-03-01T10:02:00+03:00",
}


class PushGiven(Given):
    connection = Id(help_text=_("Of a marketplace that takes cards: Wildberries, Ozon or Yandex Market."))
    language = Choice(LANGUAGES, required=False, help_text=_("Without it the seller's."))
    parts = serializers.ListField(
        child=Choice(PARTS), required=False, min_length=1, max_length=len(PARTS),
        help_text=_("What is to be brought; without it texts and attributes. Pictures replace all that stand at the card."),
    )  # fmt: skip
    products = serializers.ListField(
        child=Id(), required=False, min_length=1, max_length=MOST_PRODUCTS, help_text=_("Only these.")
    )
    filter = ChosenGiven(required=False)


class PushesAsked(PageAsked):
    seller = Id(required=False)
    state = Choice(PushRunState.values, required=False)


class CardsAsked(PageAsked):
    state = Choice(PushState.values, required=False)


class PushesDoor(Door):
    @operation(
        _("List pushes of cards to marketplaces"), query=PushesAsked, answers=PushRunShown, is_list=True,
        examples=[Example(RUN)],
    )  # fmt: skip
    def get(self, request: ApiRequest) -> Response:
        names = {"seller": "seller_id", "state": "state"}
        wanted = {column: self.asked[name] for name, column in names.items() if name in self.asked}
        rows = PushRun.objects.reachable_by(request.user).select_related("connection").filter(**wanted)
        return Response(page(request, rows, shown, self.asked))

    @operation(
        _("Check what a push would change"),
        words=_("Each card is read at the marketplace and compared. Nothing leaves until the push is begun."),
        right=Right.EXPORT,
        body=PushGiven,
        answers=PushAccepted,
        status=202,
        once=True,
        examples=[
            Example({"connection": 2, "products": [17, 18]}, is_given=True),
            Example({"job": JOB | {"id": 8, "kind": "catalog.push_check"}, "run": RUN}),
        ],
        refusals=[404],
    )
    def post(self, request: ApiRequest) -> Response:
        given = self.given
        connection = reach(
            Connection.objects.select_related("seller"), request.user, Right.EXPORT, pk=given["connection"]
        )
        run = planning.plan(
            connection.seller,
            connection,
            language=given.get("language", ""),
            parts=given.get("parts", (TEXTS, ATTRIBUTES)),
            options=ExportOptions(filter=chosen(given.get("filter")), product_ids=given.get("products")),
            by=request.user,
        )
        return accepted(Job.objects.filter(pk=run.job_id or 0).first(), run=shown([run])[0])


class PushDoor(Door):
    @operation(_("One push of cards"), answers=PushRunShown, examples=[Example(RUN)], refusals=[404])
    def get(self, request: ApiRequest, pk: int) -> Response:
        return Response(shown([_run(request, pk, Right.VIEW)])[0])


class PushCardsDoor(Door):
    @operation(
        _("The cards of a push"), query=CardsAsked, answers=PushedCardShown, is_list=True,
        examples=[Example(CARD)], refusals=[404],
    )  # fmt: skip
    def get(self, request: ApiRequest, pk: int) -> Response:
        rows = _run(request, pk, Right.VIEW).pushes.all()
        if "state" in self.asked:
            rows = rows.filter(state=self.asked["state"])
        return Response(page(request, rows, cards_shown, self.asked))


class PushBeginningDoor(Door):
    @operation(
        _("Send what a push would change"),
        words=_("Once: asked again, it changes nothing."),
        right=Right.EXPORT,
        answers=PushRunShown,
        examples=[Example(RUN | {"state": "running", "cards": {"waiting": 12, "held": 1}})],
        refusals=[404, 409],
        once=True,
    )
    def post(self, request: ApiRequest, pk: int) -> Response:
        run = _run(request, pk, Right.EXPORT)
        if run.state == PushRunState.CHECKING:
            raise Problem(
                409, "conflict", gettext("It is still being checked. Follow its job, then ask again.")
            )
        sending.begin(run, by=request.user)
        run.refresh_from_db()
        return Response(shown([run])[0])


class PushEndingDoor(Door):
    @operation(
        _("Put a push away, or keep back what hasn't left"),
        right=Right.EXPORT,
        answers=PushRunShown,
        examples=[Example(RUN | {"state": "cancelled"})],
        refusals=[404],
        once=True,
    )
    def post(self, request: ApiRequest, pk: int) -> Response:
        run = _run(request, pk, Right.EXPORT)
        if not planning.discard(run):
            sending.cancel(run)
        run.refresh_from_db()
        return Response(shown([run])[0])


class PushOverwritingDoor(Door):
    @operation(
        _("Overwrite a card that was changed at the marketplace"),
        words=_("Only before the push is begun, and where nothing else holds the card back."),
        right=Right.EXPORT,
        answers=PushedCardShown,
        examples=[Example(CARD | {"state": "planned", "said": []})],
        refusals=[404, 409],
        once=True,
    )
    def post(self, request: ApiRequest, pk: int, card: int) -> Response:
        row = reach(Push.objects, request.user, Right.EXPORT, pk=card, run_id=pk)
        if not overwrite(row, by=request.user):
            raise Problem(
                409, "conflict",
                gettext("This card is not held back by a change at the marketplace alone, or the push is begun."),
            )  # fmt: skip
        row.refresh_from_db()
        return Response(cards_shown([row])[0])


def _run(request: ApiRequest, pk: int, right: Right) -> PushRun:
    return reach(PushRun.objects.select_related("connection"), request.user, right, pk=pk)


def shown(rows: Sequence[PushRun]) -> list[dict[str, Any]]:
    """One query for the counts of all."""
    counts: dict[int, dict[str, int]] = {}
    counted = Push.objects.filter(run__in=[row.pk for row in rows]).order_by()
    for run_id, state, count in counted.values_list("run_id", "state").annotate(Count("pk")):
        counts.setdefault(run_id, {})[state] = count
    return [
        {
            "id": row.pk,
            "seller": row.seller_id,
            "connection": row.connection_id,
            "marketplace": row.connection.platform,
            "language": row.language,
            "parts": row.parts,
            "state": str(row.state),
            "cards": counts.get(row.pk, {}),
            "error": row.error,
            "job": row.job_id,
            "created_at": row.created_at,
            "finished_at": row.finished_at,
        }
        for row in rows
    ]


def cards_shown(rows: Sequence[Push]) -> list[dict[str, Any]]:
    return [
        {
            "id": row.pk,
            "product": row.product_id,
            "article": row.article,
            "number": row.number,
            "state": str(row.state),
            "wanted": row.wanted,
            "stood": row.stood,
            "reasons": list(card_shown(row).reasons),
            "said": row.said,
            "words": row.words,
            "sent_at": row.sent_at,
            "settled_at": row.settled_at,
        }
        for row in rows
    ]
