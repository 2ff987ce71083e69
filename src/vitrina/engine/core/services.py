"""Calls to services that speak no protocol of ours: the asker brings the coroutine, the engine what keeps money safe."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from decimal import Decimal
from time import monotonic, time
from typing import NamedTuple

import aiohttp

from vitrina.engine.core.faults import Fault, WireFault
from vitrina.engine.core.ports import CallRow, Stored
from vitrina.lib.rates import Rate


class Sent(NamedTuple):
    """What a service gave. `raw`: small JSON that is stored as the answer; what it names must stand already.

    `cost`: USD, None where nobody knows. `tokens`: (prompt, completion) where the service counts them.
    """

    raw: str
    cost: Decimal | None = None
    tokens: tuple[int, int] | None = None
    request_id: str = ""


class ServiceFailed(WireFault):
    """A call without an answer. `cost`: USD that it took all the same, 0 for none, None where nobody knows."""

    def __init__(self, fault: Fault, cost: Decimal | None = Decimal(0), request_id: str = "") -> None:
        super().__init__(fault)
        self.cost = cost
        self.request_id = request_id


Send = Callable[[aiohttp.ClientSession, float], Awaitable[Sent]]


@dataclass(frozen=True)
class ServiceRequest:
    """`send(session, seconds)` runs on the engine's loop and raises ServiceFailed. `kind`: the ledger's word for it.

    `most_nano_usd`: what may be spent, 0 where no price is known. `units`: what it takes of `rate`, whose key ends with
    «:rpm». `at_once`: calls of this kind to this service under way in one process.
    """

    send: Send
    kind: str
    most_nano_usd: int = 0
    rate: Rate | None = None
    units: float = 1
    at_once: int | None = None


async def sent(
    request: ServiceRequest,
    key: str,
    row: CallRow,
    rows: list[CallRow],
    session: aiohttp.ClientSession,
    seconds: float,
) -> tuple[Stored | None, Fault | None, Decimal | None]:
    """The answer or the fault, and the money to count; the ledger's row is added to `rows`, whatever came."""
    row.at = time()
    started = monotonic()
    stored, fault = None, None
    try:
        answer = await request.send(session, seconds)
    except WireFault as error:
        fault = error.fault
        row.outcome, row.error_class, row.status = "error", fault.kind.value, fault.status
        row.cost = error.cost if isinstance(error, ServiceFailed) else Decimal(0)
        row.request_id = error.request_id if isinstance(error, ServiceFailed) else ""
    else:
        row.status, row.cost, row.request_id = 200, answer.cost, answer.request_id
        if answer.tokens is not None:
            row.tokens_prompt, row.tokens_completion = answer.tokens
        told = answer.tokens or (0, 0)
        stored = Stored(key, answer.raw, "stop", *told, answer.cost)
    row.latency_ms = int((monotonic() - started) * 1000)
    rows.append(row)
    return stored, fault, row.cost
