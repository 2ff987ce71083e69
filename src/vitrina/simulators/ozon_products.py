"""The products of a simulated Ozon: lists, what is in them, changes that end later, its tree with the values allowed.

Their doors stand among those of ozon.py, which holds who may ask what. An import or an update of attributes is a task:
taken at once, `pending` for `task_seconds`, then `imported`, `failed` with errors, or `skipped` where nothing differs. An
import overwrites the whole product, an update of attributes those alone that it names; the description is the
attribute 4191. Beside the marketplace's own paths, for tests and the demo:

    POST /_products  [{"offer_id": "MX-1", "product_id": 7, …}]   fields of Offer; attributes as {"85": ["Маяк"]}
    GET  /_products  {"products": […], "tasks": […]}

Faults besides the common ones: `silent`, a task says `imported` and changed nothing; `reject`, it fails.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from aiohttp import web

from vitrina.simulators.marketplace import STATE
from vitrina.simulators.ozon_shared import Body, Fails, Handler, slice_of

ANNOTATION, BRAND, TYPE = 4191, 85, 8229  # attributes that every type has
LONGEST_NAME, LONGEST_OFFER_ID, MOST_ITEMS, MOST_IMAGES = 500, 50, 100, 30
MOST_IDS, MOST_VALUES = 1000, 2000
REJECTED = "Название содержит запрещённые слова"
SIZES = ("depth", "width", "height", "weight")
SKUS_FROM = 1_000_000_000  # how far a product's two numbers lie apart
Value = tuple[int, str]  # the dictionary's number of it, 0 for one that is free; its words


@dataclass(frozen=True)
class Offer:
    """A product of the shop. Sizes in `dimension_unit`, the weight in `weight_unit`; the price as text."""

    offer_id: str
    product_id: int
    name: str
    description_category_id: int = 17029016
    type_id: int = 92499
    attributes: Mapping[int, tuple[Value, ...]] = field(default_factory=dict)
    images: tuple[str, ...] = ()
    primary_image: str = ""
    price: str = "990.0000"
    old_price: str = ""
    currency_code: str = "RUB"
    barcodes: tuple[str, ...] = ()
    depth: int = 100
    width: int = 80
    height: int = 110
    dimension_unit: str = "mm"
    weight: int = 400
    weight_unit: str = "g"
    vat: str = "0.2"
    is_archived: bool = False
    stock: int = 5
    changed_at: datetime = datetime(2026, 4, 1, tzinfo=UTC)

    @property
    def sku(self) -> int:
        return self.product_id + SKUS_FROM

    @property
    def description(self) -> str:
        return " ".join(words for _number, words in self.attributes.get(ANNOTATION, ()))


Wanted = tuple[str, Offer | None, list[Body]]  # the article, how it would be, what is wrong with it


@dataclass
class Task:
    """What came to change products."""

    id: int
    at: datetime
    due: datetime
    body: Any
    fault: str
    wanted: list[Wanted]
    states: dict[str, str] = field(default_factory=dict)  # by offer id, once it ended
    is_over: bool = False


@dataclass
class Store:
    offers: dict[str, Offer] = field(default_factory=dict)
    tasks: dict[int, Task] = field(default_factory=dict)
    task_seconds: float = 0.0

    def add(self, *offers: Offer) -> None:
        for offer in offers:
            self.offers[offer.offer_id] = offer

    def settle(self, now: datetime) -> None:
        for task in self.tasks.values():
            if task.is_over or task.due > now:
                continue
            task.is_over = True
            for offer_id, wanted, errors in task.wanted:
                task.states[offer_id] = self._end(offer_id, wanted, errors, task.fault, now)

    def _end(self, offer_id: str, wanted: Offer | None, errors: list[Body], fault: str, now: datetime) -> str:
        if wanted is None or errors:
            return "failed"
        if fault == "silent":
            return "imported"
        known = self.offers.get(offer_id)
        if known is not None and replace(wanted, changed_at=known.changed_at) == known:
            return "skipped"
        self.offers[offer_id] = replace(wanted, changed_at=now)
        return "imported"


STORE: web.AppKey[Store] = web.AppKey("ozon_products", Store)


def offer(number: int, offer_id: str, name: str, **given: Any) -> Offer:
    """E.g. `offer(7, "MX-1", "Кружка", attributes={85: ["Маяк"], 4191: ["Слова"]})`: values by their words."""
    type_id = given.get("type_id", Offer.type_id)
    told: Mapping[Any, Iterable[str]] = given.pop("attributes", {})
    values = {int(id_): tuple(_value(type_id, int(id_), one) for one in words) for id_, words in told.items()}
    for one in ("images", "barcodes"):
        given[one] = tuple(given.get(one, ()))
    return Offer(offer_id, number, name, attributes=values, **given)


def _value(type_id: int, attribute_id: int, words: str) -> Value:
    """With the dictionary's number, where the attribute has a dictionary and that has the words."""
    rows = _book()["values"].get(str(_attribute(type_id, attribute_id).get("dictionary_id")), [])
    return next((one["id"] for one in rows if one["value"] == words), 0), words


