"""OpenRouter's call for pictures, as its SDK of August 2026 has it: what a model does not know is refused, not left out."""

from __future__ import annotations

import base64
import json
import time
from typing import Any

from aiohttp import web

from vitrina.simulators.picture_services import Dialect, Exchange, Route, Turned, Wanted

MODELS = {
    "google/gemini-nano-banana-2.1": ({"aspect_ratio", "resolution", "input_references"}, 0.0336),
    "google/gemini-3-pro-image": ({"aspect_ratio", "resolution", "input_references"}, 0.134),
    "black-forest-labs/flux.2-pro": ({"aspect_ratio", "seed", "input_references"}, 0.03),
    "bytedance/seedream-4.5": ({"aspect_ratio", "size", "input_references"}, 0.04),
}
COMMON = {"model", "prompt", "n", "output_format", "provider"}
RATIOS = ("1:1", "2:3", "3:2", "3:4", "4:3", "4:5", "5:4", "9:16", "16:9", "21:9")
LONG_SIDES = {"512": 512, "1K": 1024, "2K": 2048, "4K": 4096}


def error(
    status: int,
    message: str,
    metadata: dict[str, Any] | None = None,
    *,
    told: int = 0,
    headers: dict[str, str] | None = None,
) -> web.Response:
    """`told`: the status of the answer where it is another one than the body's."""
    body = {"error": {"code": status, "message": message, "metadata": metadata or {}}}
    return web.json_response(body, status=told or status, headers=headers)


async def _images(exchange: Exchange) -> web.StreamResponse:
    try:
        given = await exchange.request.json()
    except json.JSONDecodeError:
        raise Turned(error(400, "Invalid JSON")) from None
    exchange.asked.body = given
    model = given.get("model")
    if model not in MODELS:
        raise Turned(error(404, f"No endpoints found for {model}."))
    known, price = MODELS[model]
    if unknown := given.keys() - COMMON - known:
        raise Turned(error(400, f"{model} does not support {min(unknown)}."))
    ratio = given.get("aspect_ratio", "1:1")
    if ratio not in RATIOS:
        raise Turned(error(400, "Invalid aspect_ratio."))
    width, height = sides(ratio, LONG_SIDES[given.get("resolution", "1K")])
    references = given.get("input_references", [])
    for reference in references:
        if not reference["image_url"]["url"].startswith("data:image/"):
            raise Turned(error(400, "Invalid input reference."))
    picture = await exchange.draw(
        Wanted(str(given["prompt"]), width, height, time.time_ns(), model, len(references), "PNG")
    )
    data = {"b64_json": base64.b64encode(picture.data).decode(), "media_type": picture.media_type}
    usage = {"prompt_tokens": 40, "completion_tokens": 1120, "total_tokens": 1160, "cost": price}
    return web.json_response({"created": int(time.time()), "data": [data], "usage": usage})


def sides(ratio: str, long_side: int) -> tuple[int, int]:
    """Of about the square's area, in steps of 16."""
    wide, high = (int(part) for part in ratio.split(":"))
    unit = (long_side**2 / (wide * high)) ** 0.5
    return round(wide * unit / 16) * 16, round(high * unit / 16) * 16


def _unauthorized(exchange: Exchange) -> web.Response:
    return error(401, f"User not found for the key {key_of(exchange.request)}.")


def key_of(request: web.Request) -> str:
    return request.headers.get("Authorization", "").removeprefix("Bearer ")


def _moderated(exchange: Exchange) -> web.Response:
    return error(403, "The input was flagged.", {"reasons": ["violence"], "flagged_input": "…"})


DIALECT = Dialect(
    service="openrouter",
    routes=(Route("POST", "/api/v1/images", _images),),
    throttled=lambda e, wait: error(429, "Rate limit exceeded.", headers={"Retry-After": f"{int(wait) + 1}"}),
    unauthorized=_unauthorized,
    key_of=key_of,
    faults={
        "server_error": lambda e: error(500, "Internal Server Error"),
        "bad_gateway": lambda e: error(502, "Provider returned error"),
        "cloudflare_524": lambda e: error(524, "Provider timed out"),
        "overloaded_529": lambda e: error(
            529, "Provider is overloaded", {"error_type": "provider_overloaded"}
        ),
        "error_in_200": lambda e: error(502, "Provider returned error", told=200),
        "limit_in_200": lambda e: error(429, "Rate limit exceeded. Try again in 9s.", told=200),
        "rate_limit": lambda e: error(429, "Rate limit exceeded.", headers={"Retry-After": "7"}),
        "credits": lambda e: error(402, "Insufficient credits."),
        "moderation": _moderated,
        "policy_400": lambda e: error(400, "It was refused.", {"error_type": "content_policy_violation"}),
        "dead_model": lambda e: error(404, "No endpoints found."),
        "unauthorized": _unauthorized,
        "too_large": lambda e: error(413, "Payload too large."),
        "bad_request": lambda e: error(400, "size contradicts aspect_ratio."),
    },
)
