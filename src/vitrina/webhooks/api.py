"""Webhooks for programs: endpoints, their secrets, the log of deliveries."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.response import Response

from vitrina.accounts.doors import reach
from vitrina.accounts.models import Seller
from vitrina.accounts.roles import Right
from vitrina.jobs import clock
from vitrina.rest.describing import Example
from vitrina.rest.doors import ApiRequest, Door, operation
from vitrina.rest.fields import Choice, Flag, Given, Id, Text
from vitrina.rest.paging import PageAsked, page
from vitrina.rest.problems import Problem, told_as
from vitrina.webhooks import api_shapes, endpoints, redelivering
from vitrina.webhooks.endpoints import EndpointRefused
from vitrina.webhooks.kinds import KINDS, TEST
from vitrina.webhooks.models import LONGEST_URL, Delivery, DeliveryState, Endpoint, Off

RIGHT = Right.MANAGE_SELLER
MOST_TRIES = 100


def _refused(refused: EndpointRefused) -> Problem:
    if refused.field:
        return Problem(422, "invalid", str(refused), errors={refused.field: [str(refused)]})
    return Problem(409, "conflict", str(refused))


told_as(EndpointRefused, _refused)


class WebhooksAsked(PageAsked):
    seller = Id(required=False)


class WebhookGiven(Given):
    seller = Id()
    url = Text(max_length=LONGEST_URL)
    kinds = serializers.ListField(child=Choice(list(KINDS)), allow_empty=False, max_length=50)
    name = Text(required=False, max_length=80, allow_blank=True)


class WebhookChange(Given):
    url = Text(required=False, max_length=LONGEST_URL)
    kinds = serializers.ListField(child=Choice(list(KINDS)), required=False, allow_empty=False, max_length=50)
    name = Text(required=False, max_length=80, allow_blank=True)
    is_on = Flag(required=False, help_text=_("Switched on, what waited is sent at once."))


class WebhooksDoor(Door):
    @operation(
        _("List webhooks"),
        right=RIGHT,
        query=WebhooksAsked,
        answers=api_shapes.WebhookShown,
        is_list=True,
        examples=[Example(api_shapes.WEBHOOK)],
    )
    def get(self, request: ApiRequest) -> Response:
        rows = Endpoint.objects.reachable_by(request.user, RIGHT)
        if "seller" in self.asked:
            rows = rows.filter(seller_id=self.asked["seller"])
        return Response(page(request, rows, api_shapes.shown, self.asked))

    @operation(
        _("Make a webhook"),
        words=_(
            "The answer holds the secret, this once. Because of it no Idempotency-Key is kept here: an answer that "
            "got lost is mended by removing the webhook, or by a new secret."
        ),
        right=RIGHT,
        body=WebhookGiven,
        answers=api_shapes.WebhookMade,
        status=201,
        examples=[
            Example(
                {"seller": 1, "url": "https://shop.example/hooks", "kinds": ["run.finished"]}, is_given=True
            ),
            Example(api_shapes.WEBHOOK | {"secret": api_shapes.SECRET}),
        ],
        refusals=[404, 409],
    )
    def post(self, request: ApiRequest) -> Response:
        given = self.given
        seller = reach(Seller.objects, request.user, RIGHT, pk=given["seller"])
        endpoint, secret = endpoints.create(
            seller, url=given["url"], kinds=given["kinds"], name=given.get("name", ""), by=request.user
        )
        return Response(api_shapes.row(endpoint) | {"secret": secret}, status=201)


class WebhookDoor(Door):
    @operation(
        _("One webhook"),
        right=RIGHT,
        answers=api_shapes.WebhookShown,
        examples=[Example(api_shapes.WEBHOOK)],
        refusals=[404],
    )
    def get(self, request: ApiRequest, pk: int) -> Response:
        return Response(api_shapes.row(reach(Endpoint.objects, request.user, RIGHT, pk=pk)))

    @operation(
        _("Change a webhook"),
        words=_("Only what is given changes. What waits goes to the new address."),
        right=RIGHT,
        body=WebhookChange,
        answers=api_shapes.WebhookShown,
        examples=[Example({"is_on": True}, is_given=True), Example(api_shapes.WEBHOOK)],
        refusals=[404, 409],
    )
    def patch(self, request: ApiRequest, pk: int) -> Response:
        endpoint = reach(Endpoint.objects, request.user, RIGHT, pk=pk)
        given = self.given
        told: dict[str, Any] = {
            name: given.get(name, getattr(endpoint, name)) for name in ("url", "kinds", "name")
        }
        with transaction.atomic():
            endpoints.change(endpoint, **told, by=request.user)
            if given.get("is_on") is True:
                endpoints.switch_on(endpoint, by=request.user)
            elif given.get("is_on") is False:
                endpoints.switch_off(endpoint, because=Off.PERSON, now=clock.read(), by=request.user)
        endpoint.refresh_from_db()
        return Response(api_shapes.row(endpoint))

    @operation(
        _("Remove a webhook"),
        words=_("What is on its way to it is not sent any more."),
        right=RIGHT,
        status=204,
        refusals=[404],
    )
    def delete(self, request: ApiRequest, pk: int) -> Response:
        endpoints.remove(reach(Endpoint.objects, request.user, RIGHT, pk=pk), by=request.user)
        return Response(status=204)


class WebhookSecretDoor(Door):
    @operation(
        _("Give a webhook a new secret"),
        words=_("It is shown this once. The one before signs beside it for 24 hours."),
        right=RIGHT,
        answers=api_shapes.WebhookSecretShown,
        examples=[Example({"secret": api_shapes.SECRET, "old_secret_until": "2026-03-02T10:00:00+03:00"})],
        refusals=[404],
    )
    def post(self, request: ApiRequest, pk: int) -> Response:
        endpoint = reach(Endpoint.objects, request.user, RIGHT, pk=pk)
        secret = endpoints.change_secret(endpoint, by=request.user)
        endpoint.refresh_from_db()
        return Response({"secret": secret, "old_secret_until": endpoint.old_secret_until})


class WebhookTestDoor(Door):
    @operation(
        _("Send a test event"),
        words=_("To this webhook alone, whatever kinds it wants."),
        right=RIGHT,
        answers=api_shapes.DeliveryShown,
        status=202,
        once=True,
        examples=[
            Example(api_shapes.DELIVERY | {"kind": TEST, "state": "pending", "tries": 0, "status": None, "ended_at": None})
        ],
        refusals=[404],
    )  # fmt: skip
    def post(self, request: ApiRequest, pk: int) -> Response:
        endpoint = reach(Endpoint.objects, request.user, RIGHT, pk=pk)
        sent = endpoints.send_test(endpoint, by=request.user)
        return Response(api_shapes.delivery(sent), status=202)


class DeliveriesAsked(PageAsked):
    state = Choice(DeliveryState.values, required=False)
    kind = Choice([*KINDS, TEST], required=False)


class WebhookDeliveriesDoor(Door):
    @operation(
        _("List deliveries"),
        words=_("What was and will be sent to one webhook, newest first."),
        right=RIGHT,
        query=DeliveriesAsked,
        answers=api_shapes.DeliveryShown,
        is_list=True,
        examples=[Example(api_shapes.DELIVERY)],
        refusals=[404],
    )
    def get(self, request: ApiRequest, pk: int) -> Response:
        rows = Delivery.objects.filter(endpoint=reach(Endpoint.objects, request.user, RIGHT, pk=pk))
        if "state" in self.asked:
            rows = rows.filter(state=self.asked["state"])
        if "kind" in self.asked:
            rows = rows.filter(kind=self.asked["kind"])
        return Response(page(request, rows.select_related("event"), api_shapes.deliveries, self.asked))


class WebhookDeliveryDoor(Door):
    @operation(
        _("One delivery"),
        words=_("What is sent, and the log of its last hundred tries."),
        right=RIGHT,
        answers=api_shapes.DeliveryWhole,
        examples=[Example(api_shapes.WHOLE)],
        refusals=[404],
    )
    def get(self, request: ApiRequest, pk: int) -> Response:
        found = reach(Delivery.objects.select_related("event"), request.user, RIGHT, pk=pk)
        return Response(api_shapes.whole(found, list(found.log.order_by("-number")[:MOST_TRIES])))


class WebhookRedeliveryDoor(Door):
    @operation(
        _("Send a delivery again"),
        words=_("The same event with the same id, all its tries before it. One that waits for its next try goes at once."),
        right=RIGHT,
        answers=api_shapes.DeliveryShown,
        status=202,
        once=True,
        examples=[Example(api_shapes.DELIVERY | {"state": "pending", "ended_at": None})],
        refusals=[404],
    )  # fmt: skip
    def post(self, request: ApiRequest, pk: int) -> Response:
        found = reach(Delivery.objects.select_related("event", "endpoint"), request.user, RIGHT, pk=pk)
        redelivering.redeliver(found, by=request.user)
        found.refresh_from_db()
        return Response(api_shapes.delivery(found), status=202)
