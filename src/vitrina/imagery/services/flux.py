"""FLUX by its makers, Black Forest Labs: a task is sent, looked at until it is ready, and its picture fetched from where it lies
for ten minutes. Fields, states and sizes: their guide of February 2026; prices: their list, November 2026.

The key goes to their own hosts only, also where an answer names another one. The picture's address is on a host for
files and named by an answer, so that it is fetched as any outsider's address is.
"""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from types import MappingProxyType
from typing import Any
from urllib.parse import quote, urlsplit

from vitrina.imagery.judging import Told, Trouble, delay, fault, trouble_of
from vitrina.imagery.ports import Abilities, Drawn, Order, Outcome, Service, ServiceFault, ServiceSettings
from vitrina.imagery.services.headers import checked
from vitrina.imagery.services.polling import Deadline, Pauses
from vitrina.imagery.services.unfinished import MAY_GO_ON, Unfinished, digest_of, still_drawn
from vitrina.imagery.taking import part, taken, text
from vitrina.imagery.wire import MOST_PICTURE_BYTES, Answered, PictureWire
from vitrina.lib.fetch import FetchFailed
from vitrina.lib.guard import FetchRefused
from vitrina.lib.guarded import fetcher
from vitrina.lib.sentences import gettext_noop

TITLE, KEY_SETTING = "FLUX", "BFL_API_KEY"
OWN_DOMAIN = ".bfl.ai"
CREDIT = Decimal("0.01")  # USD
MEGAPIXEL = 1024 * 1024
FETCHES = 3  # of a picture that is ready and paid for; to fetch it costs nothing
MOST_TOLD_BYTES = 1024 * 1024  # of what is no picture
# USD of a picture up to a megapixel and without references; others where the answer tells their cost.
PRICES: Mapping[str, Decimal] = MappingProxyType(
    {
        "flux-2-pro": Decimal("0.03"),
        "flux-2-max": Decimal("0.07"),
        "flux-2-flex": Decimal("0.05"),
        "flux-2-klein-9b": Decimal("0.015"),
        "flux-2-klein-4b": Decimal("0.014"),
        "flux-pro-1.1": Decimal("0.04"),
    }
)
STATUSES: Mapping[int, Trouble] = MappingProxyType(
    {403: Trouble.KEY, 413: Trouble.NOT_UNDERSTOOD, 422: Trouble.NOT_UNDERSTOOD}
)
READY = "Ready"
GIVEN_UP = frozenset({"Error", "Task not found"})
MODERATED: Mapping[str, Trouble] = MappingProxyType(
    {
        "Request Moderated": Trouble.MODERATED_PROMPT,
        "Content Moderated": Trouble.MODERATED_PICTURE,
    }
)
FOREIGN_HOST = gettext_noop(
    "%(service)s names an address outside its own hosts to ask for the result; the key was not sent there."
)
GAVE_UP = gettext_noop("%(service)s gave the picture up while it was drawn (%(state)s).")
NOT_FETCHED = gettext_noop("%(service)s drew the picture, and it could not be fetched: %(why)s")

_unfinished = Unfinished()


def abilities(model: str) -> Abilities:
    """A seed is taken, and gives nearly the same again. flux-2-flex knows guidance and steps, on a scale of its own."""
    if model.startswith("flux-pro-1.1"):
        return Abilities(step=32, least_side=256, most_side=1440, most_prompt=2000)
    return Abilities(
        step=16,
        least_side=64,
        most_pixels=4 * MEGAPIXEL,
        most_prompt=30_000,
        most_references=4 if "klein" in model else 8,
    )


