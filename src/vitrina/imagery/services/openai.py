"""OpenAI's images. Fields, limits and bodies of errors: its API description of August 2026 (commit f85dbe2); models and their
ends: its list of deprecations as of November 2026; prices per token: its pages of the models, September and November 2026.

A model is always named: the documented default was shut down. There is no seed and no negative prompt; references go
through the edits call as a form. What a call cost is counted from its tokens, which depend on size and quality.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import Any

import aiohttp

from vitrina.imagery.judging import Told, Trouble, delay, fault, trouble_of
from vitrina.imagery.ports import Abilities, Drawn, Order, Service, ServiceSettings, Sizes
from vitrina.imagery.services.headers import bearer
from vitrina.imagery.taking import count, part, taken, text
from vitrina.imagery.wire import Answered, PictureWire
from vitrina.lib.rates import Rate

TITLE, KEY_SETTING = "OpenAI", "OPENAI_API_KEY"
MILLION = Decimal(1_000_000)
LISTED = ((1024, 1024), (1536, 1024), (1024, 1536))
MOST_REFERENCES = 16
MOST_PROMPT = 32_000
ENDINGS = {"image/jpeg": "jpg", "image/png": "png", "image/webp": "webp"}


@dataclass(frozen=True)
class TokenPrice:
    """USD per million tokens."""

    words: Decimal
    pictures: Decimal
    drawn: Decimal

    def cost(self, words: int, pictures: int, drawn: int) -> Decimal:
        return (words * self.words + pictures * self.pictures + drawn * self.drawn) / MILLION


_OF_2 = TokenPrice(Decimal(5), Decimal(8), Decimal(30))
TOKEN_PRICES: Mapping[str, TokenPrice] = MappingProxyType(
    {
        "gpt-image-2.5-flare": _OF_2,
        "gpt-image-2.5-sunburst": _OF_2,
        "gpt-image-2": _OF_2,
        # Its last day is 2026-12-01.
        "gpt-image-1-mini": TokenPrice(Decimal(2), Decimal("2.5"), Decimal(8)),
    }
)

CODES: Mapping[str, Trouble] = MappingProxyType(
    {
        "insufficient_quota": Trouble.MONEY,
        "billing_hard_limit_reached": Trouble.MONEY,
        "model_not_found": Trouble.MODEL,
        "invalid_api_key": Trouble.KEY,
        "rate_limit_exceeded": Trouble.RATE,
        "moderation_blocked": Trouble.MODERATED_PROMPT,
        "content_policy_violation": Trouble.MODERATED_PROMPT,
        "server_error": Trouble.FAILED,
    }
)
# `x-should-retry: false`, which the service's own clients obey before anything else.
AGAIN_IS_OF_USE = {Trouble.FAILED, Trouble.RATE}


def abilities(model: str) -> Abilities:
    """Models before gpt-image-2 know three sizes; those since take any in steps of 16. Beyond 2560×1440 the description calls
    it experimental."""
    if model.startswith(("gpt-image-1", "chatgpt-image")):
        return Abilities(
            sizes=Sizes.LISTED,
            listed=LISTED,
            has_seed=False,
            most_prompt=MOST_PROMPT,
            most_references=MOST_REFERENCES,
        )
    return Abilities(
        step=16,
        least_side=16,
        most_side=3840,
        least_pixels=655_360,
        most_pixels=2560 * 1440,
        most_ratio=3.0,
        has_seed=False,
        most_prompt=MOST_PROMPT,
        most_references=MOST_REFERENCES,
    )


class OpenAI:
    def __init__(self, settings: ServiceSettings) -> None:
        self._settings = settings

    async def draw(self, order: Order, wire: PictureWire, seconds: float) -> Drawn:
        url, headers = self._settings.base_url, bearer(TITLE, KEY_SETTING, self._settings.key)
        asked = {
            "model": order.model,
            "prompt": order.prompt,
            "size": f"{order.width}x{order.height}",
            "quality": "high" if order.is_high_quality else self._settings.extra.get("quality", "medium"),
            "output_format": "png",
        }
        if order.references:
            answered = await wire.ask(
                TITLE,
                "POST",
                f"{url}/images/edits",
                seconds=seconds,
                headers=headers,
                form=_form(asked, order),
            )
        else:
            answered = await wire.ask(
                TITLE, "POST", f"{url}/images/generations", seconds=seconds, headers=headers, json=asked
            )
        body = await answered.read_json()
        if answered.status != 200:
            raise _refusal(answered, body, order, self._settings.key)
        usage = part(body, "usage")
        return await taken(
            TITLE,
            part(body, "data", 0, "b64_json"),
            order,
            cost=_cost(order.model, usage),
            tokens=_tokens(usage),
            revised_prompt=text(part(body, "data", 0, "revised_prompt")),
            request_id=answered.headers.get("x-request-id", ""),
        )


def _form(asked: Mapping[str, str], order: Order) -> aiohttp.FormData:
    form = aiohttp.FormData()
    for name, value in asked.items():
        form.add_field(name, value.encode("utf-8", "replace").decode())
    for number, reference in enumerate(order.references, start=1):
        ending = ENDINGS.get(reference.media_type, "png")
        form.add_field(
            "image[]",
            reference.data,
            content_type=reference.media_type,
            filename=f"reference-{number}.{ending}",
        )
    return form


def _refusal(answered: Answered, body: Any, order: Order, key: str) -> Exception:
    error = part(body, "error")
    message = text(part(error, "message"))
    codes = tuple(filter(None, (text(part(error, name), 80).lower() for name in ("code", "type"))))
    trouble = trouble_of(Told(answered.status, codes), CODES)
    if trouble is Trouble.MODERATED_PROMPT:
        # Without the stage it is taken for the prompt: another try would be paid for and end the same way.
        stage = part(error, "moderation_details", "moderation_stage")
        trouble = Trouble.MODERATED_PICTURE if stage == "output" else trouble
    if trouble in AGAIN_IS_OF_USE and answered.headers.get("x-should-retry") == "false":
        trouble = Trouble.NOT_AGAIN
    told = Told(
        answered.status,
        codes,
        message,
        retry_after=delay(answered.headers, message),
        request_id=answered.headers.get("x-request-id", ""),
        was_paid=None if trouble is Trouble.MODERATED_PICTURE else False,
    )
    return fault(trouble, told, service=TITLE, setting=KEY_SETTING, model=order.model, key=key)


def _tokens(usage: object) -> tuple[int, int] | None:
    given, spoken = count(part(usage, "input_tokens")), count(part(usage, "output_tokens"))
    return None if given is None or spoken is None else (given, spoken)


def _cost(model: str, usage: object) -> Decimal | None:
    """USD; None where the price or a part of the tokens is not known."""
    price = TOKEN_PRICES.get(model)
    words = count(part(usage, "input_tokens_details", "text_tokens"))
    pictures = count(part(usage, "input_tokens_details", "image_tokens"))
    drawn = count(part(usage, "output_tokens"))
    if price is None or words is None or pictures is None or drawn is None:
        return None
    return price.cost(words, pictures, drawn)


SERVICE = Service(
    name="openai",
    title=TITLE,
    base_url="https://api.openai.com/v1",
    abilities=abilities,
    models=(
        "gpt-image-2.5-flare",
        "gpt-image-2.5-sunburst",
        "gpt-image-2",
    ),
    make=OpenAI,
    key_setting=KEY_SETTING,
    rate=Rate("openai:rpm", 5),
    counts_references=True,
)
