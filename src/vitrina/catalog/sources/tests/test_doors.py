"""Pages and the API of sources, as people and programs meet them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from vitrina.accounts.models import AuditEntry, Seller, User
from vitrina.catalog.models import Product
from vitrina.catalog.sources import asking, changing, looks
from vitrina.catalog.sources.models import Look, LookState, Source, SourceKind
from vitrina.catalog.sources.tests.conftest import look, mugs
from vitrina.jobs.models import Job
from vitrina.jobs.worker import run_ready
from vitrina.simulators.web_shop import Goods, Shop, WebShop

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("paces")]


def test_a_site_is_added_looked_at_and_shown(
    seller: Seller, alice: User, client: Client, web_shop: WebShop
) -> None:
    web_shop.shop.put(*mugs(3), Goods("bad", "Без цены", dialect="broken_json"))
    client.force_login(alice)
    said = {
        "place": "site", "seller": seller.pk, "address": f"{web_shop.url}/", "name": "Посуда", "every_minutes": "60",
        "holds": "/p/",
    }  # fmt: skip
    answer = client.post("/sources/addition", said)
    source = Source.objects.get()
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/sources/{source.pk}/")
    assert (source.every_minutes, source.enrich, source.options) == (60, False, {"holds": "/p/"})
    run_ready()
    assert Product.objects.count() == 3
    words = client.get(f"/sources/{source.pk}/", headers={"Accept-Language": "en"}).content.decode()
    assert "/p/bad" in words
    assert "Посуда" in client.get("/sources/").content.decode()
    assert list(AuditEntry.objects.filter(action__startswith="source.").values_list("action", flat=True)) == [
        "source.create"
    ]


@pytest.mark.parametrize("address", ["", "shop", "http://127.0.0.1:1/", "ftp://shop.example/"])
def test_an_address_that_can_t_be_is_said_at_its_field(
    seller: Seller, alice: User, client: Client, address: str
) -> None:
    client.force_login(alice)
    answer = client.post("/sources/addition", {"place": "page", "seller": seller.pk, "address": address})
    assert answer.status_code == 422
    assert answer.context["form"].errors["address"]
    assert not Source.objects.exists()


def test_what_is_doubted_is_taken_when_a_person_says_so(
    make: Callable[..., Source], alice: User, client: Client, shop: Shop
) -> None:
    site = make(SourceKind.SITE, "/")
    shop.put(*mugs(9))
    look(site)
    for n in range(1, 9):
        del shop.goods[f"mug-{n}"]
    look(site)
    client.force_login(alice)
    page = client.get(f"/sources/{site.pk}/")
    assert page.context["may_be_taken"]
    assert f"/sources/{site.pk}/taking" in page.content.decode()
    client.post(f"/sources/{site.pk}/taking")
    run_ready()
    site.refresh_from_db()
    assert (site.trouble, site.looks.latest("pk").state) == ("", LookState.DONE)


def test_saying_take_it_is_not_lost_behind_a_look_that_waits(
    make: Callable[..., Source], alice: User
) -> None:
    site = make(SourceKind.SITE, "/")
    waiting = asking.look_now(site, by=alice)
    forced = asking.look_now(site, by=alice, is_forced=True)
    assert forced.pk != waiting.pk
    assert {job.lane for job in Job.objects.filter(kind=asking.LOOK)} == {f"look:{site.pk}"}


def test_a_paused_source_is_left_alone_by_the_clock(
    make: Callable[..., Source], alice: User, client: Client
) -> None:
    page = make(SourceKind.PAGE, "/p/a", every_minutes=15)
    client.force_login(alice)
    client.post(f"/sources/{page.pk}/switching", {"on": "0"})
    page.refresh_from_db()
    assert (page.is_on, page.next_look_at) == (False, None)
    client.post(f"/sources/{page.pk}/switching", {"on": "1"})
    page.refresh_from_db()
    assert page.next_look_at is not None


def test_a_program_makes_a_source_and_has_it_looked_at(
    seller: Seller, alice: User, client: Client, web_shop: WebShop
) -> None:
    web_shop.shop.put(Goods("a", "Кружка"))
    client.force_login(alice)
    given = {"seller": seller.pk, "kind": "page", "address": f"{web_shop.url}/p/a", "enrich": False}
    made = client.post("/api/v1/sources", given, content_type="application/json")
    assert (made.status_code, made.json()["state"]) == (201, "new")
    asked = client.post(f"/api/v1/sources/{made.json()['id']}/looks", {}, content_type="application/json")
    assert (asked.status_code, asked.json()["source"]["state"]) == (202, "looking")
    run_ready()
    [found] = client.get(f"/api/v1/sources/{made.json()['id']}/looks").json()["results"]
    assert (found["state"], found["created"], found["trouble"]) == ("done", 1, None)
    again = client.post("/api/v1/sources", given, content_type="application/json")
    assert again.status_code == 422


@pytest.mark.parametrize(
    "wrong",
    [
        {"every_minutes": 1}, {"kind": "ozon"}, {"options": {"most_pages": 0}, "kind": "site"},
        {"options": {"columns": {"a": "no such role"}}, "kind": "feed"}, {"connection": 1},
    ],
)  # fmt: skip
def test_a_program_hears_what_it_said_wrongly(
    seller: Seller, alice: User, client: Client, wrong: dict[str, object]
) -> None:
    client.force_login(alice)
    given = {"seller": seller.pk, "kind": "page", "address": "https://shop.example/1"} | wrong
    answer = client.post("/api/v1/sources", given, content_type="application/json")
    assert answer.status_code in (404, 422)
    assert not Source.objects.exists()


def test_old_looks_are_let_go_and_the_latest_stays(make: Callable[..., Source], shop: Shop) -> None:
    shop.put(Goods("a", "Кружка"))
    page = make(SourceKind.PAGE, "/p/a")
    made = [look(page).pk for _ in range(3)]
    for row in Look.objects.all():
        Look.objects.filter(pk=row.pk).update(started_at=row.started_at - timedelta(days=looks.KEPT_DAYS + 1))
    looks.clear_old()
    assert list(Look.objects.values_list("pk", flat=True)) == made[-1:]


def test_the_limit_of_sources_is_said(seller: Seller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(changing, "MOST_PER_SELLER", 1)
    changing.create(seller, "page", address="https://shop.example/1", by=None)
    with pytest.raises(changing.SourceRefused):
        changing.create(seller, "page", address="https://shop.example/2", by=None)
