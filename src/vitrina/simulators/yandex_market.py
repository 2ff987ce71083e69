"""A simulated Yandex Market: reviews, questions, chats and products of one business or several, with its errors and its
limits. The products are in yandex_market_products.py.

`python -m vitrina.simulators.yandex_market --port 8093`. Beside the doors of marketplace.py:

    POST /_shop   {"migrating": true, "scopes": ["pricing"], "quotas": {"comments/update": 3}, …}   see Shop
"""

from __future__ import annotations

import calendar
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime
from typing import Any, TypeVar

from aiohttp import web

from vitrina.simulators import marketplace
from vitrina.simulators import yandex_market_products as products
from vitrina.simulators.marketplace import STATE, Settings, State
from vitrina.simulators.talk import Line, Reply, Talk
from vitrina.simulators.yandex_market_shared import Wrong, bad, ok, paged, refusal

BUSINESS = 1234567
AT_ONCE = 4
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
# Requests an hour by the path after the business, without the subscription «Medium»; of products a minute, see PER_MINUTE.
QUOTAS = {
    "campaigns": 1000,
    "goods-feedback": 5000,
    "goods-feedback/skip-reaction": 500,
    "goods-feedback/comments": 5000,
    "goods-feedback/comments/update": 1000,
    "goods-feedback/comments/delete": 1000,
    "goods-questions": 1000,
    "goods-questions/answers": 1000,
    "goods-questions/update": 500,
    "chats": 5000,
    "chat": 1000,
    "chats/history": 10_000,
    "chats/message": 1000,
    "offer-mappings": 100,
    "offer-mappings/update": 5000,
    "offer-cards": 100,
    "offer-cards/update": 5000,
    "categories/tree": 1000,
    "category/parameters": 50,
}
# What is counted by the minute; of the updates every product counts.
PER_MINUTE = {
    "offer-mappings",
    "offer-mappings/update",
    "offer-cards",
    "offer-cards/update",
    "category/parameters",
}
_READING = {"goods-feedback", "goods-feedback/comments", "goods-questions", "goods-questions/answers"} | {
    "chats",
    "chat",
    "chats/history",
}
_PRODUCTS = "offers-and-cards-management"
_PRODUCTS_READING = {"offer-mappings", "offer-cards", "category/parameters"}
_STATUSES = {"published": "PUBLISHED", "moderation": "UNMODERATED", "rejected": "BANNED"}
_SENDERS = {"buyer": "CUSTOMER", "seller": "PARTNER", "platform": "MARKET"}


@dataclass
class Shop:
    """What only this marketplace knows. `businesses`: names by id. `scopes`: the accesses of the key.

    `skipped`: when the seller waved a review away. `used`: since when and how often a resource was asked.
    """

    businesses: dict[int, str] = field(default_factory=dict)
    availability: str = "AVAILABLE"
    scopes: list[str] = field(default_factory=lambda: ["communication", _PRODUCTS])
    migrating: bool = False
    quotas: dict[str, int] = field(default_factory=lambda: dict(QUOTAS))
    statuses: dict[str, str] = field(default_factory=dict)  # of chats, where not as its lines say
    skipped: dict[str, datetime] = field(default_factory=dict)
    used: dict[str, tuple[datetime, int]] = field(default_factory=dict)
    in_flight: int = 0

    def wants_reaction(self, talk: Talk) -> bool:
        """Nobody reacted, or the author has edited the review since."""
        reactions = [reply.at for reply in talk.replies if reply.state != "rejected"]
        if talk.id in self.skipped:
            reactions.append(self.skipped[talk.id])
        return not reactions or (talk.changed_at is not None and talk.changed_at > max(reactions))

    def status_of(self, chat: Talk) -> str:
        if chat.id in self.statuses:
            return self.statuses[chat.id]
        senders = [line.sender for line in chat.lines if line.sender != "platform"]
        if not senders or "seller" not in senders:
            return "NEW"
        return "WAITING_FOR_PARTNER" if senders[-1] == "buyer" else "WAITING_FOR_CUSTOMER"


SHOP: web.AppKey[Shop] = web.AppKey("yandex_market", Shop)
UNDER_WAY = web.RequestKey("under_way", int)  # requests at once, this one too
Day = TypeVar("Day", bound=date)
Handler = Callable[[State, Shop, web.Request, dict[str, Any]], web.Response]


