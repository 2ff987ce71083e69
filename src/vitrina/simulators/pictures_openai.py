"""OpenAI's images as its description of August 2026 has them, and the bodies of errors that were seen in the field.

`/v1/images/generations` takes JSON, `/v1/images/edits` a form; both answer base64. A field that the models of today do not
know is refused, as is a call that names no model: the default is one that was shut down.
"""

from __future__ import annotations

import base64
import json
import time
import uuid
from typing import Any

from aiohttp import web

from vitrina.simulators.picture_services import Dialect, Exchange, Route, Turned, Wanted
from vitrina.simulators.pictures_drawn import Picture

DEAD = ("dall-e-2", "dall-e-3", "gpt-image-1")
MODELS = (
    "gpt-image-2.5-flare",
    "gpt-image-2.5-sunburst",
    "gpt-image-2",
    "gpt-image-1.5",
    "gpt-image-1-mini",
)
LISTED = ("1024x1024", "1536x1024", "1024x1536")
SHARED = {
    "model",
    "prompt",
    "n",
    "size",
    "quality",
    "background",
    "output_format",
    "output_compression",
    "user",
}
FIELDS = SHARED | {"moderation", "stream", "partial_images"}
EDIT_FIELDS = SHARED | {"image", "image[]", "mask", "input_fidelity"}
KINDS = {"png": "PNG", "jpeg": "JPEG", "webp": "WEBP"}
MOST_REFERENCES = 16
MOST_PROMPT = 32_000


def error(
    status: int,
    message: str,
    *,
    kind: str = "invalid_request_error",
    code: str | None = None,
    more: dict[str, Any] | None = None,
    headers: dict[str, str] | None = None,
) -> web.Response:
    body = {"error": {"message": message, "type": kind, "param": None, "code": code, **(more or {})}}
    return web.json_response(
        body, status=status, headers={"x-request-id": f"req_{uuid.uuid4().hex}"} | (headers or {})
    )


async def _generations(exchange: Exchange) -> web.StreamResponse:
    try:
        given = await exchange.request.json()
    except json.JSONDecodeError:
        raise Turned(error(400, "We could not parse the JSON body of your request.")) from None
    exchange.asked.body = given
    return await _answered(exchange, _read(given, FIELDS, references=0))


async def _edits(exchange: Exchange) -> web.StreamResponse:
    if not exchange.request.content_type.startswith("multipart/"):
        raise Turned(error(400, "Unsupported content type."))
    form = await exchange.request.post()
    files = [value for value in form.values() if isinstance(value, web.FileField)]
    given = {name: value for name, value in form.items() if isinstance(value, str)}
    exchange.asked.body = given | {
        "files": [
            {"name": file.name, "type": file.content_type, "size": len(file.file.read())} for file in files
        ]
    }
    if not files:
        raise Turned(error(400, "Missing required parameter: 'image'."))
    if len(files) > MOST_REFERENCES:
        raise Turned(error(400, "Too many images."))
    return await _answered(exchange, _read(given, EDIT_FIELDS, references=len(files)))


def _read(given: dict[str, Any], fields: set[str], *, references: int) -> Wanted:
    if unknown := given.keys() - fields:
        raise Turned(error(400, f"Unknown parameter: '{min(unknown)}'.", code="unknown_parameter"))
    model, prompt, size = (
        str(given.get("model", DEAD[0])),
        given.get("prompt"),
        str(given.get("size", "auto")),
    )
    if model not in MODELS:
        raise Turned(
            error(
                404 if model in DEAD else 400, f"The model '{model}' does not exist.", code="model_not_found"
            )
        )
    if not isinstance(prompt, str) or not prompt or len(prompt) > MOST_PROMPT:
        raise Turned(error(400, "Invalid 'prompt'."))
    width, height = size_of(model, size)
    kind = KINDS.get(str(given.get("output_format", "png")))
    if kind is None:
        raise Turned(error(400, "Invalid value: 'output_format'."))
    return Wanted(prompt, width, height, time.time_ns(), model, references, kind)


def size_of(model: str, size: str) -> tuple[int, int]:
    if size == "auto":
        return 1024, 1024
    width, _x, height = size.partition("x")
    if not (width.isdecimal() and height.isdecimal()):
        raise Turned(error(400, f"Invalid value: '{size}'."))
    wide, high = int(width), int(height)
    if size in LISTED:
        return wide, high
    is_free = model.startswith("gpt-image-2")
    fits = wide % 16 == high % 16 == 0 and 655_360 <= wide * high <= 8_294_400
    if not (is_free and fits and max(wide, high) <= 3840 and max(wide, high) <= 3 * min(wide, high)):
        raise Turned(error(400, f"Invalid size '{size}'.", code="invalid_value"))
    return wide, high


