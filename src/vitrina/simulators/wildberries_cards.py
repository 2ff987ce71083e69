"""The cards of a simulated Wildberries: the list, the full overwrite that ends later, its errors, subjects.

They stand behind the same address as its buyers, see wildberries.py, which holds the door: who asks, how often. What was
changed is taken at once (200) and applied `apply_seconds` later; what is wrong with it stands in the list of errors alone.
Beside the marketplace's own paths, for tests and the demo:

    POST /_cards  [{"nmID": 7, …}]   added, or changed where the number is known; see `card`
    GET  /_cards  {"cards": […], "arrived": [{"vendorCode": …, "state": "waiting|applied|rejected|dropped", …}]}

Faults besides the common ones: `silent`, a change is taken and never appears; `reject`, it ends among the errors, and
pictures are refused at once.
"""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from aiohttp import web

from vitrina.simulators.marketplace import STATE, State

CONTENT = "content"  # the host
LIST, UPDATE, ERRORS = (
    "/content/v2/get/cards/list",
    "/content/v2/cards/update",
    "/content/v2/cards/error/list",
)
MEDIA = "/content/v3/media/save"
SELDOM = (
    UPDATE,
    ERRORS,
)  # 10 a minute, 5 at once, each for itself; all others together 100 a minute, 5 at once
MOST_PICTURES = 30
LONGEST_TITLE, MOST_CARDS, MOST_BYTES = 60, 3000, 10 * 1024**2
LONGEST_DESCRIPTION = 2000  # by subject it is 1 000 – 5 000
REJECTED_PICTURE = "Не удалось загрузить изображение по ссылке"
REJECTED = "Поле Наименование содержит запрещенные слова"
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+\.\w+")
_EMOJI = re.compile("[\U0001f300-\U0001faff\u2600-\u27bf]")
Row = dict[str, Any]


@dataclass
class Arrived:
    """A changed card as it came. `state`: "waiting", "applied", "rejected" (see `errors`) or "dropped"."""

    at: datetime
    batch: str
    card: Row
    due: datetime
    fault: str
    state: str = "waiting"
    errors: list[str] = field(default_factory=list)


@dataclass
class Shelf:
    """The shop's cards by their number, and all that came to change them. `apply_seconds`: until a change is seen."""

    cards: dict[int, Row] = field(default_factory=dict)
    arrived: list[Arrived] = field(default_factory=list)
    apply_seconds: float = 0.0
    saved: list[Row] = field(default_factory=list)  # what came to change pictures, as it came
    shown: dict[str, Any] = field(default_factory=dict)  # the last page, for the fault "again"

    def add(self, *rows: Row) -> None:
        for row in rows:
            self.cards[row["nmID"]] = row

    def by_code(self, code: str) -> Row | None:
        return next((row for row in self.cards.values() if row["vendorCode"] == code), None)

    def settle(self, now: datetime) -> None:
        """What waited long enough is applied, or found wrong."""
        for one in self.arrived:
            if one.state != "waiting" or one.due > now:
                continue
            if one.fault == "silent":
                one.state = "dropped"
                continue
            one.errors = [REJECTED] if one.fault == "reject" else wrong_with(self, one.card)
            one.state = "rejected" if one.errors else "applied"
            if one.state == "applied":
                _overwrite(self.cards[one.card["nmID"]], one.card, now)


SHELF: web.AppKey[Shelf] = web.AppKey("wildberries_cards", Shelf)
Handler = Callable[[State, web.Request], Awaitable[web.Response]]


def card(number: int, code: str, title: str, **given: Any) -> Row:
    """A card as the list shows it, e.g. `card(7, "MX-1", "Кружка", subject=825, characteristics={17596: ["Керамика"]})`."""
    subject = given.pop("subject", 825)
    named = {one["charcID"]: one["name"] for one in _book()["charcs"].get(str(subject), [])}
    values: Mapping[int, Any] = given.pop("characteristics", {})
    at = given.pop("at", datetime(2026, 4, 1, tzinfo=UTC) + timedelta(seconds=number % 10_000_000))
    pictures = [_picture(url) for url in given.pop("photos", [])]
    row = {
        "nmID": number,
        "imtID": number + 1,
        "nmUUID": str(uuid.uuid5(uuid.NAMESPACE_OID, f"card:{number}")),
        "subjectID": subject,
        "subjectName": _subject(subject).get("subjectName", "Прочее"),
        "vendorCode": code,
        "brand": "",
        "title": title,
        "description": "",
        "needKiz": False,
        "photos": pictures,
        "dimensions": {"length": 12, "width": 10, "height": 11, "weightBrutto": 0.4, "isValid": True},
        "characteristics": [
            {"id": id_, "name": named.get(id_, str(id_)), "value": value} for id_, value in values.items()
        ],
        "sizes": [{"chrtID": number * 10, "techSize": "0", "wbSize": "", "skus": [f"20{number:011}"]}],
        "tags": [],
        "createdAt": _moment(at),
        "updatedAt": _moment(at),
    }
    return row | given


