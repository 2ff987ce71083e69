"""The products of a simulated Yandex Market: offers and their cards, changes of both, its tree and what a leaf asks for.

Their doors stand among those of yandex_market.py, which holds who may ask what and how often. A change names what it
changes and leaves the rest; a request with one wrong product changes none of them, and says which by parameter. What is
taken stands in the offer after `apply_seconds`; then the Market looks at the card (`review_seconds`). Beside the
marketplace's own paths, for tests and the demo:

    POST /_products  [{"number": 7, "offer_id": "MX-1", "name": "…", …}]   fields of Offer; parameters as {"14871214": ["Керамика"]}
    GET  /_products  {"products": […], "arrived": […]}

Faults besides the common ones: `silent`, a change is taken and never stands there; `reject`, it stands in the offer, and
the card says that the Market doesn't accept it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from aiohttp import web

from vitrina.simulators.marketplace import STATE, State
from vitrina.simulators.yandex_market_shared import Wrong, bad, ok, paged

MOST, MOST_READ_CARDS, MOST_PARAMETERS = 100, 200, 300
LONGEST_ID, LONGEST_NAME, LONGEST_DESCRIPTION = 255, 256, 6000
REJECTED = "Название содержит запрещённые слова"
GOOD, CHECKING, REFUSED = (
    "HAS_CARD_CAN_UPDATE",
    "HAS_CARD_CAN_UPDATE_PROCESSING",
    "HAS_CARD_CAN_UPDATE_ERRORS",
)
NUMBERS_FROM = 100_000_000  # of cards; an offer's own number is counted from there
Body = dict[str, Any]
Parameters = Mapping[int, tuple[Body, ...]]  # rows of «parameterValues» by parameter


@dataclass(frozen=True)
class Offer:
    """A product of the business. `price` in roubles, the size in cm and kg; `rest`: fields that nobody here touches."""

    number: int
    offer_id: str
    name: str
    category_id: int = 91183
    description: str = ""
    vendor: str = ""
    pictures: tuple[str, ...] = ()
    barcodes: tuple[str, ...] = ()
    price: float = 990.0
    old_price: float = 0.0
    size: tuple[float, float, float, float] = (10.0, 8.0, 11.0, 0.4)
    parameters: Parameters = field(default_factory=dict)
    rest: Mapping[str, Any] = field(default_factory=lambda: {"tags": ["посуда"], "boxCount": 1})
    status: str = GOOD
    errors: tuple[Body, ...] = ()
    is_archived: bool = False
    sells: str = "PUBLISHED"
    at: datetime = datetime(2026, 4, 1, tzinfo=UTC)

    @property
    def id(self) -> str:
        return str(self.number)


@dataclass
class Change:
    """What came to change a product."""

    at: datetime
    due: datetime
    offer_id: str
    wanted: Offer
    fault: str
    state: str = "waiting"  # then "applied", or "dropped"


@dataclass
class Store:
    """`untold`: articles that the list of cards leaves out, as one that the Market hasn't looked at yet."""

    offers: dict[str, Offer] = field(default_factory=dict)
    arrived: list[Change] = field(default_factory=list)
    reviews: dict[str, tuple[datetime, str]] = field(
        default_factory=dict
    )  # when a card is looked at, and how
    untold: set[str] = field(default_factory=set)
    apply_seconds: float = 0.0
    review_seconds: float = 0.0

    def add(self, *offers: Offer) -> None:
        for one in offers:
            self.offers[one.offer_id] = one

    def take(self, changes: Iterable[Change]) -> None:
        self.arrived += changes

    def settle(self, now: datetime) -> None:
        for change in self.arrived:
            if change.state != "waiting" or change.due > now:
                continue
            change.state = "dropped" if change.fault == "silent" else "applied"
            if change.state == "applied":
                self.offers[change.offer_id] = replace(change.wanted, status=CHECKING, errors=())
                due = now + timedelta(seconds=self.review_seconds)
                self.reviews[change.offer_id] = due, change.fault
        for offer_id, (due, fault) in list(self.reviews.items()):
            if due <= now and offer_id in self.offers:
                refused = {
                    "status": REFUSED,
                    "errors": ({"message": REJECTED, "comment": "Исправьте и сохраните"},),
                }
                seen: dict[str, Any] = refused if fault == "reject" else {"status": GOOD, "errors": ()}
                self.offers[offer_id] = replace(self.offers[offer_id], **seen)
                del self.reviews[offer_id]


