"""Reading what servers send: bounded, defensive, never raising anything but a WireFault.

Rules learnt from real servers: an error may come under 200; codes are ints or strings, bodies objects or arrays;
blank and comment lines of a stream are liveness, not progress; usage may come in any chunk; `choices` may be null,
[] or missing; content may be null, a string or parts.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

import orjson

from vitrina.engine.core.faults import Fault, FaultKind, WireFault, codes_in, error_in, kind_of
from vitrina.engine.core.providers import Endpoint

MOST_BYTES = 10 * 1024 * 1024  # of one answer, after decompression
MOST_LINE_BYTES = 1024 * 1024
_DONE = b"[DONE]"


@dataclass(frozen=True)
class Usage:
    """Tokens as the provider counted them. `cost`: USD as the provider reported it, None where it doesn't."""

    prompt: int = 0
    completion: int = 0
    cached: int = 0
    cost: Decimal | None = None

    @property
    def total(self) -> int:
        return self.prompt + self.completion


@dataclass(frozen=True)
class Completion:
    """`usage` None: the server told nothing, so it must be estimated. `finish`: "stop", "length" …, "" if not told."""

    content: str
    finish: str = ""
    refusal: str = ""
    usage: Usage | None = None
    model: str = ""
    request_id: str = ""


def decode(body: bytes) -> Any:
    """JSON of a body. orjson refuses NaN, other encodings than UTF-8 and anything after the value."""
    try:
        return orjson.loads(body)
    except (orjson.JSONDecodeError, RecursionError) as error:
        raise WireFault(Fault(FaultKind.BAD_BODY, "The server's answer is not JSON.", status=200)) from error


def refusal(endpoint: Endpoint, status: int, headers: Mapping[str, str], body: bytes) -> Fault:
    """The fault that an answer other than 200 stands for."""
    try:
        decoded = decode(body) if body else None
    except WireFault:
        decoded = None
    return fault_of(endpoint, status, headers, error_in(decoded) or {})


def fault_of(endpoint: Endpoint, status: int, headers: Mapping[str, str], error: Mapping[str, Any]) -> Fault:
    codes, told = codes_in(error)
    if told and (status < 400 or told >= 400):
        status = told if status < 400 else status
    provider = endpoint.provider
    kind = kind_of(status, codes, statuses=provider.statuses, own_codes=provider.codes)
    if status < 300 and kind is FaultKind.BAD_BODY:
        kind = FaultKind.SERVER  # an error without a usable code under 200
    parameter = error.get("param")
    message = error.get("message")
    return Fault(
        kind,
        _sentence(kind, endpoint, status),
        status=status,
        retry_after=retry_after(headers, error),
        code=codes[0] if codes else "",
        parameter=parameter if isinstance(parameter, str) else "",
        message=message[:300] if isinstance(message, str) else "",
    )


def _sentence(kind: FaultKind, endpoint: Endpoint, status: int) -> str:
    name, setting = endpoint.name, endpoint.provider.key_setting or "the server's own settings"
    if 300 <= status < 400:
        return f"{name} answers with a redirect ({status}), which is never followed; correct its base URL (AI_BASE_URL or VITRINA_AI_PROVIDERS)."
    return {
        FaultKind.CONFIGURATION: f"{name} refuses the key or its rights ({status}); check {setting}.",
        FaultKind.CREDIT: f"The credit at {name} is spent ({status}); top it up or raise the limit of {setting}.",
        FaultKind.GONE: f"{name} doesn't have this model ({status}); change it in the route (VITRINA_AI_ROUTES, AI_MODEL).",
        FaultKind.RATE: f"{name} asks for fewer requests ({status}).",
        FaultKind.CONTEXT: f"The prompt is too long for this model of {name} ({status}).",
        FaultKind.REQUEST: f"{name} doesn't understand the request ({status}); check the route's model and its settings.",
        FaultKind.REFUSED: f"{name} refuses this content ({status}).",
        FaultKind.SERVER: f"{name} failed ({status}).",
        FaultKind.TIMEOUT: f"{name} gave up in time ({status}).",
        FaultKind.CONFLICT: f"{name} asks to repeat ({status}).",
    }.get(kind, f"{name} answered what the protocol doesn't know ({status}).")


