"""Ozon's Seller API on loopback for tests and demos: `python -m vitrina.simulators.ozon [--port N]`.

Paths, fields and bodies of errors as Ozon describes them in April 2026; what the description leaves open (the status
of a bad key, of the limit of requests) is a choice of ours. Its traps are on from the start: booleans and numbers as
text, mixed case, a Cyrillic letter in `Customer`. What only Ozon does is set beside the common settings:

    POST /_ozon  {"drop_after": 3, "reviews_service": true, …}   see Own

Its products are in ozon_products.py.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from difflib import SequenceMatcher
from typing import Any

from aiohttp import web

from vitrina.simulators import marketplace, ozon_products
from vitrina.simulators.marketplace import STATE, Settings, State
from vitrina.simulators.ozon_shared import Body, Fails, Handler, slice_of
from vitrina.simulators.talk import Line, Reply, Talk

LIMIT = 50  # requests in any second
CHAT_HOURS = 48
REVIEW_PATHS = (
    "/v1/review/list",
    "/v1/review/info",
    "/v1/review/comment/list",
    "/v1/review/comment/create",
)
QUESTION_PATHS = (
    "/v1/question/list",
    "/v1/question/info",
    "/v1/question/answer/list",
    "/v1/question/answer/create",
)
CHAT_PATHS = ("/v3/chat/list", "/v3/chat/history", "/v1/chat/send/message")
PRODUCT_PATHS = tuple(ozon_products.PATHS)
# What everybody may ask, whatever roles the key has.
FREE_PATHS = ("/v1/roles", "/v1/seller/info")


@dataclass
class Own:
    """`traps`: Ozon's own slips in what it sends. `reviews_service`: reviews are paid for apart from the plan.

    `drop_after`: so many answers are saved, the rest taken and lost without a word; 0: all are saved.
    `drop_repeats`: so is an answer that says what another one said. `methods`: what the key may ask.
    `key_state`: "" good, "deactivated", "restricted". `circle`: a part of the paths that are shut for minutes.
    `says`: the next answer whatever is asked: {"status": 409, "code": 10, "message": "…", "headers": {}}.
    """

    traps: bool = True
    reviews_service: bool = False
    drop_after: int = 0
    drop_repeats: bool = False
    methods: list[str] = field(
        default_factory=lambda: [*REVIEW_PATHS, *QUESTION_PATHS, *CHAT_PATHS, *PRODUCT_PATHS]
    )
    key_state: str = ""
    circle: str = ""
    says: dict[str, Any] = field(default_factory=dict)
    saved: int = 0
    read: set[str] = field(default_factory=set)  # ids of messages; what isn't here is unread
    viewed: set[str] = field(default_factory=set)  # ids of questions that somebody looked at in the cabinet
    unmarked: set[str] = field(default_factory=set)  # ids of comments that left their review as it was


OWN: web.AppKey[Own] = web.AppKey("ozon", Own)


def said(
    path: str, status: int, code: int = 0, message: str = "", headers: dict[str, str] | None = None
) -> web.Response:
    """`details` are rows, of questions a text."""
    body = {"code": code, "message": message, "details": "" if path.startswith("/v1/question/") else []}
    return web.json_response(body, status=status, headers=headers)


def application(talks: list[Talk] | None = None, settings: Settings | None = None) -> web.Application:
    app = marketplace.application(
        "ozon",
        throttled=lambda state, request: said(request.path, 429, 8, TOO_MANY),
        unauthorized=lambda state, request: said(request.path, 403, 7, BAD_KEY),
        talks=talks,
        settings=settings,
    )
    app[OWN] = Own()
    for path, handler in PATHS.items():
        app.router.add_post(path, _door(path, handler))
    app.router.add_post("/_ozon", _set_own)
    ozon_products.add_to(app)
    return app


async def _set_own(request: web.Request) -> web.Response:
    own = request.app[OWN]
    given = await request.json()
    if unknown := given.keys() - Own.__dataclass_fields__.keys():
        return web.json_response({"unknown": sorted(unknown)}, status=400)
    for name, value in given.items():
        setattr(own, name, set(value) if isinstance(getattr(own, name), set) else value)
    shown = asdict(own).items()
    return web.json_response(
        {name: sorted(value) if isinstance(value, set) else value for name, value in shown}
    )


# --- Who may ask what --------------------------------------------------------------------------------------


def _door(path: str, handler: Handler) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def answer(request: web.Request) -> web.StreamResponse:
        own = request.app[OWN]
        if own.says:
            words, own.says = own.says, {}
            return said(path, **words)
        try:
            _admit(request, path)
            body = await request.json() if await request.read() else {}
            if not isinstance(body, dict):
                raise Fails(400, 3, "proto: syntax error: unexpected token")
            return handler(request, body)
        except ValueError:
            return said(path, 400, 3, "proto: syntax error: unexpected token")
        except Fails as fault:
            return said(path, **fault.words)

    return answer


def _admit(request: web.Request, path: str) -> None:
    state, own = request.app[STATE], request.app[OWN]
    if not request.headers.get("Client-Id") or not request.headers.get("Api-Key"):
        raise Fails(401, 16, "Client-Id and Api-Key headers are required")
    if request.headers["Api-Key"] != state.settings.key:
        raise Fails(403, 7, BAD_KEY)
    if own.key_state == "deactivated":
        raise Fails(403, 7, "Api-key is deactivated, use another one or generate a new one")
    if own.key_state == "restricted":
        raise Fails(403, 7, "Api-Key is restricted to specific IP addresses")
    if state.settings.limits and _asked_lately(state) > LIMIT:
        raise Fails(429, 8, TOO_MANY)
    if path not in FREE_PATHS and path not in own.methods:
        raise Fails(403, 7, "Api-Key is missing a required role for a method")
    if own.circle and own.circle in path:
        raise Fails(503, 14, "Circle is open")
    if not _is_open(path, state.settings.plan, own):
        raise Fails(403, 7, "method is not available for your subscription")


def _asked_lately(state: State) -> int:
    """Requests of the last second, this one included; of those that were turned away for it none count."""
    since = state.now().timestamp() - 1
    count = 0
    for asked in reversed(state.log):
        if asked.at <= since:
            break
        count += asked.status != 429
    return count


def _is_open(path: str, plan: str, own: Own) -> bool:
    if path in REVIEW_PATHS:
        return plan == "premium_pro" or own.reviews_service
    if path in QUESTION_PATHS or path == "/v1/chat/send/message":
        return plan in ("premium_plus", "premium_pro")
    return True


BAD_KEY = "Invalid Api-Key, please check the key and try again"
TOO_MANY = "You have reached request rate limit per second"


def _roles(request: web.Request, body: Body) -> web.Response:
    state, own = request.app[STATE], request.app[OWN]
    expires_at = state.settings.expires_at or _moment(state.now() + timedelta(days=180))
    roles = [{"name": "Inbox", "methods": own.methods}] if own.methods else []
    return web.json_response({"expires_at": expires_at, "roles": roles})


def _seller_info(request: web.Request, body: Body) -> web.Response:
    settings = request.app[STATE].settings
    return web.json_response(
        {
            "company": {
                "name": settings.seller,
                "legal_name": settings.seller,
                "country": "RU",
                "currency": "RUB",
            },
            "ratings": [],
            "subscription": {
                "is_premium": bool(settings.plan),
                "type": settings.plan.upper() or "UNSPECIFIED",
            },
        }
    )


# --- Reviews -----------------------------------------------------------------------------------------------


def _review_list(request: web.Request, body: Body) -> web.Response:
    state = request.app[STATE]
    status = body.get("status") or "ALL"
    if status not in ("ALL", "UNPROCESSED", "PROCESSED"):
        raise Fails(400, 3, "invalid ReviewListRequest.Status: value must be in list")
    limit = _limit(body, "ReviewListRequest", least=20)
    reviews = [one for one in state.of("review") if status in ("ALL", _review_status(request, one))]
    reviews.sort(key=lambda one: (one.at, int(one.id)), reverse=body.get("sort_dir") == "DESC")
    ids = [review_id(one.id) for one in reviews]
    start, end, last_id, has_next = slice_of(
        ids, str(body.get("last_id") or ""), state.settings.page or limit, request["fault"]
    )
    rows = [_review(request, one) for one in reviews[start:end]]
    return web.json_response({"reviews": rows, "last_id": last_id, "has_next": _bool(request, has_next)})


def _review_info(request: web.Request, body: Body) -> web.Response:
    talk = _found(request, "review", body.get("review_id"))
    photos = [
        {"url": f"https://ir.ozone.example/{review_id(talk.id)}/{n}.jpg", "width": 900, "height": 1200}
        for n in range(talk.pictures)
    ]
    return web.json_response(
        _review(request, talk) | {"photos": photos, "videos": [], "likes_amount": 0, "dislikes_amount": 0}
    )


def _review(request: web.Request, talk: Talk) -> dict[str, Any]:
    return {
        "id": review_id(talk.id),
        "sku": int(talk.sku),
        "text": talk.text,
        "rating": talk.rating,
        "status": _review_status(request, talk),
        "order_status": "DELIVERED",
        "published_at": _moment(talk.at),
        "comments_amount": len(_shown(talk)),
        "photos_amount": talk.pictures,
        "videos_amount": 0,
        "is_rating_participant": True,
    }


def _review_status(request: web.Request, talk: Talk) -> str:
    unmarked = request.app[OWN].unmarked
    marked = any(reply.state != "rejected" and reply.id not in unmarked for reply in talk.replies)
    return "PROCESSED" if marked else "UNPROCESSED"


def _comment_list(request: web.Request, body: Body) -> web.Response:
    talk = _found(request, "review", body.get("review_id"))
    limit, offset = _limit(body, "CommentListRequest", least=20), int(body.get("offset") or 0)
    comments = [
        {
            "id": reply_id(reply),
            "text": reply.text,
            "is_owner": True,
            "is_official": True,
            "parent_comment_id": "",
            "published_at": _moment(reply.at),
        }
        for reply in _shown(talk)
    ][offset : offset + limit]
    return web.json_response({"comments": comments, "offset": offset + len(comments)})


def _comment_create(request: web.Request, body: Body) -> web.Response:
    talk, text = _found(request, "review", body.get("review_id")), _text(body, least=1, most=3000)
    reply = _answer(request, talk, text)
    if not body.get("mark_review_as_processed"):
        request.app[OWN].unmarked.add(reply.id)
    return web.json_response({"comment_id": reply_id(reply)})


# --- Questions ---------------------------------------------------------------------------------------------


def _question_list(request: web.Request, body: Body) -> web.Response:
    state = request.app[STATE]
    wanted = body.get("filter") or {}
    status = wanted.get("status") or "ALL"
    if status not in ("ALL", "NEW", "VIEWED", "PROCESSED", "UNPROCESSED"):
        raise Fails(400, 3, "invalid QuestionListRequest.Status: value must be in list")
    since, until = (_parsed(wanted.get(name)) for name in ("date_from", "date_to"))
    questions = [
        one
        for one in state.of("question")
        if status in ("ALL", _question_status(request, one))
        and (since is None or one.at >= since)
        and (until is None or one.at <= until)
    ]
    questions.sort(key=lambda one: (one.at, int(one.id)), reverse=True)
    ids = [question_id(one.id) for one in questions]
    start, end, last_id, _ = slice_of(
        ids, str(body.get("last_id") or ""), min(state.settings.page or 10, 10), request["fault"]
    )
    return web.json_response(
        {"questions": [_question(request, one) for one in questions[start:end]], "last_id": last_id}
    )


def _question_info(request: web.Request, body: Body) -> web.Response:
    return web.json_response(_question(request, _found(request, "question", body.get("question_id"))))


def _question(request: web.Request, talk: Talk) -> dict[str, Any]:
    answers = len(_shown(talk))
    return {
        "id": question_id(talk.id),
        "sku": int(talk.sku),
        "text": talk.text,
        "author_name": talk.buyer,
        "status": _question_status(request, talk),
        "answers_count": str(answers) if request.app[OWN].traps else answers,
        "product_url": f"https://www.ozon.ru/product/{talk.sku}/",
        "question_link": f"https://www.ozon.ru/product/{talk.sku}/questions/?qid={talk.id}",
        "published_at": _moment(talk.at),
    }


def _question_status(request: web.Request, talk: Talk) -> str:
    if talk.is_answered:
        return "PROCESSED"
    return "VIEWED" if talk.id in request.app[OWN].viewed else "NEW"


def _answer_list(request: web.Request, body: Body) -> web.Response:
    talk = _found(request, "question", body.get("question_id"))
    _check_sku(talk, body)
    state = request.app[STATE]
    replies = _shown(talk)
    start, end, last_id, _ = slice_of(
        [reply_id(one) for one in replies], str(body.get("last_id") or ""), state.settings.page or 10, ""
    )
    answers = [
        {
            "id": reply_id(reply),
            "question_id": question_id(talk.id),
            "sku": int(talk.sku),
            "text": reply.text,
            "author_name": state.settings.seller,
            "published_at": _moment(reply.at),
        }
        for reply in replies[start:end]
    ]
    return web.json_response({"answers": answers, "last_id": last_id})


def _answer_create(request: web.Request, body: Body) -> web.Response:
    talk, text = _found(request, "question", body.get("question_id")), _text(body, least=2, most=3000)
    _check_sku(talk, body)
    return web.json_response({"answer_id": reply_id(_answer(request, talk, text))})


def _check_sku(talk: Talk, body: Body) -> None:
    if not isinstance(body.get("sku"), int) or body["sku"] <= 0:
        raise Fails(400, 3, "invalid QuestionAnswerRequest.Sku: value must be greater than 0")
    if body["sku"] != int(talk.sku):
        raise Fails(404, 5, "question not found")


# --- Chats -------------------------------------------------------------------------------------------------


def _chat_list(request: web.Request, body: Body) -> web.Response:
    state = request.app[STATE]
    wanted = body.get("filter") or {}
    chats = [one for one in state.of("chat") if not wanted.get("unread_only") or _unread(request, one)]
    if str(wanted.get("chat_status") or "All").lower() == "closed":
        chats = []
    chats.sort(key=lambda one: (one.lines[-1].at if one.lines else one.at, int(one.id)), reverse=True)
    ids = [chat_id(one.id) for one in chats]
    start, end, cursor, has_next = slice_of(
        ids,
        str(body.get("cursor") or ""),
        state.settings.page or _limit(body, "ChatListRequest"),
        request["fault"],
    )
    rows = [_chat(request, one) for one in chats[start:end]]
    if request.app[OWN].traps and not body.get("cursor"):
        rows.append(_support_chat())
    return web.json_response(
        {
            "chats": rows,
            "total_unread_count": sum(len(_unread(request, one)) for one in chats),
            "cursor": cursor,
            "has_next": _bool(request, has_next),
        }
    )


def _chat(request: web.Request, talk: Talk) -> dict[str, Any]:
    unread = _unread(request, talk)
    spelled = ("BUYER_SELLER", "Buyer_Seller", "buyer_seller")
    return {
        "chat": {
            "chat_id": chat_id(talk.id),
            "chat_status": "OPENED",
            "chat_type": spelled[int(talk.id) % 3] if request.app[OWN].traps else spelled[0],
            "created_at": _moment(talk.at),
        },
        "first_unread_message_id": _message_id(request, unread[0]) if unread else 0,
        "last_message_id": _message_id(request, talk.lines[-1]) if talk.lines else 0,
        "unread_count": len(unread),
    }


def _support_chat() -> dict[str, Any]:
    """Ozon's own chats stand in the same list; nobody answers buyers there."""
    return {
        "chat": {
            "chat_id": chat_id("999999999"),
            "chat_status": "OPENED",
            "chat_type": "SELLER_SUPPORT",
            "created_at": "2025-01-01T00:00:00Z",
        },
        "first_unread_message_id": "3000000000000000001",
        "last_message_id": "3000000000000000001",
        "unread_count": 1,
    }


