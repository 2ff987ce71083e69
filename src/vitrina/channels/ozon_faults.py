"""What Ozon means by an answer that isn't good, in the errors of this room. Pure.

Ozon documents its messages but not the statuses that come with some of them (the limit of requests among these),
and one status, 403, stands for a bad key, a missing right and a missing plan. So a known message counts first, then
the status, then the code of the body, which is gRPC's. Source: the API's description of April 2026.
"""

from __future__ import annotations

import re
from typing import Any

from vitrina.channels.errors import (
    ChannelError,
    CredentialsRefused,
    InDoubt,
    NotOpen,
    NotThere,
    Refused,
    Throttled,
    Unavailable,
)
from vitrina.channels.ozon_words import number_of
from vitrina.channels.wire import Answered

SECOND = 1.0
CIRCLE_SECONDS = 300.0  # «Circle is open»: the method is shut for minutes, how many isn't told
_MOST_QUOTED = 200

# The plan that opens what lies behind a path. Ozon sells the reviews apart from the plans as well.
PLANS = {"/v1/review/": "Premium Pro", "/v1/question/": "Premium Plus", "/": "Premium Plus"}
# What no plan is needed for: where it is shut, the key lacks the right.
WITHOUT_PLAN = ("/v1/product/", "/v3/product/", "/v4/product/", "/v1/description-category/")

_CREDENTIALS = {
    "invalid api-key": "Ozon doesn't know this pair of client ID and API key; give them anew.",
    "api-key is deactivated": "The API key is deactivated at Ozon; make a new one there.",
    "restricted to specific ip": "The API key may be used from certain addresses only, and this server's isn't among them.",
    "client-id and api-key headers are required": "Ozon wants a client ID and an API key; one of them is empty.",
}
# gRPC's codes, which speak where the status is one of the general ones.
_STATUS_OF_CODE = {3: 400, 5: 404, 6: 409, 7: 403, 8: 429, 9: 400, 10: 409, 16: 401}


def fault_of(answered: Answered, *, path: str, sends: bool, text: str = "") -> ChannelError | None:
    """None: the status alone decides. `text`: what was sent; Ozon's words aren't quoted where they repeat it."""
    body: dict[str, Any] = answered.body if isinstance(answered.body, dict) else {}
    message = body.get("message")
    told = message if isinstance(message, str) else ""
    status = answered.status
    if known := _known(told.lower(), path, status):
        return known
    if status < 500:
        # Of a 5xx the code would say the same, but nobody saw what became of what was sent.
        code = number_of(body.get("code")) or 0
        status = _STATUS_OF_CODE.get(code, status) if status == 400 else status
    if status == 401:
        return CredentialsRefused("Ozon refuses the client ID or the API key.", status=answered.status)
    if status == 403 and path.startswith(WITHOUT_PLAN):
        return _lacks(path, answered.status)
    if status == 403:
        plan = plan_of(path)
        return NotOpen(
            f"Ozon doesn't open this to the shop; its plan «{plan}» does.",
            needs=plan,
            is_plan=True,
            status=answered.status,
        )
    if status == 404:
        return NotThere("Ozon has nothing under this number (any more).", status=answered.status)
    if status == 409:
        # Two at once, or the same a second time: if that was an answer, it may stand there.
        if sends:
            return InDoubt("Ozon says that something like it is there already; it is looked up first.")
        return Unavailable("Ozon was at the same thing already (status 409).", status=answered.status)
    if status == 429:
        return Throttled(
            "Ozon wants fewer requests.", retry_after=_retry_after(answered), status=answered.status
        )
    if status in (400, 422):
        return Refused(f"Ozon doesn't take this{_quoted(told, text)}.", status=answered.status)
    return None


def plan_of(path: str) -> str:
    return next(plan for start, plan in PLANS.items() if path.startswith(start))


def _known(told: str, path: str, status: int) -> ChannelError | None:
    for words, sentence in _CREDENTIALS.items():
        if words in told:
            return CredentialsRefused(sentence, status=status)
    if "missing a required role" in told:
        return _lacks(path, status)
    if "request rate limit per second" in told:
        return Throttled("Ozon's limit of requests per second is reached.", retry_after=SECOND, status=status)
    if "circle is open" in told:
        return Unavailable(
            "Ozon has shut this method for some minutes.", retry_after=CIRCLE_SECONDS, status=status
        )
    return None


def _lacks(path: str, status: int) -> NotOpen:
    return NotOpen(
        f"The API key doesn't carry the right to «{path}»; make one at Ozon that does.",
        needs=path,
        is_plan=False,
        status=status,
    )


def _retry_after(answered: Answered) -> float:
    """`Item-Retry-After` counts minutes."""
    try:
        return max(float(answered.headers.get("item-retry-after", "")) * 60, SECOND)
    except ValueError:
        return SECOND


def _quoted(told: str, text: str) -> str:
    """Ozon's reason, unless it carries a word or a piece of what was written to a buyer."""
    told, sent = " ".join(told.split()), " ".join(text.split()).casefold()
    pieces = {sent[start : start + 12] for start in range(0, max(len(sent) - 11, 1), 4)}
    pieces |= set(re.findall(r"\w{4,}", sent))
    if not told or any(piece and piece in told.casefold() for piece in pieces):
        return ""
    return f": {told[:_MOST_QUOTED]}"