def retry_after(headers: Mapping[str, str], error: Mapping[str, Any]) -> float | None:
    """Seconds the server asks to wait, from headers or the error's details; None if it doesn't say. Never negative."""
    milliseconds = _number(headers.get("retry-after-ms"))
    if milliseconds is not None:
        return milliseconds / 1000
    given = headers.get("retry-after")
    if given is not None:
        seconds = _number(given)
        if seconds is not None:
            return seconds
        from datetime import UTC, datetime
        from email.utils import parsedate_to_datetime

        try:
            moment = parsedate_to_datetime(given)
        except (ValueError, TypeError, IndexError, OverflowError):
            return None
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        return max(0.0, (moment - datetime.now(UTC)).total_seconds())
    details = error.get("details")
    if isinstance(details, list):
        for detail in details:
            delay = detail.get("retryDelay") if isinstance(detail, dict) else None
            if isinstance(delay, str):
                return _number(delay.removesuffix("s"))
    metadata = error.get("metadata")
    if isinstance(metadata, dict):
        return _number(metadata.get("retry_after_seconds"))
    return None


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if 0 <= number < 1e9 else None


def completion(endpoint: Endpoint, headers: Mapping[str, str], body: bytes) -> Completion:
    """A whole answer under 200."""
    if not body or body.isspace():
        raise WireFault(Fault(FaultKind.EMPTY, f"{endpoint.name} sent an empty answer.", status=200))
    decoded = decode(body)
    error = error_in(decoded)
    if error is not None:
        raise WireFault(fault_of(endpoint, 200, headers, error))
    if not isinstance(decoded, dict):
        raise _bad_body(endpoint)
    choices = decoded.get("choices")
    if not isinstance(choices, list) or not choices or not isinstance(choices[0], dict):
        raise _bad_body(endpoint)
    message = choices[0].get("message")
    if not isinstance(message, dict):
        raise _bad_body(endpoint)
    finish = choices[0].get("finish_reason")
    return Completion(
        content=_content(endpoint, message.get("content")),
        finish=finish if isinstance(finish, str) else "",
        refusal=_text(message.get("refusal")),
        usage=usage_in(decoded),
        model=_text(decoded.get("model"))[:200],
        request_id=(headers.get("x-request-id") or _text(decoded.get("id")))[:200],
    )


def _bad_body(endpoint: Endpoint) -> WireFault:
    return WireFault(
        Fault(
            FaultKind.BAD_BODY,
            f"{endpoint.name} sent an answer without the parts that the protocol promises.",
            status=200,
        )
    )


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _content(endpoint: Endpoint, content: object) -> str:
    if content is None:
        return ""
    if isinstance(content, str):
        return content
    if isinstance(content, list):
        return "".join(_text(part.get("text")) for part in content if isinstance(part, dict))
    raise _bad_body(endpoint)