def _chat_history(request: web.Request, body: Body) -> web.Response:
    talk = _found(request, "chat", body.get("chat_id"))
    backward = str(body.get("direction") or "Backward").lower() == "backward"
    given = body.get("from_message_id")
    if not backward and not given:
        raise Fails(400, 3, "from_message_id is required for direction Forward")
    lines = sorted(talk.lines, key=lambda line: int(line.id), reverse=backward)
    if given:
        since = int(given) - MESSAGE_BASE
        lines = [line for line in lines if (int(line.id) <= since if backward else int(line.id) >= since)]
    limit = int(body.get("limit") or 50)
    if not 1 <= limit <= 1000:
        raise Fails(400, 3, "invalid ChatHistoryRequest.Limit: value must be inside range [1, 1000]")
    return web.json_response(
        {
            "messages": [_message(request, talk, line) for line in lines[:limit]],
            "has_next": _bool(request, len(lines) > limit),
        }
    )


def _message(request: web.Request, talk: Talk, line: Line) -> dict[str, Any]:
    customer = "\u0421ustomer" if request.app[OWN].traps else "Customer"  # Cyrillic Es
    user = {"buyer": customer, "seller": "Seller"}.get(line.sender, "Crm")
    data = [line.text] if line.text or not line.has_picture else []
    if line.has_picture:
        data.append(f"![](https://api-seller.ozon.ru/v2/chat/file/{chat_id(talk.id)}/{line.id}.jpg)")
    return {
        "message_id": _message_id(request, line),
        "created_at": _moment(line.at),
        "data": data,
        "is_image": line.has_picture,
        "is_read": line.id in request.app[OWN].read,
        **({"moderate_image_status": "SUCCESS"} if line.has_picture else {}),
        "user": {"id": "115568", "type": user},
        "context": {"order_number": talk.order_id, "sku": talk.sku},
    }


