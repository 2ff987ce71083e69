"""Records of picture services for tests: two that are asked on loopback (`drawing_world`), and one that draws by itself."""

from __future__ import annotations

import asyncio
from decimal import Decimal

from vitrina.imagery.ports import Abilities, Drawn, Order, Outcome, Service, ServiceFault, ServiceSettings
from vitrina.imagery.tests import drawing_world
from vitrina.imagery.wire import PictureWire

PRICE = Decimal("0.002")


class _Loopback:
    def __init__(self, settings: ServiceSettings, title: str) -> None:
        self._settings = settings
        self._title = title

    async def draw(self, order: Order, wire: PictureWire, seconds: float) -> Drawn:
        asked = {
            "prompt": order.prompt,
            "negative": order.negative,
            "seed": order.seed,
            "width": order.width,
            "height": order.height,
            "references": [reference.digest for reference in order.references],
        }
        answer = await wire.ask(self._title, "POST", self._settings.base_url, seconds=seconds, json=asked)
        if answer.status == 200:
            return Drawn(answer.body, answer.media_type, order.model, PRICE, order.seed, request_id="r-1")
        told = answer.json()
        raise ServiceFault(
            Outcome(told["outcome"]),
            f"{self._title} says {told['outcome']}.",
            status=answer.status,
            code="told",
            retry_after=told["seconds"] or None,
        )


class _Offline:
    async def draw(self, order: Order, wire: PictureWire, seconds: float) -> Drawn:
        given = {"prompt": order.prompt, "seed": order.seed, "width": order.width, "height": order.height}
        data = await asyncio.to_thread(drawing_world.drawn, given)
        return Drawn(data, "image/jpeg", order.model, Decimal(0), order.seed)


def service(name: str, url: str, **fields: object) -> Service:
    title = name.capitalize()
    known = {
        "name": name,
        "title": title,
        "base_url": f"{url}/{name}",
        "abilities": lambda model: Abilities(has_negative=True, has_guidance=True, most_references=2),
        "models": ("one",),
        "make": lambda settings: _Loopback(settings, title),
        "seconds": 10.0,
        "prices": {"one": PRICE},
    }
    return Service(**(known | fields))  # type: ignore[arg-type]


OFFLINE = Service(
    name="offline",
    title="Offline",
    base_url="",
    abilities=lambda model: Abilities(),
    models=("placeholder",),
    make=lambda settings: _Offline(),
    is_offline=True,
)
