"""One call to a picture service over the engine: what is sent, what came, and what stands in the storage before it is paid.

The bytes are saved before the engine writes the call's end, so that a paid picture is never lost by a crash after it.
"""

from __future__ import annotations

import asyncio
import hashlib
import io
from dataclasses import asdict, dataclass
from decimal import Decimal
from time import monotonic
from typing import Any

import aiohttp
import orjson
import structlog

from vitrina.engine import calling
from vitrina.engine.calling import Fault, FaultKind, Sent, ServiceFailed
from vitrina.engine.core.replies import CallContext
from vitrina.imagery.installed import Installed
from vitrina.imagery.models import original_name
from vitrina.imagery.ports import Drawing, Drawn, Order, Outcome, ServiceFault
from vitrina.imagery.wire import PictureWire
from vitrina.lib import files
from vitrina.lib.pictures.kinds import MEDIA_TYPES, kind_of
from vitrina.lib.pictures.prepared import PictureRefused
from vitrina.lib.sentences import gettext_noop

logger = structlog.stdlib.get_logger("vitrina.imagery")

LEDGER = "image"
SAVING_TRIES = 3
TOO_SLOW = gettext_noop("%(service)s did not answer within %(seconds)s s.")
NO_PICTURE = gettext_noop("%(service)s answered without a picture: %(why)s")
BROKEN_ADAPTER = gettext_noop("The program could not read the answer of %(service)s (%(error)s).")
NOT_STORED = gettext_noop("The picture of %(service)s could not be stored (%(error)s).")
RESTS = gettext_noop("%(service)s failed too often and rests.")
BUDGET = gettext_noop("The budget «%(limit)s» of %(value)s is used up.")
BUSY = gettext_noop("As many calls to %(service)s as its limit allows were made; the next one waits.")
NOT_SENT = gettext_noop("%(service)s was not asked: %(why)s")
RESTING = "resting"  # a code: its breaker is open, which passes


@dataclass(frozen=True)
class Made:
    """A picture that came and stands in the storage, as the engine keeps it. `cost`: USD in words, None for unknown."""

    digest: str
    media_type: str
    told_type: str  # as the service called it
    size: int
    model: str
    seed: int | None
    cost: str | None
    revised_prompt: str
    request_id: str
    notes: tuple[str, ...]
    seconds: float

    @staticmethod
    def restored(kept: Any) -> Made:
        return Made(**{**kept, "notes": tuple(kept["notes"])})


@dataclass(frozen=True)
class Called:
    """What one call came to: a picture, or a fault. `call_id`: of the ledger's row."""

    made: Made | None
    fault: ServiceFault | None
    call_id: str
    cost: Decimal | None
    seconds: float


def order_json(order: Order) -> dict[str, Any]:
    """What a row keeps of an order: the digests of its reference pictures, not the pictures."""
    return asdict(order) | {"references": [reference.digest for reference in order.references]}


def call(
    installed: Installed,
    order: Order,
    *,
    key: str,
    seller_id: int,
    user_id: int | None,
    job_id: int | None,
    recipe: str,
    number: int,
) -> Called:
    """Ask once. The same `key` again gives the stored answer, and nothing is paid. In no transaction. Raises EngineError."""
    service = installed.service
    heard: list[ServiceFault] = []
    began = monotonic()
    result = calling.call(
        calling.Call(
            service=service.name,
            model=order.model,
            key=key,
            send=_sender(installed, order, seller_id, heard),
            kind=LEDGER,
            generator=recipe,
            context=CallContext(seller_id=seller_id, user_id=user_id, job_id=job_id, feature="pictures"),
            seconds=service.seconds,
            most_usd=service.prices.get(order.model),
            rate=installed.rate,
            units=1 + len(order.references) if service.counts_references else 1,
            at_once=installed.at_once,
            is_offline=service.is_offline,
            number=number,
        )
    )
    row = result.rows[-1] if result.rows else None
    seconds = monotonic() - began
    call_id = str(row.id) if row is not None else ""
    if result.stored is not None:
        made = Made.restored(orjson.loads(result.stored.raw))
        cost = None if made.cost is None else Decimal(made.cost)
        return Called(made, None, call_id, cost, made.seconds)
    fault = heard[-1] if heard else _of_engine(service.title, result)
    return Called(None, fault, call_id, row.cost if row is not None else Decimal(0), seconds)


def _sender(installed: Installed, order: Order, seller_id: int, heard: list[ServiceFault]) -> Any:
    service = installed.service

    async def send(session: aiohttp.ClientSession, seconds: float) -> Sent:
        began = monotonic()
        try:
            drawn = await _drawn(installed.drawing(), order, session, seconds, service.title)
            cost = drawn.cost if drawn.cost is not None else service.prices.get(order.model)
            made = await asyncio.to_thread(_keep, drawn, cost, seller_id, service.title, monotonic() - began)
        except ServiceFault as fault:
            heard.append(fault)
            price = service.prices.get(order.model)
            raise ServiceFailed(
                Fault(
                    _kind_of(fault),
                    str(fault),
                    fault.status,
                    fault.retry_after,
                    fault.code,
                    message=fault.message,
                ),
                Decimal(0) if fault.was_paid is False else price if fault.was_paid else None,
                fault.request_id,
            ) from fault
        return Sent(orjson.dumps(asdict(made)).decode(), cost, drawn.tokens, drawn.request_id)

    return send


