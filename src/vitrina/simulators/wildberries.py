"""A simulated Wildberries: reviews, questions and chats by the real paths, fields, limits and refusals.

`python -m vitrina.simulators.wildberries --port 9401`. All hosts of the real one stand here under one address; its cards
are in wildberries_cards.py.
Known traps are kept: an answer to a review is taken (204) whatever its id; the list of answered ones holds archived ones
without an answer; a supplemented review has an id of its own; an event of a chat may have no message.
"""

from __future__ import annotations

import base64
import hashlib
import json
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from time import monotonic
from typing import Any, TypeGuard

from aiohttp import web

from vitrina.simulators import marketplace, wildberries_cards
from vitrina.simulators.marketplace import STATE, Settings, State
from vitrina.simulators.talk import Line, Talk
from vitrina.simulators.wildberries_cards import CONTENT

ARCHIVED_AFTER = timedelta(days=30)
EDITED_WITHIN = timedelta(days=60)
MOSCOW = timezone(timedelta(hours=3))
FEEDBACKS, CHATS = "feedbacks", "chats"
# Bits of a token's mask, counted from 1.
RIGHTS = {FEEDBACKS: 7, CHATS: 9, CONTENT: 1}
EVENTS_OF_A_PAGE = 100
_ID_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
_STATES = {"moderation": "reviewRequired", "published": "wbRu", "rejected": "rejected"}
_SENDERS = {"buyer": "client", "seller": "seller", "platform": "wb"}


@dataclass
class Bucket:
    """Tokens, refilled evenly."""

    size: int
    per_second: float
    left: float = field(init=False)
    at: float = field(default_factory=monotonic)

    def __post_init__(self) -> None:
        self.left = self.size

    def take(self) -> bool:
        now = monotonic()
        self.left, self.at = min(self.size, self.left + (now - self.at) * self.per_second), now
        if self.left < 1:
            return False
        self.left -= 1
        return True

    @property
    def wait(self) -> float:
        return (1 - self.left) / self.per_second


@dataclass
class Extras:
    buckets: dict[str, Bucket] = field(default_factory=dict)
    shown: dict[str, Any] = field(default_factory=dict)  # the last page of each list, for the fault "again"


EXTRAS: web.AppKey[Extras] = web.AppKey("wildberries", Extras)


def application(talks: list[Talk] | None = None, settings: Settings | None = None) -> web.Application:
    app = marketplace.application(
        "wildberries", throttled=_throttled, unauthorized=_unauthorized, talks=talks, settings=settings
    )
    app[EXTRAS] = Extras()
    routes: list[tuple[str, str, str, Handler]] = [
        ("GET", "/api/v1/new-feedbacks-questions", FEEDBACKS, new_feedbacks_questions),
        ("GET", "/api/v1/feedbacks", FEEDBACKS, feedbacks),
        ("GET", "/api/v1/feedbacks/archive", FEEDBACKS, archive),
        ("GET", "/api/v1/feedbacks/count", FEEDBACKS, count_feedbacks),
        ("GET", "/api/v1/feedbacks/count-unanswered", FEEDBACKS, count_unanswered_feedbacks),
        ("GET", "/api/v1/feedback", FEEDBACKS, feedback),
        ("POST", "/api/v1/feedbacks/answer", FEEDBACKS, answer_feedback),
        ("PATCH", "/api/v1/feedbacks/answer", FEEDBACKS, edit_feedback),
        ("GET", "/api/v1/questions", FEEDBACKS, questions),
        ("GET", "/api/v1/questions/count", FEEDBACKS, count_questions),
        ("GET", "/api/v1/questions/count-unanswered", FEEDBACKS, count_unanswered_questions),
        ("GET", "/api/v1/question", FEEDBACKS, question),
        ("PATCH", "/api/v1/questions", FEEDBACKS, change_question),
        ("GET", "/api/v1/seller/chats", CHATS, chats),
        ("GET", "/api/v1/seller/events", CHATS, events),
        ("POST", "/api/v1/seller/message", CHATS, message),
    ]
    routes += [(method, path, CONTENT, handler) for method, path, handler in wildberries_cards.ROUTES]
    for method, path, host, handler in routes:
        app.router.add_route(method, path, _door(host, handler))
    wildberries_cards.add_to(app)
    return app


