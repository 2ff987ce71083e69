"""Pollinations' two hosts: the one with a key, and the older, anonymous one. Paths, fields and bodies of errors as its
repository has them in 2026.

The first answers a POST from the cache of the equal address: the same request again gives the same picture, also while it is
still being made, and is paid for once. The second draws one picture at a time, brands each, and says «queue full» in three ways.
"""

from __future__ import annotations

import base64
import hashlib
import json
import random
import uuid
from datetime import UTC, datetime
from typing import Any

from aiohttp import web

from vitrina.simulators import pictures_drawn
from vitrina.simulators.picture_services import Dialect, Exchange, Route, Turned, Wanted

MODELS = {
    "flux": 0,
    "zimage": 0,
    "kontext": 1,
    "nanobanana": 3,
    "nanobanana-pro": 14,
    "seedream": 10,
    "gptimage": 16,
    "gpt-image-2": 16,
}
GENERATION_FIELDS = {
    "model",
    "prompt",
    "size",
    "quality",
    "seed",
    "response_format",
    "image",
    "safe",
    "transparent",
}
EDIT_FIELDS = GENERATION_FIELDS - {"response_format"} | {"resolution"}
MOST_SEED = 2**31 - 1
ADDRESS = "203.0.113.7"  # of documentation


def error(status: int, code: str, message: str, details: dict[str, Any] | None = None) -> web.Response:
    told: dict[str, Any] = {"code": code, "message": message, "timestamp": datetime.now(UTC).isoformat()}
    if details is not None:
        told["details"] = details
    body = {"status": status, "success": False, "error": told | {"requestId": uuid.uuid4().hex[:12]}}
    return web.json_response(body, status=status)


# --- The host with a key -----------------------------------------------------------------------------------


async def _generations(exchange: Exchange) -> web.StreamResponse:
    return await _answered(exchange, GENERATION_FIELDS)


async def _edits(exchange: Exchange) -> web.StreamResponse:
    return await _answered(exchange, EDIT_FIELDS)


async def _answered(exchange: Exchange, fields: set[str]) -> web.StreamResponse:
    try:
        given = await exchange.request.json()
    except json.JSONDecodeError:
        raise Turned(error(400, "BAD_REQUEST", "Invalid JSON")) from None
    exchange.asked.body = given
    if unknown := given.keys() - fields:
        raise Turned(_wrong(min(unknown), "Unrecognized key"))
    model = given.get("model", "zimage")
    if model not in MODELS:
        raise Turned(_wrong("model", "Invalid option"))
    width, _x, height = str(given.get("size", "1024x1024")).partition("x")
    seed = given.get("seed", -1)
    if not (width.isdecimal() and height.isdecimal()):
        raise Turned(_wrong("size", "Invalid size"))
    if not isinstance(seed, int) or not -1 <= seed <= MOST_SEED:
        raise Turned(_wrong("seed", "Invalid seed"))
    references = _references(given.get("image"), MODELS[model])
    if fields is EDIT_FIELDS and not references:
        raise Turned(error(400, "BAD_REQUEST", "Missing required field: image"))
    # A seed that is missing becomes a random one, so such a request is never found in the cache.
    address = json.dumps(given | {"seed": seed if seed >= 0 else random.randrange(MOST_SEED)})  # noqa: S311 - no secret
    wanted = Wanted(
        str(given.get("prompt", "")),
        int(width),
        int(height),
        max(0, seed),
        model,
        references,
        cache=hashlib.sha256(address.encode()).hexdigest(),
    )
    picture = await exchange.draw(wanted)
    data = {"b64_json": base64.b64encode(picture.data).decode(), "revised_prompt": wanted.prompt}
    body = {"created": 1_790_000_000, "data": [data], "usage": {"input_tokens": 0, "output_tokens": 1}}
    return web.json_response(body, headers={"x-model-used": model, "Cache-Control": "public, immutable"})


def _references(image: Any, most: int) -> int:
    if image is None:
        return 0
    urls = [image] if isinstance(image, str) else [part.get("image_url") for part in image]
    for url in urls:
        if not isinstance(url, str) or not url.startswith(("data:image/", "https://", "http://")):
            raise Turned(error(400, "invalid_image_url", "Invalid image URL"))
    if len(urls) > most:
        raise Turned(error(400, "BAD_REQUEST", f"This model takes {most} images"))
    return len(urls)


def _wrong(field: str, words: str) -> web.Response:
    details = {"name": "ValidationError", "fieldErrors": {field: [words]}, "formErrors": []}
    return error(400, "BAD_REQUEST", "Something was wrong with the input data", details)


def _unauthorized(exchange: Exchange) -> web.Response:
    return error(401, "UNAUTHORIZED", f"The key {key_of(exchange.request)} is not known.")