async def _drawn(
    drawing: Drawing, order: Order, session: aiohttp.ClientSession, seconds: float, title: str
) -> Drawn:
    try:
        async with asyncio.timeout(seconds):
            return await drawing.draw(order, PictureWire(session), seconds)
    except TimeoutError:
        raise ServiceFault(
            Outcome.RETRY_SAME,
            TOO_SLOW,
            values={"service": title, "seconds": round(seconds)},
            code="timeout",
            was_paid=None,
        ) from None
    except ServiceFault:
        raise
    except Exception as error:
        # An adapter that stumbles over an answer is our fault; the picture goes on elsewhere, and the log has the place.
        logger.exception("picture_adapter_failed", action="picture_adapter_failed", service=title)
        name = type(error).__name__
        raise ServiceFault(
            Outcome.FALLBACK,
            BROKEN_ADAPTER,
            values={"service": title, "error": name},
            code="adapter",
            was_paid=None,
        ) from error


def _keep(drawn: Drawn, cost: Decimal | None, seller_id: int, title: str, seconds: float) -> Made:
    """The bytes into the storage, as they came."""
    try:
        media_type = MEDIA_TYPES[kind_of(drawn.data)]
    except PictureRefused as refused:
        raise ServiceFault(
            Outcome.RETRY_NEW_SEED,
            NO_PICTURE,
            values={"service": title, "why": str(refused)},
            code="no_picture",
            status=200,
            message=drawn.data[:300].decode("utf-8", "replace"),
            was_paid=None,
            request_id=drawn.request_id,
        ) from refused
    digest = hashlib.sha256(drawn.data).hexdigest()
    name = original_name(seller_id, digest, media_type)
    for number in range(1, SAVING_TRIES + 1):
        try:
            files.storage().save(name, io.BytesIO(drawn.data), media_type=media_type, is_lasting=True)
            break
        except OSError as error:
            if number == SAVING_TRIES:
                raise ServiceFault(
                    Outcome.RETRY_SAME,
                    NOT_STORED,
                    values={"service": title, "error": type(error).__name__},
                    code="storage",
                    was_paid=True,
                    request_id=drawn.request_id,
                ) from error
    return Made(
        digest=digest,
        media_type=media_type,
        told_type=drawn.media_type[:40],
        size=len(drawn.data),
        model=drawn.model,
        seed=drawn.seed,
        cost=None if cost is None else str(cost),
        revised_prompt=drawn.revised_prompt,
        request_id=drawn.request_id[:200],
        notes=drawn.notes,
        seconds=round(seconds, 3),
    )


def _kind_of(fault: ServiceFault) -> FaultKind:
    """In the engine's words, which move its breaker."""
    match fault.outcome:
        case Outcome.RETRY_SAME:
            if fault.code == "timeout":
                return FaultKind.TIMEOUT
            return FaultKind.SERVER if fault.status >= 500 else FaultKind.CONNECTION
        case Outcome.RETRY_AFTER:
            return FaultKind.RATE
        case Outcome.RETRY_NEW_SEED:
            return FaultKind.INVALID
        case Outcome.FALLBACK:
            if fault.status == 402 or "quota" in fault.code or "balance" in fault.code:
                return FaultKind.CREDIT
            return FaultKind.CONFIGURATION if fault.status in (401, 403) else FaultKind.GONE
        case Outcome.REFUSE:
            return FaultKind.REFUSED
        case Outcome.BAD_REQUEST:
            return FaultKind.REQUEST


def _of_engine(title: str, result: calling.AttemptResult) -> ServiceFault:
    """What the engine itself said, before anything was sent."""
    fault = result.fault
    assert fault is not None
    if fault.kind is FaultKind.BREAKER_OPEN:
        return ServiceFault(Outcome.FALLBACK, RESTS, values={"service": title}, code=RESTING)
    if fault.kind is FaultKind.LIMIT and fault.retry_after is not None:
        return ServiceFault(
            Outcome.RETRY_AFTER,
            BUSY,
            values={"service": title},
            code="own_limit",
            retry_after=fault.retry_after,
        )
    if result.refused is not None:
        refused = result.refused
        return ServiceFault(
            Outcome.BAD_REQUEST,
            BUDGET,
            values={"limit": refused.limit, "value": refused.value},
            code="budget",
        )
    why = {"service": title, "why": fault.sentence}
    return ServiceFault(Outcome.RETRY_SAME, NOT_SENT, values=why, code="engine")
