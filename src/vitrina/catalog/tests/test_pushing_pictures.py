"""Pictures to marketplaces: by public address, within the limits, seen to have arrived, refusals at their field."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from tests import factories

from vitrina.accounts.models import Seller, User
from vitrina.catalog.exporting import ExportOptions
from vitrina.catalog.models import Product, ProductImage
from vitrina.catalog.pushing import planning
from vitrina.catalog.pushing.deciding import Verdict, judge
from vitrina.catalog.pushing.models import Push, PushRun, PushState
from vitrina.catalog.pushing.wanting import NO_ADDRESS, NO_PICTURES, NOT_STORED
from vitrina.catalog.tests.pushing_desk import Desk, OzonDesk, WildberriesDesk, finished, hurry, rows_of
from vitrina.channels import ozon_door, ozon_push, wildberries_push
from vitrina.channels.card_targets import TARGETS
from vitrina.jobs.worker import run_ready

pytestmark = pytest.mark.filterwarnings("ignore::aiohttp.web_exceptions.NotAppKeyWarning")
MEDIA, UPDATE = "/content/v3/media/save", "/content/v2/cards/update"
ADDRESSES = ["https://files.example/1.jpg", "https://files.example/2.jpg"]


@pytest.fixture
def desk(
    transactional_db: None, seller: Seller, alice: User, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> Iterator[WildberriesDesk]:
    for name in ("CONTENT_RATE", "CARDS_RATE"):
        rate = replace(getattr(wildberries_push, name), per_minute=60_000)
        monkeypatch.setattr(wildberries_push, name, rate)
    made = WildberriesDesk(seller, alice, settings)
    made.add(7, "MX-1", photos=["https://basket.example/7/old.webp"], video="https://video.example/7.mp4")
    yield made
    made.close()


@pytest.fixture
def ozon(
    transactional_db: None, seller: Seller, alice: User, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> Iterator[OzonDesk]:
    monkeypatch.setattr(ozon_door, "RATE", replace(ozon_door.RATE, per_minute=60_000))
    made = OzonDesk(seller, alice, settings)
    made.add(7, "MX-1", images=["https://cdn.example/old.jpg"], primary_image="https://cdn.example/main.jpg")
    yield made
    made.close()


def pictured(seller: Seller, article: str = "MX-1", *, size: tuple[int, int] = (900, 1200)) -> Product:
    """With two stored pictures, which others find at the supplier's."""
    product = finished(seller, article)
    for at, (url, colour) in enumerate(zip(ADDRESSES, ("teal", "navy"), strict=True)):
        picture = factories.picture(product, colour=colour, size=size)
        ProductImage.every.filter(product=product, picture=picture).update(url=url, position=at)
    return product


def planned(desk: Desk, *products: Product, parts: tuple[str, ...] = ("pictures",)) -> PushRun:
    options = ExportOptions(product_ids=[product.pk for product in products])
    run = planning.plan(desk.seller, desk.connection, options=options, parts=parts, by=desk.by)
    run_ready()
    run.refresh_from_db()
    return run


def pushed(desk: Desk, *products: Product, parts: tuple[str, ...] = ("pictures",)) -> Push:
    run = planned(desk, *products, parts=parts)
    desk.begin(run)
    run_ready()
    hurry()
    [row] = rows_of(run)
    return row


def test_pictures_replace_those_of_the_card_in_order_and_nothing_else(
    desk: WildberriesDesk, seller: Seller
) -> None:
    before = dict(desk.stands("MX-1"))
    row = pushed(desk, pictured(seller))
    assert row.state == PushState.CONFIRMED
    [saved] = desk.shelf.saved
    assert saved == {"nmId": 7, "data": [*ADDRESSES, "https://video.example/7.mp4"]}
    assert not desk.market.asked(UPDATE)
    now = desk.stands("MX-1")
    assert (now["title"], now["characteristics"]) == (before["title"], before["characteristics"])


def test_pictures_that_were_brought_before_do_not_go_again(desk: WildberriesDesk, seller: Seller) -> None:
    product = pictured(seller)
    pushed(desk, product)
    [row] = rows_of(planned(desk, product))
    assert row.state == PushState.SAME
    ProductImage.every.filter(product=product, position=0).update(position=5)
    [row] = rows_of(planned(desk, product))
    assert row.state == PushState.PLANNED


