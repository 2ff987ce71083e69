"""A feed by its address: one conditional request where nothing changed, an import where something did."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from vitrina.catalog.importing import CHUNK
from vitrina.catalog.models import Import, ListingChange, Product, RunState
from vitrina.catalog.sources import looking
from vitrina.catalog.sources.models import Look, LookState, Source, SourceKind
from vitrina.catalog.sources.tests.conftest import counts, look
from vitrina.simulators.web_shop import LOGIN, Shop

pytestmark = pytest.mark.django_db


@pytest.fixture
def feed(make: Callable[..., Source]) -> Source:
    return make(SourceKind.FEED, "/feed.csv")


def offer(shop: Shop, rows: int, *, price: int = 10) -> None:
    lines = "".join(f"{n};Кружка {n};{price}\n" for n in range(rows))
    shop.files["/feed.csv"] = ("text/csv", f"Артикул;Название;Цена\n{lines}".encode())


def test_a_feed_is_imported_like_any_other(feed: Source, shop: Shop) -> None:
    offer(shop, 9)
    found = look(feed)
    feed.refresh_from_db()
    assert (found.state, counts(found)) == (LookState.DONE, {"read": 9, "created": 9})
    assert found.import_run == Import.objects.get(state=RunState.DONE)
    assert (feed.trouble, feed.cursor["rows"], feed.changed_at is None) == ("", 9, False)


def test_an_unchanged_feed_costs_one_request_without_a_body(feed: Source, shop: Shop) -> None:
    offer(shop, 9)
    look(feed)
    shop.log.clear()
    found = look(feed)
    assert (found.state, counts(found)) == (LookState.DONE, {"unchanged": 9})
    assert [(one.status, one.size) for one in shop.log] == [(304, 0)]
    assert Import.objects.count() == 1


def test_a_server_that_knows_no_conditions_is_judged_by_the_content(feed: Source, shop: Shop) -> None:
    shop.validators = False
    offer(shop, 9)
    look(feed)
    assert counts(look(feed)) == {"unchanged": 9}
    assert Import.objects.count() == 1
    offer(shop, 9, price=12)
    assert counts(look(feed)) == {"read": 9, "updated": 9}
    assert ListingChange.objects.count() == 9


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (LOGIN.encode(), "not_a_feed"),
        (b"", "not_a_feed"),
        ("Артикул;Название;Цена\n".encode(), "empty"),
        ("Артикул;Название;Цена\n1;Кружка;5\n2;Чашка;6\n".encode(), "shrank"),
    ],
)
def test_what_is_no_feed_or_too_little_of_one_changes_nothing(
    feed: Source, shop: Shop, body: bytes, kind: str
) -> None:
    offer(shop, 9)
    look(feed)
    shop.files["/feed.csv"] = ("text/csv", body)
    found = look(feed)
    feed.refresh_from_db()
    assert (found.state in (LookState.FAILED, LookState.ASKS), feed.trouble_kind) == (True, kind)
    assert (Product.objects.count(), Import.objects.count(), ListingChange.objects.count()) == (9, 1, 0)
    # What was there before is asked for by the marks of before, and the trouble is over.
    offer(shop, 9)
    assert look(feed).state == LookState.DONE
    feed.refresh_from_db()
    assert feed.trouble_kind == ""


def test_what_shrank_comes_in_when_a_person_says_so(feed: Source, shop: Shop) -> None:
    offer(shop, 9)
    look(feed)
    offer(shop, 2, price=11)
    assert look(feed).state == LookState.ASKS
    assert look(feed).state == LookState.ASKS  # until then it is asked again
    found = look(feed, is_forced=True)
    assert (found.state, counts(found), Product.objects.count()) == (
        LookState.DONE,
        {"read": 2, "updated": 2},
        9,
    )
    offer(shop, 2, price=12)
    assert look(feed).state == LookState.DONE


def test_a_look_that_was_killed_in_the_middle_of_a_feed_goes_on(feed: Source, shop: Shop) -> None:
    offer(shop, 2 * CHUNK + 5)

    def die(found: Look) -> None:
        if found.created:
            raise SystemExit

    with pytest.raises(SystemExit):
        look(feed, tell=die)
    asked = len(shop.log)
    found = look(feed)
    assert (found.state, counts(found)) == (LookState.DONE, {"read": 2 * CHUNK + 5, "created": 2 * CHUNK + 5})
    assert (len(shop.log), Look.objects.count(), Import.objects.count()) == (asked, 1, 1)


def test_an_address_that_is_gone_is_said_and_one_that_is_busy_is_tried_again(
    feed: Source, shop: Shop
) -> None:
    found = look(feed)
    assert (found.state, found.trouble_kind) == (LookState.FAILED, "not_fetched")
    shop.faults["/feed.csv"].append("unavailable")
    with pytest.raises(looking.LookLater):
        look(feed, attempt=1)
