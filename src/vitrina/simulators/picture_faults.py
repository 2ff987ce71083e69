"""What may go wrong at any picture service: before it draws, in what it draws, and on the way of its answer."""

from __future__ import annotations

import asyncio
import os
import zlib
from collections.abc import Awaitable, Callable

from aiohttp import web

from vitrina.simulators import pictures_drawn
from vitrina.simulators.pictures_drawn import Picture

METADATA_URL = "http://169.254.169.254/latest/meta-data/"  # where a redirect must never lead
_BEYOND = 200 * 1024**2  # bytes; nobody reads so much

# --- Before anything is drawn ------------------------------------------------------------------------------


async def _error_1033(request: web.Request) -> web.StreamResponse:
    """What stands before a service whose own server is away."""
    return web.Response(status=530, text="error code: 1033")


async def _unavailable_html(request: web.Request) -> web.StreamResponse:
    return web.Response(
        status=503,
        text="<html><body><h1>503 Service Unavailable</h1></body></html>",
        content_type="text/html",
    )


async def _hang(request: web.Request) -> web.StreamResponse:
    """No answer at all, until the client gives up."""
    await asyncio.Event().wait()
    raise AssertionError("unreachable")


async def _reset(request: web.Request) -> web.StreamResponse:
    _cut(request)
    raise asyncio.CancelledError


async def _redirect(request: web.Request) -> web.StreamResponse:
    return web.Response(status=302, headers={"Location": METADATA_URL})


BEFORE: dict[str, Callable[[web.Request], Awaitable[web.StreamResponse]]] = {
    "error_1033": _error_1033,
    "unavailable_html": _unavailable_html,
    "hang": _hang,
    "reset": _reset,
    "redirect": _redirect,
}

# --- In what is drawn: a status of 200, and no picture that anybody wants ----------------------------------

TRAPS = {
    "placeholder": "the one picture that stands for «too many requests»",
    "json_as_picture": "a JSON error where the bytes of a picture should be",
    "truncated": "half of a JPEG",
    "black": "all black",
    "wrong_size": "half as wide and high as asked for",
    "noise_bytes": "random bytes",
}


def trapped(name: str, width: int, height: int, prompt: str) -> Picture:
    if name == "placeholder":
        return pictures_drawn.placeholder()
    if name == "black":
        return pictures_drawn.black(width, height)
    if name == "wrong_size":
        return pictures_drawn.drawn(prompt, max(1, width // 2), max(1, height // 2), 0)
    if name == "json_as_picture":
        return Picture(b'{"error":"Too Many Requests","message":"Queue full"}', "image/jpeg", 0, 0)
    if name == "noise_bytes":
        return Picture(b"\x00\x01" + os.urandom(20_000), "image/png", 0, 0)
    whole = pictures_drawn.drawn(prompt, width, height, 0)
    return Picture(whole.data[: len(whole.data) // 2], whole.media_type, width, height)


# --- On the way of the answer: the picture is drawn and paid for -------------------------------------------


async def _lost(request: web.Request, response: web.Response) -> web.StreamResponse:
    _cut(request)
    raise asyncio.CancelledError


async def _half(request: web.Request, response: web.Response) -> web.StreamResponse:
    """A Content-Length that promises more than comes."""
    body = _bytes(response)
    cut = web.StreamResponse(
        status=response.status,
        headers={"Content-Type": response.content_type, "Content-Length": str(len(body))},
    )
    await cut.prepare(request)
    await cut.write(body[: len(body) // 2])
    _cut(request)
    return cut


async def _empty(request: web.Request, response: web.Response) -> web.StreamResponse:
    return web.Response(status=200, body=b"", content_type=response.content_type)


async def _html(request: web.Request, response: web.Response) -> web.StreamResponse:
    return web.Response(
        status=200, text="<html><title>Just a moment…</title></html>", content_type="text/html"
    )


async def _json(request: web.Request, response: web.Response) -> web.StreamResponse:
    """What a careless client saves as a .png."""
    return web.json_response(
        {"error": "Too Many Requests", "message": "Rate limit reached, try again later."}
    )


async def _wrong_envelope(request: web.Request, response: web.Response) -> web.StreamResponse:
    """JSON of the right status whose every part is of another type."""
    return web.json_response(
        {
            "data": [{"b64_json": 17}],
            "candidates": "none",
            "images": [None],
            "image": {},
            "usage": "many",
            "id": [],
        }
    )


async def _deep(request: web.Request, response: web.Response) -> web.StreamResponse:
    return web.Response(status=200, body=b"[" * 100_000, content_type="application/json")


async def _huge(request: web.Request, response: web.Response) -> web.StreamResponse:
    stream = web.StreamResponse(headers={"Content-Type": response.content_type})
    await stream.prepare(request)
    piece = b" " * 1024**2
    for _ in range(_BEYOND // len(piece)):
        await stream.write(piece)
    return stream


async def _gzip_bomb(request: web.Request, response: web.Response) -> web.StreamResponse:
    packer = zlib.compressobj(9, wbits=31)
    stream = web.StreamResponse(headers={"Content-Type": response.content_type, "Content-Encoding": "gzip"})
    await stream.prepare(request)
    for _ in range(_BEYOND // 1024**2):
        if packed := packer.compress(b" " * 1024**2):
            await stream.write(packed)
    await stream.write(packer.flush())
    return stream


async def _drip(request: web.Request, response: web.Response) -> web.StreamResponse:
    """One byte a second."""
    stream = web.StreamResponse(headers={"Content-Type": response.content_type})
    await stream.prepare(request)
    for byte in _bytes(response):
        await stream.write(bytes([byte]))
        await asyncio.sleep(1)
    return stream


AFTER: dict[str, Callable[[web.Request, web.Response], Awaitable[web.StreamResponse]]] = {
    "lost": _lost,
    "half": _half,
    "empty": _empty,
    "html": _html,
    "json": _json,
    "wrong_envelope": _wrong_envelope,
    "deep": _deep,
    "huge": _huge,
    "gzip_bomb": _gzip_bomb,
    "drip": _drip,
}


def _bytes(response: web.Response) -> bytes:
    return bytes(response.body) if isinstance(response.body, bytes | bytearray) else b""


def _cut(request: web.Request) -> None:
    if request.transport is not None:
        request.transport.abort()