async def _answered(exchange: Exchange, wanted: Wanted) -> web.StreamResponse:
    picture = await exchange.draw(wanted)
    return web.json_response(
        {
            "created": int(time.time()),
            "data": [{"b64_json": base64.b64encode(picture.data).decode()}],
            "background": "opaque",
            "output_format": wanted.kind.lower(),
            "size": f"{wanted.width}x{wanted.height}",
            "quality": "medium",
            "usage": usage(wanted, picture),
        },
        headers={"x-request-id": f"req_{uuid.uuid4().hex}"},
    )


def usage(wanted: Wanted, picture: Picture) -> dict[str, Any]:
    """Tokens as the models of the first generation counted them at medium quality."""
    text, images = len(wanted.prompt) // 4 + 1, 300 * wanted.references
    spoken = 1056 if wanted.width == wanted.height else 1584 if wanted.height > wanted.width else 1568
    return {
        "total_tokens": text + images + spoken,
        "input_tokens": text + images,
        "output_tokens": spoken,
        "input_tokens_details": {"text_tokens": text, "image_tokens": images},
    }


def _throttled(exchange: Exchange, wait: float) -> web.Response:
    limit, asked = exchange.standing.settings.per_minute, exchange.asked.units
    return _rate_limit(limit or 5, asked, _spoken(wait))


def _rate_limit(limit: int, asked: int, wait: str, headers: dict[str, str] | None = None) -> web.Response:
    return error(
        429,
        "Rate limit reached for gpt-image-2 (for limit gpt-image) in organization org-simulated on input-images per min: "
        f"Limit {limit}, Used {limit}, Requested {asked}. Please try again in {wait}. Visit "
        "https://platform.openai.com/account/rate-limits to learn more.",
        kind="input-images",
        code="rate_limit_exceeded",
        headers=headers,
    )


def _spoken(wait: float) -> str:
    """As OpenAI says a delay: «240ms», «2.4s», «12s», «1m30s»; never shorter than it is."""
    if wait < 1:
        return f"{int(wait * 1000) + 1}ms"
    if wait < 60:
        return f"{wait + 0.0005:.3f}".rstrip("0").rstrip(".") + "s"
    return f"{int(wait // 60)}m{wait % 60 + 0.0005:.3f}s"


def _moderated(stage: str | None) -> web.Response:
    details = {"moderation_details": {"moderation_stage": stage, "categories": ["violence"]}} if stage else {}
    return error(
        400,
        "Your request was rejected by the safety system. If you believe this is an error, contact us at help.openai.com and "
        "include the request ID req_simulated. safety_violations=[violence].",
        kind="image_generation_user_error",
        code="moderation_blocked",
        more=details,
    )


def _unauthorized(exchange: Exchange) -> web.Response:
    # As the service does it, a part of the key stands in its message.
    given = key_of(exchange.request)
    return error(401, f"Incorrect API key provided: {given}.", code="invalid_api_key")


def key_of(request: web.Request) -> str:
    return request.headers.get("Authorization", "").removeprefix("Bearer ")


DIALECT = Dialect(
    service="openai",
    routes=(Route("POST", "/v1/images/generations", _generations), Route("POST", "/v1/images/edits", _edits)),
    throttled=_throttled,
    unauthorized=_unauthorized,
    key_of=key_of,
    settings={"counts_references": True},
    faults={
        "server_error": lambda e: error(500, "The server had an error.", kind="server_error"),
        "no_retry": lambda e: error(
            500, "The server had an error.", kind="server_error", headers={"x-should-retry": "false"}
        ),
        "rate_limit_ms": lambda e: _rate_limit(5, 1, "240ms"),
        "rate_limit_s": lambda e: _rate_limit(5, 1, "12s"),
        "rate_limit_fraction": lambda e: _rate_limit(5, 1, "2.4s"),
        "rate_limit_minutes": lambda e: _rate_limit(5, 1, "1m12.5s"),
        "rate_limit_header": lambda e: _rate_limit(5, 1, "12s", {"retry-after": "3"}),
        "rate_limit_header_ms": lambda e: _rate_limit(
            5, 1, "12s", {"retry-after": "3", "retry-after-ms": "1500"}
        ),
        "rate_limit_silent": lambda e: error(
            429, "Too many requests.", kind="requests", code="rate_limit_exceeded"
        ),
        "moderation_input": lambda e: _moderated("input"),
        "moderation_output": lambda e: _moderated("output"),
        "moderation_old": lambda e: _moderated(None),
        "insufficient_quota": lambda e: error(
            429, "You exceeded your current quota.", kind="insufficient_quota", code="insufficient_quota"
        ),
        "billing_hard_limit": lambda e: error(
            400,
            "Billing hard limit has been reached.",
            kind="billing_limit_user_error",
            code="billing_hard_limit_reached",
        ),
        "dead_model": lambda e: error(404, "The model does not exist.", code="model_not_found"),
        "dead_model_400": lambda e: error(400, "The model does not exist.", code="model_not_found"),
        "unauthorized": _unauthorized,
        "not_verified": lambda e: error(403, "Your organization must be verified to use this model."),
        "bad_request": lambda e: error(400, "Something in it is wrong.", code="invalid_value"),
    },
)
