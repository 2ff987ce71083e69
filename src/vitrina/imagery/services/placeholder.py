"""The service that is always there: it draws by itself, and says on the picture that it did."""

from __future__ import annotations

import asyncio
from decimal import Decimal

from vitrina.imagery.placeholder import placeholder
from vitrina.imagery.ports import (
    Abilities,
    Drawn,
    Order,
    Outcome,
    Service,
    ServiceFault,
    ServiceSettings,
    Style,
)
from vitrina.imagery.wire import PictureWire
from vitrina.lib.sentences import gettext_noop

TITLE = "Placeholder"
MODEL = "drawn"
TOO_SLOW = gettext_noop("The placeholder was not drawn within %(seconds)s s: the machine has too much to do.")


def abilities(model: str) -> Abilities:
    """It takes whatever it is told: that a placeholder keeps few wishes is said by its band."""
    return Abilities(
        least_side=64,
        most_side=4096,
        most_pixels=4096 * 2304,
        style=Style.KEYWORDS,
        has_negative=True,
        has_guidance=True,
        has_seed=True,
        seed_is_exact=True,
        needs_seed_for_new=True,
        marks_pictures=True,
    )


class Placeholder:
    def __init__(self, settings: ServiceSettings) -> None:
        self._settings = settings

    async def draw(self, order: Order, wire: PictureWire, seconds: float) -> Drawn:
        try:
            async with asyncio.timeout(seconds):
                data, media_type = await asyncio.to_thread(placeholder, order)
        except TimeoutError:
            values = {"seconds": f"{seconds:.3g}"}
            raise ServiceFault(Outcome.RETRY_SAME, TOO_SLOW, values=values, code="timeout") from None
        return Drawn(data, media_type, order.model, cost=Decimal(0), seed=order.seed)


SERVICE = Service(
    name="placeholder",
    title=TITLE,
    base_url="",
    abilities=abilities,
    models=(MODEL,),
    make=Placeholder,
    seconds=30.0,
    is_offline=True,
)
