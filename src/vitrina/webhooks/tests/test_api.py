"""Webhooks for programs, from the first webhook to a delivery that is sent again."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from django.test import Client

from vitrina.accounts import tokens
from vitrina.accounts.models import AuditEntry, Seller, User
from vitrina.rest.models import KeyedRequest
from vitrina.webhooks import signing
from vitrina.webhooks.models import Delivery, Endpoint
from vitrina.webhooks.tests.receiver import Receiver, Reply

pytestmark = pytest.mark.django_db


class Program:
    def __init__(self, user: User) -> None:
        self._secret = tokens.issue(user, "1С", ["manage_seller"]).secret
        self._client = Client()

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        return self._client.generic(
            method,
            f"/api/v1/{path}",
            json.dumps(body) if body is not None else "",
            content_type="application/json",
            headers={"Authorization": f"Bearer {self._secret}", **headers},
        )


@pytest.fixture
def program(alice: User) -> Program:
    return Program(alice)


def given(seller: Seller, **more: Any) -> dict[str, Any]:
    return {"seller": seller.pk, "url": "https://shop.example/hooks", "kinds": ["job.failed"]} | more


@pytest.mark.django_db(transaction=True)
def test_a_webhook_is_made_tested_and_followed(
    program: Program, seller: Seller, receiver: Receiver, work: Any, settings: Any
) -> None:
    settings.WEBHOOK_WAITS_SECONDS = ()
    made = program.ask("POST", "webhooks", given(seller, url=receiver.url))
    assert made.status_code == 201
    webhook, secret = made.json(), made.json()["secret"]
    assert "secret" not in program.ask("GET", f"webhooks/{webhook['id']}").json()

    receiver.script = lambda said, time: Reply(500, body=b"broken")
    key = {"Idempotency-Key": "once"}
    first = program.ask("POST", f"webhooks/{webhook['id']}/test", **key)
    again = program.ask("POST", f"webhooks/{webhook['id']}/test", **key)
    assert (first.status_code, first.json()["state"]) == (202, "pending")
    assert first.json() == again.json()
    work()
    [request] = receiver.requests
    assert signing.is_genuine(request.headers, request.body, secret, now=time.time())

    [row] = program.ask("GET", f"webhooks/{webhook['id']}/deliveries?state=given_up").json()["results"]
    whole = program.ask("GET", f"webhooks/deliveries/{row['id']}").json()
    assert whole["body"] == request.said
    assert [(one["status"], one["answer"]) for one in whole["log"]] == [(500, "broken")]

    receiver.script = lambda said, time: Reply()
    assert program.ask("POST", f"webhooks/deliveries/{row['id']}/redelivery").status_code == 202
    work()
    assert program.ask("GET", f"webhooks/deliveries/{row['id']}").json()["state"] == "delivered"


def test_what_is_wrong_is_named(program: Program, seller: Seller, other_seller: Seller) -> None:
    for body, field in (
        (given(seller, url="http://10.0.0.1/"), "url"),
        (given(seller, url="shop"), "url"),
        (given(seller, kinds=[]), "kinds"),
        (given(seller, kinds=["all"]), "kinds.0"),
        (given(seller, color="red"), "color"),
    ):
        answer = program.ask("POST", "webhooks", body)
        assert (answer.status_code, list(answer.json()["errors"])) == (422, [field])
    assert program.ask("POST", "webhooks", given(other_seller)).status_code == 404
    assert not Endpoint.objects.exists()


def test_only_what_is_given_changes(program: Program, seller: Seller) -> None:
    pk = program.ask("POST", "webhooks", given(seller, name="Склад")).json()["id"]
    changed = program.ask("PATCH", f"webhooks/{pk}", {"kinds": ["run.finished", "job.failed"]}).json()
    assert (changed["name"], changed["url"]) == ("Склад", "https://shop.example/hooks")
    assert changed["kinds"] == ["run.finished", "job.failed"]
    assert program.ask("PATCH", f"webhooks/{pk}", {"is_on": False}).json()["off_because"] == "person"
    assert program.ask("POST", f"webhooks/{pk}/test").status_code == 409
    assert not Delivery.objects.exists()
    assert program.ask("PATCH", f"webhooks/{pk}", {"is_on": True}).json()["is_on"] is True
    assert program.ask("DELETE", f"webhooks/{pk}").status_code == 204
    assert program.ask("GET", f"webhooks/{pk}").status_code == 404
    assert program.ask("GET", "webhooks").json()["results"] == []


def test_a_secret_is_told_once_and_kept_nowhere(program: Program, seller: Seller) -> None:
    key = {"Idempotency-Key": "k"}
    made = program.ask("POST", "webhooks", given(seller), **key).json()
    changed = program.ask("POST", f"webhooks/{made['id']}/secret", **key).json()
    assert changed["old_secret_until"]
    kept = "".join(str(list(model.objects.values())) for model in (KeyedRequest, Endpoint, AuditEntry))
    for secret in (made["secret"], changed["secret"]):
        assert secret.removeprefix("whsec_") not in kept