def _count(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**31 else 0


def usage_in(body: Mapping[str, Any]) -> Usage | None:
    given = body.get("usage")
    if not isinstance(given, dict):
        return None
    details = given.get("prompt_tokens_details")
    cached = _count(details.get("cached_tokens")) if isinstance(details, dict) else 0
    prompt, spoken = _count(given.get("prompt_tokens")), _count(given.get("completion_tokens"))
    if not prompt and not spoken:
        prompt = _count(given.get("total_tokens"))
        if not prompt:
            return None
    return Usage(
        prompt, spoken, cached or _count(given.get("prompt_cache_hit_tokens")), _cost(given.get("cost"))
    )


def _cost(value: object) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        cost = Decimal(str(value))
    except InvalidOperation:
        return None
    return cost if cost.is_finite() and 0 <= cost < 1_000_000 else None


class Decompressor:
    """gzip and deflate in bounded pieces, so that a bomb costs no more than `most` bytes."""

    def __init__(self, encoding: str, most: int = MOST_BYTES) -> None:
        self._left = most
        self._object = None
        if encoding in ("gzip", "deflate", "x-gzip"):
            self._object = zlib.decompressobj(wbits=47 if "gzip" in encoding else 15)
        elif encoding not in ("", "identity"):
            raise WireFault(
                Fault(
                    FaultKind.BAD_BODY,
                    f"The server packed its answer as {encoding[:20]!r}, which was not asked for.",
                )
            )

    def feed(self, data: bytes) -> bytes:
        if self._object is None:
            plain = data
        else:
            try:
                plain = self._object.decompress(data, self._left + 1)
            except zlib.error as error:
                raise WireFault(
                    Fault(FaultKind.BAD_BODY, "The server's answer is packed wrongly.")
                ) from error
        self._left -= len(plain)
        if self._left < 0 or (self._object is not None and self._object.unconsumed_tail):
            raise WireFault(
                Fault(
                    FaultKind.TOO_LARGE,
                    f"The answer is larger than {MOST_BYTES // 1024 // 1024} MB; reading was stopped.",
                )
            )
        return plain


@dataclass
class StreamReader:
    """A stream of chat.completion.chunk events, fed with bytes as they come.

    `feed` returns whether something real arrived: comments and blank lines are liveness only.
    """

    endpoint: Endpoint
    headers: Mapping[str, str]
    parts: list[str] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)
    finish: str = ""
    usage: Usage | None = None
    model: str = ""
    request_id: str = ""
    is_done: bool = False
    _rest: bytes = b""
    _held: bytes = b""

    @property
    def content(self) -> str:
        return "".join(self.parts)

    def feed(self, data: bytes) -> bool:
        lines = (self._rest + data).split(b"\n") if self._rest else data.split(b"\n")
        self._rest = lines.pop()
        if len(self._rest) > MOST_LINE_BYTES:
            raise WireFault(
                Fault(FaultKind.TOO_LARGE, "A line of the stream is larger than 1 MB; reading was stopped.")
            )
        real = False
        for line in lines:
            if line.startswith(b"data:"):
                real = self._event(line[5:].strip()) or real
            elif self._held and line in (b"", b"\r"):
                raise WireFault(
                    Fault(
                        FaultKind.BAD_BODY,
                        f"{self.endpoint.name} sent an event that is not JSON.",
                        status=200,
                    )
                )
        return real

    def end(self) -> None:
        """The stream is over. Raises if it broke off before the answer was whole."""
        if self._rest.startswith(b"data:"):
            self._event(self._rest[5:].strip())
        if self._held or not (self.is_done or self.finish):
            raise WireFault(
                Fault(
                    FaultKind.CONNECTION,
                    f"The stream of {self.endpoint.name} broke off before its end.",
                    status=200,
                )
            )

    def completion(self) -> Completion:
        return Completion(
            self.content,
            self.finish,
            "".join(self.refusals),
            self.usage,
            self.model,
            self.headers.get("x-request-id", self.request_id)[:200],
        )

    def _event(self, data: bytes) -> bool:
        if self._held:
            data = self._held + b"\n" + data
        if not data:
            return False
        if data == _DONE:
            self.is_done = True
            return True
        try:
            event = orjson.loads(data)
        except orjson.JSONDecodeError:
            # By the letter of event streams one event may span several data lines.
            if len(data) > MOST_LINE_BYTES:
                raise WireFault(
                    Fault(
                        FaultKind.TOO_LARGE,
                        "An event of the stream is larger than 1 MB; reading was stopped.",
                    )
                ) from None
            self._held = data
            return False
        self._held = b""
        if not isinstance(event, dict) or "error" in event:
            error = error_in(event)
            if error is not None:
                raise WireFault(fault_of(self.endpoint, 200, self.headers, error))
            if not isinstance(event, dict):
                raise _bad_body(self.endpoint)
        if event.get("usage") is not None:
            self.usage = usage_in(event) or self.usage
        choices = event.get("choices")
        if not self.model:
            self.model = _text(event.get("model"))[:200]
            self.request_id = _text(event.get("id"))
        if not choices:
            return True
        if not isinstance(choices, list) or not isinstance(choices[0], dict):
            raise _bad_body(self.endpoint)
        choice = choices[0]
        finish = choice.get("finish_reason")
        if isinstance(finish, str):
            self.finish = finish
        delta = choice.get("delta")
        if isinstance(delta, dict):
            content = delta.get("content")
            if content:
                self.parts.append(content if isinstance(content, str) else _content(self.endpoint, content))
            if delta.get("refusal"):
                self.refusals.append(_text(delta["refusal"]))
        return True


def embeddings(
    endpoint: Endpoint, headers: Mapping[str, str], body: bytes, count: int
) -> tuple[list[list[float]], Usage | None]:
    """Vectors in the order of the inputs, all of one length."""
    decoded = decode(body)
    error = error_in(decoded)
    if error is not None:
        raise WireFault(fault_of(endpoint, 200, headers, error))
    data = decoded.get("data") if isinstance(decoded, dict) else None
    if not isinstance(data, list) or len(data) != count:
        raise _bad_body(endpoint)
    vectors: list[list[float] | None] = [None] * count
    for place, item in enumerate(data):
        vector = item.get("embedding") if isinstance(item, dict) else None
        index = item.get("index", place) if isinstance(item, dict) else -1
        if not isinstance(vector, list) or not vector or not isinstance(index, int) or not 0 <= index < count:
            raise _bad_body(endpoint)
        if not all(isinstance(number, int | float) and not isinstance(number, bool) for number in vector):
            raise _bad_body(endpoint)
        vectors[index] = [float(number) for number in vector]
    found = [vector for vector in vectors if vector is not None]
    if len(found) != count or len({len(vector) for vector in found}) != 1:
        raise _bad_body(endpoint)
    return found, usage_in(decoded)
