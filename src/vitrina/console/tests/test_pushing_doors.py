"""Cards out through the pages and the API: from the ticked products to the marketplace's words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from tests import factories

from vitrina.accounts import tokens
from vitrina.accounts.models import AuditEntry, Seller, User
from vitrina.catalog.models import ProductContent
from vitrina.catalog.pushing.models import Push, PushRun, PushState
from vitrina.catalog.tests.pushing_desk import WildberriesDesk, finished, hurry
from vitrina.channels import wildberries_push
from vitrina.jobs.worker import run_ready

pytestmark = pytest.mark.filterwarnings("ignore::aiohttp.web_exceptions.NotAppKeyWarning")


@pytest.fixture
def desk(
    transactional_db: None, seller: Seller, alice: User, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> Iterator[WildberriesDesk]:
    for name in ("CONTENT_RATE", "CARDS_RATE"):
        monkeypatch.setattr(
            wildberries_push, name, replace(getattr(wildberries_push, name), per_minute=60_000)
        )
    made = WildberriesDesk(seller, alice, settings)
    made.add(7, "MX-1", description="Просто кружка")
    yield made
    made.close()


def test_ticked_products_become_a_push_whose_page_says_what_would_change(
    desk: WildberriesDesk, seller: Seller, alice: User, client: Client
) -> None:
    product = finished(seller, "MX-1")
    factories.sign_in(client, alice)
    given = {
        "ids": product.pk,
        "connection": desk.connection.pk,
        "language": "ru",
        "parts": ["texts", "attributes"],
    }
    answer = client.post(reverse("product_selection_start", args=["push"]), given)
    run = PushRun.objects.get()
    assert answer["Location"] == reverse("push", args=[run.pk])
    run_ready()
    words = client.get(answer["Location"]).content.decode()
    assert "<ins>" in words
    client.post(reverse("push_beginning", args=[run.pk]))
    run_ready()
    hurry()
    assert Push.objects.get().state == PushState.CONFIRMED
    assert AuditEntry.objects.filter(action="push.begin").count() == 1


def test_a_person_overwrites_what_was_changed_there_and_it_is_noted_who(
    desk: WildberriesDesk, seller: Seller, alice: User, client: Client
) -> None:
    product = finished(seller, "MX-1")
    desk.push(product)
    hurry()
    desk.stands("MX-1")["title"] = "Из кабинета"
    ProductContent.objects.update(title="Кружка белая")
    run = desk.plan(product)
    row = run.pushes.get()
    factories.sign_in(client, alice)
    client.post(reverse("push_overwriting", args=[run.pk, row.pk]))
    client.post(reverse("push_beginning", args=[run.pk]))
    run_ready()
    assert desk.stands("MX-1")["title"] == "Кружка белая"
    entry = AuditEntry.objects.get(action="push.overwrite")
    assert entry.before is not None
    assert entry.before["title"] == "Из кабинета"


def test_a_program_checks_begins_and_reads_the_marketplaces_words(
    desk: WildberriesDesk, seller: Seller, alice: User, client: Client
) -> None:
    product = finished(seller, "MX-1")
    secret = tokens.issue(alice, "push", ["view", "export"]).secret
    headers = {"authorization": f"Bearer {secret}"}

    def post(path: str, body: dict[str, Any] | None = None) -> Any:
        return client.post(f"/api/v1{path}", body or {}, content_type="application/json", headers=headers)

    answer = post("/pushes", {"connection": desk.connection.pk, "products": [product.pk]})
    assert answer.status_code == 202
    pk = answer.json()["run"]["id"]
    assert post(f"/pushes/{pk}/beginning").status_code == 409  # it is still being checked
    run_ready()
    desk.market.fails("reject", on="/content/v2/cards/update")
    assert post(f"/pushes/{pk}/beginning").json()["state"] == "running"
    run_ready()
    hurry()
    [card] = client.get(f"/api/v1/pushes/{pk}/cards", headers=headers).json()["results"]
    assert (card["state"], card["said"][0]["field"]) == ("rejected", "title")
    assert client.get(f"/api/v1/pushes/{pk}", headers=headers).json()["cards"] == {"rejected": 1}
