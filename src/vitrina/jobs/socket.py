"""`/ws/jobs/7`: the stream of a job by WebSocket, with the same authorisation as the door of its events.

    → {"kind": "job", "id": 120, "data": {…}}   as server-sent events tell it; `?after=120` goes on behind that id

A browser brings its session's cookie, which goes with requests of any site: so its Origin must be this studio's.
A program brings `Authorization: Bearer vt_…`. What the follower says is not listened to. Whose token or right ends
while the stream is open hears close code 1008.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncGenerator, Awaitable, Callable, MutableMapping
from functools import partial
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connections
from django.http import Http404
from django.http.request import validate_host
from django.utils.translation import gettext as _
from rest_framework.exceptions import APIException, AuthenticationFailed, NotAuthenticated

from vitrina.jobs import job_stream, may_follow
from vitrina.rest.problems import CONTENT_TYPE, Problem, problem_of
from vitrina.rest.recognition import HOW

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

NO_LONGER_ALLOWED = 1008  # RFC 6455: policy violation
ADDRESS = re.compile(r"^/ws/jobs/([1-9][0-9]{0,17})$")


async def serve(scope: Scope, receive: Receive, send: Send) -> None:
    """The ASGI application of every `/ws/…`."""
    await receive()  # websocket.connect
    path = str(scope["path"])
    try:
        job_id, seat, may_go_on = await asyncio.to_thread(_enter, path, _headers(scope))
    except (APIException, PermissionDenied, Http404, job_stream.NoSeat) as refusal:
        await _refuse(scope, send, refusal)
        return
    try:
        await send({"type": "websocket.accept"})
        await _tell(job_stream.news(job_id, _after(scope), may_go_on), receive, send)
    finally:
        seat.leave()


def _enter(path: str, headers: dict[str, str]) -> tuple[int, job_stream.Seat, Callable[[], bool]]:
    """The job, a seat to follow it from, and the question whether that may go on. Raises what a door would."""
    ours = _is_of_this_studio(headers.get("origin", ""), headers.get("host", ""))
    who: dict[str, Any] = {
        "authorization": headers.get("authorization", ""),
        "session_key": _session_key(headers.get("cookie", "")) if ours else None,
    }
    found = ADDRESS.match(path)
    job_id = int(found[1]) if found else 0
    try:
        person = may_follow.enter(job_id, **who)
        return job_id, job_stream.seat(person.pk), partial(may_follow.still, job_id, **who)
    finally:
        connections.close_all()


def _session_key(cookie: str) -> str | None:
    try:
        found = SimpleCookie(cookie).get(settings.SESSION_COOKIE_NAME)
    except CookieError:
        return None
    return found.value if found else None


def _is_of_this_studio(origin: str, host: str) -> bool:
    if origin in settings.CSRF_TRUSTED_ORIGINS:
        return True
    parts = urlsplit(origin)
    name = parts.hostname or ""
    return (
        parts.scheme in ("http", "https")
        and parts.netloc == host
        and validate_host(name, settings.ALLOWED_HOSTS)
    )


async def _tell(told: AsyncGenerator[job_stream.News, None], receive: Receive, send: Send) -> None:
    gone = asyncio.ensure_future(_left(receive))
    waiting = asyncio.ensure_future(anext(told, None))
    try:
        while True:
            await asyncio.wait({waiting, gone}, return_when=asyncio.FIRST_COMPLETED)
            if gone.done():
                return
            one = waiting.result()
            if one is None:
                break
            if one.kind == "gone":
                await send({"type": "websocket.close", "code": NO_LONGER_ALLOWED})
                return
            if one.kind != "beat":  # the protocol has pings of its own
                words = {"kind": one.kind, "id": one.id, "data": one.data}
                await send(
                    {
                        "type": "websocket.send",
                        "text": json.dumps(words, cls=DjangoJSONEncoder, ensure_ascii=False),
                    }
                )
            waiting = asyncio.ensure_future(anext(told, None))
        await send({"type": "websocket.close", "code": 1000})
    finally:
        for task in (waiting, gone):
            task.cancel()
        await asyncio.gather(waiting, gone, return_exceptions=True)
        await told.aclose()


async def _left(receive: Receive) -> None:
    while (await receive())["type"] != "websocket.disconnect":
        continue


async def _refuse(scope: Scope, send: Send, refusal: Exception) -> None:
    """With the words of a door where the server can send them before the handshake; else it is closed."""
    problem = problem_of(refusal) or Problem(429, "limit", _("Too many streams are open."))
    if "websocket.http.response" not in (scope.get("extensions") or {}):
        await send({"type": "websocket.close", "code": 4000 + problem.status_code})
        return
    headers = [(b"content-type", CONTENT_TYPE.encode())]
    if isinstance(refusal, NotAuthenticated | AuthenticationFailed):
        headers.append((b"www-authenticate", HOW.encode()))
    body = json.dumps(problem.body(str(scope["path"])), ensure_ascii=False).encode()
    await send({"type": "websocket.http.response.start", "status": problem.status_code, "headers": headers})
    await send({"type": "websocket.http.response.body", "body": body})


def _headers(scope: Scope) -> dict[str, str]:
    return {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}


def _after(scope: Scope) -> int | None:
    text = parse_qs(scope.get("query_string", b"").decode("latin-1")).get("after", [""])[0]
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None