def _unread(request: web.Request, talk: Talk) -> list[Line]:
    """What others wrote since the shop last wrote and that nobody opened."""
    seen = request.app[OWN].read
    own = max((n for n, line in enumerate(talk.lines) if line.sender == "seller"), default=-1)
    return [line for line in talk.lines[own + 1 :] if line.id not in seen]


def _send_message(request: web.Request, body: Body) -> web.Response:
    state = request.app[STATE]
    talk, text = _found(request, "chat", body.get("chat_id")), _text(body, least=1, most=1000)
    spoken = [line.at for line in talk.lines if line.sender == "buyer"]
    if not spoken or state.now() - spoken[-1] > timedelta(hours=CHAT_HOURS):
        raise Fails(400, 9, "chat is not available for sending messages")
    state.say(talk, "seller", text, fault="silent" if _is_dropped(request, text) else request["fault"])
    return web.json_response({"result": "success"})


# --- What all have in common -------------------------------------------------------------------------------


def _found(request: web.Request, kind: str, given: Any) -> Talk:
    """Every id ends in the talk's own number."""
    make = {"review": review_id, "question": question_id, "chat": chat_id}[kind]
    tail = re.search(r"0*(\d+)$", str(given or ""))
    if not given:
        raise Fails(400, 3, f"invalid request: {kind}_id is required")
    talk = request.app[STATE].talks.get(f"{kind}:{tail[1]}") if tail else None
    if talk is None or make(talk.id) != given:
        raise Fails(404, 5, f"{kind} not found")
    return talk