STORE: web.AppKey[Store] = web.AppKey("yandex_market_products", Store)
Door = Callable[[State, Store, web.Request, Body], web.Response]


def offer(number: int, offer_id: str, name: str, **given: Any) -> Offer:
    """E.g. `offer(7, "MX-1", "Кружка", parameters={14871214: ["Керамика"], 15060326: ["350"]})`: values by their words."""
    category = given.get("category_id", Offer.category_id)
    told: Mapping[Any, Iterable[str]] = given.pop("parameters", {})
    values = {
        int(id_): tuple(_row(category, int(id_), value) for value in words) for id_, words in told.items()
    }
    for one in ("pictures", "barcodes", "size"):
        if one in given:
            given[one] = tuple(given[one])
    return Offer(number, offer_id, name, parameters=values, **given)


def _row(category: int, parameter_id: int, value: str) -> Body:
    known = _parameter(category, parameter_id)
    row: Body = {"parameterId": parameter_id, "value": value}
    choice = next((one["id"] for one in known.get("values", []) if one["value"] == value), None)
    if choice is not None:
        row["valueId"] = choice
    if "unit" in known:
        row["unitId"] = known["unit"]["defaultUnitId"]
    return row


# --- Reading -----------------------------------------------------------------------------------------------


def mappings(state: State, store: Store, request: web.Request, body: Body) -> web.Response:
    rows = _filtered(store, body, MOST)
    if "offerIds" not in body:
        rows = [one for one in rows if one.is_archived == bool(body.get("archived"))]
    page, paging = paged(request, state, rows, 100, 100)
    shown = [{"offer": _offer(one), "mapping": _mapping(one)} for one in page]
    return ok({"offerMappings": shown, "paging": paging})


def cards(state: State, store: Store, request: web.Request, body: Body) -> web.Response:
    rows = [one for one in _filtered(store, body, MOST_READ_CARDS) if one.offer_id not in store.untold]
    page, paging = paged(request, state, rows, 200, 100)
    return ok({"offerCards": [_card(one) for one in page], "paging": paging})


def _filtered(store: Store, body: Body, most: int) -> list[Offer]:
    wanted = body.get("offerIds")
    if wanted is None:
        return list(store.offers.values())
    if not isinstance(wanted, list) or not 1 <= len(wanted) <= most:
        raise bad(f"'offerIds' size must be between 1 and {most}")
    if body.keys() - {"offerIds"}:
        raise bad("'offerIds' can't be combined with other filters")
    return [one for one in store.offers.values() if one.offer_id in wanted]


def _offer(one: Offer) -> Body:
    length, width, height, weight = one.size
    price: Body = {"value": one.price, "currencyId": "RUR", "updatedAt": one.at.isoformat()}
    told: Body = {
        "offerId": one.offer_id,
        "name": one.name,
        "marketCategoryId": one.category_id,
        "weightDimensions": {"length": length, "width": width, "height": height, "weight": weight},
        "basicPrice": price | ({"discountBase": one.old_price} if one.old_price else {}),
        "cardStatus": one.status,
        "campaigns": [{"campaignId": 20_000_001, "status": one.sells}],
        "archived": one.is_archived,
        **one.rest,
    }
    words = {"description": one.description, "vendor": one.vendor}
    lists = {"pictures": list(one.pictures), "barcodes": list(one.barcodes)}
    return told | {name: value for name, value in (words | lists).items() if value}


def _mapping(one: Offer) -> Body:
    return {
        "marketSku": NUMBERS_FROM + one.number,
        "marketSkuName": one.name,
        "marketCategoryId": one.category_id,
        "marketCategoryName": _leaves().get(one.category_id, ""),
    }


def _card(one: Offer) -> Body:
    rows = [row for values in one.parameters.values() for row in values]
    told: Body = {
        "offerId": one.offer_id,
        "mapping": _mapping(one),
        "cardStatus": one.status,
        "contentRating": 60,
    }
    return (
        told
        | ({"parameterValues": rows} if rows else {})
        | ({"errors": list(one.errors)} if one.errors else {})
    )


# --- Changing ----------------------------------------------------------------------------------------------