def outer_id(talk: Talk) -> str:
    """How this marketplace numbers it."""
    if talk.kind == "chat":
        return f"1:{uuid.uuid5(uuid.NAMESPACE_OID, talk.id)}"
    digest = hashlib.sha256(f"{talk.kind}:{talk.id}".encode()).digest()
    return "".join(_ID_LETTERS[byte % len(_ID_LETTERS)] for byte in digest[:20])


def reply_sign(talk: Talk) -> str:
    return f"{outer_id(talk)}:{talk.id}:{hashlib.sha512(talk.id.encode()).hexdigest()}"


Handler = Callable[[State, web.Request], Awaitable[web.Response]]


def _door(host: str, handler: Handler) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """Who asks, whether they may, and how often."""

    async def asked(request: web.Request) -> web.StreamResponse:
        state = request.app[STATE]
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if token != state.settings.key:
            return _unauthorized(state, request)
        bucket = _bucket(request.app[EXTRAS], host, request.path)
        if state.settings.limits and not bucket.take():
            return _throttled(state, request, retry=bucket.wait, limit=bucket.size)
        if not _carries(token, host):
            if host == CHATS:
                return _unauthorized(state, request)
            if host == CONTENT:
                return wildberries_cards.failed("Доступ запрещен", 403)
            return _failed(403, "Ошибка авторизации")
        response = await handler(state, request)
        response.headers["X-Ratelimit-Remaining"] = str(int(bucket.left))
        return response

    return asked


def _bucket(extras: Extras, host: str, path: str) -> Bucket:
    """Of reviews and questions one for all methods, of chats one for each; of cards one for all but some."""
    if host == FEEDBACKS:
        return extras.buckets.setdefault(FEEDBACKS, Bucket(6, 3))
    if host == CONTENT and path in wildberries_cards.SELDOM:
        return extras.buckets.setdefault(path, Bucket(5, 10 / 60))
    if host == CONTENT:
        return extras.buckets.setdefault(CONTENT, Bucket(5, 100 / 60))
    return extras.buckets.setdefault(path, Bucket(10, 1))


def _carries(token: str, host: str) -> bool:
    """A key that isn't a JWT may do everything."""
    parts = token.split(".")
    try:
        mask = json.loads(base64.urlsafe_b64decode(parts[1] + "=="))["s"]
    except (ValueError, IndexError, KeyError, TypeError):
        return True
    return bool(mask & 1 << (RIGHTS[host] - 1))


# --- Reviews -----------------------------------------------------------------------------------------------


async def feedbacks(state: State, request: web.Request) -> web.Response:
    return _listed(state, request, "review", "feedbacks", most_skip=199_990, most_take=5000)


async def archive(state: State, request: web.Request) -> web.Response:
    rows = _newest_first([talk for talk in state.of("review") if _is_done(talk, state.now())])
    window = _window(request, most_skip=199_990, most_take=5000, page=state.settings.page)
    if window is None:
        return _failed(400, "Something went wrong")
    skip, take = window
    return _data({"feedbacks": [_feedback(state, talk) for talk in rows[skip : skip + take]]})


async def feedback(state: State, request: web.Request) -> web.Response:
    talk = _find(state, "review", request.query.get("id"))
    if talk is None:
        return _failed(422, "Невозможно получить отзыв по id")
    return _data(_feedback(state, talk))


async def answer_feedback(state: State, request: web.Request) -> web.Response:
    body = await _json(request)
    if isinstance(body, web.Response):
        return body
    talk = _find(state, "review", body.get("id"))
    if talk is not None:
        state.reply(talk, body["text"], fault=request["fault"])
    return web.Response(status=204)


async def edit_feedback(state: State, request: web.Request) -> web.Response:
    body = await _json(request)
    if isinstance(body, web.Response):
        return body
    talk = _find(state, "review", body.get("id"))
    if talk is not None and _may_be_edited(state, talk):
        _edit(state, talk, body["text"], request["fault"])
    return web.Response(status=204)


