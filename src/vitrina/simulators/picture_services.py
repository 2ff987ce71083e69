"""Simulated picture services on loopback for tests, benches and demos: `python -m vitrina.simulators.picture_services`.

One server speaks every dialect (pictures_*.py), each under the name of its service: `http://127.0.0.1:PORT/openai/v1`. Pictures
are really drawn, of the size asked for. Beside the services' own paths:

    POST /_faults    {"service": "openai", "next": ["server_error", "ok"], "always": "", "on": "", "share": 0.1, "among": []}
    POST /_settings  {"service": "openai", "latency": 0.2, "per_minute": 5, …}   see Settings
    GET  /_counts    of each service: calls, pictures paid for, how many at once …   see Standing.counts
    GET  /_asked     {"service": "openai"} as a query: its requests, oldest first
    POST /_reset     {"service": "openai"}; of all services where none is named

Faults that every service has are in picture_faults.py; a dialect adds its own bodies of errors. `share`: so many of the other
calls go wrong, in one of the ways `among` each.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import time
from collections import Counter, deque
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from vitrina.simulators import pictures_drawn
from vitrina.simulators.picture_faults import AFTER, BEFORE, TRAPS, trapped
from vitrina.simulators.pictures_drawn import Picture

_KEPT_REQUESTS = 500


@dataclass
class Settings:
    """`latency`, `slow`: seconds. `per_minute`: units, None for any number; a reference counts as one where
    `counts_references`. `minute`: seconds of a minute, so that tests need not wait for one. `at_once`: None for any."""

    key: str = "sim-key"
    latency: float = 0.0
    slow: float = 30.0
    per_minute: int | None = None
    minute: float = 60.0
    counts_references: bool = False
    at_once: int | None = None


@dataclass
class Asked:
    """A request as it came. `body`: what its dialect read from it. `units`: that it took from the rate."""

    at: float
    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: Any = None
    units: int = 0
    status: int = 0
    fault: str = ""


@dataclass(frozen=True)
class Wanted:
    """What a dialect has read from a request. `cache`: where set, an equal one is answered from the cache and not paid for."""

    prompt: str
    width: int = 1024
    height: int = 1024
    seed: int = 0
    model: str = ""
    references: int = 0
    kind: str = "JPEG"
    cache: str = ""


@dataclass
class Standing:
    """One service: how it is set, what came, what was paid for."""

    settings: Settings = field(default_factory=Settings)
    asked: deque[Asked] = field(default_factory=lambda: deque(maxlen=_KEPT_REQUESTS))
    next_faults: deque[str] = field(default_factory=deque)
    always: str = ""
    on: str = ""
    share: float = 0.0
    among: tuple[str, ...] = ()
    calls: int = 0
    paid: int = 0
    references: int = 0
    from_cache: int = 0
    over_rate: int = 0
    over_places: int = 0
    at_once: int = 0
    most_at_once: int = 0
    prompts: list[str] = field(default_factory=list)  # of the pictures that were paid for
    by_fault: Counter[str] = field(default_factory=Counter)
    by_model: Counter[str] = field(default_factory=Counter)
    cache: dict[str, asyncio.Future[Picture]] = field(default_factory=dict)
    kept: dict[str, Any] = field(
        default_factory=dict
    )  # what a dialect keeps between requests: tasks, uploads
    most_in_a_minute: int = 0  # units that were let in within any minute
    _let_in: deque[tuple[float, int]] = field(default_factory=deque)
    _filled_at: float = 0.0
    _left: float = 0.0

    def counts(self) -> dict[str, Any]:
        """`calls`: requests that ask for a picture. `paid`: pictures that were drawn, whether they arrived or not."""
        return {
            "calls": self.calls,
            "paid": self.paid,
            "references": self.references,
            "from_cache": self.from_cache,
            "over_rate": self.over_rate,
            "over_places": self.over_places,
            "most_at_once": self.most_at_once,
            "most_in_a_minute": self.most_in_a_minute,
            "by_fault": dict(self.by_fault),
            "by_model": dict(self.by_model),
        }

    def fault_for(self, path: str, *, draws: bool) -> str:
        """`on` names the paths that have faults; without it those that draw."""
        if self.on not in path or not (self.on or draws):
            return ""
        if self.next_faults:
            return self.next_faults.popleft()
        if self.always:
            return self.always
        if self.share and random.random() < self.share:  # noqa: S311 - no secret
            return random.choice(self.among)  # noqa: S311
        return ""

    def take(self, units: int) -> float:
        """Seconds to wait, 0 where the units were taken: a bucket of a minute's worth that fills evenly."""
        limit, now = self.settings.per_minute, time.monotonic()
        if limit is None:
            self._count(now, units)
            return 0.0
        since = now - self._filled_at if self._filled_at else self.settings.minute
        self._left = min(float(limit), self._left + since * limit / self.settings.minute)
        self._filled_at = now
        # A client may come a hair's breadth too early: its clock is another one.
        if self._left + 1e-3 < units:
            return (units - self._left) * self.settings.minute / limit
        self._left -= units
        self._count(now, units)
        return 0.0

    def _count(self, now: float, units: int) -> None:
        self._let_in.append((now, units))
        while self._let_in[0][0] <= now - self.settings.minute:
            self._let_in.popleft()
        self.most_in_a_minute = max(self.most_in_a_minute, sum(units for _at, units in self._let_in))


