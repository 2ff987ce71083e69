from __future__ import annotations

from collections.abc import Callable

import pytest

from vitrina.accounts.models import Seller, User
from vitrina.catalog.models import Product
from vitrina.catalog.sources import asking, changing
from vitrina.catalog.sources.changing import SourceRefused
from vitrina.catalog.sources.models import Look, LookState, Source, SourceKind
from vitrina.catalog.sources.tests.conftest import counts, look
from vitrina.jobs.models import Job
from vitrina.jobs.worker import run_ready
from vitrina.simulators.web_shop import Goods, Shop, WebShop

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("paces")]


@pytest.fixture
def page(make: Callable[..., Source], shop: Shop) -> Source:
    shop.put(Goods("a", "Кружка"))
    return make(SourceKind.PAGE, "/p/a")


def test_a_page_is_read_and_then_asked_only_for_what_is_new(page: Source, shop: Shop) -> None:
    assert counts(look(page)) == {"read": 1, "created": 1}
    assert counts(look(page)) == {"unchanged": 1}
    assert shop.bodies() == 1
    shop.change("a", price="990")
    assert counts(look(page)) == {"read": 1, "updated": 1}


@pytest.mark.parametrize(
    ("fault", "kind"),
    [("login", "sign_in"), ("empty", "empty"), ("gone", "not_fetched"), ("private", "closed_address")],
)
def test_trouble_is_said_and_nothing_changes(page: Source, shop: Shop, fault: str, kind: str) -> None:
    look(page)
    shop.faults["/p/a"].append(fault)
    found = look(page)
    assert (found.state in (LookState.FAILED, LookState.ASKS), found.trouble_kind) == (True, kind)
    assert Product.objects.get().title == "Кружка"
    assert counts(look(page)) == {"unchanged": 1}


def test_a_page_for_people_alone_is_said(make: Callable[..., Source], shop: Shop) -> None:
    shop.put(Goods("b", "Чашка", dialect="bare"))
    assert look(make(SourceKind.PAGE, "/p/b")).trouble_kind == "no_markup"


@pytest.mark.parametrize(
    "address",
    [
        "ftp://shop.example/",
        "file:///etc/passwd",
        "http://0x7f.1/",
        "https://name:word@shop.example/",
        "https://",
        "мимо",
    ],
)
def test_an_address_that_can_t_be_is_refused_at_once(seller: Seller, address: str) -> None:
    with pytest.raises(SourceRefused):
        changing.create(seller, "page", address=address, by=None)
    assert not Source.objects.exists()


def test_the_same_place_is_not_made_twice(page: Source) -> None:
    with pytest.raises(SourceRefused):
        changing.create(page.seller, "page", address=page.address, by=None)


@pytest.mark.django_db(transaction=True)
def test_a_look_asked_for_twice_is_one_and_brings_its_products(page: Source, alice: User) -> None:
    first, second = asking.look_now(page, by=alice), asking.look_now(page, by=alice)
    assert first.pk == second.pk
    run_ready()
    assert Job.objects.get(pk=first.pk).result["new"] == 1
    assert Look.objects.get().state == LookState.DONE


@pytest.mark.django_db(transaction=True)
def test_what_is_new_asks_for_its_enrichment(make: Callable[..., Source], shop: Shop) -> None:
    shop.put(Goods("a", "Кружка"))
    page = make(SourceKind.PAGE, "/p/a", enrich=True)
    look(page)
    look(page)
    assert Job.objects.filter(kind="enrichment.arrived").count() == 1


def test_the_clock_asks_for_those_whose_time_has_come(make: Callable[..., Source], web_shop: WebShop) -> None:
    often = make(SourceKind.PAGE, "/1", every_minutes=60)
    make(SourceKind.PAGE, "/2")
    paused = make(SourceKind.PAGE, "/3", every_minutes=60)
    changing.switch(paused, on=False, by=None)
    assert asking.ask_due(often.created_at) == 0
    due = often.next_look_at
    assert due is not None
    assert asking.ask_due(due) == 1
    assert asking.ask_due(due) == 0
    assert [job.payload["source"] for job in Job.objects.filter(kind=asking.LOOK)] == [often.pk]


def test_another_address_is_looked_at_from_the_beginning(page: Source, shop: Shop, web_shop: WebShop) -> None:
    look(page)
    shop.put(Goods("b", "Чашка"))
    changing.change(page, address=f"{web_shop.url}/p/b", by=None)
    assert counts(look(page)) == {"read": 1, "created": 1}


def test_a_source_that_is_taken_away_leaves_its_products(page: Source, alice: User) -> None:
    look(page)
    changing.remove(page, by=alice)
    assert (Source.objects.count(), Look.objects.count(), Product.objects.count()) == (0, 0, 1)
