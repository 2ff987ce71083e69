"""Cards to Yandex Market: changes of names, texts and values that leave the rest, what it says at once and afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from vitrina.accounts.models import Seller, User
from vitrina.catalog.models import Category, Product, ProductContent
from vitrina.catalog.places.models import Place, PlaceSource
from vitrina.catalog.pushing.models import Push, PushRunState, PushState
from vitrina.catalog.tests.pushing_desk import TEXT, TITLE, YandexDesk, finished, hurry, rows_of
from vitrina.channels import yandex_market_push, yandex_market_requests
from vitrina.channels.throttle import Throttle
from vitrina.jobs.models import Job
from vitrina.simulators import yandex_market_products as simulator

pytestmark = pytest.mark.filterwarnings("ignore::aiohttp.web_exceptions.NotAppKeyWarning")
MATERIAL, COLOR, VOLUME, WASHABLE = 14871214, 13887626, 15060326, 15060328
UPDATE, UPDATE_VALUES = "offer-mappings/update", "offer-cards/update"


@pytest.fixture
def desk(
    transactional_db: None, seller: Seller, alice: User, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> Iterator[YandexDesk]:
    monkeypatch.setattr(Throttle, "enter", lambda throttle, rate: None)
    made = YandexDesk(seller, alice, settings)
    made.add(7, "MX-1", barcodes=["2000000000077"], pictures=["https://x.example/1.jpg"])
    yield made
    made.close()


def settled(row: Push) -> Push:
    row.refresh_from_db()
    return row


def placed(product: Product, *values: tuple[int, str, str]) -> Place:
    """In the leaf of mugs, with what a person said: (parameter, the choice's number, text)."""
    category, _made = Category.objects.get_or_create(
        tree="yandex_market",
        external_id="91183",
        defaults={"name": "Кружки", "path": "Посуда > Кружки", "is_leaf": True},
    )
    said = {
        str(key): {
            "name": {MATERIAL: "Материал", VOLUME: "Объём"}.get(key, ""),
            "values": [{"id": choice, "text": text}],
            "is_number": key == VOLUME,
            "state": "person",
            "evidence": {"name": "", "value": ""},
        }
        for key, choice, text in values
    }
    return Place.objects.create(
        seller=product.seller, product=product, tree="yandex_market", category=category,
        source=PlaceSource.CARD, is_confirmed=True, values=said,
    )  # fmt: skip


def test_a_new_name_and_text_arrive_and_change_nothing_else(desk: YandexDesk, seller: Seller) -> None:
    before = desk.stands("MX-1")
    [row] = desk.push(finished(seller, "MX-1"))
    assert settled(row).state == PushState.SENT
    hurry()
    assert settled(row).state == PushState.CONFIRMED
    now = desk.stands("MX-1")
    assert (now.name, now.description) == (TITLE, TEXT)
    assert replace(now, name=before.name, description=before.description) == before
    [asked] = desk.market.asked(UPDATE)
    assert asked.body == {
        "offerMappings": [{"offer": {"offerId": "MX-1", "name": TITLE, "description": TEXT}}]
    }


def test_values_go_with_the_text_and_leave_those_that_are_not_named(desk: YandexDesk, seller: Seller) -> None:
    product = finished(seller, "MX-1")
    placed(product, (MATERIAL, "102", "Фарфор"), (VOLUME, "", "400"), (WASHABLE, "true", "да"))
    [row] = desk.push(product)
    hurry()
    assert settled(row).state == PushState.CONFIRMED
    values = {key: [one["value"] for one in rows] for key, rows in desk.stands("MX-1").parameters.items()}
    assert values == {MATERIAL: ["Фарфор"], COLOR: ["белый"], VOLUME: ["400"], WASHABLE: ["true"]}
    [asked] = desk.market.asked(UPDATE)
    offer = asked.body["offerMappings"][0]["offer"]
    assert offer["marketCategoryId"] == 91183
    assert offer["parameterValues"] == [
        {"parameterId": MATERIAL, "value": "Фарфор", "valueId": 102},
        {"parameterId": VOLUME, "value": "400"},
        {"parameterId": WASHABLE, "value": "true"},
    ]


def test_where_the_texts_stay_the_values_go_by_their_own_door(desk: YandexDesk, seller: Seller) -> None:
    desk.store.add(replace(desk.stands("MX-1"), name=TITLE, description=TEXT))
    product = finished(seller, "MX-1")
    placed(product, (MATERIAL, "103", "Стекло"))
    [row] = desk.push(product)
    hurry()
    assert settled(row).state == PushState.CONFIRMED
    assert not desk.market.asked(UPDATE)
    [asked] = desk.market.asked(UPDATE_VALUES)
    values = [{"parameterId": MATERIAL, "value": "Стекло", "valueId": 103}]
    assert asked.body == {
        "offersContent": [{"offerId": "MX-1", "categoryId": 91183, "parameterValues": values}]
    }


@pytest.mark.parametrize("fault", ["lost", "broken", "garbage"])
def test_a_change_whose_end_nobody_saw_is_looked_up_and_not_sent_twice(
    desk: YandexDesk, seller: Seller, fault: str
) -> None:
    desk.market.fails(fault, on=UPDATE)
    [row] = desk.push(finished(seller, "MX-1"))
    hurry(4)
    assert settled(row).state == PushState.CONFIRMED
    assert [one.state for one in desk.store.arrived] == ["applied"]


def test_one_wrong_value_keeps_its_card_out_and_the_others_arrive(desk: YandexDesk, seller: Seller) -> None:
    desk.add(8, "MX-2")
    desk.add(9, "MX-3")
    products = [finished(seller, f"MX-{number}") for number in (1, 2, 3)]
    placed(products[1], (VOLUME, "", "много"))
    rows = desk.push(*products)
    hurry(3)
    assert [settled(row).state for row in rows] == [
        PushState.CONFIRMED,
        PushState.REJECTED,
        PushState.CONFIRMED,
    ]
    words = "Характеристика «Объём»: ожидалось число"
    assert rows[1].said == [{"field": f"attribute:{VOLUME}", "words": words, "name": "Объём"}]
    assert [desk.stands(f"MX-{number}").name for number in (1, 2, 3)] == [TITLE, "Кружка", TITLE]
    assert len(desk.market.asked(UPDATE)) == 2
    assert settled(rows[0]).run.state == PushRunState.DONE


def test_what_the_market_refuses_when_it_looks_at_the_card_is_told_though_the_words_stand_there(
    desk: YandexDesk, seller: Seller
) -> None:
    desk.store.review_seconds = 3600
    desk.market.fails("reject", on=UPDATE)
    [row] = desk.push(finished(seller, "MX-1"))
    hurry()
    assert desk.stands("MX-1").name == TITLE
    assert settled(row).state == PushState.SENT  # it is being looked at
    desk.looked_at("MX-1")
    hurry()
    assert settled(row).state == PushState.REJECTED
    words = f"{simulator.REJECTED}: Исправьте и сохраните"
    assert row.said == [{"field": "", "words": words, "name": ""}]
    assert settled(row).run.state == PushRunState.DONE


def test_an_error_that_stood_at_the_card_before_is_no_answer_to_this_push(
    desk: YandexDesk, seller: Seller
) -> None:
    old = {"status": simulator.REFUSED, "errors": ({"message": "Нет фото", "comment": "Добавьте фото"},)}
    desk.store.add(replace(desk.stands("MX-1"), **old))  # type: ignore[arg-type] # fields of several kinds
    desk.market.fails("silent", on=UPDATE)
    [row] = desk.push(finished(seller, "MX-1"))
    hurry(2)
    assert settled(row).state == PushState.SENT
    hurry(8)
    assert settled(row).state == PushState.DOUBT


def test_a_change_that_takes_minutes_is_waited_for(desk: YandexDesk, seller: Seller) -> None:
    desk.store.apply_seconds = 3600
    [row] = desk.push(finished(seller, "MX-1"))
    hurry(2)
    assert settled(row).state == PushState.SENT
    for change in desk.store.arrived:
        change.due = desk.market.state.now()
    hurry()
    assert settled(row).state == PushState.CONFIRMED
    assert len(desk.store.arrived) == 1


def test_an_expired_key_ends_the_push_with_words_and_nothing_arrives(
    desk: YandexDesk, seller: Seller
) -> None:
    run = desk.plan(finished(seller, "MX-1"))
    desk.market.fails(always="unauthorized")
    desk.begin(run)
    hurry()
    [row] = rows_of(run)
    assert row.state == PushState.FAILED
    assert "API key" in row.words
    assert not desk.store.arrived


def test_a_quota_that_is_used_up_is_waited_for_and_no_try_is_lost(desk: YandexDesk, seller: Seller) -> None:
    desk.market.fails("throttled", on=UPDATE)
    [row] = desk.push(finished(seller, "MX-1"))
    job = Job.objects.get(kind="catalog.push_send")
    assert (job.state, desk.store.arrived) == ("queued", [])
    hurry(2)
    assert settled(row).state == PushState.CONFIRMED
    assert len(desk.store.arrived) == 1


def test_an_edit_in_the_cabinet_is_not_overwritten_in_silence(desk: YandexDesk, seller: Seller) -> None:
    product = finished(seller, "MX-1")
    desk.push(product)
    hurry()
    desk.store.add(replace(desk.stands("MX-1"), name="Кружка с логотипом"))
    ProductContent.objects.update(title="Кружка белая")
    run = desk.plan(product)
    assert [row.state for row in rows_of(run)] == [PushState.HELD]
    assert desk.stands("MX-1").name == "Кружка с логотипом"


def test_a_card_that_was_taken_away_meanwhile_is_held_and_the_others_go(
    desk: YandexDesk, seller: Seller
) -> None:
    desk.add(8, "MX-2")
    products = [finished(seller, "MX-1"), finished(seller, "MX-2")]
    run = desk.plan(*products)
    desk.begin(run)
    del desk.store.offers["MX-2"]
    hurry(3)
    assert [row.state for row in rows_of(run)] == [PushState.CONFIRMED, PushState.HELD]


def test_the_limits_stay_below_what_the_market_allows() -> None:
    for rate, quota in (
        (yandex_market_requests.OFFERS, 100),
        (yandex_market_requests.CARDS, 100),
        (yandex_market_requests.PARAMETERS, 50),
        (yandex_market_requests.CHANGES, 5000 // yandex_market_push.MOST),
    ):
        assert rate.per_minute + rate.per_minute * rate.burst_seconds / 60 <= quota
