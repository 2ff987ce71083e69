"""Gemini's `generateContent` for pictures, as Google's SDK of August 2026 has it. Status 200 without a picture is usual."""

from __future__ import annotations

import base64
import json
import time
import uuid
from typing import Any

from aiohttp import web

from vitrina.simulators.picture_services import Dialect, Exchange, Route, Turned, Wanted
from vitrina.simulators.pictures_openrouter import LONG_SIDES, RATIOS, sides

MODELS = {"gemini-nano-banana-2.1": True, "gemini-3-pro-image": True, "gemini-2.5-flash-image": False}
DRAWN_TOKENS = {"1K": 1120, "2K": 1680, "4K": 2520}


def error(status: int, code: str, message: str, details: list[dict[str, Any]] | None = None) -> web.Response:
    body: dict[str, Any] = {"code": status, "message": message, "status": code}
    if details:
        body["details"] = details
    return web.json_response({"error": body}, status=status)


async def _generate(exchange: Exchange) -> web.StreamResponse:
    model, _colon, verb = exchange.request.match_info["call"].partition(":")
    try:
        given = await exchange.request.json()
    except json.JSONDecodeError:
        raise Turned(error(400, "INVALID_ARGUMENT", "Invalid JSON payload received.")) from None
    exchange.asked.body = given
    if model not in MODELS or verb != "generateContent":
        raise Turned(error(404, "NOT_FOUND", f"models/{model} is not found."))
    if unknown := given.keys() - {"contents", "generationConfig", "safetySettings"}:
        raise Turned(_unknown(min(unknown)))
    settings = given.get("generationConfig", {})
    if unknown := settings.keys() - {"responseModalities", "imageConfig", "seed"}:
        raise Turned(_unknown(min(unknown)))
    wanted_picture = settings.get("imageConfig", {})
    if unknown := wanted_picture.keys() - {"aspectRatio", "imageSize"}:
        raise Turned(_unknown(min(unknown)))
    ratio, size = wanted_picture.get("aspectRatio", "1:1"), wanted_picture.get("imageSize", "1K")
    if (
        ratio not in RATIOS
        or size not in DRAWN_TOKENS
        or ("imageSize" in wanted_picture and not MODELS[model])
    ):
        raise Turned(error(400, "INVALID_ARGUMENT", "Invalid image config."))
    parts = given["contents"][0]["parts"]
    prompt = " ".join(part["text"] for part in parts if "text" in part)
    references = [base64.b64decode(part["inlineData"]["data"]) for part in parts if "inlineData" in part]
    width, height = sides(ratio, LONG_SIDES[size])
    picture = await exchange.draw(
        Wanted(prompt, width, height, time.time_ns(), model, len(references), "PNG")
    )
    drawn = {"inlineData": {"mimeType": picture.media_type, "data": base64.b64encode(picture.data).decode()}}
    content = {"role": "model", "parts": [{"text": "Here it is."}, drawn]}
    return _said(
        model, {"candidates": [{"content": content, "finishReason": "STOP", "index": 0}]}, prompt, size
    )


def _said(model: str, more: dict[str, Any], prompt: str = "", size: str = "1K") -> web.Response:
    given, drawn = len(prompt) // 4 + 1, DRAWN_TOKENS[size]
    usage = {
        "promptTokenCount": given,
        "candidatesTokenCount": drawn,
        "totalTokenCount": given + drawn,
        "promptTokensDetails": [{"modality": "TEXT", "tokenCount": given}],
        "candidatesTokensDetails": [{"modality": "IMAGE", "tokenCount": drawn}],
    }
    told = {"usageMetadata": usage, "modelVersion": model, "responseId": uuid.uuid4().hex}
    return web.json_response(more | told)


def _unknown(field: str) -> web.Response:
    return error(
        400, "INVALID_ARGUMENT", f'Invalid JSON payload received. Unknown name "{field}": Cannot find field.'
    )


def _without(reason: str) -> web.Response:
    """Status 200, a candidate, no picture."""
    return _said(
        "gemini-nano-banana-2.1",
        {"candidates": [{"content": {"parts": []}, "finishReason": reason, "index": 0}]},
    )


def _unauthorized(exchange: Exchange) -> web.Response:
    info = {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "API_KEY_INVALID"}
    words = f"API key not valid: {key_of(exchange.request)}. Please pass a valid API key."
    return error(400, "INVALID_ARGUMENT", words, [info])


def key_of(request: web.Request) -> str:
    return request.headers.get("x-goog-api-key", "")


def _exhausted(exchange: Exchange, wait: float) -> web.Response:
    info = {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": f"{wait:.3f}s"}
    return error(429, "RESOURCE_EXHAUSTED", "You exceeded your current quota.", [info])


DIALECT = Dialect(
    service="gemini",
    routes=(Route("POST", "/v1beta/models/{call}", _generate),),
    throttled=_exhausted,
    unauthorized=_unauthorized,
    key_of=key_of,
    faults={
        "server_error": lambda e: error(500, "INTERNAL", "An internal error has occurred."),
        "unavailable": lambda e: error(503, "UNAVAILABLE", "The model is overloaded."),
        "rate_limit": lambda e: _exhausted(e, 34.074),
        "rate_limit_silent": lambda e: error(429, "RESOURCE_EXHAUSTED", "Resource has been exhausted."),
        "no_image": lambda e: _without("NO_IMAGE"),
        "image_other": lambda e: _without("IMAGE_OTHER"),
        "image_safety": lambda e: _without("IMAGE_SAFETY"),
        "image_prohibited": lambda e: _without("IMAGE_PROHIBITED_CONTENT"),
        "image_recitation": lambda e: _without("IMAGE_RECITATION"),
        "prohibited": lambda e: _without("PROHIBITED_CONTENT"),
        "blocked_prompt": lambda e: _said(
            "gemini-nano-banana-2.1", {"promptFeedback": {"blockReason": "SAFETY"}}
        ),
        "dead_model": lambda e: error(404, "NOT_FOUND", "models/x is not found for API version v1beta."),
        "unauthorized": _unauthorized,
        "forbidden": lambda e: error(403, "PERMISSION_DENIED", "The caller does not have permission."),
        "no_billing": lambda e: error(400, "FAILED_PRECONDITION", "Enable billing for this project."),
        "bad_request": lambda e: error(400, "INVALID_ARGUMENT", "Something in it is wrong."),
        "array": lambda e: web.json_response(
            [{"error": {"code": 503, "message": "Overloaded.", "status": "UNAVAILABLE"}}], status=503
        ),
    },
)