class Flux:
    def __init__(self, settings: ServiceSettings) -> None:
        self._settings = settings

    async def draw(self, order: Order, wire: PictureWire, seconds: float) -> Drawn:
        deadline = Deadline(seconds)
        url = f"{self._settings.base_url}/v1/{quote(order.model, safe='')}"
        asked = _asked(order)
        try:
            digest = digest_of(url, asked)
        except TypeError:  # not to be written: asking says so
            digest = ""
        known = _unfinished.take(digest)
        if known is None:
            task, polling_url, cost = await self._send(url, asked, order, wire, deadline)
        else:
            task, _, polling_url = known.partition("\n")
            cost = None
        try:
            told = await self._ready(polling_url, task, order, wire, deadline)
            picture = await _fetched(part(told, "result", "sample"), task, deadline)
        except ServiceFault as refusal:
            if refusal.code in MAY_GO_ON:
                _unfinished.keep(digest, f"{task}\n{polling_url}")
            raise
        if cost is None:
            cost = _cost(part(told, "cost")) or _price(order)
        seed, revised = part(told, "result", "seed"), text(part(told, "result", "prompt"))
        return await taken(
            TITLE,
            picture,
            order,
            cost=cost,
            seed=seed if isinstance(seed, int) and 0 <= seed < 2**63 else order.seed,
            revised_prompt="" if revised == order.prompt else revised,
            request_id=task,
        )

    async def _send(
        self, url: str, asked: Mapping[str, Any], order: Order, wire: PictureWire, deadline: Deadline
    ) -> tuple[str, str, Decimal | None]:
        """(the task, where to ask for it, what it costs as far as that is told)"""
        answered = await wire.ask(
            TITLE,
            "POST",
            url,
            seconds=deadline.left(),
            headers=self._headers(),
            json=asked,
            most_bytes=MOST_TOLD_BYTES,
        )
        body = answered.json()
        if answered.status != 200:
            raise self._refusal(answered, body, order)
        task, polling_url = text(part(body, "id"), 200), part(body, "polling_url")
        if not task or not isinstance(polling_url, str):
            raise fault(Trouble.NO_PICTURE, Told(200, why="no task", was_paid=None), service=TITLE)
        if not self._is_own(polling_url):
            values: dict[str, str | int | float] = {"service": TITLE}
            raise ServiceFault(
                Outcome.FALLBACK,
                FOREIGN_HOST,
                values=values,
                status=200,
                code="foreign_host",
                was_paid=None,
                request_id=task,
            )
        return task, polling_url, _cost(part(body, "cost"))

    async def _ready(
        self, polling_url: str, task: str, order: Order, wire: PictureWire, deadline: Deadline
    ) -> Any:
        pauses = Pauses(deadline)
        while await pauses.next():
            answered = await wire.ask(
                TITLE,
                "GET",
                polling_url,
                seconds=deadline.left(),
                headers=self._headers(),
                most_bytes=MOST_TOLD_BYTES,
            )
            body = answered.json()
            status = part(body, "status")
            if status == READY:
                return body
            message = text(part(body, "details", "error")) or text(part(body, "details"))
            if status in MODERATED:
                was_paid = None if MODERATED[status] is Trouble.MODERATED_PICTURE else False
                ended = Told(answered.status, (status.lower(),), message, request_id=task, was_paid=was_paid)
                raise fault(MODERATED[status], ended, service=TITLE)
            if status in GIVEN_UP:
                raise _given_up(answered.status, status, message, task)
            # Too often, or a hiccup: the task goes on, and so does the waiting.
            if answered.status not in (200, 202, 408, 429) and answered.status < 500:
                raise self._refusal(answered, body, order, task)
            if answered.status == 200 and not isinstance(status, str):
                raise fault(
                    Trouble.NO_PICTURE,
                    Told(200, why="no state", request_id=task, was_paid=None),
                    service=TITLE,
                )
        raise still_drawn(TITLE, deadline.seconds, task, was_paid=None)

    def _headers(self) -> dict[str, str]:
        return {"x-key": checked(TITLE, KEY_SETTING, self._settings.key)}

    def _is_own(self, url: str) -> bool:
        try:
            named, own = urlsplit(url), urlsplit(self._settings.base_url)
            if (named.scheme, named.hostname, named.port) == (own.scheme, own.hostname, own.port):
                return named.username is None
            is_theirs = (own.hostname or "").endswith(OWN_DOMAIN)
            return (
                is_theirs
                and named.scheme == "https"
                and named.port in (None, 443)
                and named.username is None
                and (named.hostname or "").endswith(OWN_DOMAIN)
            )
        except ValueError:
            return False

    def _refusal(self, answered: Answered, body: Any, order: Order, task: str = "") -> ServiceFault:
        detail = part(body, "detail")
        message = text(detail) or text(part(detail, 0, "msg")) or text(part(body, "message"))
        spoken = part(body, "retry_after")
        is_delay = isinstance(spoken, int | float) and not isinstance(spoken, bool) and 0 <= spoken <= 86_400
        told = Told(
            answered.status,
            message=message,
            retry_after=float(spoken) if is_delay else delay(answered.headers, message),
            request_id=task,
        )
        trouble = trouble_of(told, statuses=STATUSES)
        key = self._settings.key
        return fault(trouble, told, service=TITLE, setting=KEY_SETTING, model=order.model, key=key)