def update_mappings(state: State, store: Store, request: web.Request, body: Body) -> web.Response:
    """Names, descriptions, and parameters where the category is told."""
    items = [_map(one).get("offer") for one in _items(body, "offerMappings")]
    changes, wrong = [], []
    for item in map(_map, items):
        known = _known(store, item)
        fields: Body = {name: item[name] for name in ("name", "description", "vendor") if name in item}
        if "pictures" in item:
            fields["pictures"] = tuple(item["pictures"])
        if len(fields.get("name", "")) > LONGEST_NAME or fields.get("name") == "":
            raise bad(f"'name' size must be between 1 and {LONGEST_NAME}")
        if len(fields.get("description", "")) > LONGEST_DESCRIPTION:
            raise bad(f"'description' size must be between 0 and {LONGEST_DESCRIPTION}")
        if known is None:
            raise bad("'pictures' must not be null")  # a new product wants more than a change of one
        errors = _errors_in(known, item.get("marketCategoryId"), item, "EMPTY_MARKET_CATEGORY")
        wrong += _told(known, errors)
        changes.append(_change(state, store, request, replace(known, **fields), item))
    return _taken(store, changes, wrong)


def update_cards(state: State, store: Store, request: web.Request, body: Body) -> web.Response:
    changes, wrong = [], []
    for item in _items(body, "offersContent"):
        known = _known(store, item)
        if known is None:
            missing = {"type": "OFFER_NOT_FOUND", "message": "Товара нет в каталоге"}
            wrong.append({"offerId": item.get("offerId"), "errors": [missing]})
            continue
        wrong += _told(known, _errors_in(known, item.get("categoryId"), item, "UNKNOWN_CATEGORY"))
        changes.append(_change(state, store, request, known, item))
    return _taken(store, changes, wrong)


def _items(body: Body, name: str) -> list[Body]:
    items = body.get(name)
    if not isinstance(items, list) or not 1 <= len(items) <= MOST:
        raise bad(f"'{name}' size must be between 1 and {MOST}")
    return [_map(one) for one in items]


def _known(store: Store, item: Body) -> Offer | None:
    offer_id = item.get("offerId")
    if not isinstance(offer_id, str) or not 1 <= len(offer_id) <= LONGEST_ID:
        raise bad(f"'offerId' size must be between 1 and {LONGEST_ID}")
    return store.offers.get(offer_id)


def _errors_in(known: Offer, category: Any, item: Body, uncategorised: str) -> list[Body]:
    given = item.get("parameterValues")
    if given is None:
        return []
    if not isinstance(given, list) or not 1 <= len(given) <= MOST_PARAMETERS:
        raise bad(f"'parameterValues' size must be between 1 and {MOST_PARAMETERS}")
    if not category:
        return [{"type": uncategorised, "message": "Не указана категория Маркета"}]
    if str(category) not in _book()["parameters"] and category not in _leaves():
        return [{"type": "UNKNOWN_CATEGORY", "message": "Неизвестная категория"}]
    if category != known.category_id:
        return [{"type": "CATEGORY_MISMATCH", "message": "Категория не совпадает с категорией товара"}]
    return [error for row in map(_map, given) if (error := _wrong_with(category, row))]


def _wrong_with(category: int, row: Body) -> Body:
    """Empty where nothing is."""
    known, value = _parameter(category, row.get("parameterId")), row.get("value")
    type_, words = "", ""
    if not known:
        type_, words = "UNKNOWN_PARAMETER", "Характеристики нет у категории"
    elif known["type"] == "NUMERIC" and value and not _is_number(value):
        type_, words = "NUMBER_FORMAT", f"Характеристика «{known['name']}»: ожидалось число"
    elif known["type"] == "BOOLEAN" and value not in ("true", "false", ""):
        type_, words = (
            "UNEXPECTED_BOOLEAN_VALUE",
            f"Характеристика «{known['name']}»: ожидалось true или false",
        )
    elif "unitId" in row and row["unitId"] not in [
        one["id"] for one in known.get("unit", {}).get("units", [])
    ]:
        type_, words = "INVALID_UNIT_ID", f"Характеристика «{known['name']}»: недопустимая единица измерения"
    return {"type": type_, "parameterId": row.get("parameterId"), "message": words} if type_ else {}


