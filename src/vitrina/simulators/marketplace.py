"""What the three simulated marketplaces share: their talks, faults on demand, a log of every request, a cabinet.

A marketplace is an aiohttp application with its own paths; beside them each has these, for tests and the demo:

    POST /_faults    {"next": ["server_error", "ok"], "always": "", "on": ""}   see State.on
    POST /_settings  {"latency": 0.05, "moderation_seconds": 3, …}
    POST /_talks     [{"kind": "review", "id": "7", "at": "…", …}]   added, or changed where the id is known
    POST /_cabinet   {"kind": "review", "id": "7", "text": "…"}      an answer written in the seller's cabinet
    POST /_lines     {"id": "7", "sender": "buyer", "text": "…"}     another message in a chat
    GET  /_log       every request with its answer's status, and every answer of the shop that arrived, oldest first;
                     the answers that stand there, by talk
    POST /_reset

Faults: see FAULTS. What only one marketplace does (its own limits, plans, error bodies) is in its file.
"""

from __future__ import annotations

import asyncio
import itertools
import warnings
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from aiohttp import web
from aiohttp.test_utils import make_mocked_request

from vitrina.simulators.talk import Line, Reply, Talk, from_json

# Before the request is looked at: nothing happens. After: it happened, and its answer is lost or late.
FAULTS = {
    "ok": "no fault; holds a place in the queue",
    "server_error": "500 before anything happens",
    "unavailable": "503 before anything happens",
    "throttled": "the marketplace's own words for «too many»",
    "unauthorized": "the marketplace's own words for a bad key",
    "garbage": "200 with a page of HTML; what was asked for happened",
    "cut": "the connection ends without an answer; nothing happened",
    "lost": "what was asked for happened; the connection ends without an answer",
    "late": "what was asked for happened; the answer comes after `late_seconds`",
    "slow": "what was asked for happens after `late_seconds`, whether anybody waits for it or not",
    "broken": "500 after it happened",
    "silent": "an answer to a buyer is taken and never appears",
    "reject": "an answer to a buyer is taken and moderation rejects it",
    "again": "a page repeats the one before",
    "shift": "a page begins one earlier than it should",
    "loop": "a page's cursor leads back to itself",
}


@dataclass
class Settings:
    """Seconds. `moderation_seconds`: how long an answer waits before it is shown. `page`: rows of a page, 0 as asked for.

    `plan`: what the seller has bought ("" nothing, "premium_plus" …). `limits`: whether rates are enforced.
    """

    latency: float = 0.0
    late_seconds: float = 5.0
    moderation_seconds: float = 0.0
    page: int = 0
    plan: str = "premium_plus"
    limits: bool = True
    key: str = "sim-key"
    expires_at: str = ""
    seller: str = "Маяк"


@dataclass
class Asked:
    """A request as it came."""

    at: float
    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: Any
    status: int = 0
    fault: str = ""


@dataclass
class Arrival:
    """An answer of the shop as it came in through the API. `is_shown`: buyers see it, or will after moderation."""

    at: float
    talk: str  # "review:7"
    text: str
    is_shown: bool


