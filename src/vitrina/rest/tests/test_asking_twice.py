"""The same key does it once: a second time, in the same moment, after a crash, with another body."""

from __future__ import annotations

import json
import threading
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.utils import timezone
from tests import factories

from vitrina.accounts import tokens
from vitrina.accounts.models import User
from vitrina.accounts.roles import Role
from vitrina.catalog.models import Export, Product
from vitrina.enrichment import runs
from vitrina.enrichment.models import ProcessingLog
from vitrina.jobs.models import Job
from vitrina.rest import asking_twice
from vitrina.rest.models import KeyedRequest

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _fresh_minute() -> None:
    cache.clear()


@pytest.fixture
def product() -> Product:
    return factories.product(seller=factories.seller())


def asker(product: Product, name: str = "olga") -> dict[str, str]:
    user = factories.user(name, seller=product.seller, role=Role.ADMIN)
    return {"Authorization": f"Bearer {tokens.issue(user, 'x', ['enrich', 'export', 'view']).secret}"}


def post(address: str, body: Any, headers: dict[str, str], key: str | None = "k-1") -> Any:
    keyed = headers | ({"Idempotency-Key": key} if key is not None else {})
    return Client(raise_request_exception=False).post(
        address, json.dumps(body), content_type="application/json", headers=keyed
    )


def export(product: Product, headers: dict[str, str], key: str | None = "k-1", target: str = "shop") -> Any:
    body = {"seller": product.seller_id, "target": target, "format": "csv"}
    return post("/api/v1/exports", body, headers, key)


def test_the_second_time_gets_the_first_ones_answer(product: Product) -> None:
    headers = asker(product)
    first, second = export(product, headers), export(product, headers)
    assert (first.status_code, second.status_code) == (202, 202)
    assert first.json() == second.json()
    assert first["Location"] == second["Location"]
    assert ("Idempotent-Replayed" in first.headers, second["Idempotent-Replayed"]) == (False, "true")
    assert (Export.objects.count(), Job.objects.count()) == (1, 1)


def test_without_a_key_each_request_stands_for_itself(product: Product) -> None:
    headers = asker(product)
    export(product, headers, None)
    export(product, headers, None)
    assert Export.objects.count() == 2


def test_a_key_with_another_body_or_address_is_refused(product: Product) -> None:
    headers = asker(product)
    export(product, headers)
    other = export(product, headers, target="ozon")
    elsewhere = post(f"/api/v1/ai/process/{product.pk}", {}, headers)
    assert [other.status_code, elsewhere.status_code] == [422, 422]
    assert other.json()["type"].endswith("key-reused")
    assert (Export.objects.count(), ProcessingLog.objects.count()) == (1, 0)


def test_the_order_of_members_does_not_make_another_request(product: Product) -> None:
    headers = asker(product)
    export(product, headers)
    turned = {"format": "csv", "target": "shop", "seller": product.seller_id}
    assert post("/api/v1/exports", turned, headers)["Idempotent-Replayed"] == "true"


def test_keys_of_two_people_are_two_keys(product: Product) -> None:
    export(product, asker(product, "olga"))
    export(product, asker(product, "pavel"))
    assert Export.objects.count() == 2


def test_a_refused_request_leaves_the_key_free(product: Product) -> None:
    headers = asker(product)
    refused = post(
        "/api/v1/exports", {"seller": product.seller_id + 999, "target": "shop", "format": "csv"}, headers
    )
    assert refused.status_code == 404
    assert KeyedRequest.objects.count() == 0
    assert export(product, headers).status_code == 202


@pytest.mark.parametrize("key", ["", "x" * 201, "ключ", "a\tb"])
def test_a_key_that_is_none_is_refused(key: str, product: Product) -> None:
    assert export(product, asker(product), key).status_code == 422
    assert Export.objects.count() == 0