def test_texts_alone_leave_the_pictures_alone(desk: WildberriesDesk, seller: Seller) -> None:
    row = pushed(desk, pictured(seller), parts=("texts",))
    assert row.state == PushState.CONFIRMED
    assert set(row.wanted) == {"title", "description"}
    assert not desk.market.asked(MEDIA)


def test_refused_pictures_are_told_at_their_field_and_the_words_stay_here(
    desk: WildberriesDesk, seller: Seller
) -> None:
    desk.market.fails("reject", on=MEDIA)
    row = pushed(desk, pictured(seller), parts=("texts", "pictures"))
    assert row.state == PushState.REJECTED
    assert [one["field"] for one in row.said] == ["pictures"]
    assert not desk.market.asked(UPDATE)


@pytest.mark.parametrize("fault", ["lost", "broken", "garbage"])
def test_pictures_whose_end_nobody_saw_are_brought_again_and_confirmed(
    desk: WildberriesDesk, seller: Seller, fault: str
) -> None:
    desk.market.fails(fault, on=MEDIA)
    row = pushed(desk, pictured(seller), parts=("texts", "pictures"))
    hurry(5)
    row.refresh_from_db()
    assert row.state == PushState.CONFIRMED
    assert len(desk.market.asked(UPDATE)) == 1


def test_pictures_that_never_appear_end_in_doubt(desk: WildberriesDesk, seller: Seller) -> None:
    desk.market.fails("silent", on=MEDIA)
    row = pushed(desk, pictured(seller))
    hurry(8)
    row.refresh_from_db()
    assert row.state == PushState.DOUBT
    [again] = rows_of(planned(desk, row.product))
    assert again.state == PushState.PLANNED


def test_what_breaks_a_limit_or_can_not_be_fetched_is_held_back_before_anything_leaves(
    desk: WildberriesDesk, seller: Seller
) -> None:
    for number, article in ((8, "MX-2"), (9, "MX-3"), (10, "MX-4")):
        desk.add(number, article)
    small = pictured(seller, size=(300, 300))
    bare = finished(seller, "MX-2")
    unstored = pictured(seller, "MX-3")
    ProductImage.every.filter(product=unstored, position=0).update(picture=None, state="waiting")
    uploaded = pictured(seller, "MX-4")
    ProductImage.every.filter(product=uploaded).update(origin="upload")
    rows = rows_of(planned(desk, small, bare, unstored, uploaded))
    assert [row.state for row in rows] == [PushState.HELD] * 4
    hard = [[one for one in row.problems if one["is_hard"]] for row in rows]
    assert all(one["field"] == "pictures" for problems in hard for one in problems)
    assert "too few pixels" in hard[0][0]["sentence"]
    assert [problems[0]["sentence"] for problems in hard[1:]] == [NO_PICTURES, NOT_STORED, NO_ADDRESS]
    assert not desk.market.asked(MEDIA)


def test_an_import_brings_them_to_ozon_and_loses_nothing(ozon: OzonDesk, seller: Seller) -> None:
    before = ozon.stands("MX-1")
    row = pushed(ozon, pictured(seller))
    assert row.state == PushState.CONFIRMED
    now = ozon.stands("MX-1")
    [asked] = ozon.market.asked(ozon_push.IMPORT)
    assert asked.body["items"][0]["images"] == ADDRESSES
    assert "primary_image" not in asked.body["items"][0]
    same = {name: getattr(before, name) for name in ("images", "primary_image", "changed_at")}
    assert replace(now, **same) == before


def test_ozons_words_about_a_picture_stand_at_the_pictures() -> None:
    assert ozon_push.refused({"field": "images", "description": "Не открывается"}).field == "pictures"


def test_a_place_that_takes_no_pictures_says_so_at_once(
    desk: WildberriesDesk, seller: Seller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(TARGETS, "wildberries", replace(TARGETS["wildberries"], takes_pictures=False))
    with pytest.raises(planning.CantPush):
        planned(desk, pictured(seller))
    assert not PushRun.objects.exists()


def test_what_reads_as_wanted_already_is_nobodys_change() -> None:
    wanted = {"title": "Кружка", "pictures": ADDRESSES}
    half = {"title": "Чашка", "pictures": ["a", "b"]}
    assert judge(wanted, half, {"title": "Чашка", "pictures": ["a"]}) is Verdict.GOES
    assert judge(wanted, half, {"title": "Плошка", "pictures": ["a"]}) is Verdict.CHANGED
