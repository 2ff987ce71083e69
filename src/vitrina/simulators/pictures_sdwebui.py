"""Stable Diffusion WebUI's API: one picture at a time behind one lock, base64 without a prefix, `info` as JSON in a string.

Both kinds of refusals: those of the older program ({"error", "detail", "body", "errors"}) and Forge's ({"detail"}).
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import json
from typing import Any

from aiohttp import web

from vitrina.simulators.picture_services import Dialect, Exchange, Route, Turned, Wanted
from vitrina.simulators.pictures_drawn import Picture

LOADED = "loaded"
CHECKPOINTS = {"sd_xl_base_1.0": "31e35c80fc", "v1-5-pruned-emaonly": "6ce0161689", "flux1-dev": "0000000000"}
FIELDS = {
    "prompt", "negative_prompt", "styles", "seed", "subseed", "subseed_strength", "sampler_name", "scheduler",
    "batch_size", "n_iter", "steps", "cfg_scale", "distilled_cfg_scale", "width", "height", "denoising_strength",
    "override_settings", "override_settings_restore_afterwards", "init_images", "resize_mode", "send_images",
    "save_images", "enable_hr", "alwayson_scripts", "force_task_id",
}  # fmt: skip


def old_error(kind: str, words: str) -> web.Response:
    return web.json_response({"error": kind, "detail": "", "body": "", "errors": words}, status=500)


def detail(status: int, words: Any) -> web.Response:
    return web.json_response({"detail": words}, status=status)


async def _txt2img(exchange: Exchange) -> web.StreamResponse:
    return await _made(exchange, references=0)


async def _img2img(exchange: Exchange) -> web.StreamResponse:
    given = await exchange.request.json()
    pictures = given.get("init_images") or []
    if not pictures:
        raise Turned(detail(404, "Init image not found"))
    try:
        for picture in pictures:
            base64.b64decode(picture.partition(",")[2] or picture, validate=True)
    except (binascii.Error, ValueError):
        raise Turned(detail(500, "Invalid encoded image")) from None
    return await _made(exchange, references=len(pictures))


async def _made(exchange: Exchange, references: int) -> web.StreamResponse:
    given = await exchange.request.json()
    exchange.asked.body = given
    if unknown := given.keys() - FIELDS:
        raise Turned(detail(422, [{"loc": ["body", min(unknown)], "msg": "extra fields not permitted"}]))
    width, height = given.get("width", 512), given.get("height", 512)
    if width % 8 or height % 8:
        raise Turned(detail(422, [{"loc": ["body", "width"], "msg": "not a multiple of 8"}]))
    model = given.get("override_settings", {}).get("sd_model_checkpoint", LOADED)
    if model not in (LOADED, *CHECKPOINTS):
        raise Turned(old_error("RuntimeError", f"checkpoint {model} not found"))
    seed = given.get("seed", -1)
    seed = 1234 if seed == -1 else seed
    lock = exchange.standing.kept.setdefault("lock", asyncio.Lock())
    wanted = Wanted(given.get("prompt", ""), width, height, seed, model, references, "PNG")
    async with lock:  # the program has one, too: whoever comes waits
        drawn: Picture = await exchange.draw(wanted)
    name = next(iter(CHECKPOINTS)) if model == LOADED else model
    info = {
        "prompt": given.get("prompt", ""),
        "negative_prompt": given.get("negative_prompt", ""),
        "seed": seed,
        "all_seeds": [seed],
        "width": width,
        "height": height,
        "sampler_name": given.get("sampler_name") or "Euler",
        "cfg_scale": given.get("cfg_scale", 7.0),
        "steps": given.get("steps", 50),
        "sd_model_name": name,
        "sd_model_hash": CHECKPOINTS[name],
        "index_of_first_image": 0,
        "version": "simulated",
    }
    picture = base64.b64encode(drawn.data).decode()
    return web.json_response({"images": [picture], "parameters": given, "info": json.dumps(info)})


def _unauthorized(exchange: Exchange) -> web.Response:
    return detail(401, "Incorrect username or password")


DIALECT = Dialect(
    service="sdwebui",
    routes=(Route("POST", "/sdapi/v1/txt2img", _txt2img), Route("POST", "/sdapi/v1/img2img", _img2img)),
    throttled=lambda e, wait: detail(429, "Too many requests"),
    unauthorized=_unauthorized,
    faults={
        "nan": lambda e: old_error("NansException", "A tensor with all NaNs was produced in VAE."),
        "out_of_memory": lambda e: old_error("OutOfMemoryError", "CUDA out of memory."),
        "forge_error": lambda e: detail(500, "Something went wrong in the sampler"),
        "unauthorized": _unauthorized,
        "no_api": lambda e: detail(404, "Not Found"),
        "bad_request": lambda e: detail(422, [{"loc": ["body", "steps"], "msg": "not a number"}]),
    },
)