# --- Reading -----------------------------------------------------------------------------------------------


def _list(request: web.Request, body: Body) -> web.Response:
    limit = _limit(body, 1000)
    rows = _filtered(request, body)
    start, end, last_id, _more = _page(request, rows, body, limit)
    items = [
        {
            "product_id": one.product_id,
            "offer_id": one.offer_id,
            "archived": one.is_archived,
            "has_fbo_stocks": bool(one.stock),
            "has_fbs_stocks": False,
            "is_discounted": False,
            "quants": [],
        }
        for one in rows[start:end]
    ]
    return web.json_response({"result": {"items": items, "total": len(rows), "last_id": last_id}})


def _info(request: web.Request, body: Body) -> web.Response:
    """Those of the shop, and those that somebody talks about."""
    names = ("offer_id", "product_id", "sku")
    asked = {name: {str(one) for one in body.get(name) or []} for name in names}
    if not 1 <= sum(map(len, asked.values())) <= MOST_IDS:
        raise Fails(400, 3, "invalid GetProductInfoListRequest: use from 1 to 1000 identifiers")
    offers = _store(request).offers.values()
    found = [one for one in offers if any(str(getattr(one, name)) in asked[name] for name in names)]
    known = {str(one.sku) for one in found}
    talks = {talk.sku: talk for talk in request.app[STATE].talks.values()}
    mentioned = [
        {
            "id": int(sku) + 1,
            "sku": int(sku),
            "offer_id": talk.offer_id,
            "name": talk.product,
            "sources": [{"sku": int(sku), "source": "fbo"}],
        }
        for sku, talk in talks.items()
        if sku in asked["sku"] - known
    ]
    return web.json_response({"items": [*map(_shown, found), *mentioned]})


def _shown(one: Offer) -> Body:
    return {
        "id": one.product_id,
        "sku": one.sku,
        "offer_id": one.offer_id,
        "name": one.name,
        "description_category_id": one.description_category_id,
        "type_id": one.type_id,
        "images": list(one.images),
        "primary_image": [one.primary_image] if one.primary_image else [],
        "barcodes": list(one.barcodes),
        "price": one.price,
        "old_price": one.old_price,
        "min_price": "",
        "currency_code": one.currency_code,
        "vat": one.vat,
        "is_archived": one.is_archived,
        "is_autoarchived": False,
        "is_discounted": False,
        "created_at": _moment(datetime(2026, 1, 1, tzinfo=UTC)),
        "updated_at": _moment(one.changed_at),
        "statuses": {
            "is_created": True,
            "moderate_status": "approved",
            "status": "price_sent",
            "status_name": "Продается",
            "status_updated_at": _moment(one.changed_at),
            "validation_status": "success",
        },
        "stocks": {
            "has_stock": one.stock > 0,
            "stocks": [{"present": one.stock, "reserved": 0, "sku": one.sku, "source": "fbo"}],
        },
        "errors": [],
        "sources": [{"sku": one.sku, "source": "sds", "created_at": _moment(one.changed_at)}],
    }


def _attributes(request: web.Request, body: Body) -> web.Response:
    limit = _limit(body, 1000)
    rows = _filtered(request, body)
    start, end, last_id, _more = _page(request, rows, body, limit)
    result = [
        {
            "id": one.product_id,
            "sku": str(one.sku),
            "offer_id": one.offer_id,
            "name": one.name,
            "barcode": one.barcodes[0] if one.barcodes else "",
            "barcodes": list(one.barcodes),
            "description_category_id": one.description_category_id,
            "type_id": one.type_id,
            "images": list(one.images),
            "primary_image": one.primary_image,
            "attributes": [
                {
                    "id": id_,
                    "complex_id": 0,
                    "values": [{"dictionary_value_id": number, "value": words} for number, words in values],
                }
                for id_, values in one.attributes.items()
            ],
            "complex_attributes": [],
            **{name: getattr(one, name) for name in (*SIZES, "dimension_unit", "weight_unit")},
        }
        for one in rows[start:end]
    ]
    return web.json_response({"result": result, "last_id": last_id, "total": str(len(rows))})


