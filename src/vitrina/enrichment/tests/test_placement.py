"""Places at a marketplace: found from its cards and by retrieval, filled, corrected by a person, and brought back out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from tests import factories

from vitrina.accounts.models import Seller, User
from vitrina.catalog.models import Category, Product
from vitrina.catalog.places import trees
from vitrina.catalog.places.models import Place, PlaceSource
from vitrina.catalog.pushing.models import PushState
from vitrina.catalog.tests.pushing_desk import (
    COLOUR,
    MATERIAL,
    VOLUME,
    OzonDesk,
    WildberriesDesk,
    YandexDesk,
    finished,
    hurry,
    rows_of,
)
from vitrina.channels import ozon_door, wildberries_push
from vitrina.channels.throttle import Throttle
from vitrina.enrichment.placement import placing

pytestmark = pytest.mark.filterwarnings("ignore::aiohttp.web_exceptions.NotAppKeyWarning")
HEIGHT = 90630


@pytest.fixture
def desk(
    transactional_db: None, seller: Seller, alice: User, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> Iterator[WildberriesDesk]:
    monkeypatch.setattr(
        wildberries_push, "CONTENT_RATE", replace(wildberries_push.CONTENT_RATE, per_minute=60_000)
    )
    made = WildberriesDesk(seller, alice, settings)
    made.add(7, "MX-1", brand="Маяк", description="Просто кружка")
    yield made
    made.close()


@pytest.fixture
def mug(seller: Seller) -> Product:
    product = finished(seller, "MX-1")
    product.attributes = {"Материал": "керамика", "Объём, л": "0,35", "Высота": "95 мм", "Цвет": "белый"}
    product.save()
    return product


def test_the_tree_comes_from_the_marketplace_and_a_second_reading_changes_nothing(
    desk: WildberriesDesk,
) -> None:
    first = trees.sync_tree(desk.connection)
    leaf = Category.objects.get(tree="wildberries", external_id="825")
    assert (leaf.path, leaf.is_leaf, leaf.seller_id) == ("Посуда и инвентарь > Кружки", True, None)
    again = trees.sync_tree(desk.connection)
    assert first.created > 10
    assert (again.created, again.updated, again.retired) == (0, 0, 0)


def test_a_card_that_stands_there_says_its_place_and_the_product_its_values(
    desk: WildberriesDesk, mug: Product
) -> None:
    placing.place_all(desk.connection)
    place = Place.objects.get()
    assert (place.category.external_id, place.source, place.is_confirmed) == ("825", PlaceSource.CARD, True)
    assert place.values[str(VOLUME)]["values"] == [{"id": "", "text": "350"}]
    assert place.values[str(HEIGHT)]["values"] == [{"id": "", "text": "9.5"}]
    assert place.values[str(MATERIAL)]["evidence"] == {"name": "Материал", "value": "керамика"}
    assert (place.missing, place.doubtful) == (0, 0)


def test_what_the_card_lacks_is_brought_and_what_stands_there_stays(
    desk: WildberriesDesk, mug: Product
) -> None:
    placing.place_all(desk.connection)
    [row] = desk.push(mug)
    hurry()
    row.refresh_from_db()
    assert row.state == PushState.CONFIRMED
    values = {one["id"]: one["value"] for one in desk.stands("MX-1")["characteristics"]}
    assert values == {MATERIAL: ["Керамика"], COLOUR: ["белый"], VOLUME: 350, HEIGHT: 9.5}


def test_a_persons_value_replaces_what_stands_there(
    desk: WildberriesDesk, mug: Product, alice: User, client: Client
) -> None:
    placing.place_all(desk.connection)
    place = Place.objects.get()
    factories.sign_in(client, alice)
    boxes = {
        f"v-{key}": "; ".join(one["text"] for one in said["values"]) for key, said in place.values.items()
    }
    answer = client.post(reverse("push_place", args=[place.pk]), boxes | {f"v-{MATERIAL}": "фарфор"})
    assert answer.status_code == 302
    placing.place_all(desk.connection)  # found anew, it stays
    place.refresh_from_db()
    assert place.values[str(MATERIAL)]["state"] == "person"
    [row] = desk.push(mug)
    hurry()
    values = {one["id"]: one["value"] for one in desk.stands("MX-1")["characteristics"]}
    assert values[MATERIAL] == ["фарфор"]
    assert rows_of(row.run)[0].before[f"attribute:{MATERIAL}"] == ["Керамика"]


def test_what_the_marketplace_does_not_take_is_refused_at_its_box(
    desk: WildberriesDesk, mug: Product, alice: User, client: Client
) -> None:
    placing.place_all(desk.connection)
    place = Place.objects.get()
    factories.sign_in(client, alice)
    answer = client.post(reverse("push_place", args=[place.pk]), {f"v-{VOLUME}": "много"})
    assert answer.status_code == 422
    place.refresh_from_db()
    assert place.values[str(VOLUME)]["values"] == [{"id": "", "text": "350"}]


def test_a_product_without_a_card_gets_a_suggestion_that_a_person_confirms(
    desk: WildberriesDesk, seller: Seller
) -> None:
    factories.product(seller=seller, external_id="NEW", title="Платья женские летние", category_hint="Платья")
    placing.place_all(desk.connection)
    place = Place.objects.get()
    assert (place.category.name, place.source, place.is_confirmed) == ("Платья", PlaceSource.AI, False)
    assert place.confidence is not None
    placing.confirm(place, Category.objects.get(tree="wildberries", external_id="825"))
    placing.place_all(desk.connection)
    place.refresh_from_db()
    assert (place.category.name, place.source, place.is_confirmed) == ("Кружки", PlaceSource.PERSON, True)


def test_a_refusal_for_what_is_required_and_missing_stands_at_its_attribute(
    desk: WildberriesDesk, seller: Seller
) -> None:
    desk.stands("MX-1")["characteristics"] = [
        {"id": MATERIAL, "name": "Материал изделия", "value": ["Керамика"]}
    ]
    product = finished(seller, "MX-1")
    product.attributes = {}
    product.save()
    placing.place_all(desk.connection)
    assert Place.objects.get().missing == 2
    [row] = desk.push(product)
    hurry()
    row.refresh_from_db()
    assert row.said == [
        {
            "field": f"attribute:{VOLUME}",
            "words": "Не заполнена обязательная характеристика Объем (мл)",
            "name": "Объем (мл)",
        }
    ]


def test_ozons_dictionary_gives_the_numbers_of_its_values(
    transactional_db: None, seller: Seller, alice: User, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ozon_door, "RATE", replace(ozon_door.RATE, per_minute=60_000))
    desk = OzonDesk(seller, alice, settings)
    desk.add(7, "MX-1")
    product = finished(seller, "MX-1")
    product.attributes = {"Цвет": "белый", "Объём": "0,35 л"}
    product.save()
    placing.place_all(desk.connection)
    place = Place.objects.get()
    colour = place.values["10096"]["values"][0]
    assert (colour["text"], colour["id"].isdigit()) == ("белый", True)
    [row] = desk.push(product)
    hurry()
    row.refresh_from_db()
    assert row.state == PushState.CONFIRMED, row.said
    assert desk.stands("MX-1").attributes[10096] == ((int(colour["id"]), "белый"),)
    desk.close()


def test_yandex_market_takes_its_choices_its_units_and_words_of_our_own(
    transactional_db: None,
    seller: Seller,
    alice: User,
    client: Client,
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Throttle, "enter", lambda throttle, rate: None)
    desk = YandexDesk(seller, alice, settings)
    desk.add(7, "MX-1")
    desk.store.add(replace(desk.stands("MX-1"), parameters={}))
    product = finished(seller, "MX-1")
    product.attributes = {
        "Материал": "керамика; стекло", "Цвет": "мятный", "Объём": "0,35 л", "Можно мыть в посудомоечной машине": "да",
    }  # fmt: skip
    product.save()
    placing.place_all(desk.connection)
    place = Place.objects.get()
    assert (place.category.external_id, place.is_confirmed, place.missing) == ("91183", True, 0)
    told = {key: (said["values"], said["state"]) for key, said in place.values.items()}
    assert told == {
        "14871214": ([{"id": "101", "text": "Керамика"}, {"id": "103", "text": "Стекло"}], "sure"),
        "13887626": ([{"id": "", "text": "мятный"}], "doubtful"),
        "15060326": ([{"id": "", "text": "350"}], "sure"),
        "15060328": ([{"id": "true", "text": "да"}], "sure"),
    }
    factories.sign_in(client, alice)
    boxes = {f"v-{key}": "; ".join(one["text"] for one in values) for key, (values, _state) in told.items()}
    answer = client.post(reverse("push_place", args=[place.pk]), boxes | {"v-13887626": "бирюзовый"})
    assert answer.status_code == 302
    [row] = desk.push(product)
    hurry()
    row.refresh_from_db()
    assert row.state == PushState.CONFIRMED, row.said
    values = {key: [one["value"] for one in rows] for key, rows in desk.stands("MX-1").parameters.items()}
    assert values == {
        14871214: ["Керамика", "Стекло"], 13887626: ["бирюзовый"], 15060326: ["350"], 15060328: ["true"],
    }  # fmt: skip
    desk.close()