class Turned(Exception):
    """The dialect's own answer in place of a picture."""

    def __init__(self, response: web.StreamResponse) -> None:
        super().__init__(response.status)
        self.response = response


@dataclass
class Exchange:
    """One request and what its answer is made of."""

    request: web.Request
    dialect: Dialect
    standing: Standing
    asked: Asked
    fault: str

    async def draw(self, wanted: Wanted) -> Picture:
        """Take from the limits, wait, draw and count. Raises Turned over a limit."""
        standing, settings = self.standing, self.standing.settings
        self.asked.units = 1 + (wanted.references if settings.counts_references else 0)
        if wanted.cache and (known := standing.cache.get(wanted.cache)) is not None:
            standing.from_cache += 1
            return await asyncio.shield(known)
        if settings.at_once is not None and standing.at_once > settings.at_once:
            standing.over_places += 1
            raise Turned((self.dialect.crowded or self.dialect.throttled)(self, settings.minute))
        if wait := standing.take(self.asked.units):
            standing.over_rate += 1
            raise Turned(self.dialect.throttled(self, wait))
        standing.paid += 1
        standing.references += wanted.references
        standing.prompts.append(wanted.prompt)
        standing.by_model[wanted.model] += 1
        drawing = asyncio.ensure_future(self._drawn(wanted))
        under_way = self.request.app[DRAWINGS]
        under_way.add(drawing)
        drawing.add_done_callback(under_way.discard)
        if wanted.cache:
            standing.cache[wanted.cache] = drawing
        return await asyncio.shield(drawing)

    async def _drawn(self, wanted: Wanted) -> Picture:
        settings = self.standing.settings
        await asyncio.sleep(settings.slow if self.fault == "slow" else settings.latency)
        if self.fault in TRAPS:
            return await asyncio.to_thread(trapped, self.fault, wanted.width, wanted.height, wanted.prompt)
        return await asyncio.to_thread(
            pictures_drawn.drawn, wanted.prompt, wanted.width, wanted.height, wanted.seed, wanted.kind
        )


Handler = Callable[[Exchange], Awaitable[web.StreamResponse]]
Words = Callable[[Exchange], web.StreamResponse]


@dataclass(frozen=True)
class Route:
    """`draws`: whether a request of it asks for a picture; others are not counted and have faults only by `on`. `needs_key`:
    what lies somewhere for whoever knows its address is given out without one."""

    method: str
    path: str
    handler: Handler
    draws: bool = True
    needs_key: bool = True


