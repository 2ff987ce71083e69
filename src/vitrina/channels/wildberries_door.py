"""How Wildberries is asked, and what it means by an answer that isn't good, in the errors of this room. Pure.

Three hosts with dialects of errors of their own, and the gateway before all of them with another one; so it is the status
that counts. Source: the marketplace's description of its API, December 2025.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from vitrina.channels.errors import (
    LATER_SECONDS,
    ChannelError,
    CredentialsRefused,
    NotOpen,
    NotThere,
    Refused,
    Throttled,
)
from vitrina.channels.platforms import Account
from vitrina.channels.wildberries_words import mapping, word
from vitrina.channels.wire import Answered, Judge
from vitrina.lib.rates import Rate

NAME = "Wildberries"
FEEDBACKS, CHATS, CONTENT = "feedbacks", "chats", "content"  # hosts
# A right's name in the seller's cabinet, by host.
RIGHTS = {FEEDBACKS: "Вопросы и отзывы", CHATS: "Чат с покупателями", CONTENT: "Контент"}

LONGEST_HOLD_SECONDS = 24 * 3600.0

LIST_OF_CARDS = "/content/v2/get/cards/list"
CARDS_OF_PAGE = 100  # the most that the list shows at once
# A hundred a minute over all methods of cards but the seldom ones, five at once; one place is left free, see wildberries.py.
CONTENT_RATE = Rate("content", per_minute=100, burst_seconds=4 * 0.6)

# What the marketplace is known to say. Other sentences of its own are not passed on: they may repeat what was sent.
REASONS = {
    "Invalid signature": "the chat's signature isn't valid",
    'Invalid value for "message"': "the message isn't valid",
    'Invalid value for "next"': "the place in the list isn't valid",
    "Invalid number": "a number isn't valid",
    "Неверный синтаксис JSON": "the request can't be read",
    "Плохой формат isAnswered": "a filter isn't valid",
    "Плохой формат dateFrom": "a date isn't valid",
    "Something went wrong": "it gives no reason",
}


def header_of(account: Account, prefix: str = "") -> dict[str, str]:
    """`prefix`: before the token, e.g. "Bearer "; a token that was given with one keeps it. Raises CredentialsRefused where
    the token can't be one."""
    token = account.credentials.get("token", "").strip()
    if not token or not token.isascii() or not token.isprintable():
        raise CredentialsRefused(f"What was given for {NAME} isn't a token.")
    return {"Authorization": token if " " in token else prefix + token}


def judge_of(host: str) -> Judge:
    return lambda answered: _judge(answered, host)


def _judge(answered: Answered, host: str) -> ChannelError | None:
    """By status alone: three dialects say the same in different words."""
    status = answered.status
    if status == 401:
        return CredentialsRefused(
            f"{NAME} doesn't accept the token: it is wrong, expired or withdrawn.", status=status
        )
    if status == 402:
        return NotOpen(
            f"{NAME} wants the service's balance filled up.", needs="balance", is_plan=True, status=status
        )
    if status == 403:
        right = RIGHTS[host]
        sentence = f"The token lacks the right «{right}»; make a new one with it."
        return NotOpen(sentence, needs=right, is_plan=False, status=status)
    if status in (404, 422):
        return NotThere(f"{NAME} doesn't know this one.", status=status)
    if status == 429:
        seconds = _retry_seconds(answered.headers)
        return Throttled(f"{NAME} asks to wait {seconds:.0f} s.", retry_after=seconds, status=status)
    if status in (400, 413):
        return Refused(f"{NAME} refused the request: {reason_of(answered.body)}.", status=status)
    return None


def _retry_seconds(headers: Mapping[str, str]) -> float:
    for name in ("x-ratelimit-retry", "x-ratelimit-reset", "retry-after"):
        try:
            seconds = float(headers.get(name, ""))
        except ValueError:
            continue
        if math.isfinite(seconds) and seconds >= 0:
            return min(seconds, LONGEST_HOLD_SECONDS)
    return LATER_SECONDS


def reason_of(body: Any) -> str:
    """The marketplace's, where it is one that is known to hold nobody's words."""
    said = mapping(body)
    for name in ("errorText", "detail", "error"):
        if reason := REASONS.get(word(said.get(name))):
            return reason
    return "it gives a reason that isn't passed on"