async def _json(request: web.Request) -> dict[str, Any] | web.Response:
    """The body of an answer to a review, or the words of its refusal."""
    given = request.headers.get("Content-Type", "")
    if not given:
        return _bad_request("content-type header not specified")
    if request.content_type != "application/json":
        return _bad_request(f"not a json content-type: {given}")
    try:
        body = await request.json()
    except ValueError:
        return _bad_request("Неверный синтаксис JSON")
    if not isinstance(body, dict) or not _is_text(body.get("text"), 2, 5000):
        return _bad_request("Something went wrong")
    return body


def _feedback(state: State, talk: Talk) -> dict[str, Any]:
    child = next((one for one in state.of("review") if one.parent == talk.id), None)
    parent = state.talks.get(f"review:{talk.parent}") if talk.parent else None
    last = talk.replies[-1] if talk.replies else None
    answer = None
    if last is not None:
        editable = _may_be_edited(state, talk)
        answer = {"text": last.text, "state": _STATES[last.state], "editable": editable}
    photo = f"https://feedback.example/{outer_id(talk)}/photos"
    photos = [
        {"fullSize": f"{photo}/{n}-fs.jpg", "miniSize": f"{photo}/{n}-ms.jpg"} for n in range(talk.pictures)
    ]
    return {
        "id": outer_id(talk),
        "text": talk.text,
        "pros": talk.pros,
        "cons": talk.cons,
        "productValuation": talk.rating,
        "createdDate": talk.at.astimezone(MOSCOW).isoformat(timespec="seconds"),
        "answer": answer,
        "state": "wbRu" if talk.is_answered else "none",
        "productDetails": _details(state, talk) | {"size": talk.size or "0"},
        "photoLinks": photos or None,
        "video": None,
        "wasViewed": False,
        "userName": talk.buyer,
        "matchingSize": "ok" if talk.size else "",
        "isAbleSupplierFeedbackValuation": False,
        "supplierFeedbackValuation": 0,
        "isAbleSupplierProductValuation": False,
        "supplierProductValuation": 0,
        "isAbleReturnProductOrders": False,
        "returnProductOrdersDate": None,
        "bables": None,
        "lastOrderShkId": int(talk.order_id) if talk.order_id.isdigit() else 0,
        "lastOrderCreatedAt": (talk.at - timedelta(days=9)).astimezone(MOSCOW).isoformat(timespec="seconds"),
        "color": talk.color or "colorless",
        "subjectId": 219,
        "subjectName": talk.product.split(" ")[0],
        "parentFeedbackId": outer_id(parent) if parent else None,
        "childFeedbackId": outer_id(child) if child else None,
    }


# --- Questions ---------------------------------------------------------------------------------------------


async def questions(state: State, request: web.Request) -> web.Response:
    return _listed(
        state, request, "question", "questions", most_skip=10_000, most_take=10_000, most_both=10_000
    )


async def question(state: State, request: web.Request) -> web.Response:
    talk = _find(state, "question", request.query.get("id"))
    if talk is None:
        return _failed(422, "Невозможно получить вопрос по id")
    return _data(_question(state, talk))


async def change_question(state: State, request: web.Request) -> web.Response:
    """Seen, turned down, answered, or the answer edited: the body tells which."""
    try:
        body = await request.json()
    except ValueError:
        body = None
    if not isinstance(body, dict):
        return _failed(400, "Something went wrong")
    talk = _find(state, "question", body.get("id"))
    if talk is None:
        return _failed(404, "Не найден отзыв")
    done = web.json_response({"data": None, "error": False, "errorText": "", "additionalErrors": None})
    if body.get("wasViewed") is True:
        return done
    text = body["answer"].get("text") if isinstance(body.get("answer"), dict) else None
    if body.get("state") not in ("wbRu", "none") or not _is_text(text, 1, 5000):
        return _failed(400, "Something went wrong")
    if not talk.is_answered:
        state.reply(talk, text, fault=request["fault"])
    elif _may_be_edited(state, talk):
        _edit(state, talk, text, request["fault"])
    else:
        return _failed(400, "Something went wrong")
    return done


