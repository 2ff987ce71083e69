"""Stability's pictures, v2beta: only proportions are told, everything as a form. Fields and refusals: its description as of
2026; prices: its list, read in November 2026 (a credit is 0.01 USD)."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from vitrina.imagery.judging import Told, Trouble, delay, fault, trouble_of
from vitrina.imagery.ports import Abilities, Drawn, Order, Service, ServiceFault, ServiceSettings, Sizes
from vitrina.imagery.services.headers import bearer
from vitrina.imagery.services.stable_diffusion import STRENGTH
from vitrina.imagery.taking import part, taken, text
from vitrina.imagery.wire import Answered, PictureWire, form_of
from vitrina.lib.rates import Rate

TITLE, KEY_SETTING = "Stability", "STABILITY_API_KEY"
RATIOS = ((16, 9), (1, 1), (21, 9), (2, 3), (3, 2), (4, 5), (5, 4), (9, 16), (9, 21))
OF_SD3 = "sd3.5"
PRICES: Mapping[str, Decimal] = MappingProxyType(
    {
        "core": Decimal("0.03"),
        "ultra": Decimal("0.08"),
        "sd3.5-large": Decimal("0.065"),
        "sd3.5-medium": Decimal("0.035"),
    }
)
CODES: Mapping[str, Trouble] = MappingProxyType(
    {
        "content_moderation": Trouble.MODERATED_PROMPT,
        "payment_required": Trouble.MONEY,
        "unauthorized": Trouble.KEY,
        "rate_limit_exceeded": Trouble.RATE,
    }
)
# 422: well-formed and refused, for example in a language that it does not read. Not a moderation, and no use to repeat.
STATUSES: Mapping[int, Trouble] = MappingProxyType({413: Trouble.NOT_UNDERSTOOD, 422: Trouble.NOT_UNDERSTOOD})
SUCCESS, FILTERED = "SUCCESS", "CONTENT_FILTERED"


def abilities(model: str) -> Abilities:
    """Its guidance is on another scale than the recipes' and is left at its own. The turbo model knows no negative prompt."""
    return Abilities(
        sizes=Sizes.RATIO,
        ratios=RATIOS,
        most_prompt=10_000,
        has_negative="turbo" not in model,
        least_seed=1,  # 0 lets the service choose
        most_seed=2**32 - 2,
        most_references=1 if model.startswith(OF_SD3) else 0,
    )


class Stability:
    def __init__(self, settings: ServiceSettings) -> None:
        self._settings = settings

    async def draw(self, order: Order, wire: PictureWire, seconds: float) -> Drawn:
        asked = {"prompt": order.prompt, "output_format": "png"}
        if order.negative:
            asked["negative_prompt"] = order.negative
        if order.seed is not None:
            asked["seed"] = str(order.seed)
        is_sd3 = order.model.startswith(OF_SD3)
        if is_sd3:
            asked["model"] = order.model
        if order.references and is_sd3:
            # The proportions are the reference's then, and the service refuses to be told others.
            asked |= {
                "mode": "image-to-image",
                "strength": self._settings.extra.get("strength", str(STRENGTH)),
            }
        elif order.ratio is not None:
            asked["aspect_ratio"] = f"{order.ratio[0]}:{order.ratio[1]}"
        if not is_sd3 and (preset := self._settings.extra.get("style_preset", "")):
            asked["style_preset"] = preset
        form = form_of(TITLE, asked)
        if order.references and is_sd3:
            reference = order.references[0]
            form.add_field("image", reference.data, content_type=reference.media_type, filename="reference")
        answered = await wire.ask(
            TITLE,
            "POST",
            f"{self._settings.base_url}/v2beta/stable-image/generate/{'sd3' if is_sd3 else order.model}",
            seconds=seconds,
            # As JSON: only so are the seed and the reason of an end told, too.
            headers=bearer(TITLE, KEY_SETTING, self._settings.key) | {"Accept": "application/json"},
            form=form,
        )
        body = await answered.read_json()
        if answered.status != 200:
            raise _refusal(answered, body, order, self._settings.key)
        request_id = answered.headers.get("x-request-id", "")
        if part(body, "finish_reason") == FILTERED:
            told = Told(200, (FILTERED.lower(),), request_id=request_id, was_paid=None)
            raise fault(Trouble.MODERATED_PICTURE, told, service=TITLE)
        seed = part(body, "seed")
        return await taken(
            TITLE,
            part(body, "image"),
            order,
            cost=PRICES.get(order.model),
            seed=seed if isinstance(seed, int) and 0 <= seed < 2**63 else order.seed,
            request_id=request_id,
        )


def _refusal(answered: Answered, body: Any, order: Order, key: str) -> ServiceFault:
    name = text(part(body, "name"), 80).lower()
    errors = part(body, "errors")
    message = "; ".join(text(each) for each in errors) if isinstance(errors, list) else ""
    told = Told(
        answered.status,
        (name,) if name else (),
        message,
        retry_after=delay(answered.headers, message),
        request_id=text(part(body, "id"), 200),
    )
    trouble = trouble_of(told, CODES, STATUSES)
    return fault(trouble, told, service=TITLE, setting=KEY_SETTING, model=order.model, key=key)


SERVICE = Service(
    name="stability",
    title=TITLE,
    base_url="https://api.stability.ai",
    abilities=abilities,
    models=("core", "ultra", "sd3.5-large", "sd3.5-large-turbo", "sd3.5-medium"),
    make=Stability,
    key_setting=KEY_SETTING,
    # 150 requests in 10 s by its rules; a studio never needs so many, and a burst of it would end in a minute's ban.
    rate=Rate("stability:rpm", 300),
    prices=PRICES,
)