@dataclass
class State:
    """`platform`: which marketplace it is, by the name that the program has for it. `on`: which requests have faults: a
    part of «POST /v1/path», several with | between them; empty: all."""

    settings: Settings = field(default_factory=Settings)
    platform: str = ""
    talks: dict[str, Talk] = field(default_factory=dict)
    log: list[Asked] = field(default_factory=list)
    arrived: list[Arrival] = field(default_factory=list)
    next_faults: deque[str] = field(default_factory=deque)
    always: str = ""
    on: str = ""
    numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(900_000))

    def of(self, kind: str) -> list[Talk]:
        return [talk for talk in self.talks.values() if talk.kind == kind]

    def fault_for(self, method: str, path: str) -> str:
        if self.on and not any(part in f"{method} {path}" for part in self.on.split("|")):
            return ""
        if self.next_faults:
            return self.next_faults.popleft()
        return self.always

    def new_id(self) -> str:
        return str(next(self.numbers))

    def now(self) -> datetime:
        return datetime.now(UTC)

    def reply(self, talk: Talk, text: str, *, fault: str = "", by: str = "api") -> Reply:
        """An answer as it arrives; `silent` ones never appear, others stand before moderation for a while."""
        state = "moderation" if self.settings.moderation_seconds else "published"
        made = Reply(self.new_id(), self.now(), text, "rejected" if fault == "reject" else state, by)
        if fault != "silent":
            talk.replies.append(made)
        if by == "api":
            self.arrives(talk, text, fault)
        return made

    def say(self, talk: Talk, sender: str, text: str, *, fault: str = "", by: str = "api") -> Line:
        line = Line(self.new_id(), self.now(), sender, text)
        if fault != "silent":
            talk.lines.append(line)
            talk.changed_at = line.at
        if sender == "seller" and by == "api":
            self.arrives(talk, text, fault)
        return line

    def arrives(self, talk: Talk, text: str, fault: str) -> None:
        key = f"{talk.kind}:{talk.id}"
        self.arrived.append(Arrival(self.now().timestamp(), key, text, fault not in ("silent", "reject")))

    def moderate(self) -> None:
        """What waited long enough is shown."""
        until = self.now() - timedelta(seconds=self.settings.moderation_seconds)
        for talk in self.talks.values():
            for reply in talk.replies:
                if reply.state == "moderation" and reply.at <= until:
                    reply.state = "published"


STATE: web.AppKey[State] = web.AppKey("marketplace", State)
ASKED: web.RequestKey[Asked] = web.RequestKey("asked", Asked)
Words = Callable[[State, web.Request], web.Response]