def _is_number(value: Any) -> bool:
    try:
        float(value)
    except (TypeError, ValueError):
        return False
    return True


def _told(known: Offer, errors: list[Body]) -> list[Body]:
    return [{"offerId": known.offer_id, "errors": errors}] if errors else []


def _change(state: State, store: Store, request: web.Request, wanted: Offer, item: Body) -> Change:
    """The parameters that are named take the place of theirs; an empty value takes one away."""
    rows = [dict(row) for row in map(_map, item.get("parameterValues") or [])]
    named = {row["parameterId"]: () for row in rows if "parameterId" in row}
    values: dict[int, tuple[Body, ...]] = {**wanted.parameters, **named}
    for row in rows:
        known = _parameter(wanted.category_id, row.get("parameterId"))
        if known and row.get("value"):
            if "unit" in known:
                row.setdefault("unitId", known["unit"]["defaultUnitId"])
            values[row["parameterId"]] = (*values[row["parameterId"]], row)
    now = state.now()
    made = replace(wanted, parameters={id_: told for id_, told in values.items() if told})
    due = now + timedelta(seconds=store.apply_seconds)
    return Change(now, due, wanted.offer_id, made, request["fault"])


def _taken(store: Store, changes: list[Change], wrong: list[Body]) -> web.Response:
    """One that is wrong keeps all of them out."""
    if wrong:
        return web.json_response({"status": "ERROR", "results": wrong})
    store.take(changes)
    return ok()


# --- The tree ----------------------------------------------------------------------------------------------


def tree(state: State, store: Store, request: web.Request, body: Body) -> web.Response:
    return ok(_book()["tree"])


def parameters(state: State, store: Store, request: web.Request, body: Body) -> web.Response:
    category = request.match_info["category"]
    if not category.isdigit() or int(category) not in _leaves():
        raise Wrong(404, "NOT_FOUND", f"Category is not a leaf: {category}")
    return ok({"categoryId": int(category), "parameters": _book()["parameters"].get(category, [])})


def _parameter(category: int, parameter_id: Any) -> Body:
    rows: list[Body] = _book()["parameters"].get(str(category), [])
    return next((one for one in rows if one["id"] == parameter_id), {})


@cache
def _leaves() -> dict[int, str]:
    found: dict[int, str] = {}
    waiting = [_book()["tree"]]
    while waiting:
        node = waiting.pop()
        if node.get("children"):
            waiting += node["children"]
        else:
            found[node["id"]] = node["name"]
    return found


@cache
def _book() -> dict[str, Any]:
    """{"tree": {"id", "name", "children"}, "parameters": {"91183": […]}} as the marketplace shows them."""
    path = Path(__file__).parent / "data" / "yandex_categories.json"
    book: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return book


def _map(value: Any) -> Body:
    return value if isinstance(value, dict) else {}


# --- For tests and the demo --------------------------------------------------------------------------------


async def _put(request: web.Request) -> web.Response:
    for given in await request.json():
        request.app[STORE].add(offer(given.pop("number"), given.pop("offer_id"), given.pop("name"), **given))
    return web.json_response({})


async def _get(request: web.Request) -> web.Response:
    store = request.app[STORE]
    store.settle(request.app[STATE].now())
    products = [asdict(one) | {"at": one.at.isoformat()} for one in store.offers.values()]
    arrived = [
        {"offer_id": one.offer_id, "at": one.at.isoformat(), "state": one.state} for one in store.arrived
    ]
    return web.json_response({"products": products, "arrived": arrived})


def add_to(app: web.Application) -> None:
    """The store and the doors for tests."""
    app[STORE] = Store()
    app.router.add_post("/_products", _put)
    app.router.add_get("/_products", _get)


# (resource, path, door): the resource is what a quota is for.
DOORS: tuple[tuple[str, str, Door], ...] = (
    ("offer-mappings", "/v2/businesses/{business}/offer-mappings", mappings),
    ("offer-mappings/update", "/v2/businesses/{business}/offer-mappings/update", update_mappings),
    ("offer-cards", "/v2/businesses/{business}/offer-cards", cards),
    ("offer-cards/update", "/v2/businesses/{business}/offer-cards/update", update_cards),
    ("categories/tree", "/v2/categories/tree", tree),
    ("category/parameters", "/v2/category/{category}/parameters", parameters),
)