def _text(body: Body, *, least: int, most: int) -> str:
    text = body.get("text")
    if not isinstance(text, str) or not least <= len(text) <= most:
        raise Fails(400, 3, f"invalid Text: value length must be between {least} and {most} runes, inclusive")
    return text


def _limit(body: Body, name: str, *, least: int = 1) -> int:
    limit = body.get("limit")
    if not isinstance(limit, int) or not least <= limit <= 100:
        raise Fails(400, 3, f"invalid {name}.Limit: value must be inside range [{least}, 100]")
    return limit


def _answer(request: web.Request, talk: Talk, text: str) -> Reply:
    state = request.app[STATE]
    return state.reply(talk, text, fault="silent" if _is_dropped(request, text) else request["fault"])


def _is_dropped(request: web.Request, text: str) -> bool:
    """Ozon says nothing of it: the answer is taken and never appears."""
    state, own = request.app[STATE], request.app[OWN]
    if own.drop_repeats and any(
        SequenceMatcher(None, text, reply.text).ratio() >= 0.9
        for talk in state.talks.values()
        for reply in talk.replies
    ):
        return True
    if own.drop_after and own.saved >= own.drop_after:
        return True
    own.saved += 1
    return False


def _shown(talk: Talk) -> list[Reply]:
    return [reply for reply in talk.replies if reply.state == "published"]