def _description(request: web.Request, body: Body) -> web.Response:
    offers = _store(request).offers
    wanted = next(
        (
            one
            for one in offers.values()
            if one.offer_id == body.get("offer_id") or one.product_id == body.get("product_id")
        ),
        None,
    )
    if wanted is None:
        raise Fails(404, 5, "product not found")
    told = {
        "id": wanted.product_id,
        "offer_id": wanted.offer_id,
        "name": wanted.name,
        "description": wanted.description,
    }
    return web.json_response({"result": told})


def _filtered(request: web.Request, body: Body) -> list[Offer]:
    wanted = body.get("filter") or {}
    rows = list(_store(request).offers.values())
    if wanted.get("visibility", "ALL") == "ALL":
        rows = [one for one in rows if not one.is_archived]
    for name in ("offer_id", "product_id", "sku"):
        if given := {str(one) for one in wanted.get(name) or []}:
            rows = [one for one in rows if str(getattr(one, name)) in given]
    return sorted(rows, key=lambda one: one.product_id)


def _page(request: web.Request, rows: list[Offer], body: Body, limit: int) -> tuple[int, int, str, bool]:
    """The pointer goes on after the last one of a page; of an empty page it is empty."""
    size = request.app[STATE].settings.page or limit
    ids = [f"WzUx{one.product_id}==" for one in rows]
    return slice_of(ids, str(body.get("last_id") or ""), size, request["fault"])


def _limit(body: Body, most: int) -> int:
    limit = body.get("limit")
    if not isinstance(limit, int) or not 1 <= limit <= most:
        raise Fails(400, 3, f"invalid Limit: value must be inside range [1, {most}]")
    return limit


# --- Changing ----------------------------------------------------------------------------------------------


def _import(request: web.Request, body: Body) -> web.Response:
    items = _items(body)
    store = _store(request)
    wanted: list[Wanted] = []
    for item in items:
        offer_id = str(item.get("offer_id") or "")
        made = _imported(item, store.offers.get(offer_id), store)
        wanted.append((offer_id, made, _wrong_with(item, made)))
    return web.json_response({"result": {"task_id": _take(request, body, wanted)}})


def _imported(item: Body, known: Offer | None, store: Store) -> Offer:
    number = known.product_id if known else 200_000_000 + len(store.offers) + len(store.tasks)
    return Offer(
        offer_id=str(item.get("offer_id") or ""),
        product_id=number,
        name=str(item.get("name") or ""),
        description_category_id=int(item.get("description_category_id") or 0),
        type_id=int(item.get("type_id") or 0),
        attributes=_values(item),
        images=tuple(item.get("images") or ()),
        primary_image=str(item.get("primary_image") or ""),
        price=_amount(item.get("price")),
        old_price=_amount(item.get("old_price")),
        currency_code=str(item.get("currency_code") or "RUB"),
        barcodes=(str(item["barcode"]),) if item.get("barcode") else known.barcodes if known else (),
        depth=int(item.get("depth") or 0),
        width=int(item.get("width") or 0),
        height=int(item.get("height") or 0),
        dimension_unit=str(item.get("dimension_unit") or ""),
        weight=int(item.get("weight") or 0),
        weight_unit=str(item.get("weight_unit") or ""),
        vat=str(item.get("vat") or "0"),
        is_archived=known.is_archived if known else False,
        stock=known.stock if known else 0,
    )


def _amount(given: Any) -> str:
    """As the lists show it: «990» is «990.0000»."""
    try:
        return f"{float(given):.4f}" if given else ""
    except ValueError:
        return ""


def _update_attributes(request: web.Request, body: Body) -> web.Response:
    offers = _store(request).offers
    wanted: list[Wanted] = []
    for item in _items(body):
        offer_id = str(item.get("offer_id") or "")
        known = offers.get(offer_id)
        if known is None:
            wanted.append((offer_id, None, [_error("offer_id", "PRODUCT_NOT_FOUND", "Товар не найден")]))
            continue
        made = replace(known, attributes={**known.attributes, **_values(item)})
        wanted.append((offer_id, made, _wrong_values(made)))
    return web.json_response({"task_id": _take(request, body, wanted)})