def _picture(url: str) -> dict[str, str]:
    return {
        "big": url,
        "c246x328": f"{url}?c246x328",
        "c516x688": f"{url}?c516x688",
        "square": f"{url}?square",
        "tm": f"{url}?tm",
    }


# --- Reading -----------------------------------------------------------------------------------------------


async def list_cards(state: State, request: web.Request) -> web.Response:
    settings = _inner((await _body(request)), "settings")
    cursor, wanted = _inner(settings, "cursor"), _inner(settings, "filter")
    limit = cursor.get("limit", 100)
    if not isinstance(limit, int) or not 1 <= limit <= 100:
        return failed("Некорректный лимит")
    is_up = _inner(settings, "sort").get("ascending") is True
    shelf = shelf_of(request, state)
    rows = [row for row in shelf.cards.values() if _fits(row, wanted)]
    rows.sort(key=_place, reverse=not is_up)
    after = (str(cursor.get("updatedAt") or ""), int(cursor.get("nmID") or 0))
    start = 0
    if after[0]:
        start = sum((_place(row) <= after) if is_up else (_place(row) >= after) for row in rows)
    if request["fault"] == "shift":
        start = max(0, start - 1)
    page = rows[start : start + limit]
    last = page[-1] if page else {"updatedAt": after[0], "nmID": after[1]}
    said = {
        "cards": page,
        "cursor": {"updatedAt": last["updatedAt"], "nmID": last["nmID"], "total": len(page)},
    }
    if request["fault"] == "again":
        said = shelf.shown.get("page", said)
    if request["fault"] == "loop" and after[0]:
        said["cursor"] = {"updatedAt": after[0], "nmID": after[1], "total": limit}
    shelf.shown["page"] = said
    return web.json_response(said)


def _place(row: Row) -> tuple[str, int]:
    return row["updatedAt"], row["nmID"]


def _fits(row: Row, wanted: Row) -> bool:
    """Asked for without a word about photos, the list holds those without any."""
    with_photo = wanted.get("withPhoto", 0)
    if with_photo != -1 and bool(row["photos"]) != bool(with_photo):
        return False
    if text := wanted.get("textSearch"):
        told = [row["vendorCode"], str(row["nmID"]), *(sku for size in row["sizes"] for sku in size["skus"])]
        if text not in told:
            return False
    for name, field_ in (("objectIDs", "subjectID"), ("brands", "brand")):
        if wanted.get(name) and row[field_] not in wanted[name]:
            return False
    return not wanted.get("imtID") or row["imtID"] == wanted["imtID"]


async def subjects(state: State, request: web.Request) -> web.Response:
    query = request.query
    rows = [
        one
        for one in _book()["subjects"]
        if query.get("name", "").casefold() in one["subjectName"].casefold()
        and query.get("parentID", str(one["parentID"])) == str(one["parentID"])
    ]
    offset, limit = int(query.get("offset", 0)), int(query.get("limit", 30))
    if not 1 <= limit <= 1000 or offset < 0:
        return failed("Некорректный лимит")
    return done(rows[offset : offset + limit])


async def parents(state: State, request: web.Request) -> web.Response:
    return done(_book()["parents"])


async def characteristics(state: State, request: web.Request) -> web.Response:
    return done(_book()["charcs"].get(request.match_info["subject"], []))


# --- Changing ----------------------------------------------------------------------------------------------


async def update_cards(state: State, request: web.Request) -> web.Response:
    """What isn't a list of cards is refused at once; what is wrong with a card is found later."""
    if request.content_length and request.content_length > MOST_BYTES:
        return web.json_response({"title": "request body too long", "status": 413}, status=413)
    rows = await _json(request)
    if not isinstance(rows, list) or not 0 < len(rows) <= MOST_CARDS or not all(map(_is_whole, rows)):
        return failed("Неверный формат запроса")
    shelf, now, batch = shelf_of(request, state), state.now(), str(uuid.uuid4())
    due = now + timedelta(seconds=shelf.apply_seconds)
    shelf.arrived += [Arrived(now, batch, row, due, request["fault"]) for row in rows]
    shelf.settle(now)
    return web.json_response({"data": None, "error": False, "errorText": "", "additionalErrors": {}})