def _question(state: State, talk: Talk) -> dict[str, Any]:
    last = talk.replies[-1] if talk.replies and talk.replies[-1].state != "rejected" else None
    answer = None
    if last is not None:
        editable = _may_be_edited(state, talk)
        answer = {"text": last.text, "editable": editable, "createDate": _nanoseconds(last.at)}
    return {
        "id": outer_id(talk),
        "text": talk.text,
        "createdDate": _nanoseconds(talk.at),
        "state": "wbRu" if last is not None and last.state == "published" else "suppliersPortalSynch",
        "answer": answer,
        "productDetails": _details(state, talk),
        "wasViewed": False,
        "isWarned": False,
    }


def _nanoseconds(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}469Z"


# --- Both --------------------------------------------------------------------------------------------------


async def new_feedbacks_questions(state: State, request: web.Request) -> web.Response:
    open_ = {kind: bool(_open(state, kind)) for kind in ("question", "review")}
    return _data({"hasNewQuestions": open_["question"], "hasNewFeedbacks": open_["review"]})


async def count_feedbacks(state: State, request: web.Request) -> web.Response:
    return _counted(state, request, "review")


async def count_questions(state: State, request: web.Request) -> web.Response:
    return _counted(state, request, "question")


async def count_unanswered_feedbacks(state: State, request: web.Request) -> web.Response:
    return _counted_open(state, "review")


async def count_unanswered_questions(state: State, request: web.Request) -> web.Response:
    return _counted_open(state, "question")


def _counted(state: State, request: web.Request, kind: str) -> web.Response:
    rows = _filtered(state, request, kind, required=False)
    return rows if isinstance(rows, web.Response) else _data(len(rows))


def _counted_open(state: State, kind: str) -> web.Response:
    open_ = _open(state, kind)
    today = [talk for talk in open_ if talk.at.date() == state.now().date()]
    return _data({"countUnanswered": len(open_), "countUnansweredToday": len(today)})


def _listed(
    state: State,
    request: web.Request,
    kind: str,
    name: str,
    *,
    most_skip: int,
    most_take: int,
    most_both: int | None = None,
) -> web.Response:
    rows = _filtered(state, request, kind, required=True)
    if isinstance(rows, web.Response):
        return rows
    window = _window(
        request, most_skip=most_skip, most_take=most_take, most_both=most_both, page=state.settings.page
    )
    if window is None:
        return _failed(400, "Something went wrong")
    if request.query.get("order") != "dateAsc":
        rows = _newest_first(rows)
    skip, take = window
    if request["fault"] == "shift":
        skip = max(0, skip - 1)
    shape = _feedback if kind == "review" else _question
    shown = [shape(state, talk) for talk in rows[skip : skip + take]]
    memory, key = request.app[EXTRAS].shown, f"{name}:{request.query['isAnswered']}"
    if request["fault"] == "again":
        shown = memory.get(key, shown)
    memory[key] = shown
    every = state.of(kind)
    done = sum(_is_done(talk, state.now()) for talk in every)
    return _data({"countUnanswered": len(every) - done, "countArchive": done, name: shown})


def _filtered(state: State, request: web.Request, kind: str, *, required: bool) -> list[Talk] | web.Response:
    """Oldest first; or the words of a refusal."""
    query = request.query
    answered = query.get("isAnswered", "" if required else "any")
    if answered not in ("true", "false", "any"):
        return _failed(400, "Плохой формат isAnswered")
    rows = state.of(kind)
    if answered != "any":
        rows = [talk for talk in rows if _is_done(talk, state.now()) == (answered == "true")]
    for name in ("dateFrom", "dateTo"):
        if not (given := query.get(name)):
            continue
        if not given.isdigit():
            return _failed(400, f"Плохой формат {name}")
        second = int(given)
        rows = [
            talk
            for talk in rows
            if (int(talk.at.timestamp()) - second) * (1 if name == "dateFrom" else -1) >= 0
        ]
    if sku := query.get("nmId"):
        rows = [talk for talk in rows if talk.sku == sku]
    return sorted(rows, key=lambda talk: (talk.at, talk.id))


def _newest_first(rows: list[Talk]) -> list[Talk]:
    return sorted(rows, key=lambda talk: (talk.at, talk.id), reverse=True)


def _window(
    request: web.Request, *, most_skip: int, most_take: int, page: int, most_both: int | None = None
) -> tuple[int, int] | None:
    """How many to skip and to take; None where they aren't allowed."""
    try:
        skip, take = int(request.query["skip"]), int(request.query["take"])
    except (KeyError, ValueError):
        return None
    if not (0 <= skip <= most_skip and 0 < take <= most_take):
        return None
    if most_both is not None and skip + take > most_both:
        return None
    return skip, min(take, page or take)


