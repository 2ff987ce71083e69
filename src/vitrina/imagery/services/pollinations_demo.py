"""The older, anonymous host of Pollinations: a try-out without a key, never for product shots.

It draws one picture at a time for an address, puts its brand on every one of them (since August 2026, whatever is asked
for), and says «queue full» in three ways: 402 with an offer to pay per picture, 429, and 500. Sources as in pollinations.py;
`image.pollinations.ai/src/index.ts` and the issues 8806, 11603, 11877 and 13036 of the same repository.
"""

from __future__ import annotations

from urllib.parse import quote

from vitrina.imagery.judging import Told, Trouble, delay, fault
from vitrina.imagery.ports import Abilities, Drawn, Order, Service, ServiceFault, ServiceSettings
from vitrina.imagery.services.pollinations import placeholders, refusal, refuse_placeholder
from vitrina.imagery.taking import part, taken, text
from vitrina.imagery.wire import Answered, PictureWire
from vitrina.lib.rates import Rate

TITLE = "Pollinations (demo)"
BETWEEN_SECONDS = 60.0  # what users of the host advise to leave between two pictures


def abilities(model: str) -> Abilities:
    """The prompt is a part of the address, so it is short."""
    return Abilities(
        step=16,
        most_pixels=1_500_000,
        most_prompt=1200,
        needs_seed_for_new=True,
        marks_pictures=True,
    )


class PollinationsDemo:
    def __init__(self, settings: ServiceSettings) -> None:
        self._settings = settings
        self._placeholders = placeholders(settings)

    async def draw(self, order: Order, wire: PictureWire, seconds: float) -> Drawn:
        query: dict[str, str | int] = {
            "model": order.model,
            "width": order.width,
            "height": order.height,
            "private": "true",  # not into its public feed
        }
        if order.seed is not None:
            query["seed"] = order.seed
        # A path of dots alone is a way up, whether they are encoded or not.
        prompt = order.prompt if order.prompt.strip(".") else f"{order.prompt} "
        path = quote(prompt.encode("utf-8", "replace"), safe="")
        answered = await wire.ask(
            TITLE, "GET", f"{self._settings.base_url}/prompt/{path}", seconds=seconds, query=query
        )
        if answered.status != 200 or not answered.media_type.startswith("image/"):
            raise await _refusal(answered, order)
        used = text(answered.headers.get("x-model-used", ""), 120)
        drawn = await taken(TITLE, answered.body, order, model=used, seed=order.seed)
        refuse_placeholder(TITLE, drawn, self._placeholders)
        return drawn


async def _refusal(answered: Answered, order: Order) -> ServiceFault:
    body = await answered.read_json()
    message = text(part(body, "message")) or text(part(body, "error"))
    # Whoever is offered to pay per picture, or shown the queue, came while another picture was being made.
    is_queue = part(body, "x402Version") is not None or part(body, "queueInfo") is not None
    found = refusal(TITLE, "", answered, body, order)
    if is_queue or found.outcome.value == "retry_after":
        wait = delay(answered.headers, message)
        told = Told(answered.status, ("queue_full",), message, retry_after=wait or BETWEEN_SECONDS)
        return fault(Trouble.RATE, told, service=TITLE)
    return found


SERVICE = Service(
    name="pollinations-demo",
    title=TITLE,
    base_url="https://image.pollinations.ai",
    abilities=abilities,
    models=("flux",),
    make=PollinationsDemo,
    rate=Rate("pollinations-demo:rpm", 1),
    at_once=1,
    is_on_request=True,
)