async def save_media(state: State, request: web.Request) -> web.Response:
    """All pictures of one card anew, under the marketplace's own addresses, which the place in the row makes."""
    body = await _body(request)
    shelf, links = shelf_of(request, state), body.get("data")
    row = shelf.cards.get(body["nmId"]) if isinstance(body.get("nmId"), int) else None
    if row is None:
        return failed("Карточка с таким артикулом WB не найдена")
    if not isinstance(links, list) or not all(_is_link(link) for link in links):
        return failed("Неверный формат запроса")
    videos = [link for link in links if link.endswith(".mp4")]
    if len(links) - len(videos) > MOST_PICTURES or len(videos) > 1:
        return failed(f"Количество изображений больше {MOST_PICTURES}")
    if request["fault"] == "reject":
        return failed(REJECTED_PICTURE)
    shelf.saved.append(body)
    if request["fault"] != "silent":
        host = f"https://basket.example/{row['nmID']}"
        count = len(links) - len(videos)
        row["photos"] = [_picture(f"{host}/images/big/{at}.webp") for at in range(1, count + 1)]
        row["video"] = videos[0] if videos else ""
        row["updatedAt"] = _moment(state.now())
    return web.json_response({"data": {}, "error": False, "errorText": "", "additionalErrors": None})


def _is_link(given: Any) -> bool:
    return isinstance(given, str) and given.startswith(("http://", "https://"))


def _is_whole(row: Any) -> bool:
    if not isinstance(row, dict) or not isinstance(row.get("nmID"), int):
        return False
    is_listed = isinstance(row.get("sizes"), list) and isinstance(row.get("characteristics", []), list)
    return isinstance(row.get("vendorCode"), str) and is_listed


def wrong_with(shelf: Shelf, row: Row) -> list[str]:
    """Why a changed card can't be taken, in the marketplace's words; empty where it can."""
    known = shelf.cards.get(row["nmID"])
    if known is None or known["vendorCode"] != row["vendorCode"]:
        return ["Карточка с таким артикулом WB не найдена"]
    found = []
    for name, words, longest in (
        ("title", "Наименование", LONGEST_TITLE),
        ("description", "Описание", LONGEST_DESCRIPTION),
    ):
        text = row.get(name) or ""
        if len(text) > longest:
            found.append(f"Длина поля {words} не должна превышать {longest} символов")
        if _EMAIL.search(text):
            found.append(f"Запрещено использовать E-Mail в поле {words}")
        if odd := "".join(sorted(set(_EMOJI.findall(text)))):
            found.append(f"Поле {words} не должно содержать запрещенные символы: {odd}")
    kept = {sku for size in row["sizes"] for sku in size.get("skus", [])}
    if not {sku for size in known["sizes"] for sku in size["skus"]} <= kept:
        found.append("Нельзя удалить баркод размера")
    return found + _wrong_values(known["subjectID"], row.get("characteristics", []))


def _wrong_values(subject: int, values: Iterable[Row]) -> list[str]:
    known = {one["charcID"]: one for one in _book()["charcs"].get(str(subject), [])}
    given = {one.get("id"): one.get("value") for one in values}
    found = []
    for id_, value in given.items():
        one = known.get(id_)
        if one is None:
            found.append(f"Характеристика с ID {id_} недоступна для предмета")
        elif one["charcType"] == 4 and not isinstance(value, int | float):
            found.append(f"Характеристика {one['name']} должна быть числом")
        elif one["charcType"] == 1 and not isinstance(value, list):
            found.append(f"Характеристика {one['name']} должна быть списком строк")
        elif isinstance(value, list) and 0 < one["maxCount"] < len(value):
            found.append(f"Количество значений характеристики {one['name']} больше {one['maxCount']}")
    needed = [one["name"] for id_, one in known.items() if one["required"] and not given.get(id_)]
    return found + [f"Не заполнена обязательная характеристика {name}" for name in needed]


def _overwrite(row: Row, given: Row, now: datetime) -> None:
    """All of it: what wasn't sent is empty afterwards. Photos, video and tags have doors of their own."""
    named = {one["charcID"]: one["name"] for one in _book()["charcs"].get(str(row["subjectID"]), [])}
    sent = given.get("dimensions") or {}
    row |= {name: given.get(name) or "" for name in ("brand", "title", "description")}
    row["dimensions"] = {"length": 0, "width": 0, "height": 0, "weightBrutto": 0, **sent}
    row["dimensions"]["isValid"] = all(row["dimensions"][name] for name in ("length", "width", "height"))
    row["characteristics"] = [
        {"id": one["id"], "name": named.get(one["id"], str(one["id"])), "value": one["value"]}
        for one in given.get("characteristics", [])
    ]
    row["sizes"] = [
        {
            "chrtID": size.get("chrtID") or row["nmID"] * 10 + place,
            "techSize": size.get("techSize") or "0",
            "wbSize": size.get("wbSize") or "",
            "skus": size.get("skus", []),
        }
        for place, size in enumerate(given["sizes"])
    ]
    row["updatedAt"] = _moment(now)