def application(
    talks: list[Talk] | None = None,
    settings: Settings | None = None,
    *,
    businesses: dict[int, str] | None = None,
) -> web.Application:
    app = marketplace.application(
        "yandex_market", throttled=_throttled, unauthorized=_unauthorized, talks=talks, settings=settings
    )
    app[SHOP] = Shop(businesses or {BUSINESS: app[STATE].settings.seller})
    app.middlewares.insert(0, _counted)
    v1, v2 = "/v1/businesses/{business}", "/v2/businesses/{business}"
    app.router.add_get("/v2/campaigns", _door("campaigns", _campaigns))
    for method, version, resource, handler in (
        ("POST", v2, "goods-feedback", _reviews),
        ("POST", v2, "goods-feedback/skip-reaction", _skip),
        ("POST", v2, "goods-feedback/comments", _comments),
        ("POST", v2, "goods-feedback/comments/update", _comment),
        ("POST", v2, "goods-feedback/comments/delete", _uncomment),
        ("POST", v1, "goods-questions", _questions),
        ("POST", v1, "goods-questions/answers", _answers),
        ("POST", v1, "goods-questions/update", _answer),
        ("POST", v2, "chats", _chats),
        ("GET", v2, "chat", _chat),
        ("POST", v2, "chats/history", _history),
        ("POST", v2, "chats/message", _say),
        ("GET", v2, "chats/message", _said),
    ):
        app.router.add_route(method, f"{version}/{resource}", _door(resource, handler))
    products.add_to(app)
    for resource, path, door in products.DOORS:
        app.router.add_post(path, _door(resource, _of_products(door)))
    app.router.add_post("/_shop", _set_shop)
    return app


def _of_products(door: products.Door) -> Handler:
    def opened(state: State, shop: Shop, request: web.Request, body: dict[str, Any]) -> web.Response:
        store = request.app[products.STORE]
        store.settle(state.now())
        answer = door(state, store, request, body)
        store.settle(state.now())
        return answer

    return opened


# --- Before a deed -----------------------------------------------------------------------------------------


