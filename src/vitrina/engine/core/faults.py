"""What went wrong in one attempt, by type and status and never by words in a message."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class FaultKind(StrEnum):
    TIMEOUT = "timeout"
    CONNECTION = "connection"
    SERVER = "server"  # 5xx
    CONFLICT = "conflict"  # 409, 425: the same again may pass
    RATE = "rate"  # too many for now
    CREDIT = "credit"  # money is spent; a person must act
    GONE = "gone"  # the model is not there
    CONTEXT = "context"  # the prompt is too long for this model
    REFUSED = "refused"  # the model or its moderation will not answer this
    CONFIGURATION = "configuration"  # key, address, rights
    REQUEST = "request"  # 400: our request is not understood
    BAD_BODY = "bad_body"  # not what the protocol promises
    TOO_LARGE = "too_large"
    EMPTY = "empty"
    TRUNCATED = "truncated"  # the output limit cut the answer
    INVALID = "invalid"  # the answer breaks the schema
    BREAKER_OPEN = "breaker_open"
    LIMIT = "limit"  # one of our own limits


@dataclass(frozen=True)
class Fault:
    """`status`: the HTTP status, 0 where none came. `retry_after`: seconds the server asked for.

    `code` and `parameter`: as the server named them. `message`: the server's words, shortened, for the operator.
    """

    kind: FaultKind
    sentence: str
    status: int = 0
    retry_after: float | None = None
    code: str = ""
    parameter: str = ""
    message: str = ""


class WireFault(Exception):
    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.sentence)
        self.fault = fault


# Codes and types that servers of this protocol use (OpenAI, llama.cpp, Google; 2026).
CODES: Mapping[str, FaultKind] = {
    "insufficient_quota": FaultKind.CREDIT,
    "billing_hard_limit_reached": FaultKind.CREDIT,
    "rate_limit_exceeded": FaultKind.RATE,
    "resource_exhausted": FaultKind.RATE,
    "throttling_error": FaultKind.RATE,
    "context_length_exceeded": FaultKind.CONTEXT,
    "exceed_context_size_error": FaultKind.CONTEXT,
    "model_not_found": FaultKind.GONE,
    "invalid_api_key": FaultKind.CONFIGURATION,
    "authentication_error": FaultKind.CONFIGURATION,
    "permission_denied": FaultKind.CONFIGURATION,
    "unauthenticated": FaultKind.CONFIGURATION,
    "content_filter": FaultKind.REFUSED,
    "content_policy_violation": FaultKind.REFUSED,
    "unavailable_error": FaultKind.SERVER,
    "unavailable": FaultKind.SERVER,
    "server_error": FaultKind.SERVER,
    "internal": FaultKind.SERVER,
    "not_supported_error": FaultKind.GONE,
}

STATUSES: Mapping[int, FaultKind] = {
    400: FaultKind.REQUEST,
    401: FaultKind.CONFIGURATION,
    402: FaultKind.CREDIT,
    403: FaultKind.CONFIGURATION,
    404: FaultKind.GONE,
    405: FaultKind.CONFIGURATION,
    408: FaultKind.TIMEOUT,
    409: FaultKind.CONFLICT,
    410: FaultKind.GONE,
    413: FaultKind.CONTEXT,
    422: FaultKind.REQUEST,
    425: FaultKind.CONFLICT,
    429: FaultKind.RATE,
    501: FaultKind.GONE,
}


def kind_of(
    status: int,
    codes: tuple[str, ...],
    *,
    statuses: Mapping[int, FaultKind],
    own_codes: Mapping[str, FaultKind],
) -> FaultKind:
    """The class of a refusal: the provider's own codes first, then the usual codes, then the status."""
    for code in codes:
        if code in own_codes:
            return own_codes[code]
    for code in codes:
        if code in CODES:
            return CODES[code]
    if status in statuses:
        return statuses[status]
    if status in STATUSES:
        return STATUSES[status]
    if 300 <= status < 400:
        return FaultKind.CONFIGURATION
    if 400 <= status < 500:
        return FaultKind.REQUEST
    if status >= 500:
        return FaultKind.SERVER
    return FaultKind.BAD_BODY


def error_in(body: object) -> Mapping[str, Any] | None:
    """The error object of a body, whether it is an object, an array (Google) or a bare sentence; None if there is none."""
    if isinstance(body, list):
        for item in body:
            if (found := error_in(item)) is not None:
                return found
        return None
    if not isinstance(body, dict):
        return None
    error = body.get("error")
    if isinstance(error, dict):
        return error
    if isinstance(error, list) and error:
        return error_in({"error": error[0]})
    if isinstance(error, str) and error:
        return {"message": error}
    if body.get("object") == "error":  # older vLLM
        return body
    return None


def codes_in(error: Mapping[str, Any]) -> tuple[tuple[str, ...], int]:
    """The error's codes in lower case, the most telling first, and a status if one of them is a number of that range."""
    codes: list[str] = []
    status = 0
    metadata = error.get("metadata")
    candidates = [metadata.get("limit_source") if isinstance(metadata, dict) else None]
    candidates += [error.get("code"), error.get("type"), error.get("status")]
    for value in candidates:
        if isinstance(value, bool) or value is None:
            continue
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        text = str(value).strip().lower()[:80]
        # isdecimal() also holds for digits of other scripts, which int() reads as well
        if text.isdecimal() and len(text) == 3 and 300 <= int(text) < 600:
            status = status or int(text)
        elif text:
            codes.append(text)
    return tuple(codes), status
