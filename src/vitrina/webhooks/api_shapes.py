"""Webhooks as programs see them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rest_framework import serializers

from vitrina.rest.fields import Shown
from vitrina.webhooks.kinds import KINDS, TEST
from vitrina.webhooks.models import Delivery, DeliveryState, Endpoint, Off, Try
from vitrina.webhooks.sending import said_of


class WebhookShown(Shown):
    id = serializers.IntegerField()
    seller = serializers.IntegerField()
    name = serializers.CharField(allow_blank=True)
    url = serializers.CharField()
    kinds = serializers.ListField(child=serializers.CharField())
    is_on = serializers.BooleanField()
    off_because = serializers.ChoiceField(Off.values, allow_null=True)
    failing_since = serializers.DateTimeField(allow_null=True)
    last_delivered_at = serializers.DateTimeField(allow_null=True)
    old_secret_until = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()


class WebhookMade(WebhookShown):
    secret = serializers.CharField()


class WebhookSecretShown(Shown):
    secret = serializers.CharField()
    old_secret_until = serializers.DateTimeField()


class WebhookTryShown(Shown):
    number = serializers.IntegerField()
    at = serializers.DateTimeField()
    status = serializers.IntegerField(allow_null=True)
    milliseconds = serializers.IntegerField(allow_null=True)
    error = serializers.CharField(allow_blank=True)
    answer = serializers.CharField(allow_blank=True)


class DeliveryShown(Shown):
    id = serializers.IntegerField()
    webhook = serializers.IntegerField()
    event = serializers.CharField()
    kind = serializers.ChoiceField([*KINDS, TEST])
    subject = serializers.CharField()
    state = serializers.ChoiceField(DeliveryState.values)
    tries = serializers.IntegerField()
    status = serializers.IntegerField(allow_null=True)
    next_try_at = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)


class DeliveryWhole(DeliveryShown):
    body = serializers.DictField()
    log = WebhookTryShown(many=True)


WEBHOOK = {
    "id": 3,
    "seller": 1,
    "name": "Склад",
    "url": "https://shop.example/hooks",
    "kinds": ["run.finished", "moderation.needed"],
    "is_on": True,
    "off_because": None,
    "failing_since": None,
    "last_delivered_at": "2026-03-01T10:00:00+03:00",
    "old_secret_until": None,
    "created_at": "2026-03-01T09:00:00+03:00",
}
SECRET = "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="  # noqa: S105 - an example
DELIVERY = {
    "id": 41,
    "webhook": 3,
    "event": "evt_5f1c0d5b0d3f4b7d9a6a2f3f1f0b7c11",
    "kind": "run.finished",
    "subject": "product:200",
    "state": "delivered",
    "tries": 1,
    "status": 204,
    "next_try_at": None,
    "created_at": "2026-03-01T10:00:00+03:00",
    "ended_at": "2026-03-01T10:00:00.120000+03:00",
}
WHOLE = DELIVERY | {
    "body": {"id": "evt_5f1c0d5b0d3f4b7d9a6a2f3f1f0b7c11", "kind": "run.finished", "subject": "product:200"},
    "log": [
        {"number": 1, "at": "2026-03-01T10:00:00+03:00", "status": 204, "milliseconds": 40, "error": "", "answer": ""}
    ],
}  # fmt: skip


def shown(endpoints: Sequence[Endpoint]) -> list[dict[str, Any]]:
    return [row(endpoint) for endpoint in endpoints]


def row(endpoint: Endpoint) -> dict[str, Any]:
    return {
        "id": endpoint.pk,
        "seller": endpoint.seller_id,
        "name": endpoint.name,
        "url": endpoint.url,
        "kinds": endpoint.kinds,
        "is_on": endpoint.is_on,
        "off_because": endpoint.off_because or None,
        "failing_since": endpoint.failing_since,
        "last_delivered_at": endpoint.heard_at,
        "old_secret_until": endpoint.old_secret_until,
        "created_at": endpoint.created_at,
    }


def deliveries(rows: Sequence[Delivery]) -> list[dict[str, Any]]:
    """`rows` with their events."""
    return [delivery(one) for one in rows]


def delivery(one: Delivery) -> dict[str, Any]:
    is_pending = one.state == DeliveryState.PENDING
    return {
        "id": one.pk,
        "webhook": one.endpoint_id,
        "event": one.event.uid,
        "kind": one.event.kind,
        "subject": one.subject,
        "state": str(one.state),
        "tries": one.tries,
        "status": one.status,
        "next_try_at": one.next_try_at if is_pending and not one.is_held else None,
        "created_at": one.created_at,
        "ended_at": one.ended_at,
    }


def whole(one: Delivery, log: Sequence[Try]) -> dict[str, Any]:
    told = [
        {
            "number": each.number,
            "at": each.at,
            "status": each.status,
            "milliseconds": each.milliseconds,
            "error": each.error,
            "answer": each.answer,
        }
        for each in log
    ]
    return delivery(one) | {"body": said_of(one.event), "log": told}
