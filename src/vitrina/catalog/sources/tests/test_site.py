"""A whole site by its site map: what changed is read, what didn't costs no body, and nobody is pressed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from vitrina.catalog.models import ListingChange, Product
from vitrina.catalog.sources import looking, looks
from vitrina.catalog.sources.models import Look, LookState, Source, SourceKind, SourcePage
from vitrina.catalog.sources.tests.conftest import counts, look, mugs
from vitrina.channels.errors import Throttled
from vitrina.channels.throttle import Throttle
from vitrina.lib.rates import Rate
from vitrina.simulators.web_shop import DIALECTS, Goods, Shop, WebShop, json_ld

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("paces")]


@pytest.fixture
def site(make: Callable[..., Source]) -> Source:
    return make(SourceKind.SITE, "/", name="Маяк")


def test_a_site_is_read_by_its_map(site: Source, shop: Shop) -> None:
    shop.put(*mugs(25))
    found = look(site)
    assert (found.state, counts(found)) == (LookState.DONE, {"read": 25, "created": 25})
    product = Product.objects.get(external_id="mug-7")
    assert (product.title, product.supplier, product.category_hint) == ("Кружка 7", "Маяк", "Посуда > Кружки")
    assert (str(product.price), product.currency, product.is_available) == ("1490.00", "RUB", True)
    assert product.attributes == {"Объём": "350 мл"}


def test_a_second_look_takes_no_body_and_changes_nothing(site: Source, shop: Shop) -> None:
    shop.put(*mugs(12))
    look(site)
    shop.log.clear()
    found = look(site)
    assert (found.state, counts(found)) == (LookState.DONE, {"unchanged": 12})
    assert [one.status for one in shop.asked()] == [304] * 12
    assert ListingChange.objects.count() == 0


def test_a_page_whose_date_stands_in_the_map_is_not_even_asked_for(site: Source, shop: Shop) -> None:
    shop.put(*mugs(6, changed="2026-11-01"))
    look(site)
    shop.log.clear()
    shop.change("mug-3", price="1190.00", changed="2026-11-20")
    found = look(site)
    assert counts(found) == {"read": 1, "updated": 1, "unchanged": 5}
    assert [one.path for one in shop.asked()] == ["/p/mug-3"]
    assert str(Product.objects.get(external_id="mug-3").price) == "1190.00"


def test_a_map_that_never_tells_the_truth_is_looked_behind_after_a_week(site: Source, shop: Shop) -> None:
    shop.put(*mugs(3, changed="2026-11-01"))
    look(site)
    shop.change("mug-1", price="990.00")
    for row in SourcePage.objects.all():
        SourcePage.objects.filter(pk=row.pk).update(answered_at=row.answered_at - timedelta(days=8))
    assert counts(look(site)) == {"read": 1, "updated": 1, "unchanged": 2}


def test_every_dialect_comes_in_and_the_dirty_ones_are_said(site: Source, shop: Shop) -> None:
    shop.put(*(Goods(name, name, dialect=name) for name in DIALECTS))
    found = look(site)
    assert found.state == LookState.DONE
    assert set(Product.objects.values_list("external_id", flat=True)) == {
        "json_ld", "graph", "group-S", "group-M", "aggregate", "microdata", "open_graph", "mixed", "two_products",
    }  # fmt: skip
    assert [one["id"].rpartition("/")[2] for one in found.said] == ["broken_json"]


@pytest.mark.parametrize("fault", ["error", "gone", "empty", "login", "cut", "private"])
def test_a_page_that_fails_is_said_and_the_others_come_in(site: Source, shop: Shop, fault: str) -> None:
    shop.put(*mugs(4))
    shop.faults["/p/mug-1"].append(fault)
    found = look(site)
    assert (found.state, counts(found)) == (LookState.DONE, {"read": 4, "created": 3, "broken": 1})
    [said] = found.said
    assert "/p/mug-1" in said["sentence"]
    # Next time it is there.
    assert counts(look(site)) == {"read": 1, "created": 1, "unchanged": 3}


def test_a_page_that_leads_to_another_site_is_left_out(site: Source, shop: Shop, web_shop: WebShop) -> None:
    shop.put(*mugs(2))
    shop.more_in_map.append("https://other.example/p/1")
    found = look(site)
    assert counts(found) == {"read": 3, "created": 2, "broken": 1}
    assert not [one for one in shop.log if "other" in one.path]


def test_a_site_that_is_down_is_tried_again_and_goes_on(site: Source, shop: Shop) -> None:
    shop.put(*mugs(25))
    shop.faults["/p/mug-20"].append("unavailable")  # in the second ten: the map has the even ones first
    with pytest.raises(looking.LookLater) as later:
        look(site, attempt=1)
    assert later.value.after_seconds == 1.0
    running = Look.objects.get()
    assert (running.state, running.trouble_kind, running.created) == (LookState.RUNNING, "unavailable", 10)
    found = look(site, attempt=2)
    assert (found.pk, found.state, counts(found)) == (running.pk, LookState.DONE, {"read": 25, "created": 25})


def test_a_look_that_was_killed_goes_on_and_asks_no_page_again(site: Source, shop: Shop) -> None:
    shop.put(*mugs(35))

    def die(found: Look) -> None:
        if found.created >= 20:
            raise SystemExit

    with pytest.raises(SystemExit):
        look(site, tell=die)
    asked = len(shop.asked())
    found = look(site)
    assert (found.state, counts(found)) == (LookState.DONE, {"read": 35, "created": 35})
    assert (asked, len(shop.asked())) == (20, 35)
    assert Look.objects.count() == 1


def test_what_is_left_of_a_pass_may_be_nothing(site: Source, shop: Shop) -> None:
    shop.put(*mugs(10))

    def stop(found: Look) -> None:
        if found.created == 10:
            raise SystemExit

    with pytest.raises(SystemExit):
        look(site, tell=stop)
    looks.cancel(site)
    assert (look(site).state, look(site).state) == (LookState.DONE, LookState.DONE)
    assert counts(Look.objects.latest("pk")) == {"unchanged": 10}


def test_a_site_whose_turn_has_not_come_loses_no_try(site: Source, monkeypatch: pytest.MonkeyPatch) -> None:
    def wait(throttle: Throttle, rate: Rate) -> None:
        raise Throttled("later", retry_after=20)

    monkeypatch.setattr(Throttle, "enter", wait)
    with pytest.raises(looking.LookLater) as later:
        look(site, attempt=looking.TRIES)
    assert (later.value.costs_a_try, later.value.after_seconds) == (False, 20)
    assert Look.objects.get().state == LookState.RUNNING


def test_a_look_takes_so_many_pages_and_the_next_one_the_rest(
    make: Callable[..., Source], shop: Shop
) -> None:
    site = make(SourceKind.SITE, "/sitemap.xml", options={"most_pages": 15})
    shop.put(*mugs(25))
    assert counts(look(site)) == {"read": 15, "created": 15}
    assert counts(look(site))["created"] == 10


def test_only_pages_that_are_meant_are_asked_for(
    make: Callable[..., Source], shop: Shop, web_shop: WebShop
) -> None:
    site = make(SourceKind.SITE, "/", options={"holds": "/p/"})
    shop.put(*mugs(2))
    shop.more_in_map.append(f"{web_shop.url}/news/1")
    assert counts(look(site)) == {"read": 2, "created": 2}
    assert not shop.asked("/news")


def test_robots_are_obeyed(site: Source, shop: Shop) -> None:
    shop.put(*mugs(3))
    shop.robots = "User-agent: *\nDisallow: /p/mug-1\nSitemap: {base}/sitemap.xml"
    found = look(site)
    assert counts(found) == {"read": 3, "created": 2, "broken": 1}
    assert "/p/mug-1" not in {one.path for one in shop.log}


def test_a_site_that_lets_nobody_in_is_not_asked(site: Source, shop: Shop) -> None:
    shop.put(*mugs(3))
    shop.robots = "User-agent: *\nDisallow: /"
    found = look(site)
    assert (found.state, found.trouble_kind) == (LookState.FAILED, "no_site_map")
    assert {one.path for one in shop.log} == {"/robots.txt"}


def test_one_request_a_second_and_none_at_once(site: Source, shop: Shop, paces: list[Rate]) -> None:
    shop.put(*mugs(6))
    look(site)
    assert len(paces) == len(shop.log) == 10  # robots.txt, three maps and six pages
    assert {(rate.per_minute, rate.burst_seconds) for rate in paces} == {(60, 1.0)}


def test_a_slower_pace_that_robots_ask_for_is_kept(site: Source, shop: Shop, paces: list[Rate]) -> None:
    shop.put(*mugs(2))
    shop.robots = "User-agent: *\nCrawl-delay: 10\nSitemap: {base}/sitemap.xml"
    look(site)
    assert {(rate.per_minute, rate.burst_seconds) for rate in paces[1:]} == {(6, 10.0)}


def test_a_map_that_shrank_asks_a_person_and_nothing_is_asked_for(site: Source, shop: Shop) -> None:
    shop.put(*mugs(10))
    look(site)
    shop.log.clear()
    for n in range(3, 10):
        del shop.goods[f"mug-{n}"]
    del shop.goods["mug-0"]
    found = look(site)
    site.refresh_from_db()
    assert (found.state, site.trouble_kind) == (LookState.ASKS, "shrank")
    assert (shop.asked(), Product.objects.count()) == ([], 10)
    forced = look(site, is_forced=True)
    assert (forced.state, Product.objects.count()) == (LookState.DONE, 10)
    assert look(site).state == LookState.DONE


@pytest.mark.parametrize(
    "body", [b"", b"<html><body>login</body></html>", b"<urlset>", b"\x1f\x8b\x08broken"]
)
def test_what_is_no_map_changes_nothing(site: Source, shop: Shop, body: bytes) -> None:
    shop.put(*mugs(3))
    look(site)
    shop.map_body = body
    found = look(site)
    assert found.state in (LookState.FAILED, LookState.ASKS)
    assert found.trouble_kind in ("no_site_map", "empty")
    assert Product.objects.count() == 3
    shop.map_body = None
    assert counts(look(site)) == {"unchanged": 3}


def test_a_site_behind_a_login_is_said(site: Source, shop: Shop) -> None:
    shop.put(*mugs(8))
    for n in range(8):
        shop.faults[f"/p/mug-{n}"].append("login")
    found = look(site)
    assert (found.state, found.trouble_kind) == (LookState.FAILED, "sign_in")
    assert Product.objects.count() == 0


def test_an_id_on_two_pages_stays_with_the_first(site: Source, shop: Shop, web_shop: WebShop) -> None:
    shop.put(Goods("a", "Кружка"))
    other = json_ld(Goods("a", "Чашка"), web_shop.url).replace("/p/a", "/cups/a")
    shop.files["/cups/a"] = ("text/html", other.encode())
    shop.more_in_map.append(f"{web_shop.url}/cups/a")
    look(site)
    shop.validators = False
    again = look(site)
    assert (again.created, again.updated, again.broken) == (0, 0, 1)
    assert Product.objects.get().title == "Кружка"


def test_two_processes_never_count_the_same_page(site: Source, shop: Shop) -> None:
    shop.put(*mugs(12))
    zombie = looks.begin(site)
    look(site)
    with pytest.raises(looks.TakenOver):
        looks.count(zombie, {"read": 1}, [])
