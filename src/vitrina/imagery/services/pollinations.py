"""Pollinations with a key: flux, zimage and what its list of models offers. Paid in pollen, 1 pollen = 1 USD.

Fields, errors and prices: github.com/pollinations/pollinations, `gen.pollinations.ai/src` (routes/images.ts, image/params.ts)
and `shared/registry/image.ts`, read in 2026. A picture from words is answered from the cache of the equal address: the same
request again joins the picture that is being made and is paid for once, so another try needs another seed. One with references
has no such cache: after a time-out it may be paid for twice.

Too many requests may come with status 200, as a picture that says so.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from vitrina.imagery.judging import Told, Trouble, delay, fault, trouble_of
from vitrina.imagery.ports import Abilities, Drawn, Order, Service, ServiceFault, ServiceSettings
from vitrina.imagery.services.headers import bearer
from vitrina.imagery.taking import part, taken, text
from vitrina.imagery.wire import Answered, PictureWire
from vitrina.lib.pictures.quality.placeholders import KNOWN, Placeholder, known_bytes
from vitrina.lib.rates import Rate

TITLE, KEY_SETTING = "Pollinations", "POLLINATIONS_API_KEY"
AFTER_PLACEHOLDER_SECONDS = 60.0
PLACEHOLDERS = "placeholders"  # in ServiceSettings.extra: more MD5s, separated by commas

REFERENCES: Mapping[str, int] = MappingProxyType(
    {
        "kontext": 1,
        "nanobanana": 3,
        "nanobanana-2": 14,
        "nanobanana-pro": 14,
        "seedream": 10,
        "seedream-pro": 10,
        "seedream5": 10,
        "gptimage": 16,
        "gptimage-large": 16,
        "gpt-image-2": 16,
    }
)
HAS_QUALITY = ("gptimage", "gpt-image")
PRICES: Mapping[str, Decimal] = MappingProxyType(
    {
        "dreamshaper": Decimal("0.0001"),
        "flux": Decimal("0.002"),
        "zimage": Decimal("0.004"),
        "seedream": Decimal("0.03"),
        "nanobanana-pro": Decimal("0.134"),
    }
)
CODES: Mapping[str, Trouble] = MappingProxyType(
    {
        "unauthorized": Trouble.KEY,
        "forbidden": Trouble.RIGHTS,
        "payment_required": Trouble.MONEY,
        "key_budget_exhausted": Trouble.MONEY,
        "insufficient_balance": Trouble.MONEY,
        "content_policy_violation": Trouble.MODERATED_PROMPT,
        "safety_error": Trouble.MODERATED_PROMPT,
        "rate_limited": Trouble.RATE,
        "too many requests": Trouble.RATE,  # the older host has its words where a code should be
    }
)


def abilities(model: str) -> Abilities:
    """The gateway changes no size, the model may. FLUX draws in steps of 16 and up to four megapixels."""
    return Abilities(
        step=16,
        most_pixels=4_000_000,
        most_prompt=2000,
        most_references=REFERENCES.get(model, 0),
        needs_seed_for_new=True,
    )


class Pollinations:
    def __init__(self, settings: ServiceSettings) -> None:
        self._settings = settings
        self._placeholders = placeholders(settings)

    async def draw(self, order: Order, wire: PictureWire, seconds: float) -> Drawn:
        asked: dict[str, Any] = {
            "model": order.model,
            "prompt": order.prompt,
            "size": f"{order.width}x{order.height}",
        }
        if order.seed is not None:
            asked["seed"] = order.seed
        if order.model.startswith(HAS_QUALITY):
            asked["quality"] = "high" if order.is_high_quality else "medium"
        path = "generations"
        if order.references:
            # The form of this call has no seed; its JSON has, and takes what the form's files are turned into.
            path = "edits"
            asked["image"] = [
                {"image_url": data_url(reference.media_type, reference.data)}
                for reference in order.references
            ]
        else:
            asked["response_format"] = "b64_json"
        answered = await wire.ask(
            TITLE,
            "POST",
            f"{self._settings.base_url}/v1/images/{path}",
            seconds=seconds,
            headers=bearer(TITLE, KEY_SETTING, self._settings.key),
            json=asked,
        )
        body = await answered.read_json()
        if answered.status != 200 or part(body, "error") is not None:
            raise refusal(TITLE, KEY_SETTING, answered, body, order, self._settings.key)
        used = answered.headers.get("x-model-used", "")
        drawn = await taken(
            TITLE,
            part(body, "data", 0, "b64_json"),
            order,
            model=text(used, 120),
            cost=PRICES.get(order.model),
            seed=order.seed,
            request_id=answered.headers.get("x-request-id", ""),
        )
        refuse_placeholder(TITLE, drawn, self._placeholders)
        return drawn


def placeholders(settings: ServiceSettings) -> tuple[Placeholder, ...]:
    """Pictures that say «too many requests»: those that everybody knows, and those that this installation has met."""
    met = filter(None, (digest.strip().lower() for digest in settings.extra.get(PLACEHOLDERS, "").split(",")))
    return (*KNOWN, *(Placeholder(digest, None, "", "settings") for digest in met))


def refuse_placeholder(title: str, drawn: Drawn, known: tuple[Placeholder, ...]) -> None:
    if known_bytes(drawn.data, known) is not None:
        told = Told(200, ("placeholder",), retry_after=AFTER_PLACEHOLDER_SECONDS, request_id=drawn.request_id)
        raise fault(Trouble.PLACEHOLDER, told, service=title)


def refusal(
    title: str, setting: str, answered: Answered, body: Any, order: Order, key: str = ""
) -> ServiceFault:
    """What an error of either host stands for."""
    error = part(body, "error")
    named = error if isinstance(error, str) else part(error, "code")
    message = text(part(error, "message")) or text(part(body, "message"))
    codes = tuple(filter(None, (text(named, 80).lower(),)))
    trouble = trouble_of(Told(answered.status, codes), CODES)
    if part(error, "details", "fieldErrors", "model") is not None:
        trouble = Trouble.MODEL
    told = Told(
        answered.status,
        codes,
        message,
        retry_after=delay(answered.headers, message),
        request_id=text(part(error, "requestId"), 200) or answered.headers.get("x-request-id", ""),
    )
    return fault(trouble, told, service=title, setting=setting, model=order.model, key=key)


def data_url(media_type: str, data: bytes) -> str:
    return f"data:{media_type};base64,{base64.b64encode(data).decode()}"


SERVICE = Service(
    name="pollinations",
    title=TITLE,
    base_url="https://gen.pollinations.ai",
    abilities=abilities,
    models=(
        "flux",
        "zimage",
        "kontext",
        "seedream",
        "nanobanana",
        "nanobanana-pro",
        "gptimage",
        "gpt-image-2",
    ),
    make=Pollinations,
    key_setting=KEY_SETTING,
    rate=Rate("pollinations:rpm", 10),
    prices=PRICES,
)
