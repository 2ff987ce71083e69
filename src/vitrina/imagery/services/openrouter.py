"""Pictures of many makers through OpenRouter's own call for images (its SDK, commit cb9393a of August 2026).

It refuses what a model does not know instead of leaving it out, so nothing is sent beyond what the models in use have in
common: the ratio, the class of resolution where it is known to be taken, references. What a call cost stands in its answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from types import MappingProxyType
from typing import Any

from vitrina.imagery.judging import Told, Trouble, delay, fault, trouble_of
from vitrina.imagery.ports import Abilities, Drawn, Order, Service, ServiceFault, ServiceSettings, Sizes
from vitrina.imagery.services.headers import bearer
from vitrina.imagery.services.pollinations import data_url
from vitrina.imagery.taking import count, part, taken, text
from vitrina.imagery.wire import Answered, PictureWire

TITLE, KEY_SETTING = "OpenRouter", "OPENROUTER_API_KEY"
RATIOS = ((1, 1), (2, 3), (3, 2), (3, 4), (4, 3), (4, 5), (5, 4), (9, 16), (16, 9), (21, 9))
HAS_RESOLUTION = ("google/gemini-3", "google/gemini-nano-banana")
CODES: Mapping[str, Trouble] = MappingProxyType(
    {
        "content_policy_violation": Trouble.MODERATED_PROMPT,
        "rate_limit_exceeded": Trouble.RATE,
        "provider_overloaded": Trouble.FAILED,
        "model_not_found": Trouble.MODEL,
        "insufficient_credits": Trouble.MONEY,
    }
)
STATUSES: Mapping[int, Trouble] = MappingProxyType(
    {403: Trouble.MODERATED_PROMPT, 413: Trouble.NOT_UNDERSTOOD}
)


def abilities(model: str) -> Abilities:
    return Abilities(
        sizes=Sizes.RATIO,
        ratios=RATIOS,
        has_seed=False,
        most_prompt=4000,
        most_references=3 if model.startswith("google/gemini-2.5") else 8,
    )


class OpenRouter:
    def __init__(self, settings: ServiceSettings) -> None:
        self._settings = settings

    async def draw(self, order: Order, wire: PictureWire, seconds: float) -> Drawn:
        asked: dict[str, Any] = {"model": order.model, "prompt": order.prompt, "n": 1}
        if order.ratio is not None:
            asked["aspect_ratio"] = f"{order.ratio[0]}:{order.ratio[1]}"
        if order.model.startswith(HAS_RESOLUTION):
            asked["resolution"] = "2K" if order.is_high_quality else "1K"
        if order.references:
            asked["input_references"] = [
                {"type": "image_url", "image_url": {"url": data_url(reference.media_type, reference.data)}}
                for reference in order.references
            ]
        answered = await wire.ask(
            TITLE,
            "POST",
            f"{self._settings.base_url}/images",
            seconds=seconds,
            headers=bearer(TITLE, KEY_SETTING, self._settings.key) | {"X-Title": "Vitrina"},
            json=asked,
        )
        body = await answered.read_json()
        # A failure behind it may come with status 200 and stand in the body alone.
        if answered.status != 200 or part(body, "error") is not None:
            raise _refusal(answered, body, order, self._settings.key)
        usage = part(body, "usage")
        given, spoken = count(part(usage, "prompt_tokens")), count(part(usage, "completion_tokens"))
        return await taken(
            TITLE,
            part(body, "data", 0, "b64_json"),
            order,
            cost=_usd(part(usage, "cost")),
            tokens=None if given is None or spoken is None else (given, spoken),
            request_id=_request_id(answered),
        )


def _refusal(answered: Answered, body: Any, order: Order, key: str) -> ServiceFault:
    error = part(body, "error")
    code = part(error, "code")
    status = answered.status
    if status == 200:
        is_status = isinstance(code, int) and not isinstance(code, bool) and 300 <= code < 600
        status = code if is_status else 502
    kinds = (part(error, "metadata", "error_type"), part(error, "type"), code)
    codes = tuple(text(kind, 80).lower() for kind in kinds if isinstance(kind, str) and kind)
    message = text(part(error, "message"))
    told = Told(
        status,
        codes,
        message,
        retry_after=delay(answered.headers, message),
        request_id=_request_id(answered),
    )
    trouble = trouble_of(told, CODES, STATUSES)
    return fault(trouble, told, service=TITLE, setting=KEY_SETTING, model=order.model, key=key)


def _request_id(answered: Answered) -> str:
    return answered.headers.get("x-generation-id", "") or answered.headers.get("x-request-id", "")


def _usd(value: object) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        cost = Decimal(str(value))
    except InvalidOperation:
        return None
    return cost if cost.is_finite() and 0 <= cost < 1000 else None


SERVICE = Service(
    name="openrouter",
    title=TITLE,
    base_url="https://openrouter.ai/api/v1",
    abilities=abilities,
    models=(
        "google/gemini-nano-banana-2.1",
        "google/gemini-3-pro-image",
        "black-forest-labs/flux.2-pro",
        "bytedance/seedream-4.5",
    ),
    make=OpenRouter,
    key_setting=KEY_SETTING,
)