def _open(state: State, kind: str) -> list[Talk]:
    return [talk for talk in state.of(kind) if not _is_done(talk, state.now())]


def _is_done(talk: Talk, now: datetime) -> bool:
    """Answered; of reviews also those in the archive: too old, or stars alone."""
    if talk.is_answered:
        return True
    is_empty = not (talk.text or talk.pros or talk.cons or talk.pictures)
    return talk.kind == "review" and (is_empty or now - talk.at > ARCHIVED_AFTER)


def _may_be_edited(state: State, talk: Talk) -> bool:
    if not talk.replies:
        return False
    last = talk.replies[-1]
    return not last.edits and state.now() - last.at <= EDITED_WITHIN


def _edit(state: State, talk: Talk, text: str, fault: str) -> None:
    state.arrives(talk, text, fault)
    reply = talk.replies[-1]
    if fault == "silent":
        return
    reply.text, reply.edits, reply.at = text, reply.edits + 1, state.now()
    reply.state = "moderation" if state.settings.moderation_seconds else "published"
    if fault == "reject":
        reply.state = "rejected"


def _details(state: State, talk: Talk) -> dict[str, Any]:
    sku = int(talk.sku) if talk.sku.isdigit() else 0
    return {
        "imtId": sku + 1,
        "nmId": sku,
        "productName": talk.product,
        "supplierArticle": talk.offer_id,
        "supplierName": state.settings.seller,
        "brandName": state.settings.seller,
    }


def _find(state: State, kind: str, id_: Any) -> Talk | None:
    return next((talk for talk in state.of(kind) if outer_id(talk) == id_), None)


def _is_text(value: Any, least: int, most: int) -> TypeGuard[str]:
    return isinstance(value, str) and least <= len(value) <= most


# --- Chats -------------------------------------------------------------------------------------------------


async def chats(state: State, request: web.Request) -> web.Response:
    rows = [
        {
            "chatID": outer_id(talk),
            "replySign": reply_sign(talk),
            "clientID": _client(talk),
            "clientName": talk.buyer,
            "goodCard": _good_card(talk),
            "lastMessage": {"text": talk.lines[-1].text, "addTimestamp": _ms(talk.lines[-1].at)},
        }
        for talk in state.of("chat")
        if talk.lines
    ]
    return web.json_response({"result": rows, "errors": None})


async def events(state: State, request: web.Request) -> web.Response:
    given = request.query.get("next")
    if given is not None and not given.isdigit():
        return _problem("Invalid number")
    if given == "0":
        return _problem('Invalid value for "next"')
    after = int(given or 0)
    feed = sorted(
        ((line, talk) for talk in state.of("chat") for line in talk.lines),
        key=lambda entry: (_ms(entry[0].at), int(entry[0].id) if entry[0].id.isdigit() else 0),
    )
    first = next((index for index, (line, _talk) in enumerate(feed) if _ms(line.at) > after), len(feed))
    if request["fault"] == "shift":
        first = max(0, first - 1)
    page = feed[first : first + (state.settings.page or EVENTS_OF_A_PAGE)]
    # A page never ends between two events of one moment: `next` couldn't tell them apart.
    page += [entry for entry in feed[first + len(page) :] if _ms(entry[0].at) == _ms(page[-1][0].at)]
    result: dict[str, Any] = {
        "next": after,
        "totalEvents": len(page),
        "events": [_event(*one) for one in page],
    }
    if page:
        newest, oldest = page[-1][0].at, page[0][0].at
        result |= {"next": _ms(newest), "newestEventTime": _utc(newest), "oldestEventTime": _utc(oldest)}
    memory = request.app[EXTRAS].shown
    if request["fault"] == "again":
        result = memory.get("events", result)
    if request["fault"] == "loop":
        result["next"] = after
    memory["events"] = result
    return web.json_response({"result": result, "errors": None})