def _items(body: Body) -> list[Body]:
    items = body.get("items")
    if not isinstance(items, list) or not 1 <= len(items) <= MOST_ITEMS:
        raise Fails(400, 3, f"invalid Items: value must contain between 1 and {MOST_ITEMS} items, inclusive")
    return [one if isinstance(one, dict) else {} for one in items]


def _values(item: Body) -> dict[int, tuple[Value, ...]]:
    """An attribute without values is taken away."""
    told = {
        int(one["id"]): tuple(
            (int(value.get("dictionary_value_id") or 0), str(value.get("value") or ""))
            for value in one.get("values") or []
        )
        for one in item.get("attributes") or []
    }
    return {id_: values for id_, values in told.items() if values}


def _take(request: web.Request, body: Body, wanted: list[Wanted]) -> int:
    store, state = request.app[STORE], request.app[STATE]
    if request["fault"] == "reject":
        wanted = [(id_, made, [_error("name", "FORBIDDEN_WORDS", REJECTED)]) for id_, made, _errors in wanted]
    now, number = state.now(), int(state.new_id())
    due = now + timedelta(seconds=store.task_seconds)
    store.tasks[number] = Task(number, now, due, body, request["fault"], wanted)
    store.settle(now)
    return number


def _wrong_with(item: Body, made: Offer) -> list[Body]:
    found = []
    if not 1 <= len(made.offer_id) <= LONGEST_OFFER_ID:
        found.append(_error("offer_id", "OFFER_ID_LENGTH", "Артикул пуст или длиннее 50 символов"))
    if not made.name or len(made.name) > LONGEST_NAME:
        found.append(_error("name", "NAME_LENGTH", f"Название пусто или длиннее {LONGEST_NAME} символов"))
    if not made.price:
        found.append(_error("price", "PRICE_EMPTY", "Укажите цену"))
    if len(made.images) > MOST_IMAGES:
        found.append(_error("images", "IMAGES_COUNT", f"Больше {MOST_IMAGES} изображений"))
    found += [
        _error(name, "SIZE_EMPTY", f"Укажите {name} больше 0") for name in SIZES if getattr(made, name) <= 0
    ]
    if not _type_of(made.description_category_id, made.type_id):
        return [*found, _error("type_id", "TYPE_NOT_FOUND", "Тип не подходит к категории")]
    return found + _wrong_values(made)


def _wrong_values(made: Offer) -> list[Body]:
    found = []
    for one in _book()["attributes"].get(str(made.type_id), []):
        given = made.attributes.get(one["id"], ())
        if one["is_required"] and not given and one["id"] != TYPE:
            found.append(
                _attribute_error(one, "error_attribute_values_empty", "Не заполнен обязательный атрибут")
            )
        allowed = {row["id"] for row in _book()["values"].get(str(one["dictionary_id"]), [])}
        if allowed and any(number not in allowed for number, _words in given):
            found.append(
                _attribute_error(one, "error_attribute_values_out_of_range", "Значения нет в справочнике")
            )
        if 0 < one["max_value_count"] < len(given):
            found.append(_attribute_error(one, "error_attribute_values_count", "Слишком много значений"))
    known = {one["id"] for one in _book()["attributes"].get(str(made.type_id), [])}
    for id_ in sorted(made.attributes.keys() - known):
        strange = {"id": id_, "name": str(id_)}
        found.append(_attribute_error(strange, "error_attribute_not_in_type", "У типа нет такого атрибута"))
    return found


def _attribute_error(one: Body, code: str, words: str) -> Body:
    return _error("attribute", code, words) | {"attribute_id": one["id"], "attribute_name": one["name"]}


def _error(name: str, code: str, words: str) -> Body:
    return {
        "code": code,
        "message": code.lower(),
        "state": "imported",
        "level": "error",
        "description": words,
        "field": name,
        "attribute_id": 0,
        "attribute_name": "",
    }


def _task_info(request: web.Request, body: Body) -> web.Response:
    store = _store(request)
    task = store.tasks.get(body["task_id"]) if isinstance(body.get("task_id"), int) else None
    if task is None:
        raise Fails(404, 5, "task not found")
    items = [
        {
            "offer_id": offer_id,
            "product_id": made.product_id if made and task.is_over else 0,
            "status": task.states.get(offer_id, "pending"),
            "errors": errors if task.is_over else [],
        }
        for offer_id, made, errors in task.wanted
    ]
    return web.json_response({"result": {"items": items, "total": len(items)}})