@dataclass(frozen=True)
class Dialect:
    """One service's own words. `faults`: its bodies of errors, said before anything is drawn. `throttled`: over its rate,
    with the seconds until there is room; `crowded`: too many at once, where that is said otherwise. `own`: faults that its
    handlers see to, in what follows after a task was taken. `key_of`: the key of a
    request; None where the service asks for none."""

    service: str
    routes: tuple[Route, ...]
    throttled: Callable[[Exchange, float], web.StreamResponse]
    unauthorized: Words
    faults: Mapping[str, Words] = field(default_factory=dict)
    key_of: Callable[[web.Request], str] | None = None
    crowded: Callable[[Exchange, float], web.StreamResponse] | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)
    own: Collection[str] = ()

    @property
    def all_faults(self) -> set[str]:
        return {"ok", "slow", *BEFORE, *AFTER, *TRAPS, *self.faults, *self.own}


STATE: web.AppKey[dict[str, Standing]] = web.AppKey("picture_services", dict)
DIALECTS: web.AppKey[dict[str, Dialect]] = web.AppKey("picture_dialects", dict)
DRAWINGS: web.AppKey[set[Any]] = web.AppKey("picture_drawings", set)


def application(dialects: tuple[Dialect, ...] | None = None) -> web.Application:
    chosen = {dialect.service: dialect for dialect in (known_dialects() if dialects is None else dialects)}
    app = web.Application(client_max_size=256 * 1024**2)
    app[DIALECTS] = chosen
    app[DRAWINGS] = set()
    app.on_cleanup.append(_stop_drawing)
    app[STATE] = {name: Standing(Settings(**dialect.settings)) for name, dialect in chosen.items()}
    for dialect in chosen.values():
        for route in dialect.routes:
            app.router.add_route(route.method, f"/{dialect.service}{route.path}", _door(dialect, route))
    app.router.add_post("/_faults", _set_faults)
    app.router.add_post("/_settings", _set_settings)
    app.router.add_post("/_reset", _reset)
    app.router.add_get("/_counts", _counts)
    app.router.add_get("/_asked", _asked)
    return app


async def _stop_drawing(app: web.Application) -> None:
    drawings: set[asyncio.Future[Picture]] = app[DRAWINGS]
    under_way = list(drawings)
    for drawing in under_way:
        drawing.cancel()
    await asyncio.gather(*under_way, return_exceptions=True)


def known_dialects() -> tuple[Dialect, ...]:
    from vitrina.simulators import (
        pictures_comfyui,
        pictures_flux,
        pictures_gemini,
        pictures_openai,
        pictures_openrouter,
        pictures_pollinations,
        pictures_sdwebui,
        pictures_stability,
    )

    return (
        pictures_pollinations.DIALECT,
        pictures_pollinations.DEMO,
        pictures_openai.DIALECT,
        pictures_openrouter.DIALECT,
        pictures_gemini.DIALECT,
        pictures_stability.DIALECT,
        pictures_sdwebui.DIALECT,
        pictures_comfyui.DIALECT,
        pictures_flux.DIALECT,
    )


def _door(dialect: Dialect, route: Route) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def answer(request: web.Request) -> web.StreamResponse:
        standing = request.app[STATE][dialect.service]
        fault = standing.fault_for(request.path, draws=route.draws)
        fault = "" if fault == "ok" else fault
        asked = Asked(
            time.time(),
            request.method,
            request.path,
            dict(request.query),
            {name.lower(): value for name, value in request.headers.items()},
            fault=fault,
        )
        standing.asked.append(asked)
        if route.draws:
            standing.calls += 1
            standing.by_fault[fault or "ok"] += 1
            standing.at_once += 1
            standing.most_at_once = max(standing.most_at_once, standing.at_once)
        try:
            response = await _said(Exchange(request, dialect, standing, asked, fault), route)
        finally:
            standing.at_once -= route.draws
        asked.status = response.status
        return response

    return answer