async def message(state: State, request: web.Request) -> web.Response:
    form = await request.post()
    sign, text = form.get("replySign"), form.get("message", "")
    talk = next((talk for talk in state.of("chat") if reply_sign(talk) == sign), None)
    if talk is None:
        return _problem("Invalid signature")
    if not _is_text(text, 1, 1000):
        return _problem('Invalid value for "message"')
    line = state.say(talk, "seller", text, fault=request["fault"])
    return web.json_response({"result": {"addTime": _ms(line.at), "chatID": outer_id(talk)}, "errors": []})


def _event(line: Line, talk: Talk) -> dict[str, Any]:
    is_first = bool(talk.lines) and line is talk.lines[0]
    is_buyers = line.sender == "buyer"
    event: dict[str, Any] = {
        "chatID": outer_id(talk),
        "eventID": str(uuid.uuid5(uuid.NAMESPACE_OID, f"{talk.id}:{line.id}")),
        "eventType": "message",
        "addTimestamp": _ms(line.at),
        "addTime": _utc(line.at),
        "sender": _SENDERS.get(line.sender, line.sender),
    }
    if is_buyers:
        event |= {"source": "rusite", "clientID": _client(talk), "clientName": talk.buyer}
    attachments: dict[str, Any] = {}
    if is_first:
        event |= {"isNewChat": True, "replySign": reply_sign(talk)}
        attachments["goodCard"] = _good_card(talk)
    if line.has_picture:
        url = f"https://chat-basket.example/{line.id}.jpg"
        attachments["images"] = [{"date": _utc(line.at), "downloadID": line.id, "url": url}]
    said: dict[str, Any] = {"text": line.text} if line.text else {}
    if attachments:
        said["attachments"] = attachments
    if said:
        event["message"] = said
    return event


def _good_card(talk: Talk) -> dict[str, Any]:
    return {
        "date": _utc(talk.at),
        "nmID": int(talk.sku) if talk.sku.isdigit() else 0,
        "price": 500,
        "priceCurrency": "RUB",
        "rid": talk.order_id,
        "size": talk.size or "0",
        "statusID": 11,
    }


def _client(talk: Talk) -> str:
    return str(int(hashlib.sha256(talk.buyer.encode()).hexdigest()[:8], 16))


def _ms(at: datetime) -> int:
    return int(at.timestamp() * 1000)


def _utc(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


# --- Words -------------------------------------------------------------------------------------------------


def _data(data: Any) -> web.Response:
    return web.json_response({"data": data, "error": False, "errorText": "", "additionalErrors": None})


def _failed(status: int, text: str) -> web.Response:
    body = {
        "data": None,
        "error": True,
        "errorText": text,
        "additionalErrors": None,
        "requestId": _request_id(),
    }
    return web.json_response(body, status=status)


def _bad_request(detail: str) -> web.Response:
    body = {"title": "bad request", "requestId": _request_id(), "origin": "fbapi", "detail": detail}
    return web.json_response(body, status=400)


def _problem(text: str) -> web.Response:
    body = {
        "status": 400,
        "title": "Bad Request",
        "origin": "proxy-chats",
        "detail": text,
        "requestId": _request_id(),
        "error": text,
    }
    return web.json_response(body, status=400, content_type="application/problem+json")


def _unauthorized(state: State, request: web.Request) -> web.Response:
    return _gateway(401, "unauthorized", "Unauthorized", "token problem; token is malformed")


def _throttled(
    state: State, request: web.Request, *, retry: float = 2, limit: int = 10, reset: float = 29
) -> web.Response:
    response = _gateway(429, "too many requests", "Too Many Requests", f"limited by {_request_id()}")
    response.headers["X-Ratelimit-Retry"] = str(max(1, round(retry)))
    response.headers["X-Ratelimit-Limit"] = str(limit)
    response.headers["X-Ratelimit-Reset"] = str(round(reset))
    return response


def _gateway(status: int, title: str, text: str, detail: str) -> web.Response:
    body = {
        "title": title,
        "detail": detail,
        "code": f"{_request_id()[:8]}-sim",
        "requestId": _request_id(),
        "origin": "s2s-api-auth-catalog",
        "status": status,
        "statusText": text,
        "timestamp": _utc(datetime.now(UTC)),
    }
    return web.json_response(body, status=status)


def _request_id() -> str:
    return uuid.uuid4().hex


if __name__ == "__main__":
    marketplace.serve(application)
