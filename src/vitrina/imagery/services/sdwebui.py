"""Stable Diffusion WebUI and its descendants (Forge, commit dfdcbab of 2026): one's own machine, one picture at a time.

`model`: a checkpoint's name as `/sdapi/v1/sd-models` lists it; `LOADED`, whatever the machine has loaded. Of `extra`: `login`
(«name:password», where it was started with `--api-auth`), `sampler`, `scheduler`, `strength` (0–1, how far a picture
may go from its reference).
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any

import orjson

from vitrina.imagery.judging import Told, Trouble, fault, trouble_of
from vitrina.imagery.ports import Drawn, Order, Outcome, Service, ServiceFault, ServiceSettings
from vitrina.imagery.services.stable_diffusion import STRENGTH, abilities, is_flux
from vitrina.imagery.taking import part, taken, text
from vitrina.imagery.wire import Answered, PictureWire
from vitrina.lib.sentences import gettext_noop

TITLE, URL_SETTING = "Stable Diffusion WebUI", "VITRINA_SDWEBUI_URL"
LOGIN = "extra.login"
LOADED = "loaded"
GUIDANCE_OF_FLUX = 3.5
NO_API = gettext_noop("%(service)s answers without its API (%(status)s). Start it with the option --api.")
CODES: Mapping[str, Trouble] = MappingProxyType(
    {
        # The VAE gave nothing but NaN: the same seed would again.
        "nansexception": Trouble.NO_PICTURE,
        "outofmemoryerror": Trouble.NOT_AGAIN,
        "torch.cuda.outofmemoryerror": Trouble.NOT_AGAIN,
    }
)
STATUSES: Mapping[int, Trouble] = MappingProxyType({422: Trouble.NOT_UNDERSTOOD, 403: Trouble.KEY})


class SdWebui:
    def __init__(self, settings: ServiceSettings) -> None:
        self._settings = settings

    async def draw(self, order: Order, wire: PictureWire, seconds: float) -> Drawn:
        extra = self._settings.extra
        asked: dict[str, Any] = {
            "prompt": order.prompt,
            "negative_prompt": order.negative,
            "seed": -1 if order.seed is None else order.seed,
            "width": order.width,
            "height": order.height,
            "batch_size": 1,
            "n_iter": 1,
            "send_images": True,
            "save_images": False,
        }
        if order.steps is not None:
            asked["steps"] = order.steps
        if order.guidance is not None:
            asked["cfg_scale"] = order.guidance
        if is_flux(order.model):
            asked |= {"cfg_scale": 1.0, "distilled_cfg_scale": GUIDANCE_OF_FLUX, "steps": 20}
        asked |= {
            field: extra[name]
            for field, name in (("sampler_name", "sampler"), ("scheduler", "scheduler"))
            if extra.get(name)
        }
        if order.model != LOADED:
            # Not restored: to load a checkpoint takes up to a minute, and the next picture asks for the same one.
            asked["override_settings"] = {"sd_model_checkpoint": order.model}
            asked["override_settings_restore_afterwards"] = False
        path = "txt2img"
        if order.references:
            path = "img2img"
            asked["init_images"] = [base64.b64encode(order.references[0].data).decode()]
            asked["denoising_strength"] = float(extra.get("strength", STRENGTH))
            asked["resize_mode"] = 1  # cut to the proportions, not pressed into them
        answered = await wire.ask(
            TITLE,
            "POST",
            f"{self._settings.base_url}/sdapi/v1/{path}",
            seconds=seconds,
            headers=_login(extra),
            json=asked,
        )
        body = await answered.read_json()
        if answered.status != 200:
            raise _refusal(answered, body, order, extra.get("login", ""))
        info = _info(body)
        first = part(info, "index_of_first_image")
        seed = part(info, "seed")
        return await taken(
            TITLE,
            part(body, "images", first if isinstance(first, int) and 0 < first < 100 else 0),
            order,
            model=text(part(info, "sd_model_name"), 120) if order.model == LOADED else "",
            cost=Decimal(0),
            seed=seed if isinstance(seed, int) and 0 <= seed < 2**63 else order.seed,
        )


def _login(extra: Mapping[str, str]) -> dict[str, str]:
    given = extra.get("login", "")
    if not given:
        return {}
    return {"Authorization": "Basic " + base64.b64encode(given.encode("utf-8", "replace")).decode()}


def _info(body: Any) -> Any:
    """What was really done: JSON within JSON."""
    told = part(body, "info")
    if not isinstance(told, str):
        return None
    try:
        return orjson.loads(told)
    except orjson.JSONDecodeError:
        return None


def _refusal(answered: Answered, body: Any, order: Order, login: str) -> ServiceFault:
    if answered.status in (404, 405):
        values: dict[str, str | int | float] = {"service": TITLE, "status": answered.status}
        return ServiceFault(Outcome.FALLBACK, NO_API, values=values, status=answered.status, code="no_api")
    kind = text(part(body, "error"), 80)
    message = text(part(body, "errors")) or text(part(body, "detail")) or kind
    told = Told(answered.status, (kind.lower(),) if kind else (), message, why=kind or "")
    trouble = trouble_of(told, CODES, STATUSES)
    return fault(trouble, told, service=TITLE, setting=LOGIN, model=order.model, key=login)


SERVICE = Service(
    name="sdwebui",
    title=TITLE,
    base_url="",
    abilities=abilities,
    models=(LOADED,),
    make=SdWebui,
    url_setting=URL_SETTING,
    at_once=1,
)
