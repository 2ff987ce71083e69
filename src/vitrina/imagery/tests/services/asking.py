"""Ask a service as the engine does: its adapter, a session, the simulated services or any other address."""

from __future__ import annotations

import asyncio
import hashlib
import io
from typing import Any

import aiohttp
from PIL import Image
from tests.servers import PictureServices

from vitrina.imagery.fitting import fitted
from vitrina.imagery.ports import Drawn, Order, Reference, Service, ServiceFault, ServiceSettings
from vitrina.imagery.services.known import SERVICES
from vitrina.imagery.wire import PictureWire
from vitrina.simulators import pictures_drawn
from vitrina.simulators.picture_services import DIALECTS

KEY = "sim-key"
# What stands between the address of a simulated service and its paths.
PREFIXES = {"openai": "/v1", "openrouter": "/api/v1", "gemini": "/v1beta"}
ONLINE = tuple(service for service in SERVICES if service.make is not None and not service.is_offline)
BY_NAME = {service.name: service for service in SERVICES}


def settings_for(
    service: Service, server: PictureServices, *, key: str = KEY, **extra: str
) -> ServiceSettings:
    url = server.url(service.name) + PREFIXES.get(service.name, "")
    return ServiceSettings(url, key if service.key_setting else "", extra=extra)


def order_for(
    service: Service, *, prompt: str = "A red teapot on a table", model: str = "", **more: Any
) -> Order:
    """What a compiler would make: within the model's abilities."""
    model = model or service.models[0]
    abilities = service.abilities(model)
    (width, height), ratio = fitted((1024, 768), abilities)
    given: dict[str, Any] = {"width": width, "height": height, "ratio": ratio}
    given["seed"] = 7 if abilities.has_seed else None
    return Order(model, prompt, **(given | more))


def reference(seed: int = 1, role: str = "the product") -> Reference:
    picture = pictures_drawn.drawn("a blue vase", 96, 64, seed)
    return Reference(picture.data, picture.media_type, hashlib.sha256(picture.data).hexdigest(), role)


def ask(service: Service, settings: ServiceSettings, order: Order, *, seconds: float = 20.0) -> Drawn:
    """Raises ServiceFault."""
    assert service.make is not None
    return asyncio.run(_ask(service.make(settings), order, seconds))


def fault_of(
    service: Service, settings: ServiceSettings, order: Order, *, seconds: float = 20.0
) -> ServiceFault:
    try:
        ask(service, settings, order, seconds=seconds)
    except ServiceFault as fault:
        return fault
    raise AssertionError("a picture came")


async def _ask(drawing: Any, order: Order, seconds: float) -> Drawn:
    async with aiohttp.ClientSession(auto_decompress=False, trust_env=False) as session:
        drawn: Drawn = await drawing.draw(order, PictureWire(session), seconds)
        return drawn


def opened(drawn: Drawn) -> Image.Image:
    image = Image.open(io.BytesIO(drawn.data))
    image.load()
    return image


def faults_of(server: PictureServices, name: str) -> set[str]:
    return server.app[DIALECTS][name].all_faults
