"""Gemini's pictures by `generateContent` (Google's SDK, commit 6680718 of August 2026; models and prices of October 2026).

Status 200 without a picture is nothing unusual here: the reason stands in `finishReason`, or in `promptFeedback` where the
prompt was not even tried. Only a ratio is told, and a class of resolution.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import Any
from urllib.parse import quote

from vitrina.imagery.judging import Told, Trouble, delay, fault, spoken_delay, trouble_of
from vitrina.imagery.ports import Abilities, Drawn, Order, Service, ServiceFault, ServiceSettings, Sizes
from vitrina.imagery.services.headers import checked
from vitrina.imagery.taking import count, part, taken, text
from vitrina.imagery.wire import Answered, PictureWire

TITLE, KEY_SETTING = "Gemini", "GEMINI_API_KEY"
MILLION = Decimal(1_000_000)
RATIOS = ((1, 1), (2, 3), (3, 2), (3, 4), (4, 3), (4, 5), (5, 4), (9, 16), (16, 9), (21, 9))
WITHOUT_SIZES = "gemini-2.5"


@dataclass(frozen=True)
class TokenPrice:
    """USD per million tokens."""

    given: Decimal
    drawn: Decimal
    words: Decimal


TOKEN_PRICES: Mapping[str, TokenPrice] = MappingProxyType(
    {
        "gemini-nano-banana-2.1": TokenPrice(Decimal("1.5"), Decimal(30), Decimal("7.5")),
        "gemini-3-pro-image": TokenPrice(Decimal(2), Decimal(120), Decimal(12)),
        "gemini-2.5-flash-image": TokenPrice(Decimal("0.3"), Decimal(30), Decimal("2.5")),
    }
)
CODES: Mapping[str, Trouble] = MappingProxyType(
    {
        "api_key_invalid": Trouble.KEY,
        "unauthenticated": Trouble.KEY,
        "permission_denied": Trouble.RIGHTS,
        "failed_precondition": Trouble.RIGHTS,  # billing or the country: nothing that another try mends
        "resource_exhausted": Trouble.RATE,
        "not_found": Trouble.MODEL,
        "unavailable": Trouble.FAILED,
        "internal": Trouble.FAILED,
        "deadline_exceeded": Trouble.FAILED,
    }
)
# Of the prompt, and of what was drawn: the second may come out otherwise next time.
PROMPT_REASONS = {"SAFETY", "PROHIBITED_CONTENT", "BLOCKLIST", "SPII"}
PICTURE_REASONS = {"IMAGE_SAFETY", "IMAGE_PROHIBITED_CONTENT", "IMAGE_RECITATION"}


def abilities(model: str) -> Abilities:
    return Abilities(
        sizes=Sizes.RATIO,
        ratios=RATIOS,
        has_seed=False,
        most_prompt=8000,
        most_references=3 if model.startswith(WITHOUT_SIZES) else 14,
    )


class Gemini:
    def __init__(self, settings: ServiceSettings) -> None:
        self._settings = settings

    async def draw(self, order: Order, wire: PictureWire, seconds: float) -> Drawn:
        picture: dict[str, str] = {}
        if order.ratio is not None:
            picture["aspectRatio"] = f"{order.ratio[0]}:{order.ratio[1]}"
        if not order.model.startswith(WITHOUT_SIZES):
            picture["imageSize"] = "2K" if order.is_high_quality else "1K"
        parts: list[dict[str, Any]] = [{"text": order.prompt}]
        parts += [
            {
                "inlineData": {
                    "mimeType": reference.media_type,
                    "data": base64.b64encode(reference.data).decode(),
                }
            }
            for reference in order.references
        ]
        answered = await wire.ask(
            TITLE,
            "POST",
            f"{self._settings.base_url}/models/{quote(order.model, safe='')}:generateContent",
            seconds=seconds,
            # Never as `?key=`: addresses stand in logs.
            headers={"x-goog-api-key": checked(TITLE, KEY_SETTING, self._settings.key)},
            json={
                "contents": [{"parts": parts}],
                "generationConfig": {"responseModalities": ["IMAGE"], "imageConfig": picture},
            },
        )
        body = await answered.read_json()
        error = _error(body)
        if answered.status != 200 or error is not None:
            raise _refusal(answered, error, order, self._settings.key)
        found = _picture(body)
        if found is None:
            raise _no_picture(body)
        usage = part(body, "usageMetadata")
        return await taken(
            TITLE,
            found,
            order,
            model=text(part(body, "modelVersion"), 120),
            cost=_cost(order.model, usage),
            tokens=_tokens(usage),
            request_id=text(part(body, "responseId"), 200),
        )


def _picture(body: Any) -> object:
    """The first picture of the answer; there may be words and thoughts before it."""
    parts = part(body, "candidates", 0, "content", "parts")
    for one in parts if isinstance(parts, list) else ():
        data = part(one, "inlineData", "data")
        if data is not None and part(one, "thought") is not True:
            return data
    return None


def _no_picture(body: Any) -> ServiceFault:
    blocked = text(part(body, "promptFeedback", "blockReason"), 60)
    finished = text(part(body, "candidates", 0, "finishReason"), 60)
    trouble = Trouble.NO_PICTURE
    if blocked or finished in PROMPT_REASONS:
        trouble = Trouble.MODERATED_PROMPT
    elif finished in PICTURE_REASONS:
        trouble = Trouble.MODERATED_PICTURE
    reason = blocked or finished
    told = Told(
        200,
        (reason.lower(),) if reason else (),
        text(part(body, "candidates", 0, "finishMessage")),
        why=reason,
        request_id=text(part(body, "responseId"), 200),
        was_paid=False if blocked else None,
    )
    return fault(trouble, told, service=TITLE)


def _error(body: Any) -> Any:
    return part(body, "error") or part(body, 0, "error")


def _refusal(answered: Answered, error: Any, order: Order, key: str) -> ServiceFault:
    details = part(error, "details")
    rows = details if isinstance(details, list) else []
    reasons = [text(part(row, "reason"), 80).lower() for row in rows]
    codes = tuple(filter(None, (*reasons, text(part(error, "status"), 80).lower())))
    status = answered.status
    if status == 200:
        status = count(part(error, "code")) or 500
    message = text(part(error, "message"))
    wait = delay(answered.headers, message)
    for row in rows:  # google.rpc.RetryInfo: {"retryDelay": "34.07s"}
        wait = spoken_delay(f"try again in {text(part(row, 'retryDelay'), 40)}") or wait
    told = Told(status, codes, message, retry_after=wait)
    trouble = trouble_of(told, CODES)
    return fault(trouble, told, service=TITLE, setting=KEY_SETTING, model=order.model, key=key)


def _tokens(usage: object) -> tuple[int, int] | None:
    given, spoken = count(part(usage, "promptTokenCount")), count(part(usage, "candidatesTokenCount"))
    return None if given is None or spoken is None else (given, spoken)


def _cost(model: str, usage: object) -> Decimal | None:
    """USD; None where the price is not known, or the service does not say which of its tokens made the picture."""
    price, tokens = TOKEN_PRICES.get(model), _tokens(usage)
    rows = part(usage, "candidatesTokensDetails")
    if price is None or tokens is None or not isinstance(rows, list):
        return None
    drawn = sum(count(part(row, "tokenCount")) or 0 for row in rows if part(row, "modality") == "IMAGE")
    words = max(0, tokens[1] - drawn) + (count(part(usage, "thoughtsTokenCount")) or 0)
    return (tokens[0] * price.given + drawn * price.drawn + words * price.words) / MILLION


SERVICE = Service(
    name="gemini",
    title=TITLE,
    base_url="https://generativelanguage.googleapis.com/v1beta",
    abilities=abilities,
    models=("gemini-nano-banana-2.1", "gemini-3-pro-image"),
    make=Gemini,
    key_setting=KEY_SETTING,
)