def _bool(request: web.Request, value: bool) -> Any:
    return str(value).lower() if request.app[OWN].traps else value


MESSAGE_BASE = 3_000_000_000_000_000_000


def _message_id(request: web.Request, line: Line) -> Any:
    number = MESSAGE_BASE + int(line.id)
    return str(number) if request.app[OWN].traps else number


def review_id(talk_id: str) -> str:
    return f"0187310a-97d9-7fcf-8039-{int(talk_id):012d}"


def question_id(talk_id: str) -> str:
    return f"019294ff-6888-7009-89d8-{int(talk_id):012d}"


def chat_id(talk_id: str) -> str:
    return f"5e767303-b400-4c1b-a841-{int(talk_id):012d}"


def reply_id(reply: Reply) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"ozon/{reply.id}"))


def _moment(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _parsed(value: Any) -> datetime | None:
    return datetime.fromisoformat(value) if value else None


PATHS: dict[str, Handler] = {
    "/v1/roles": _roles,
    "/v1/seller/info": _seller_info,
    "/v1/review/list": _review_list,
    "/v1/review/info": _review_info,
    "/v1/review/comment/list": _comment_list,
    "/v1/review/comment/create": _comment_create,
    "/v1/question/list": _question_list,
    "/v1/question/info": _question_info,
    "/v1/question/answer/list": _answer_list,
    "/v1/question/answer/create": _answer_create,
    "/v3/chat/list": _chat_list,
    "/v3/chat/history": _chat_history,
    "/v1/chat/send/message": _send_message,
    **ozon_products.PATHS,
}


if __name__ == "__main__":
    marketplace.serve(application)