async def list_errors(state: State, request: web.Request) -> web.Response:
    """By request; a card leaves the list with the next change of it that is taken."""
    body = await _body(request)
    cursor = _inner(body, "cursor")
    limit = cursor.get("limit", 100)
    if not isinstance(limit, int) or not 1 <= limit <= 100:
        return failed("Некорректный лимит")
    batches = _batches(shelf_of(request, state))
    if _inner(body, "order").get("ascending") is not True:
        batches.reverse()
    ids = [batch["batchUUID"] for _at, batch in batches]
    start = ids.index(cursor["batchUUID"]) + 1 if cursor.get("batchUUID") in ids else 0
    page = batches[start : start + limit]
    at, batch = (
        page[-1] if page else (state.now(), {"batchUUID": cursor.get("batchUUID") or str(uuid.uuid4())})
    )
    onward = {"next": start + limit < len(batches), "updatedAt": _moment(at), "batchUUID": batch["batchUUID"]}
    return done({"items": [batch for _at, batch in page], "cursor": onward})


def _batches(shelf: Shelf) -> list[tuple[datetime, Row]]:
    latest = {one.card["vendorCode"]: one for one in shelf.arrived if one.state in ("applied", "rejected")}
    standing: dict[str, list[Arrived]] = {}
    for one in latest.values():
        if one.state == "rejected":
            standing.setdefault(one.batch, []).append(one)
    made = []
    for batch, those in standing.items():
        rows = {one.card["vendorCode"]: shelf.cards.get(one.card["nmID"], {}) for one in those}
        shown = {
            "batchUUID": batch,
            "subjects": {
                code: {"id": row.get("subjectID", 0), "name": row.get("subjectName", "")}
                for code, row in rows.items()
            },
            "brands": {
                code: {"id": 1, "name": row["brand"]} for code, row in rows.items() if row.get("brand")
            },
            "vendorCodes": list(rows),
            "errors": {one.card["vendorCode"]: one.errors for one in those},
        }
        made.append((those[0].at, shown))
    return sorted(made, key=lambda pair: (pair[0], pair[1]["batchUUID"]))


# --- What all have in common -------------------------------------------------------------------------------


def shelf_of(request: web.Request, state: State) -> Shelf:
    """As it stands now."""
    shelf = request.app[SHELF]
    shelf.settle(state.now())
    return shelf


def done(data: Any) -> web.Response:
    return web.json_response({"data": data, "error": False, "errorText": "", "additionalErrors": None})


def failed(text: str, status: int = 400) -> web.Response:
    """`additionalErrors` is a text where the right is missing, else an object."""
    more: Any = text if status == 403 else {}
    body = {"data": None, "error": True, "errorText": text, "additionalErrors": more}
    return web.json_response(body, status=status)


async def _json(request: web.Request) -> Any:
    try:
        return await request.json()
    except ValueError:
        return None


async def _body(request: web.Request) -> Row:
    body = await _json(request)
    return body if isinstance(body, dict) else {}


def _inner(row: Row, name: str) -> Row:
    value = row.get(name)
    return value if isinstance(value, dict) else {}


def _moment(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}Z"


@cache
def _book() -> dict[str, Any]:
    """{"parents": […], "subjects": […], "charcs": {"825": […]}} as the marketplace shows them."""
    path = Path(__file__).parent / "data" / "wildberries_subjects.json"
    book: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return book


def _subject(id_: int) -> Row:
    return next((one for one in _book()["subjects"] if one["subjectID"] == id_), {})


async def _put(request: web.Request) -> web.Response:
    request.app[SHELF].add(*await request.json())
    return web.json_response({})


async def _get(request: web.Request) -> web.Response:
    shelf = shelf_of(request, request.app[STATE])
    arrived = [
        asdict(one) | {"at": _moment(one.at), "due": _moment(one.due), "vendorCode": one.card["vendorCode"]}
        for one in shelf.arrived
    ]
    return web.json_response({"cards": list(shelf.cards.values()), "arrived": arrived})


ROUTES: tuple[tuple[str, str, Handler], ...] = (
    ("POST", LIST, list_cards),
    ("POST", UPDATE, update_cards),
    ("POST", ERRORS, list_errors),
    ("POST", MEDIA, save_media),
    ("GET", "/content/v2/object/all", subjects),
    ("GET", "/content/v2/object/parent/all", parents),
    (
        "GET",
        r"/content/v2/object/charcs/{subject:\d+}",
        characteristics,
    ),
)


def add_to(app: web.Application) -> None:
    """The shelf and the doors for tests; the marketplace's own stand in ROUTES."""
    app[SHELF] = Shelf()
    app.router.add_post("/_cards", _put)
    app.router.add_get("/_cards", _get)
