"""Black Forest Labs' API: a task, its `polling_url`, a sample that lies elsewhere and not for long.

`kept` of its standing: `pending`: how often a task is looked at before it is ready; `hosts`: the origin that polling_url and
sample are said to be at, "" for the server's own. A sample is gone after `sample_seconds`.
"""

from __future__ import annotations

import time
import uuid
from typing import Any

from aiohttp import web

from vitrina.simulators.picture_services import Dialect, Exchange, Route, Turned, Wanted

MODELS = {
    "flux-2-pro": 8, "flux-2-max": 8, "flux-2-flex": 8, "flux-2-klein-9b": 4, "flux-2-klein-4b": 4, "flux-pro-1.1": 0,
}  # fmt: skip
FIELDS = {
    "prompt", "width", "height", "seed", "safety_tolerance", "output_format", "webhook_url", "webhook_secret", "steps",
    "guidance", "input_image", *(f"input_image_{number}" for number in range(2, 9)),
}  # fmt: skip
PENDING, SAMPLE_SECONDS = 3, 600.0
# States in which a task may end; said when it is looked at.
ENDS = {
    "task_error": "Error",
    "request_moderated": "Request Moderated",
    "content_moderated": "Content Moderated",
    "task_not_found": "Task not found",
}
EARLY = {"foreign_polling", "expired_sample", "hiccup", "foreign_sample"}


def detail(status: int, words: Any, **more: Any) -> web.Response:
    return web.json_response({"detail": words} | more, status=status)


def _invalid(field: str, words: str) -> Turned:
    return Turned(detail(422, [{"loc": ["body", field], "msg": words, "type": "value_error"}]))


async def _submit(exchange: Exchange) -> web.StreamResponse:
    model = exchange.request.match_info["model"]
    given = await exchange.request.json()
    exchange.asked.body = given
    if model not in MODELS:
        raise Turned(detail(404, "Not Found"))
    if unknown := given.keys() - FIELDS:
        raise _invalid(min(unknown), "Extra inputs are not permitted")
    width, height = given.get("width", 1024), given.get("height", 1024)
    step = 32 if model == "flux-pro-1.1" else 16
    if width % step or height % step or min(width, height) < 64 or width * height > 4 * 1024 * 1024:
        raise _invalid("width", f"must be multiples of {step}, at most 4 MP")
    references = sum(name.startswith("input_image") for name in given)
    if references > MODELS[model]:
        raise _invalid("input_image", "too many")
    seed = given.get("seed", 42)
    kind = given.get("output_format", "jpeg").upper()
    picture = await exchange.draw(Wanted(given["prompt"], width, height, seed, model, references, kind))
    task = str(uuid.uuid4())
    tasks = exchange.standing.kept.setdefault("tasks", {})
    tasks[task] = {
        "picture": picture,
        "seed": seed,
        "prompt": given["prompt"],
        "left": exchange.standing.kept.get("pending", PENDING),
        "fault": exchange.fault,
        "ready_at": None,
    }
    origin = "https://elsewhere.example" if exchange.fault == "foreign_polling" else _origin(exchange)
    said = {
        "id": task,
        "polling_url": f"{origin}/v1/get_result?id={task}",
        "cost": 3.0,
        "input_mp": 0,
        "output_mp": 1,
    }
    return web.json_response(said)


async def _result(exchange: Exchange) -> web.StreamResponse:
    task = exchange.standing.kept.get("tasks", {}).get(exchange.request.query.get("id", ""))
    name = exchange.request.query.get("id", "")
    if task is None:
        return web.json_response({"id": name, "status": "Task not found", "result": None}, status=404)
    said: dict[str, Any] = {"id": name, "status": "Pending", "result": None, "progress": 0.5, "details": None}
    if task["left"] > 0:
        task["left"] -= 1
        if task["fault"] == "hiccup" and task["left"] == 1:
            return detail(502, "Bad gateway")
        return web.json_response(said)
    if task["fault"] in ENDS:
        state = ENDS[task["fault"]]
        return web.json_response(said | {"status": state, "details": {"error": state}})
    task["ready_at"] = task["ready_at"] or time.monotonic()
    origin = "http://169.254.169.254" if task["fault"] == "foreign_sample" else _origin(exchange)
    result = {
        "sample": f"{origin}/samples/{name}.bin?sig=abc",
        "prompt": task["prompt"],
        "seed": task["seed"],
    }
    return web.json_response(said | {"status": "Ready", "result": result, "progress": 1.0})


async def _sample(exchange: Exchange) -> web.StreamResponse:
    """Without a key: whoever knows the address has the picture, for a while."""
    task = exchange.standing.kept.get("tasks", {}).get(exchange.request.match_info["task"])
    if "x-key" in exchange.request.headers:
        return web.Response(status=400, text="the key is not for here")
    lifetime = exchange.standing.kept.get("sample_seconds", SAMPLE_SECONDS)
    is_gone = task is None or task["ready_at"] is None or time.monotonic() - task["ready_at"] > lifetime
    if is_gone or task["fault"] == "expired_sample":
        return web.Response(
            status=403, text="AuthenticationFailed: Signature not valid in the specified time frame"
        )
    exchange.standing.kept["fetched"] = exchange.standing.kept.get("fetched", 0) + 1
    return web.Response(body=task["picture"].data, content_type=task["picture"].media_type)


def _origin(exchange: Exchange) -> str:
    return f"{exchange.request.url.origin()}/{exchange.dialect.service}"


def key_of(request: web.Request) -> str:
    # Samples are given out without a key.
    return request.headers.get("x-key", "")


def _unauthorized(exchange: Exchange) -> web.Response:
    return detail(403, f"Not authenticated - Invalid Authentication {key_of(exchange.request)}")


def _throttled(exchange: Exchange, wait: float) -> web.Response:
    return detail(429, "Rate limit exceeded", retry_after=round(wait, 3))


DIALECT = Dialect(
    service="flux",
    routes=(
        Route("POST", "/v1/{model}", _submit),
        Route("GET", "/v1/get_result", _result, draws=False),
        Route("GET", "/samples/{task}.bin", _sample, draws=False, needs_key=False),
    ),
    throttled=_throttled,
    unauthorized=_unauthorized,
    key_of=key_of,
    crowded=lambda e, wait: detail(429, "Too many active tasks", retry_after=1),
    settings={"at_once": 24},
    faults={
        "server_error": lambda e: detail(500, "Internal server error"),
        "credits": lambda e: detail(402, "Insufficient credits. Please add more credits."),
        "rate_limit": lambda e: _throttled(e, 7),
        "unauthorized": _unauthorized,
        "bad_request": lambda e: detail(
            422, [{"loc": ["body", "width"], "msg": "wrong", "type": "value_error"}]
        ),
        "dead_model": lambda e: detail(404, "Not Found"),
    },
    own={*ENDS, *EARLY},
)
