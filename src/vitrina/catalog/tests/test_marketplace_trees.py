"""Trees of marketplaces: read anew every week through a connection that works, those never read first."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from tests import factories

from vitrina.accounts.models import Seller, User
from vitrina.catalog.models import Category
from vitrina.catalog.places import trees
from vitrina.catalog.places.models import TreeReading
from vitrina.catalog.tests.pushing_desk import YandexDesk
from vitrina.channels.models import Connection
from vitrina.channels.throttle import Throttle
from vitrina.jobs.models import Job
from vitrina.jobs.worker import run_ready


def connected(seller: Seller, platform: str, **given: Any) -> Connection:
    usual: dict[str, Any] = {"credentials": "sealed", "probed_at": timezone.now()}
    return Connection.objects.create(seller=seller, platform=platform, **usual | given)


def queued() -> list[int]:
    rows = Job.objects.filter(kind=trees.TREE).order_by("pk")
    return [job.payload["connection"] for job in rows]


@pytest.mark.django_db
def test_those_never_read_come_first_and_fresh_ones_are_left(seller: Seller) -> None:
    now = timezone.now()
    old, new, fresh = (connected(seller, name) for name in ("ozon", "yandex_market", "wildberries"))
    TreeReading.objects.create(tree="ozon", read_at=now - timedelta(days=8))
    TreeReading.objects.create(tree="wildberries", read_at=now - timedelta(days=6))
    assert trees.read_due_later(now) == 2
    assert queued() == [new.pk, old.pk]
    assert fresh.pk not in queued()


@pytest.mark.django_db
def test_one_connection_of_a_marketplace_is_enough_and_it_is_one_that_works(
    seller: Seller, other_seller: Seller
) -> None:
    now = timezone.now()
    connected(seller, "ozon", trouble="The key is wrong.")
    working = connected(other_seller, "ozon", probed_at=now - timedelta(hours=9))
    connected(seller, "yandex_market", access={"cards": {"state": "needs_right", "needs": "x"}})
    connected(other_seller, "yandex_market", is_on=False)
    connected(seller, "instagram")  # has no tree
    connected(seller, "wildberries", credentials="")
    assert trees.read_due_later(now) == 1
    assert queued() == [working.pk]
    assert trees.read_due_later(now) == 1  # the same job, still waiting
    assert queued() == [working.pk]


@pytest.mark.filterwarnings("ignore::aiohttp.web_exceptions.NotAppKeyWarning")
def test_a_person_has_a_tree_read_again_and_the_page_says_when(
    transactional_db: None,
    seller: Seller,
    alice: User,
    client: Client,
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Throttle, "enter", lambda throttle, rate: None)
    desk = YandexDesk(seller, alice, settings)
    try:
        factories.sign_in(client, alice)
        answer = client.post(reverse("push_places_tree"), {"connection": desk.connection.pk})
        job = Job.objects.get(kind=trees.TREE)
        assert answer["Location"] == reverse("job", args=[job.pk])
        run_ready()
        leaf = Category.objects.get(tree="yandex_market", external_id="91183")
        assert (leaf.path, leaf.is_leaf) == ("Дом и сад > Посуда > Кружки", True)
        assert not Category.objects.get(tree="yandex_market", external_id="90700").is_leaf
        before = TreeReading.objects.get(tree="yandex_market").read_at
        trees.sync_tree(desk.connection)
        assert TreeReading.objects.get(tree="yandex_market").read_at > before
        page = client.get(reverse("push_places")).content.decode()
        assert f'formaction="{reverse("push_places_tree")}"' in page
        assert "Яндекс Маркет: <time" in page
    finally:
        desk.close()


@pytest.mark.django_db
def test_a_stranger_reads_no_tree(seller: Seller, charlie: User, client: Client) -> None:
    connection = connected(seller, "ozon")
    factories.sign_in(client, charlie)
    answer = client.post(reverse("push_places_tree"), {"connection": connection.pk})
    assert answer.status_code in (403, 404)
    assert queued() == []