def key_of(request: web.Request) -> str:
    return request.headers.get("Authorization", "").removeprefix("Bearer ")


def _upstream(status: int) -> web.Response:
    """How the gateway hands on what its own upstream said: 401 to 429 and 524 become 502, 408 becomes 504."""
    told = 504 if status == 408 else 502
    code = "GATEWAY_TIMEOUT" if told == 504 else "BAD_GATEWAY"
    details = {
        "name": "UpstreamError",
        "upstreamStatus": status,
        "upstreamHost": "upstream.example",
        "upstreamBody": "",
    }
    return error(told, code, "An upstream service failed", details)


DIALECT = Dialect(
    service="pollinations",
    routes=(Route("POST", "/v1/images/generations", _generations), Route("POST", "/v1/images/edits", _edits)),
    throttled=lambda e, wait: error(429, "RATE_LIMITED", "Too many requests from this IP. Please slow down."),
    unauthorized=_unauthorized,
    key_of=key_of,
    faults={
        "server_error": lambda e: error(500, "INTERNAL_ERROR", "Something went wrong"),
        "bad_gateway": lambda e: _upstream(429),
        "upstream_timeout": lambda e: _upstream(408),
        "unavailable": lambda e: error(503, "SERVICE_UNAVAILABLE", "The safety check is down"),
        "payment_required": lambda e: error(402, "PAYMENT_REQUIRED", "Payment required"),
        "budget": lambda e: error(402, "KEY_BUDGET_EXHAUSTED", "The budget of this key is spent"),
        "balance": lambda e: error(402, "INSUFFICIENT_BALANCE", "Insufficient balance"),
        "policy": lambda e: error(422, "content_policy_violation", "The prompt violates the content policy"),
        "safety": lambda e: error(400, "safety_error", "The prompt was blocked by a safety check"),
        "rate_limit": lambda e: error(
            429, "RATE_LIMITED", "Too many requests from this IP. Please slow down."
        ),
        "rate_limit_text": lambda e: web.Response(
            status=429,
            text="Too many requests from this IP. Please slow down.",
            headers={"Retry-After": "10"},
        ),
        "unauthorized": _unauthorized,
        "forbidden": lambda e: error(403, "FORBIDDEN", "This key may not use this model"),
        "dead_model": lambda e: _wrong("model", "Invalid option"),
        "bad_request": lambda e: _wrong("size", "Invalid size"),
    },
)

# --- The anonymous host ------------------------------------------------------------------------------------


async def _prompt(exchange: Exchange) -> web.StreamResponse:
    query = exchange.request.query
    given = {
        name: int(query.get(name, default))
        for name, default in (("width", 1024), ("height", 1024), ("seed", 42))
    }
    wanted = Wanted(
        exchange.request.match_info["prompt"].rstrip(" "),
        given["width"],
        given["height"],
        given["seed"],
        query.get("model", "flux"),
        cache=str(exchange.request.rel_url),
    )
    picture = await exchange.draw(wanted)
    if not exchange.fault:
        picture = pictures_drawn.marked(picture)
    headers = {"Cache-Control": "public, max-age=31536000, immutable", "x-model-used": "sana"}
    return web.Response(body=picture.data, content_type=picture.media_type, headers=headers)


def _queue_full_402(exchange: Exchange) -> web.Response:
    """An offer to pay per picture, which nobody here takes."""
    words = f"Queue full for IP: {ADDRESS}: 1 requests already queued (max: 1). Get unlimited access at enter.example"
    return web.json_response({"x402Version": 1, "error": words, "accepts": [{"scheme": "exact"}]}, status=402)


def _queue_full(status: int) -> web.Response:
    body = {
        "error": "Too Many Requests",
        "message": f"Queue full for IP: {ADDRESS}: 1 requests already queued (max: 1)",
        "timingInfo": [{"step": "Request received.", "timestamp": 0}],
        "requestId": uuid.uuid4().hex[:12],
        "requestParameters": {},
        "queueInfo": {"queued": 1, "pending": 1, "total": 2},
    }
    return web.json_response(body, status=status)


def _failed(exchange: Exchange) -> web.Response:
    return web.json_response(
        {"error": "Internal Server Error", "message": "It failed", "queueInfo": None}, status=500
    )


DEMO = Dialect(
    service="pollinations-demo",
    routes=(Route("GET", "/prompt/{prompt}", _prompt),),
    throttled=lambda e, wait: _queue_full(429),
    crowded=lambda e, wait: _queue_full_402(e),
    unauthorized=_failed,
    settings={"at_once": 1},
    faults={
        "queue_full_402": _queue_full_402,
        "queue_full_429": lambda e: _queue_full(429),
        "queue_full_500": lambda e: _queue_full(500),
        "server_error": _failed,
    },
)