async def _said(exchange: Exchange, route: Route) -> web.StreamResponse:
    dialect, fault = exchange.dialect, exchange.fault
    if fault in BEFORE:
        return await BEFORE[fault](exchange.request)
    if (
        route.needs_key
        and dialect.key_of is not None
        and dialect.key_of(exchange.request) != exchange.standing.settings.key
    ):
        return dialect.unauthorized(exchange)
    if fault in dialect.faults:
        await exchange.request.read()
        return dialect.faults[fault](exchange)
    try:
        response = await route.handler(exchange)
    except Turned as turned:
        return turned.response
    if fault in AFTER and isinstance(response, web.Response):
        return await AFTER[fault](exchange.request, response)
    return response


# --- For tests, benches and demos ---------------------------------------------------------------------------


def _named(request: web.Request, service: str) -> Standing:
    try:
        return request.app[STATE][service]
    except KeyError:
        raise web.HTTPBadRequest(text=f"There is no service named {service}.") from None


async def _set_faults(request: web.Request) -> web.Response:
    wanted = await request.json()
    service = wanted["service"]
    standing = _named(request, service)
    known = request.app[DIALECTS][service].all_faults
    for name in [*wanted.get("next", []), *wanted.get("among", []), wanted.get("always") or "ok"]:
        if name not in known:
            raise web.HTTPBadRequest(text=f"{service} has no fault named {name}.")
    share, among = float(wanted.get("share", standing.share)), tuple(wanted.get("among", standing.among))
    if share and not among:
        raise web.HTTPBadRequest(text="A share of faults needs among: the ways in which calls go wrong.")
    standing.share, standing.among = share, among
    standing.next_faults.extend(wanted.get("next", []))
    standing.always = wanted.get("always", standing.always)
    standing.on = wanted.get("on", standing.on)
    return web.json_response({})


async def _set_settings(request: web.Request) -> web.Response:
    wanted = await request.json()
    settings = _named(request, wanted.pop("service")).settings
    for name, value in wanted.items():
        if not hasattr(settings, name):
            raise web.HTTPBadRequest(text=f"There is no setting named {name}.")
        setattr(settings, name, value)
    return web.json_response({})


async def _reset(request: web.Request) -> web.Response:
    wanted = await request.json() if request.can_read_body else {}
    reset(request.app, wanted.get("service", ""))
    return web.json_response({})


def reset(app: web.Application, service: str = "") -> None:
    """Forget what came and how it was set; of all services where none is named."""
    for name, dialect in app[DIALECTS].items():
        if service in ("", name):
            app[STATE][name] = Standing(Settings(**dialect.settings))


async def _counts(request: web.Request) -> web.Response:
    return web.json_response({name: standing.counts() for name, standing in request.app[STATE].items()})


async def _asked(request: web.Request) -> web.Response:
    standing = _named(request, request.query.get("service", ""))
    return web.json_response([vars(asked) for asked in standing.asked])


async def serve(host: str, port: int) -> tuple[web.AppRunner, int]:
    """Start listening; returns the runner to clean up and the port, which is chosen by the system for 0."""
    runner = web.AppRunner(application(), access_log=None, handler_cancellation=True, shutdown_timeout=0.5)
    await runner.setup()
    await web.TCPSite(runner, host, port, backlog=512).start()
    return runner, int(runner.addresses[0][1])


async def _run(arguments: argparse.Namespace) -> None:
    runner, port = await serve(arguments.host, arguments.port)
    print(f"Simulated picture services listen at http://{arguments.host}:{port}/NAME", flush=True)  # noqa: T201 - its one word
    try:
        await asyncio.Event().wait()
    finally:
        await runner.cleanup()


def main() -> None:
    parser = argparse.ArgumentParser(prog="vitrina.simulators.picture_services", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8090)
    asyncio.run(_run(parser.parse_args()))


if __name__ == "__main__":
    # As itself, for the dialects import this module by its name: two copies of it would not know each other's classes.
    from vitrina.simulators import picture_services

    picture_services.main()