# --- The tree ----------------------------------------------------------------------------------------------


def _tree(request: web.Request, body: Body) -> web.Response:
    return web.json_response({"result": _book()["tree"]})


def _attributes_of_type(request: web.Request, body: Body) -> web.Response:
    return web.json_response({"result": _book()["attributes"][_checked_type(body)]})


def _values_of_attribute(request: web.Request, body: Body) -> web.Response:
    rows = _dictionary(body)
    limit, after = _limit(body, MOST_VALUES), int(body.get("last_value_id") or 0)
    ids = [one["id"] for one in rows]
    start = ids.index(after) + 1 if after in ids else 0
    return web.json_response({"result": rows[start : start + limit], "has_next": start + limit < len(rows)})


def _search_values(request: web.Request, body: Body) -> web.Response:
    wanted = str(body.get("value") or "")
    if len(wanted) < 2:
        raise Fails(400, 3, "invalid Value: value length must be at least 2 runes")
    limit = _limit(body, 100)
    rows = [one for one in _dictionary(body) if wanted.casefold() in one["value"].casefold()]
    return web.json_response({"result": rows[:limit]})


def _dictionary(body: Body) -> list[Body]:
    one = _attribute(int(_checked_type(body)), int(body.get("attribute_id") or 0))
    if not one.get("dictionary_id"):
        raise Fails(400, 3, "attribute has no dictionary")
    return list(_book()["values"].get(str(one["dictionary_id"]), []))


def _checked_type(body: Body) -> str:
    category, type_id = body.get("description_category_id"), body.get("type_id")
    if not isinstance(category, int) or not isinstance(type_id, int) or not _type_of(category, type_id):
        raise Fails(400, 3, "description category or type isn't found")
    return str(type_id)


def _type_of(category_id: int, type_id: int) -> Body | None:
    for root in _book()["tree"]:
        for category in root["children"]:
            if category["description_category_id"] == category_id:
                return next((one for one in category["children"] if one["type_id"] == type_id), None)
    return None


def _attribute(type_id: int, attribute_id: int) -> Body:
    rows: list[Body] = _book()["attributes"].get(str(type_id), [])
    return next((one for one in rows if one["id"] == attribute_id), {})


@cache
def _book() -> dict[str, Any]:
    """{"tree": […], "attributes": {"92499": […]}, "values": {dictionary: […]}} as the marketplace shows them."""
    path = Path(__file__).parent / "data" / "ozon_categories.json"
    book: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return book


# --- For tests and the demo --------------------------------------------------------------------------------


def _store(request: web.Request) -> Store:
    """As it stands now."""
    store = request.app[STORE]
    store.settle(request.app[STATE].now())
    return store


def _moment(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


async def _put(request: web.Request) -> web.Response:
    for given in await request.json():
        made = offer(given.pop("product_id"), given.pop("offer_id"), given.pop("name"), **given)
        request.app[STORE].add(made)
    return web.json_response({})


async def _get(request: web.Request) -> web.Response:
    store = _store(request)
    products = [asdict(one) | {"changed_at": _moment(one.changed_at)} for one in store.offers.values()]
    tasks = [
        {"id": one.id, "at": _moment(one.at), "body": one.body, "states": one.states}
        for one in store.tasks.values()
    ]
    return web.json_response({"products": products, "tasks": tasks})


def add_to(app: web.Application) -> None:
    """The store and the doors for tests; the marketplace's own stand in PATHS."""
    app[STORE] = Store()
    app.router.add_post("/_products", _put)
    app.router.add_get("/_products", _get)


PATHS: dict[str, Handler] = {
    "/v3/product/list": _list,
    "/v3/product/info/list": _info,
    "/v4/product/info/attributes": _attributes,
    "/v1/product/info/description": _description,
    "/v3/product/import": _import,
    "/v1/product/import/info": _task_info,
    "/v1/product/attributes/update": _update_attributes,
    "/v1/description-category/tree": _tree,
    "/v1/description-category/attribute": _attributes_of_type,
    "/v1/description-category/attribute/values": _values_of_attribute,
    "/v1/description-category/attribute/values/search": _search_values,
}