def test_two_at_once_do_it_once(product: Product, monkeypatch: Any) -> None:
    """The first stands in the middle of its deed when the second comes."""
    headers = asker(product)
    inside, go_on = threading.Event(), threading.Event()
    start = runs.start

    def slow(*args: Any, **kwargs: Any) -> Any:
        if not inside.is_set():
            inside.set()
            assert go_on.wait(20)
        return start(*args, **kwargs)

    monkeypatch.setattr(runs, "start", slow)
    address = f"/api/v1/ai/process/{product.pk}"
    first: list[Any] = []

    def ask() -> None:
        try:
            first.append(post(address, {}, headers))
        finally:
            connection.close()

    thread = threading.Thread(target=ask)
    thread.start()
    assert inside.wait(20)
    second = post(address, {}, headers)
    go_on.set()
    thread.join(20)
    assert second.status_code == 409
    assert (second["Retry-After"], second.json()["type"]) == ("1", "/api/docs#problem-under-way")
    assert first[0].status_code == 202
    third = post(address, {}, headers)
    assert (third.status_code, third.json()) == (202, first[0].json())
    assert ProcessingLog.objects.count() == 1


def test_a_fault_in_the_deed_undoes_all_of_it(product: Product, monkeypatch: Any) -> None:
    headers = asker(product)

    def broken(*args: Any, **kwargs: Any) -> Any:
        runs_start(*args, **kwargs)
        raise RuntimeError("in the middle")

    runs_start = runs.start
    monkeypatch.setattr(runs, "start", broken)
    response = post(f"/api/v1/ai/process/{product.pk}", {}, headers)
    assert (response.status_code, response["Content-Type"]) == (500, "application/problem+json")
    assert (ProcessingLog.objects.count(), Job.objects.count(), KeyedRequest.objects.count()) == (0, 0, 0)


def left_by_a_dead_process(product: Product, headers: dict[str, str], **columns: Any) -> KeyedRequest:
    """A row as a process leaves it that was killed in the middle: its deed was rolled back."""
    export(product, headers)
    row = KeyedRequest.objects.get()
    Export.objects.all().delete()
    KeyedRequest.objects.filter(pk=row.pk).update(status=None, body="", **columns)
    return row


def test_after_a_crash_the_deed_is_done_once_the_row_is_given_up(product: Product) -> None:
    headers = asker(product)
    row = left_by_a_dead_process(product, headers, held_until=timezone.now() + timedelta(seconds=30))
    assert export(product, headers).status_code == 409
    KeyedRequest.objects.filter(pk=row.pk).update(held_until=timezone.now() - timedelta(seconds=1))
    assert export(product, headers).status_code == 202
    assert Export.objects.count() == 1


def test_who_was_taken_over_undoes_its_own_deed(product: Product, monkeypatch: Any) -> None:
    headers = asker(product)
    start = runs.start

    def overtaken(*args: Any, **kwargs: Any) -> Any:
        log = start(*args, **kwargs)
        KeyedRequest.objects.update(fence="somebody else's")
        return log

    monkeypatch.setattr(runs, "start", overtaken)
    response = post(f"/api/v1/ai/process/{product.pk}", {}, headers)
    assert response.status_code == 409
    assert ProcessingLog.objects.count() == 0


def test_keys_are_forgotten_after_a_day(product: Product) -> None:
    headers = asker(product)
    export(product, headers)
    KeyedRequest.objects.update(created_at=timezone.now() - timedelta(hours=24, seconds=1))
    # Even before the clean-up came by: a day is a day.
    assert "Idempotent-Replayed" not in export(product, headers).headers
    KeyedRequest.objects.update(created_at=timezone.now() - timedelta(hours=24, seconds=1))
    assert asking_twice.forget_old() == 1
    assert KeyedRequest.objects.count() == 0


def test_a_key_is_looked_at_before_it_is_stored(product: Product) -> None:
    user = User.objects.create_user("nobody-special")
    headers = {"Authorization": f"Bearer {tokens.issue(user, 'x', ['export']).secret}"}
    assert export(product, headers).status_code == 403
    assert KeyedRequest.objects.count() == 0
