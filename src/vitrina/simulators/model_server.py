"""An OpenAI-compatible server on loopback for tests, benches and demos: `python -m vitrina.simulators.model_server`.

It answers structured requests believably (model_answers.py), goes wrong on demand (model_faults.py) and counts.

A fault is chosen by the first of: the header `X-Fault: name`; the base URL `http://…/fault/NAME/v1`; the model's
name `fault-NAME`; the queue and the standing fault set by `POST /_faults {"next": ["server_error", "ok"], "always": ""}`.
`{"share": 0.1, "among": ["server_error", "reset"]}` has so many of the other calls go wrong, in one of these ways each.
`GET /_counts` tells calls and tokens in all and by model, `POST /_reset` forgets them, `POST /_settings` changes latency.
`POST /_marks {"words": ["Лавка 7"]}` names what is to be looked for in the prompts; `GET /_marked` tells of each word the
calls that had it: {"at": Unix seconds, "fault"}, oldest first. Pictures are looked at (model_eyes.py): `POST /_sights` tells
what is to be seen in them.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import json
import math
import random
import time
from collections import Counter, defaultdict, deque
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from aiohttp import web

from vitrina.simulators.model_answers import answer, material_of, plain_answer, schema_of
from vitrina.simulators.model_eyes import PICTURE_TOKENS, sights_of, without_pictures
from vitrina.simulators.model_faults import BILLED, FAULTS, Exchange, stream_of

MODELS = (
    "default",
    "gpt-4o-mini",
    "google/gemini-3.1-flash-lite",
    "openai/gpt-4o-mini",
    "deepseek-chat",
    "text-embedding-3-small",
)
DIMENSIONS = 256
_KEPT_ANSWERS = 4096


@dataclass
class Settings:
    """Seconds. `jitter`: share of the latency, evenly to both sides. `stream_pause`: between two pieces of a stream.

    `completion_tokens`: where set, every stream comes in about so many pieces (for benches of streaming). `streamed`: share of
    the latency over which a stream's pieces come; its first one comes after the rest of it.
    """

    latency: float = 0.0
    jitter: float = 0.0
    stream_pause: float = 0.0
    completion_tokens: int = 0
    streamed: float = 0.0


@dataclass
class State:
    settings: Settings
    next_faults: deque[str] = field(default_factory=deque)
    always: str = ""
    share: float = 0.0
    among: tuple[str, ...] = ()
    marked: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    sights: dict[str, dict[str, Any]] = field(default_factory=dict)
    calls: int = 0
    billed_calls: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    by_model: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    by_fault: Counter[str] = field(default_factory=Counter)
    in_flight: int = 0
    most_in_flight: int = 0
    answers: dict[bytes, str] = field(default_factory=dict)
    last_requests: deque[dict[str, Any]] = field(default_factory=lambda: deque(maxlen=20))

    def counts(self) -> dict[str, Any]:
        """`calls`: all requests; `billed_calls` and tokens: those that a provider would bill."""
        return {
            "calls": self.calls,
            "billed_calls": self.billed_calls,
            "prompt_tokens": self.prompt_tokens,
            "completion_tokens": self.completion_tokens,
            "by_model": {name: dict(counts) for name, counts in self.by_model.items()},
            "by_fault": dict(self.by_fault),
            "most_in_flight": self.most_in_flight,
        }

    def reset(self) -> None:
        self.calls = self.billed_calls = self.prompt_tokens = self.completion_tokens = self.most_in_flight = 0
        self.by_model.clear()
        self.by_fault.clear()
        self.next_faults.clear()
        self.last_requests.clear()
        self.always = ""
        self.share, self.among = 0.0, ()
        self.marked.clear()
        self.see({})

    def see(self, sights: dict[str, dict[str, Any]]) -> None:
        """What is to be seen in pictures, by the SHA-256 of their bytes; answers given before count no more."""
        self.sights = sights
        self.answers.clear()


STATE: web.AppKey[State] = web.AppKey("state", State)


def application(settings: Settings) -> web.Application:
    app = web.Application(client_max_size=64 * 1024**2)
    app[STATE] = State(settings)
    for prefix in ("", "/fault/{fault}"):
        app.router.add_post(f"{prefix}/v1/chat/completions", _chat)
        app.router.add_post(f"{prefix}/v1/embeddings", _embeddings)
        app.router.add_get(f"{prefix}/v1/models", _models)
    app.router.add_get("/_counts", _counts)
    app.router.add_get("/_requests", _requests)
    app.router.add_post("/_reset", _reset)
    app.router.add_post("/_faults", _set_faults)
    app.router.add_post("/_marks", _set_marks)
    app.router.add_get("/_marked", _marked)
    app.router.add_post("/_sights", _set_sights)
    app.router.add_post("/_settings", _set_settings)
    return app


async def _chat(request: web.Request) -> web.StreamResponse:
    state = request.app[STATE]
    body = await request.json()
    state.in_flight += 1
    state.most_in_flight = max(state.most_in_flight, state.in_flight)
    try:
        return await _answered(request, state, body)
    finally:
        state.in_flight -= 1


async def _answered(request: web.Request, state: State, body: dict[str, Any]) -> web.StreamResponse:
    fault = _fault_for(request, state, str(body.get("model", "")))
    state.calls += 1
    state.by_model[str(body.get("model", ""))]["calls"] += 1
    state.by_fault[fault or "ok"] += 1
    state.last_requests.append(body)
    _mark(state, body, fault)
    content = _content(state, body)
    words, pictures = without_pictures(body.get("messages") or [])
    usage = {
        "prompt_tokens": _tokens(json.dumps(words, ensure_ascii=False)) + PICTURE_TOKENS * pictures,
        "completion_tokens": _tokens(content),
    }
    if state.settings.completion_tokens and body.get("stream"):
        usage["completion_tokens"] = state.settings.completion_tokens
    usage["total_tokens"] = usage["prompt_tokens"] + usage["completion_tokens"]
    exchange = Exchange(request, body, content, usage)
    if fault:
        if fault in BILLED and not (
            fault in ("schema_unsupported", "no_formats") and _is_refused_form(fault, body)
        ):
            _bill(state, str(body.get("model", "")), usage)
        return await FAULTS[fault](exchange)
    latency = _latency(state.settings)
    if exchange.is_stream:
        pieces = _pieces(content, state.settings)
        await asyncio.sleep(latency * (1 - state.settings.streamed))
        _bill(state, str(body.get("model", "")), usage)
        pause = state.settings.stream_pause + latency * state.settings.streamed / max(1, len(pieces))
        return await stream_of(exchange, pieces, pause=pause)
    await asyncio.sleep(latency)
    _bill(state, str(body.get("model", "")), usage)
    return web.json_response(exchange.completion(), dumps=_dumps)


def _is_refused_form(fault: str, body: dict[str, Any]) -> bool:
    wanted = body.get("response_format")
    return wanted is not None and (fault == "no_formats" or wanted.get("type") == "json_schema")


def _bill(state: State, model: str, usage: dict[str, int]) -> None:
    state.billed_calls += 1
    state.prompt_tokens += usage["prompt_tokens"]
    state.completion_tokens += usage["completion_tokens"]
    counts = state.by_model[model]
    counts["billed_calls"] += 1
    counts["prompt_tokens"] += usage["prompt_tokens"]
    counts["completion_tokens"] += usage["completion_tokens"]


def _fault_for(request: web.Request, state: State, model: str) -> str:
    name = request.headers.get("X-Fault") or request.match_info.get("fault") or ""
    if not name and model.startswith("fault-"):
        name = model.removeprefix("fault-")
    if not name:
        name = state.next_faults.popleft() if state.next_faults else state.always
    if not name and state.share and random.random() < state.share:  # noqa: S311 - no secret
        name = random.choice(state.among)  # noqa: S311
    if name in ("", "ok"):
        return ""
    if name not in FAULTS:
        raise web.HTTPBadRequest(text=f"There is no fault named {name}.")
    return name


def _mark(state: State, body: dict[str, Any], fault: str) -> None:
    if state.marked:
        said = json.dumps(body.get("messages"), ensure_ascii=False)
        for word, calls in state.marked.items():
            if word in said:
                calls.append({"at": time.time(), "fault": fault})


def _content(state: State, body: dict[str, Any]) -> str:
    messages = body.get("messages") or []
    key = hashlib.blake2b(
        json.dumps([messages, body.get("response_format")]).encode(), digest_size=16
    ).digest()
    known = state.answers.get(key)
    if known is None:
        try:
            sights = sights_of(messages, state.sights)
        except (OSError, ValueError) as error:
            raise web.HTTPBadRequest(text=f"A picture can't be opened: {error}") from error
        material = material_of(messages, sights)
        schema = schema_of(body)
        known = plain_answer(material) if schema is None else _dumps(answer(schema, material))
        if len(state.answers) > _KEPT_ANSWERS:
            state.answers.clear()
        state.answers[key] = known
    return known


def _pieces(content: str, settings: Settings) -> list[str]:
    if settings.completion_tokens and not content.startswith("{"):
        return [f" слово{number % 10}" for number in range(settings.completion_tokens)]
    if settings.completion_tokens:
        count = min(settings.completion_tokens, len(content))
        borders = [place * len(content) // count for place in range(count + 1)]
        return [content[begin:end] for begin, end in pairwise(borders)]
    return [content[start : start + 4] for start in range(0, len(content), 4)]


def _latency(settings: Settings) -> float:
    return settings.latency * (1 + settings.jitter * (2 * random.random() - 1))  # noqa: S311 - no secret


def _tokens(text: str) -> int:
    return len(text.encode()) // 4 + 1


def _dumps(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


async def _embeddings(request: web.Request) -> web.StreamResponse:
    state = request.app[STATE]
    body = await request.json()
    model = str(body.get("model", ""))
    fault = _fault_for(request, state, model)
    state.calls += 1
    state.by_model[model]["calls"] += 1
    texts = body["input"] if isinstance(body["input"], list) else [body["input"]]
    usage = {"prompt_tokens": sum(_tokens(text) for text in texts), "completion_tokens": 0}
    usage["total_tokens"] = usage["prompt_tokens"]
    if fault:
        return await FAULTS[fault](Exchange(request, body, "", usage))
    await asyncio.sleep(_latency(state.settings))
    _bill(state, model, usage)
    data = [
        {"object": "embedding", "index": place, "embedding": vector(text)} for place, text in enumerate(texts)
    ]
    return web.json_response({"object": "list", "model": model, "data": data, "usage": usage})


def vector(text: str) -> list[float]:
    """Hashed character 3-grams, L2-normalised: texts with common pieces are near each other."""
    counts = [0.0] * DIMENSIONS
    padded = f" {text.lower().replace('ё', 'е')} "
    for start in range(len(padded) - 2):
        digest = hashlib.blake2b(padded[start : start + 3].encode(), digest_size=4).digest()
        counts[int.from_bytes(digest, "big") % DIMENSIONS] += 1
    length = math.sqrt(sum(value * value for value in counts)) or 1.0
    return [round(value / length, 6) for value in counts]


async def _models(request: web.Request) -> web.Response:
    return web.json_response({"object": "list", "data": [{"id": name, "object": "model"} for name in MODELS]})


async def _counts(request: web.Request) -> web.Response:
    return web.json_response(request.app[STATE].counts())


async def _requests(request: web.Request) -> web.Response:
    return web.json_response(list(request.app[STATE].last_requests))


async def _reset(request: web.Request) -> web.Response:
    request.app[STATE].reset()
    return web.json_response({})


async def _set_faults(request: web.Request) -> web.Response:
    wanted = await request.json()
    state = request.app[STATE]
    for name in [*wanted.get("next", []), *wanted.get("among", []), wanted.get("always", "")]:
        if name not in ("", "ok") and name not in FAULTS:
            raise web.HTTPBadRequest(text=f"There is no fault named {name}.")
    share, among = float(wanted.get("share", state.share)), tuple(wanted.get("among", state.among))
    if share and not among:
        raise web.HTTPBadRequest(text="A share of faults needs among: the ways in which calls go wrong.")
    state.share, state.among = share, among
    state.next_faults.extend(wanted.get("next", []))
    state.always = wanted.get("always", state.always)
    return web.json_response({})


async def _set_marks(request: web.Request) -> web.Response:
    request.app[STATE].marked = {str(word): [] for word in (await request.json())["words"]}
    return web.json_response({})


async def _marked(request: web.Request) -> web.Response:
    return web.json_response(request.app[STATE].marked)


async def _set_sights(request: web.Request) -> web.Response:
    request.app[STATE].see(await request.json())
    return web.json_response({})


async def _set_settings(request: web.Request) -> web.Response:
    settings = request.app[STATE].settings
    for name, value in (await request.json()).items():
        if not hasattr(settings, name):
            raise web.HTTPBadRequest(text=f"There is no setting named {name}.")
        setattr(settings, name, type(getattr(settings, name))(value))
    return web.json_response({})


async def serve(
    settings: Settings, host: str, port: int, *, reuse_port: bool = False
) -> tuple[web.AppRunner, int]:
    """Start listening; returns the runner to clean up and the port, which is chosen by the system for 0."""
    runner = web.AppRunner(
        application(settings), access_log=None, handler_cancellation=True, shutdown_timeout=0.5
    )
    await runner.setup()
    site = web.TCPSite(runner, host, port, backlog=2048, reuse_port=reuse_port or None)
    await site.start()
    return runner, int(runner.addresses[0][1])


async def _run(arguments: argparse.Namespace) -> None:
    settings = Settings(
        arguments.latency,
        arguments.jitter,
        arguments.stream_pause,
        arguments.completion_tokens,
        arguments.streamed,
    )
    runner, port = await serve(settings, arguments.host, arguments.port, reuse_port=arguments.reuse_port)
    print(f"A simulated model server listens at http://{arguments.host}:{port}/v1", flush=True)  # noqa: T201 - its one word
    try:
        await asyncio.Event().wait()
    finally:
        await runner.cleanup()


def main() -> None:
    parser = argparse.ArgumentParser(prog="vitrina.simulators.model_server", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0, help="0: the system chooses")
    parser.add_argument("--latency", type=float, default=0.0, help="seconds")
    parser.add_argument("--jitter", type=float, default=0.0, help="share of the latency, to both sides")
    parser.add_argument(
        "--stream-pause", type=float, default=0.0, help="seconds between two pieces of a stream"
    )
    parser.add_argument(
        "--completion-tokens", type=int, default=0, help="pieces of every stream, 0: as the answer is"
    )
    parser.add_argument(
        "--streamed", type=float, default=0.0, help="share of the latency over which a stream comes"
    )
    parser.add_argument("--reuse-port", action="store_true", help="let several processes listen at one port")
    try:
        asyncio.run(_run(parser.parse_args()))
    except KeyboardInterrupt:
        return


if __name__ == "__main__":
    main()
