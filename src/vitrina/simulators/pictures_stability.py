"""Stability's v2beta: forms only, proportions in place of a size, JSON or bytes as asked for."""

from __future__ import annotations

import base64
import uuid

from aiohttp import web

from vitrina.simulators.picture_services import Dialect, Exchange, Route, Turned, Wanted

PIXELS = {
    "16:9": (1344, 768), "1:1": (1024, 1024), "21:9": (1536, 640), "2:3": (832, 1216), "3:2": (1216, 832),
    "4:5": (896, 1088), "5:4": (1088, 896), "9:16": (768, 1344), "9:21": (640, 1536),
}  # fmt: skip
SD3 = {"sd3.5-large", "sd3.5-large-turbo", "sd3.5-medium"}
COMMON = {"prompt", "negative_prompt", "aspect_ratio", "seed", "output_format", "style_preset"}
MOST_SEED = 4294967294


def error(status: int, name: str, *words: str, headers: dict[str, str] | None = None) -> web.Response:
    body = {"id": uuid.uuid4().hex, "name": name, "errors": list(words)}
    return web.json_response(body, status=status, headers=headers)


async def _generate(exchange: Exchange) -> web.StreamResponse:
    kind = exchange.request.match_info["kind"]
    if exchange.request.content_type != "multipart/form-data":
        raise Turned(error(400, "bad_request", "content-type: must be multipart/form-data"))
    form = await exchange.request.post()
    given = {name: value for name, value in form.items() if isinstance(value, str)}
    pictures = [value for value in form.values() if isinstance(value, web.FileField)]
    exchange.asked.body = given
    known = COMMON | ({"model", "mode", "strength", "cfg_scale", "image"} if kind == "sd3" else set())
    if kind not in ("core", "ultra", "sd3"):
        raise Turned(error(404, "not_found", "no such route"))
    if unknown := form.keys() - known:
        raise Turned(error(400, "bad_request", f"{min(unknown)}: is not allowed"))
    seed, prompt = int(given.get("seed", "0")), given.get("prompt", "")
    if not 1 <= len(prompt) <= 10_000 or not 0 <= seed <= MOST_SEED:
        raise Turned(error(400, "bad_request", "prompt or seed: out of range"))
    model = given.get("model", "sd3.5-large") if kind == "sd3" else kind
    if kind == "sd3" and model not in SD3:
        raise Turned(error(400, "bad_request", f"model: {model} is not known"))
    if "turbo" in model and "negative_prompt" in given:
        raise Turned(error(400, "bad_request", "negative_prompt: is not taken by this model"))
    size = _size(given, pictures)
    drawn = await exchange.draw(
        Wanted(prompt, *size, seed or 7, model, len(pictures), given.get("output_format", "png").upper())
    )
    if "application/json" not in exchange.request.headers.get("Accept", ""):
        return web.Response(body=drawn.data, content_type=drawn.media_type, headers={"seed": str(seed)})
    picture = base64.b64encode(drawn.data).decode()
    return web.json_response({"image": picture, "finish_reason": "SUCCESS", "seed": seed or 7})


def _size(given: dict[str, str], pictures: list[web.FileField]) -> tuple[int, int]:
    ratio = given.get("aspect_ratio", "1:1")
    if ratio not in PIXELS:
        raise Turned(error(400, "bad_request", f"aspect_ratio: {ratio} is not known"))
    if given.get("mode") == "image-to-image":
        if "aspect_ratio" in given or len(pictures) != 1 or not 0 <= float(given.get("strength", "-1")) <= 1:
            raise Turned(
                error(400, "bad_request", "image-to-image: an image and a strength, no aspect_ratio")
            )
        return 1216, 832  # about the proportions of what tests give along
    if pictures:
        raise Turned(error(400, "bad_request", "image: only with mode image-to-image"))
    return PIXELS[ratio]


def key_of(request: web.Request) -> str:
    return request.headers.get("Authorization", "").removeprefix("Bearer ")


def _unauthorized(exchange: Exchange) -> web.Response:
    return error(401, "unauthorized", f"{key_of(exchange.request)} is no valid key")


def _throttled(exchange: Exchange, wait: float) -> web.Response:
    words = "You have exceeded your rate limit of 150 requests in 10 seconds."
    return error(429, "rate_limit_exceeded", words, headers={"Retry-After": str(int(wait) + 1)})


DIALECT = Dialect(
    service="stability",
    routes=(Route("POST", "/v2beta/stable-image/generate/{kind}", _generate),),
    throttled=_throttled,
    unauthorized=_unauthorized,
    key_of=key_of,
    faults={
        "server_error": lambda e: error(500, "internal_error", "An unexpected error occurred."),
        "moderation": lambda e: error(
            403, "content_moderation", "Your request was flagged by our content moderation system."
        ),
        "filtered": lambda e: web.json_response(
            {"image": "", "finish_reason": "CONTENT_FILTERED", "seed": 7}
        ),
        "credits": lambda e: error(402, "payment_required", "You lack sufficient credits."),
        "rate_limit": lambda e: _throttled(e, 59),
        "unauthorized": _unauthorized,
        "wrong_content_type": lambda e: error(
            400, "bad_request", "content-type: must be multipart/form-data"
        ),
        "language": lambda e: error(422, "invalid_language", "English is the only supported language."),
        "too_large": lambda e: error(413, "payload_too_large", "The request is larger than 10MiB."),
        "dead_model": lambda e: error(404, "not_found", "no such route"),
    },
)
