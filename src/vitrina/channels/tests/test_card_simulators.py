"""The simulated shelves of Wildberries and Ozon: what is changed there ends as the marketplaces tell it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import urllib3
from tests.servers import Marketplace

from vitrina.simulators import ozon, ozon_products, wildberries, wildberries_cards
from vitrina.simulators.ozon_products import STORE, Store, offer
from vitrina.simulators.wildberries_cards import SHELF, Shelf, card

MUG = {17596: ["Керамика"], 14177460: 330, 14177449: ["белый"]}
OZON_MUG = {
    85: ["Маяк"],
    9048: ["Мыс"],
    4496: ["Керамика"],
    5343: ["330"],
    9163: [],
    4191: ["Кружка для чая."],
}


@pytest.fixture
def wildberries_shop() -> Iterator[tuple[Marketplace, Shelf]]:
    app = wildberries.application()
    server = Marketplace(app)
    server.state.settings.limits = False
    shelf = app[SHELF]
    shelf.add(card(101, "MX-1", "Кружка", subject=825, characteristics=MUG, brand="Маяк"))
    yield server, shelf
    server.close()


@pytest.fixture
def ozon_shop() -> Iterator[tuple[Marketplace, Store]]:
    app = ozon.application()
    server = Marketplace(app)
    store = app[STORE]
    attributes = {id_: words for id_, words in OZON_MUG.items() if words}
    store.add(offer(201, "MX-1", "Кружка", attributes=attributes, images=["https://p.example/1.jpg"]))
    yield server, store
    server.close()


def ask(server: Marketplace, path: str, body: Any = None, *, key: str = "sim-key") -> tuple[int, Any]:
    headers = {"Authorization": key, "Client-Id": "1", "Api-Key": key, "User-Agent": "Vitrina"}
    method = "GET" if body is None else "POST"
    answer = urllib3.request(method, f"{server.url}{path}", json=body, headers=headers, retries=False)
    return answer.status, answer.json()


def listed(server: Marketplace, **filter_: Any) -> list[dict[str, Any]]:
    settings = {"settings": {"cursor": {"limit": 100}, "filter": {"withPhoto": -1, **filter_}}}
    cards: list[dict[str, Any]] = ask(server, wildberries_cards.LIST, settings)[1]["cards"]
    return cards


def errors(server: Marketplace) -> dict[str, list[str]]:
    _status, said = ask(server, wildberries_cards.ERRORS, {"cursor": {"limit": 100}})
    return {code: words for one in said["data"]["items"] for code, words in one["errors"].items()}


def as_sent(row: dict[str, Any], **changed: Any) -> dict[str, Any]:
    names = ("nmID", "vendorCode", "brand", "title", "description", "sizes")
    size = {name: row["dimensions"][name] for name in ("length", "width", "height", "weightBrutto")}
    values = [{"id": one["id"], "value": one["value"]} for one in row["characteristics"]]
    return {name: row[name] for name in names} | {"dimensions": size, "characteristics": values} | changed


def test_a_change_at_wildberries_overwrites_the_whole_card(wildberries_shop: Any) -> None:
    server, shelf = wildberries_shop
    row = listed(server)[0]
    sent = as_sent(row, title="Кружка синяя", brand="")
    assert ask(server, wildberries_cards.UPDATE, [sent])[0] == 200
    seen = listed(server)[0]
    assert (seen["title"], seen["brand"]) == ("Кружка синяя", "")
    assert seen["characteristics"] == row["characteristics"]
    assert seen["updatedAt"] > row["updatedAt"]
    assert [one.state for one in shelf.arrived] == ["applied"]
    assert errors(server) == {}


def test_what_is_wrong_with_a_card_stands_in_the_list_of_errors_until_it_is_mended(
    wildberries_shop: Any,
) -> None:
    server, _shelf = wildberries_shop
    row = listed(server)[0]
    wrong = as_sent(
        row, title="Кружка 😊", characteristics=[{"id": 17596, "value": []}, {"id": 5, "value": 1}]
    )
    assert ask(server, wildberries_cards.UPDATE, [wrong])[0] == 200
    assert listed(server)[0]["title"] == "Кружка"
    assert errors(server) == {
        "MX-1": [
            "Поле Наименование не должно содержать запрещенные символы: 😊",
            "Характеристика с ID 5 недоступна для предмета",
            "Не заполнена обязательная характеристика Материал изделия",
            "Не заполнена обязательная характеристика Объем (мл)",
        ]
    }
    ask(server, wildberries_cards.UPDATE, [as_sent(row, title="Кружка белая")])
    assert errors(server) == {}
    assert listed(server)[0]["title"] == "Кружка белая"


def test_a_change_at_wildberries_may_take_its_time_or_get_lost(wildberries_shop: Any) -> None:
    server, shelf = wildberries_shop
    row = listed(server)[0]
    shelf.apply_seconds = 3600
    ask(server, wildberries_cards.UPDATE, [as_sent(row, title="Потом")])
    assert (listed(server)[0]["title"], shelf.arrived[0].state) == ("Кружка", "waiting")
    shelf.apply_seconds = 0
    server.fails("silent", on=wildberries_cards.UPDATE)
    ask(server, wildberries_cards.UPDATE, [as_sent(row, title="Никогда")])
    assert (listed(server)[0]["title"], shelf.arrived[1].state) == ("Кружка", "dropped")


def test_a_request_that_is_none_is_refused_at_once(wildberries_shop: Any) -> None:
    server, shelf = wildberries_shop
    headers = {"Authorization": "sim-key"}
    body = [{"nmID": 101}]
    said = urllib3.request("POST", f"{server.url}{wildberries_cards.UPDATE}", json=body, headers=headers)
    assert (said.status, shelf.arrived) == (400, [])


def test_wildberries_tells_its_subjects_and_what_belongs_to_one(wildberries_shop: Any) -> None:
    server, _shelf = wildberries_shop
    found = ask(server, "/content/v2/object/all?name=круж&limit=1000")[1]["data"]
    assert [one["subjectName"] for one in found] == ["Кружки"]
    told = ask(server, "/content/v2/object/charcs/825")[1]["data"]
    assert {one["name"] for one in told if one["required"]} == {"Материал изделия", "Объем (мл)"}
    assert ask(server, "/content/v2/object/parent/all")[1]["data"][0]["isVisible"] is True


def item(**changed: Any) -> dict[str, Any]:
    values = [
        {"id": id_, "values": [{"dictionary_value_id": number, "value": words} for number, words in told]}
        for id_, told in offer(1, "x", "x", attributes=OZON_MUG).attributes.items()
        if told
    ]
    made: dict[str, Any] = {
        "offer_id": "MX-1", "name": "Кружка", "description_category_id": 17029016, "type_id": 92499,
        "price": "990", "currency_code": "RUB", "vat": "0.2", "attributes": values,
        "images": ["https://p.example/1.jpg"], "depth": 100, "width": 80, "height": 110,
        "dimension_unit": "mm", "weight": 400, "weight_unit": "g",
    }  # fmt: skip
    return made | changed


def imported(server: Marketplace, *items: dict[str, Any]) -> int:
    status, said = ask(server, "/v3/product/import", {"items": list(items)})
    assert status == 200
    return int(said["result"]["task_id"])


def ended(server: Marketplace, task: int) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = ask(server, "/v1/product/import/info", {"task_id": task})[1]["result"][
        "items"
    ]
    return rows


def test_an_import_at_ozon_waits_and_then_tells_what_came_of_it(ozon_shop: Any) -> None:
    server, store = ozon_shop
    store.task_seconds = 3600
    task = imported(server, item(name="Кружка синяя"))
    assert [one["status"] for one in ended(server, task)] == ["pending"]
    assert store.offers["MX-1"].name == "Кружка"
    store.tasks[task].due = store.tasks[task].at
    assert ended(server, task) == [
        {"offer_id": "MX-1", "product_id": 201, "status": "imported", "errors": []}
    ]
    assert store.offers["MX-1"].name == "Кружка синяя"


def test_the_same_import_again_is_skipped_and_a_wrong_one_fails_at_its_field(ozon_shop: Any) -> None:
    server, store = ozon_shop
    assert ended(server, imported(server, item()))[0]["status"] == "skipped"
    bare = [one for one in item()["attributes"] if one["id"] != 85]
    told = ended(server, imported(server, item(attributes=bare, weight=0)))[0]
    assert told["status"] == "failed"
    assert [(one["field"], one["attribute_id"]) for one in told["errors"]] == [
        ("weight", 0),
        ("attribute", 85),
    ]
    assert store.offers["MX-1"].attributes[85]


def test_an_update_of_attributes_leaves_the_others(ozon_shop: Any) -> None:
    server, store = ozon_shop
    values = [{"id": 4191, "values": [{"value": "Другие слова."}]}]
    items = [{"offer_id": "MX-1", "attributes": values}, {"offer_id": "нет", "attributes": values}]
    task = ask(server, "/v1/product/attributes/update", {"items": items})[1]["task_id"]
    assert [one["status"] for one in ended(server, task)] == ["imported", "failed"]
    assert store.offers["MX-1"].attributes[85][0][1] == "Маяк"
    told = ask(server, "/v1/product/info/description", {"offer_id": "MX-1"})[1]["result"]
    assert told["description"] == "Другие слова."


def test_ozon_tells_its_tree_and_the_values_an_attribute_takes(ozon_shop: Any) -> None:
    server, _store = ozon_shop
    tree = ask(server, "/v1/description-category/tree", {"language": "DEFAULT"})[1]["result"]
    leaf = tree[1]["children"][0]
    type_ = {"description_category_id": leaf["description_category_id"], "type_id": 92499}
    told = ask(server, "/v1/description-category/attribute", type_)[1]["result"]
    color = next(one for one in told if one["name"] == "Цвет товара")
    path = "/v1/description-category/attribute/values"
    asked = type_ | {"attribute_id": color["id"], "limit": 10}
    first = ask(server, path, asked)[1]
    rest = ask(server, path, asked | {"last_value_id": first["result"][-1]["id"]})[1]
    words = [one["value"] for one in (*first["result"], *rest["result"])]
    assert (first["has_next"], rest["has_next"], len(words), len(set(words))) == (True, False, 17, 17)
    found = ask(server, f"{path}/search", type_ | {"attribute_id": color["id"], "limit": 5, "value": "бел"})
    assert [one["value"] for one in found[1]["result"]] == ["белый"]


def test_ozon_lists_page_by_page(ozon_shop: Any) -> None:
    server, store = ozon_shop
    store.add(*[offer(300 + n, f"MX-{n}", "Стакан", type_id=92511) for n in range(2, 6)])
    seen, after = [], ""
    while True:
        said = ask(server, "/v3/product/list", {"filter": {}, "last_id": after, "limit": 2})[1]["result"]
        if not said["items"]:
            break
        seen += [one["offer_id"] for one in said["items"]]
        after = said["last_id"]
    assert seen == ["MX-1", "MX-2", "MX-3", "MX-4", "MX-5"]
    body = {"filter": {"product_id": ["201"]}, "limit": 1000}
    rows = ask(server, "/v4/product/info/attributes", body)[1]["result"]
    assert [one["name"] for one in rows] == ["Кружка"]
    assert ask(server, "/v3/product/info/list", {"offer_id": ["MX-1"]})[1]["items"][0]["price"] == "990.0000"
    assert set(ozon_products.PATHS) <= set(ozon.PATHS)