@web.middleware
async def _counted(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """How many requests are under way, the slow ones of «latency» too."""
    shop = request.app[SHOP]
    if request.path.startswith("/_"):
        answer = await handler(request)
        if request.path == "/_reset":
            vars(shop).update(vars(Shop({BUSINESS: request.app[STATE].settings.seller})))
            vars(request.app[products.STORE]).update(vars(products.Store()))
        return answer
    shop.in_flight += 1
    request[UNDER_WAY] = shop.in_flight
    try:
        return await handler(request)
    finally:
        shop.in_flight -= 1


def _door(resource: str, handler: Handler) -> Callable[[web.Request], Awaitable[web.Response]]:
    """1. the key, 2. four at once, 3. the hour's quota, 4. the access, 5. the business, 6. a body, 7. the deed."""

    async def opened(request: web.Request) -> web.Response:
        state, shop = request.app[STATE], request.app[SHOP]
        headers: dict[str, str] = {}
        try:
            _know(state, request)
            if state.settings.limits:
                headers = _count(state, shop, request, resource, await _cost(request, resource))
            _allow(shop, request, resource)
            answer = handler(state, shop, request, await _body(request))
        except Wrong as wrong:
            answer = wrong.answer
        for name, value in headers.items():
            answer.headers.setdefault(name, value)
        return answer

    return opened


def _know(state: State, request: web.Request) -> None:
    key = request.headers.get("Api-Key", "")
    if not key:
        raise Wrong(401, "UNAUTHORIZED", "No token in the request")
    if key.lower().startswith("bearer "):
        raise Wrong(401, "UNAUTHORIZED", "Api-Key token prefix invalid")
    if key != state.settings.key:
        raise Wrong(401, "UNAUTHORIZED", "Api-Key token is invalid")


async def _cost(request: web.Request, resource: str) -> int:
    """What a request takes of its quota."""
    if resource not in PER_MINUTE or not resource.endswith("/update"):
        return 1
    try:
        body = json.loads(await request.read() or b"{}")
    except ValueError:
        return 1
    items = body.get("offerMappings") or body.get("offersContent") if isinstance(body, dict) else None
    return len(items) if isinstance(items, list) else 1


def _count(state: State, shop: Shop, request: web.Request, resource: str, cost: int) -> dict[str, str]:
    if request[UNDER_WAY] > AT_ONCE:
        raise Wrong(420, "ENHANCE_YOUR_CALM", f"Hit rate limit of {AT_ONCE} parallel requests")
    now, quota = state.now(), shop.quotas[resource]
    period, words = (MINUTE, "1 minutes") if resource in PER_MINUTE else (HOUR, "1 hours")
    begun, used = shop.used.get(resource, (now, 0))
    if now >= begun + period:
        begun, used = now, 0
    headers = {
        "X-RateLimit-Resource-Limit": str(quota),
        "X-RateLimit-Resource-Until": format_datetime(begun + period, usegmt=True),
        "X-RateLimit-Resource-Remaining": str(max(0, quota - used - cost)),
    }
    if used + cost > quota:
        raise Wrong(
            420,
            "ENHANCE_YOUR_CALM",
            f"Hit rate limit of {quota} requests per {words} for resource {resource}",
            headers,
        )
    shop.used[resource] = begun, used + cost
    return headers


def _allow(shop: Shop, request: web.Request, resource: str) -> None:
    is_product = resource in QUOTAS and resource.startswith(("offer-", "category/"))
    may = {"all-methods", _PRODUCTS if is_product else "communication"}
    if resource in _READING | _PRODUCTS_READING:
        may |= {"all-methods:read-only"} | ({f"{_PRODUCTS}:read-only"} if is_product else set())
    if resource not in ("campaigns", "categories/tree") and not may & set(shop.scopes):
        raise Wrong(403, "FORBIDDEN", "No access to this method")
    business = request.match_info.get("business")
    if business is None:
        return
    if not business.isdigit() or int(business) not in shop.businesses:
        raise Wrong(403, "FORBIDDEN", f"No access to business {business}")
    if shop.migrating:
        raise Wrong(423, "LOCKED", "Business is being migrated")


async def _body(request: web.Request) -> dict[str, Any]:
    raw = await request.read()
    if not raw:
        return {}
    if request.content_type != "application/json":
        raise Wrong(415, "UNSUPPORTED_MEDIA_TYPE", "Content type is not supported")
    try:
        body = json.loads(raw)
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise bad("Request body is not a JSON object")
    return body


# --- Shops -------------------------------------------------------------------------------------------------


def _campaigns(state: State, shop: Shop, request: web.Request, body: dict[str, Any]) -> web.Response:
    rows = [
        {
            "id": 20_000_000 + number,
            "domain": f"{name} {number}",
            "clientId": 40_000_000 + number,
            "business": {"id": business, "name": name},
            "placementType": "FBS",
            "apiAvailability": shop.availability,
        }
        for number, (business, name) in enumerate(shop.businesses.items(), 1)
    ]
    return web.json_response({"campaigns": rows, "pager": {"total": len(rows)}, "paging": {}})


# --- Reviews -----------------------------------------------------------------------------------------------


def _reviews(state: State, shop: Shop, request: web.Request, body: dict[str, Any]) -> web.Response:
    chosen = _ids(body, "feedbackIds")
    talks = state.of("review")
    if chosen is not None:
        if body.keys() - {"feedbackIds"}:
            raise bad("'feedbackIds' can't be combined with other filters")
        talks = [talk for talk in talks if talk.id in chosen]
    else:
        until = _moment(body, "dateTimeTo") or state.now()
        since = _moment(body, "dateTimeFrom") or _months(until, -6)
        if since < _months(until, -6):
            raise bad("'dateTimeFrom' must be at most 6 months before 'dateTimeTo'")
        wanted = body.get("reactionStatus", "ALL")
        if wanted not in ("ALL", "NEED_REACTION"):
            raise bad(f"'reactionStatus' is unknown (rejected value: {wanted!r})")
        talks = [talk for talk in talks if since < talk.at < until]
        if wanted == "NEED_REACTION":
            talks = [talk for talk in talks if shop.wants_reaction(talk)]
    page, paging = paged(request, state, talks, 50, 25)
    return ok({"feedbacks": [_review(shop, talk) for talk in page], "paging": paging})


def _review(shop: Shop, talk: Talk) -> dict[str, Any]:
    said = {"advantages": talk.pros, "disadvantages": talk.cons, "comment": talk.text}
    identifiers: dict[str, Any] = {"offerId": talk.offer_id}
    if talk.order_id:
        identifiers["orderId"] = int(talk.order_id)
    row: dict[str, Any] = {
        "feedbackId": int(talk.id),
        "createdAt": talk.at.isoformat(),
        "needReaction": shop.wants_reaction(talk),
        "identifiers": identifiers,
        "author": talk.buyer,
        "statistics": {"rating": talk.rating, "commentsCount": len(talk.replies), "recommended": True},
    }
    if any(said.values()):
        row["description"] = {name: text for name, text in said.items() if text}
    if talk.pictures:
        photos = [f"https://avatars.mds.yandex.net/{talk.id}/{number}" for number in range(talk.pictures)]
        row["media"] = {"photos": photos, "videos": None}
    return row


def _skip(state: State, shop: Shop, request: web.Request, body: dict[str, Any]) -> web.Response:
    for id_ in _ids(body, "feedbackIds") or []:
        shop.skipped[_talk(state, "review", id_).id] = state.now()
    return ok()


def _comments(state: State, shop: Shop, request: web.Request, body: dict[str, Any]) -> web.Response:
    chosen = _ids(body, "commentIds")
    if chosen is None:
        talk = _talk(state, "review", _id(body, "feedbackId"))
        pairs = [(talk, reply) for reply in talk.replies]
    else:
        pairs = [(talk, reply) for talk in state.of("review") for reply in talk.replies if reply.id in chosen]
    page, paging = paged(request, state, pairs, 50, 25)
    seller = state.settings.seller
    return ok({"comments": [_comment_row(talk, reply, seller) for talk, reply in page], "paging": paging})


def _comment_row(talk: Talk, reply: Reply, seller: str) -> dict[str, Any]:
    return {
        "id": int(reply.id),
        "text": reply.text,
        "canModify": True,
        "author": {"type": "BUSINESS", "name": seller},
        "status": _STATUSES[reply.state],
        "feedbackId": int(talk.id),
    }


def _comment(state: State, shop: Shop, request: web.Request, body: dict[str, Any]) -> web.Response:
    talk = _talk(state, "review", _id(body, "feedbackId"))
    comment = body.get("comment")
    if not isinstance(comment, dict):
        raise bad("'comment' must not be null")
    text = _text(comment, "text", 4096)
    if "id" in comment:
        reply = _edited(state, [talk], _id(comment, "id"), text, request["fault"])
    else:
        reply = state.reply(talk, text, fault=request["fault"])
    return ok(_comment_row(talk, reply, state.settings.seller))


def _uncomment(state: State, shop: Shop, request: web.Request, body: dict[str, Any]) -> web.Response:
    _delete(state, "review", _id(body, "id"))
    return ok()


# --- Questions ---------------------------------------------------------------------------------------------


def _questions(state: State, shop: Shop, request: web.Request, body: dict[str, Any]) -> web.Response:
    until = _day(body, "dateTo") or state.now().date()
    since = _day(body, "dateFrom") or _months(until, -1)
    if since < _months(until, -1):
        raise bad("'dateFrom' must be at most 1 month before 'dateTo'")
    chosen = _ids(body, "questionIds")
    talks = [
        talk
        for talk in state.of("question")
        if since <= talk.at.astimezone(UTC).date() <= until
        and (chosen is None or talk.id in chosen)
        and not (body.get("needAnswer") and talk.is_answered)
    ]
    sort = body.get("sort", "CREATED_AT_DESC")
    if sort not in ("CREATED_AT_ASC", "CREATED_AT_DESC"):
        raise bad("'sort' is unknown")
    page, paging = paged(request, state, talks, 50, 50, newest_first=sort == "CREATED_AT_DESC")
    rows = [
        {
            "questionIdentifiers": {"id": int(talk.id), "categoryId": 91491, "offerId": talk.offer_id},
            "businessId": int(request.match_info["business"]),
            "text": talk.text,
            "createdAt": talk.at.isoformat(),
            "votes": {"likes": 0, "dislikes": 0},
            "author": {"type": "USER", "name": talk.buyer},
        }
        for talk in page
    ]
    return ok({"questions": rows, "totalCount": len(talks), "paging": paging})


def _answers(state: State, shop: Shop, request: web.Request, body: dict[str, Any]) -> web.Response:
    chosen = _ids(body, "answerIds")
    if chosen is None:
        talk = _talk(state, "question", _id(body, "questionId"))
        pairs = [(talk, reply) for reply in talk.replies]
    else:
        pairs = [
            (talk, reply) for talk in state.of("question") for reply in talk.replies if reply.id in chosen
        ]
    page, paging = paged(request, state, pairs, 50, 50)
    rows = [
        {
            "id": int(reply.id),
            "text": reply.text,
            "canModify": True,
            "author": {"type": "BUSINESS", "name": state.settings.seller},
            "status": _STATUSES[reply.state],
            "questionId": int(talk.id),
            "createdAt": reply.at.isoformat(),
            "votes": {"likes": 0, "dislikes": 0},
            "comments": None,
        }
        for talk, reply in page
    ]
    return ok({"answers": rows, "paging": paging})


def _answer(state: State, shop: Shop, request: web.Request, body: dict[str, Any]) -> web.Response:
    deed = body.get("operationType")
    if deed == "CREATE":
        parent = _entity(body, "parentEntityId", "QUESTION")
        talk = _talk(state, "question", parent)
        reply = state.reply(talk, _text(body, "text", 5000), fault=request["fault"])
        return ok({"entity": {"id": int(reply.id), "type": "ANSWER"}})
    id_ = _entity(body, "entityId", "ANSWER")
    if deed == "UPDATE":
        _edited(state, state.of("question"), id_, _text(body, "text", 5000), request["fault"])
    elif deed == "DELETE":
        _delete(state, "question", id_)
    else:
        raise bad("'operationType' is unknown")
    return ok()


# --- Chats -------------------------------------------------------------------------------------------------


def _chats(state: State, shop: Shop, request: web.Request, body: dict[str, Any]) -> web.Response:
    statuses, types = body.get("statuses"), body.get("types")
    for name, values in (("statuses", statuses), ("types", types)):
        if values is not None and (not isinstance(values, list) or not values):
            raise bad(f"'{name}' size must be at least 1")
    talks = [
        talk
        for talk in state.of("chat")
        if (statuses is None or shop.status_of(talk) in statuses) and (types is None or "CHAT" in types)
    ]
    page, paging = paged(request, state, talks, 20, 10)
    return ok({"chats": [_chat_row(shop, talk) for talk in page], "paging": paging})


def _chat(state: State, shop: Shop, request: web.Request, body: dict[str, Any]) -> web.Response:
    return ok(_chat_row(shop, _talk(state, "chat", request.query.get("chatId", ""))))


def _chat_row(shop: Shop, talk: Talk) -> dict[str, Any]:
    said_at = [line.at for line in talk.lines]
    row: dict[str, Any] = {
        "chatId": int(talk.id),
        "context": _context(talk),
        "type": "CHAT",
        "status": shop.status_of(talk),
        "createdAt": talk.at.isoformat(),
        "updatedAt": max([talk.at, *said_at]).isoformat(),
    }
    return row | ({"orderId": int(talk.order_id)} if talk.order_id else {})


def _context(talk: Talk) -> dict[str, Any]:
    context: dict[str, Any] = {
        "type": "ORDER" if talk.order_id else "DIRECT",
        "customer": {"name": talk.buyer, "publicId": f"public-{talk.id}"},
        "campaignId": 20_000_001,
    }
    return context | ({"orderId": int(talk.order_id)} if talk.order_id else {})


def _history(state: State, shop: Shop, request: web.Request, body: dict[str, Any]) -> web.Response:
    talk = _talk(state, "chat", request.query.get("chatId", ""))
    lines = talk.lines
    if "messageIdFrom" in body:
        first = int(_id(body, "messageIdFrom"))
        lines = [line for line in lines if int(line.id) >= first]
    page, paging = paged(request, state, lines, 100, 50)
    return ok({"context": _context(talk), "messages": [_line(line) for line in page], "paging": paging})


def _said(state: State, shop: Shop, request: web.Request, body: dict[str, Any]) -> web.Response:
    talk = _talk(state, "chat", request.query.get("chatId", ""))
    for line in talk.lines:
        if line.id == request.query.get("messageId"):
            return ok(_line(line))
    raise Wrong(404, "NOT_FOUND", "Message not found")


def _line(line: Line) -> dict[str, Any]:
    row: dict[str, Any] = {
        "messageId": int(line.id),
        "createdAt": line.at.isoformat(),
        "sender": _SENDERS[line.sender],
    }
    if line.text:
        row["message"] = line.text
    if line.has_picture:
        url = f"https://downloads.market.yandex.ru/chats/{line.id}.jpg"
        row["payload"] = [{"name": f"{line.id}.jpg", "url": url, "size": 52_000}]
    return row


def _say(state: State, shop: Shop, request: web.Request, body: dict[str, Any]) -> web.Response:
    talk = _talk(state, "chat", request.query.get("chatId", ""))
    state.say(talk, "seller", _text(body, "message", 4096), fault=request["fault"])
    return ok()


# --- What they share ---------------------------------------------------------------------------------------


def _talk(state: State, kind: str, id_: str) -> Talk:
    talk = state.talks.get(f"{kind}:{id_}")
    if talk is None:
        raise Wrong(404, "NOT_FOUND", f"{kind.capitalize()} not found: {id_}")
    return talk


def _edited(state: State, talks: list[Talk], id_: str, text: str, fault: str) -> Reply:
    pairs = ((talk, reply) for talk in talks for reply in talk.replies if reply.id == id_)
    talk, reply = next(pairs, (None, None))
    if talk is None or reply is None:
        raise Wrong(404, "NOT_FOUND", f"Not found: {id_}")
    state.arrives(talk, text, fault)
    if fault != "silent":
        reply.text, reply.at = text, state.now()
        reply.edits += 1
        reply.state = "moderation" if state.settings.moderation_seconds else "published"
        if fault == "reject":
            reply.state = "rejected"
    return reply


def _delete(state: State, kind: str, id_: str) -> None:
    for talk in state.of(kind):
        for reply in talk.replies:
            if reply.id == id_:
                talk.replies.remove(reply)
                return
    raise Wrong(404, "NOT_FOUND", f"Not found: {id_}")


def _id(body: dict[str, Any], name: str) -> str:
    """An int64; as text it is refused, as by the Market itself."""
    value = body.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise bad(f"'{name}' must be a positive int64 (rejected value: {value!r})")
    return str(value)


def _ids(body: dict[str, Any], name: str) -> list[str] | None:
    values = body.get(name)
    if values is None:
        return None
    if not isinstance(values, list) or not 1 <= len(values) <= 50:
        raise bad(f"'{name}' size must be between 1 and 50")
    return [_id({name: value}, name) for value in values]


def _entity(body: dict[str, Any], name: str, type_: str) -> str:
    entity = body.get(name)
    if not isinstance(entity, dict) or entity.get("type") != type_:
        raise bad(f"'{name}' must be of the type {type_}")
    return _id(entity, "id")


def _text(body: dict[str, Any], name: str, most: int) -> str:
    text = body.get(name)
    if not isinstance(text, str) or not 1 <= len(text) <= most:
        raise bad(f"'{name}' size must be between 1 and {most} (rejected value: '{text}')")
    return text


def _moment(body: dict[str, Any], name: str) -> datetime | None:
    if body.get(name) is None:
        return None
    try:
        at = datetime.fromisoformat(str(body[name]))
    except ValueError as error:
        raise bad(f"'{name}' must be an ISO 8601 date and time") from error
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _day(body: dict[str, Any], name: str) -> date | None:
    if body.get(name) is None:
        return None
    try:
        return date.fromisoformat(str(body[name]))
    except ValueError as error:
        raise bad(f"'{name}' must be an ISO 8601 date") from error


def _months(day: Day, months: int) -> Day:
    """So many months away, on the same day or the month's last."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return day.replace(year=year, month=month + 1, day=min(day.day, last))


def _throttled(state: State, request: web.Request) -> web.Response:
    headers = {
        "X-RateLimit-Resource-Limit": "1000",
        "X-RateLimit-Resource-Remaining": "0",
        "X-RateLimit-Resource-Until": format_datetime(state.now() + timedelta(seconds=90), usegmt=True),
    }
    message = "Hit rate limit of 1000 requests per 1 hours for resource"
    return refusal(420, "ENHANCE_YOUR_CALM", message, headers)


def _unauthorized(state: State, request: web.Request) -> web.Response:
    return refusal(401, "UNAUTHORIZED", "Api-Key token is invalid")


async def _set_shop(request: web.Request) -> web.Response:
    shop, given = request.app[SHOP], await request.json()
    known = {"availability", "scopes", "migrating", "statuses"}
    if wrong := sorted(given.keys() - known - {"quotas", "businesses"}):
        return web.json_response({"unknown": wrong}, status=400)
    for name in known & given.keys():
        setattr(shop, name, given[name])
    shop.quotas |= given.get("quotas", {})
    if "businesses" in given:
        shop.businesses = {int(id_): name for id_, name in given["businesses"].items()}
    return web.json_response({})


if __name__ == "__main__":
    marketplace.serve(application)