def application(
    platform: str,
    *,
    throttled: Words,
    unauthorized: Words,
    talks: list[Talk] | None = None,
    settings: Settings | None = None,
) -> web.Application:
    """An application without paths of its own yet. `throttled`, `unauthorized`: how this marketplace says it."""
    with warnings.catch_warnings():
        # aiohttp warns of the first key that is a plain word; "fault" is one, for all simulators to read.
        warnings.simplefilter("ignore", web.NotAppKeyWarning)
        make_mocked_request("GET", "/")["fault"] = ""
    state = State(settings or Settings(), platform)
    for talk in talks or []:
        state.talks[f"{talk.kind}:{talk.id}"] = talk

    @web.middleware
    async def watched(
        request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        if request.path.startswith("/_"):
            return await handler(request)
        asked = request[ASKED] = await _asked(request)
        state.log.append(asked)
        state.moderate()
        if state.settings.latency:
            await asyncio.sleep(state.settings.latency)
        fault = state.fault_for(request.method, request.path)
        asked.fault = request["fault"] = fault
        answer = await _answer(state, request, handler, fault, throttled, unauthorized)
        asked.status = answer.status if answer is not None else 0
        if answer is None:
            _cut(request)
            raise asyncio.CancelledError
        return answer

    app = web.Application(middlewares=[watched], client_max_size=64 * 1024**2)
    app[STATE] = state
    app.router.add_post("/_faults", _faults)
    app.router.add_post("/_settings", _settings)
    app.router.add_post("/_talks", _talks)
    app.router.add_post("/_cabinet", _cabinet)
    app.router.add_post("/_lines", _lines)
    app.router.add_get("/_log", _log)
    app.router.add_post("/_reset", _reset)
    return app


async def _answer(
    state: State,
    request: web.Request,
    handler: Callable[[web.Request], Awaitable[web.StreamResponse]],
    fault: str,
    throttled: Words,
    unauthorized: Words,
) -> web.StreamResponse | None:
    """None: the connection ends without a word."""
    if fault == "server_error":
        return web.json_response({"message": "internal error"}, status=500)
    if fault == "unavailable":
        return web.Response(status=503, text="upstream is away")
    if fault == "throttled":
        return throttled(state, request)
    if fault == "unauthorized":
        return unauthorized(state, request)
    if fault == "cut":
        return None
    if fault == "slow":
        # Shielded: whoever asked may be gone by then.
        return await asyncio.shield(asyncio.create_task(_slowly(state, request, handler)))
    answer = await handler(request)
    if fault == "garbage":
        return web.Response(text="<html><body>maintenance</body></html>", content_type="text/html")
    if fault == "lost":
        return None
    if fault == "broken":
        return web.json_response({"message": "internal error"}, status=500)
    if fault == "late":
        await asyncio.sleep(state.settings.late_seconds)
    return answer


async def _slowly(
    state: State, request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    await asyncio.sleep(state.settings.late_seconds)
    return await handler(request)


def _cut(request: web.Request) -> None:
    if request.transport is not None:
        request.transport.close()


async def _asked(request: web.Request) -> Asked:
    body: Any = None
    if request.content_type == "multipart/form-data":
        # A form can be read only once; aiohttp keeps it for the handler.
        body = {name: str(value) for name, value in (await request.post()).items()}
    elif (raw := await request.read()) and request.content_type == "application/json":
        try:
            body = await request.json()
        except ValueError:
            body = raw.decode("utf-8", "replace")
    return Asked(
        at=datetime.now(UTC).timestamp(),
        method=request.method,
        path=request.path,
        query=dict(request.query),
        headers={name.lower(): value for name, value in request.headers.items()},
        body=body,
    )


# --- The doors for tests and the demo ----------------------------------------------------------------------


async def _faults(request: web.Request) -> web.Response:
    state, given = request.app[STATE], await request.json()
    wrong = {*given.get("next", []), given.get("always") or "ok"} - FAULTS.keys()
    if wrong:
        return web.json_response({"unknown": sorted(wrong)}, status=400)
    state.next_faults = deque(given.get("next", []))
    state.always, state.on = given.get("always", ""), given.get("on", "")
    return web.json_response({})


async def _settings(request: web.Request) -> web.Response:
    state = request.app[STATE]
    for name, value in (await request.json()).items():
        if name not in Settings.__dataclass_fields__:
            return web.json_response({"unknown": name}, status=400)
        setattr(state.settings, name, value)
    return web.json_response(asdict(state.settings))


async def _talks(request: web.Request) -> web.Response:
    state, given = request.app[STATE], await request.json()
    for fields in given:
        talk = from_json(fields)
        state.talks[f"{talk.kind}:{talk.id}"] = talk
    return web.json_response({"talks": len(state.talks)})


async def _cabinet(request: web.Request) -> web.Response:
    state, given = request.app[STATE], await request.json()
    talk = state.talks[f"{given['kind']}:{given['id']}"]
    if talk.kind == "chat":
        state.say(talk, "seller", given["text"], by="cabinet")
    else:
        state.reply(talk, given["text"], by="cabinet")
    return web.json_response({})


async def _lines(request: web.Request) -> web.Response:
    state, given = request.app[STATE], await request.json()
    line = state.say(state.talks[f"chat:{given['id']}"], given.get("sender", "buyer"), given["text"])
    return web.json_response({"id": line.id})


async def _log(request: web.Request) -> web.Response:
    state = request.app[STATE]
    replies = {
        key: [asdict(reply) | {"at": reply.at.isoformat()} for reply in talk.replies]
        if talk.kind != "chat"
        else [asdict(line) | {"at": line.at.isoformat()} for line in talk.lines if line.sender == "seller"]
        for key, talk in state.talks.items()
    }
    return web.json_response(
        {
            "requests": [asdict(asked) for asked in state.log],
            "arrived": [asdict(arrival) for arrival in state.arrived],
            "replies": {key: made for key, made in replies.items() if made},
        }
    )


async def _reset(request: web.Request) -> web.Response:
    state = request.app[STATE]
    state.talks.clear()
    state.log.clear()
    state.arrived.clear()
    state.next_faults.clear()
    state.always = state.on = ""
    state.settings = Settings()
    return web.json_response({})


def serve(make: Callable[..., web.Application]) -> None:
    """`python -m vitrina.simulators.NAME [--port N]`: says its address in one line, then serves until it is ended."""
    import argparse

    parser = argparse.ArgumentParser()
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0)
    options = parser.parse_args()

    async def run() -> None:
        runner = web.AppRunner(make(), access_log=None)
        await runner.setup()
        await web.TCPSite(runner, options.host, options.port, backlog=512).start()
        print(f"listening on http://{options.host}:{runner.addresses[0][1]}", flush=True)  # noqa: T201 - its one word
        await asyncio.Event().wait()

    asyncio.run(run())