def _asked(order: Order) -> dict[str, Any]:
    asked: dict[str, Any] = {
        "prompt": order.prompt,
        "width": order.width,
        "height": order.height,
        "output_format": "png",
    }
    if order.seed is not None:
        asked["seed"] = order.seed
    for number, reference in enumerate(order.references, start=1):
        name = "input_image" if number == 1 else f"input_image_{number}"
        asked[name] = base64.b64encode(reference.data).decode()
    return asked


async def _fetched(sample: object, task: str, deadline: Deadline) -> bytes:
    if not isinstance(sample, str):
        raise fault(
            Trouble.NO_PICTURE, Told(200, why="no address", request_id=task, was_paid=None), service=TITLE
        )
    pauses = Pauses(deadline)
    outcome, code, trouble = Outcome.RETRY_SAME, "not_fetched", "time was up"
    for _ in range(FETCHES):
        left = deadline.left()
        if left <= 0:
            break
        try:
            fetched = await asyncio.to_thread(
                fetcher().fetch, sample, max_bytes=MOST_PICTURE_BYTES, deadline_seconds=left
            )
            return fetched.body
        except FetchRefused as error:  # to ask again would be paid for and lead there again
            outcome, code, trouble = Outcome.FALLBACK, "foreign_host", str(error)
            break
        except FetchFailed as error:
            trouble = str(error)
            if error.permanent:
                code = "gone"
                break
        await pauses.next()
    values: dict[str, str | int | float] = {"service": TITLE, "why": trouble[:200]}
    raise ServiceFault(
        outcome, NOT_FETCHED, values=values, status=200, code=code, was_paid=True, request_id=task
    )


def _given_up(status: int, state: str, message: str, task: str) -> ServiceFault:
    values: dict[str, str | int | float] = {"service": TITLE, "state": state}
    return ServiceFault(
        Outcome.RETRY_SAME,
        GAVE_UP,
        values=values,
        status=status,
        code=state.lower(),
        message=message,
        was_paid=None,
        request_id=task,
    )


def _cost(told: object) -> Decimal | None:
    """USD of so many credits; None where none are told."""
    if isinstance(told, bool) or not isinstance(told, int | float):
        return None
    try:
        cost = Decimal(str(told)) * CREDIT
    except InvalidOperation:
        return None
    return cost if cost.is_finite() and 0 <= cost < 100 else None


def _price(order: Order) -> Decimal | None:
    is_plain = order.width * order.height <= MEGAPIXEL and not order.references
    return PRICES.get(order.model) if is_plain else None


SERVICE = Service(
    name="flux",
    title=TITLE,
    base_url="https://api.bfl.ai",
    abilities=abilities,
    models=tuple(PRICES),
    make=Flux,
    key_setting=KEY_SETTING,
    at_once=24,  # tasks of one account that may be under way
    prices=PRICES,
)
