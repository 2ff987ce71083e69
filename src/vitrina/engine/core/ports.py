"""What the core asks of the outside: one store with a few operations, each atomic, many of them in one commit.

Operations and results are named tuples: a call makes a dozen of them, and a frozen dataclass takes three times as long.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple, Protocol
from uuid import UUID

from vitrina.lib.rates import Ask


@dataclass(slots=True)
class CallRow:
    """One attempt, for the ledger, the log, the metrics and the spans. Tokens and cost None: unknown."""

    id: UUID
    at: float  # unix seconds at its begin
    kind: str  # "chat" | "embed" | "image" | "offline"
    generator: str
    route: str
    provider: str
    model: str
    outcome: str  # "ok" | "error" | "invalid" | "cached" | "doubt"
    error_class: str = ""
    status: int = 0
    attempt: int = 1
    is_repair: bool = False
    is_estimated: bool = False  # the server told no usage; tokens were counted by us
    tokens_prompt: int | None = None
    tokens_completion: int | None = None
    tokens_cached: int | None = None
    cost: Decimal | None = None
    latency_ms: int = 0
    first_token_ms: int | None = None
    prompt_version: str = ""
    request_id: str = ""
    seller_id: int | None = None
    user_id: int | None = None
    job_id: int | None = None

    @property
    def source(self) -> str:
        return "offline" if self.kind == "offline" else f"{self.provider}:{self.model}"


class Stored(NamedTuple):
    """A finished answer as it was written down. `key` tells which model of the route it is of."""

    key: str
    raw: str
    finish: str
    tokens_prompt: int
    tokens_completion: int
    cost: Decimal | None


class QuotaAsk(NamedTuple):
    """What one call wants to take. `nano_usd`: the most it may cost, 0 where no price is known.

    `counts_call` False: money alone, where the asker counts its own units and each may take several calls.
    """

    seller_id: int | None
    user_id: int | None
    feature: str
    nano_usd: int = 0
    counts_call: bool = True


class Hold(NamedTuple):
    """What was taken: (counter, amount) pairs for calls and for money, so that settling needs no look-up."""

    call_counters: tuple[str, ...] = ()
    money_counters: tuple[str, ...] = ()
    nano_usd: int = 0


class Begin(NamedTuple):
    """Look for a stored answer of any of `keys`; without one, take quota and rate and write the intent for `key`.

    `only_look`: nothing is taken or written where no answer is stored.
    """

    key: str
    keys: tuple[str, ...]
    lease_seconds: float
    call: CallRow
    quota: QuotaAsk | None = None
    rates: tuple[Ask, ...] = ()
    only_look: bool = False


class Hit(NamedTuple):
    stored: Stored


class Go(NamedTuple):
    hold: Hold = Hold()


class Busy(NamedTuple):
    """Someone else is asking the same; their lease ends in so many seconds."""

    seconds: float


class Wait(NamedTuple):
    """A rate lets this pass in so many seconds."""

    seconds: float
    rate_key: str
    per_minute: int


class Refused(NamedTuple):
    limit: str
    value: str
    lifts_at: datetime | None


@dataclass(frozen=True, slots=True)
class Miss:
    """Nothing stored, and nothing was taken."""


class Finish(NamedTuple):
    """The end of what `Begin` began: the answer (or none), its rows, and the real use.

    `also_under`: other keys that shall find this answer. `used_nano_usd` None: the cost is unknown.
    `question`: what was sent, to be kept beside the last of `calls`; empty where it isn't kept. `words`: what went wrong.
    """

    key: str
    calls: tuple[CallRow, ...]
    hold: Hold
    stored: Stored | None = None
    ttl_seconds: float = 0.0
    used_nano_usd: int | None = None
    also_under: tuple[str, ...] = ()
    rates: tuple[tuple[Ask, float], ...] = ()  # (what was reserved, units used)
    question: bytes = b""
    words: str = ""


class Record(NamedTuple):
    """Rows for the ledger alone: cached and offline answers."""

    calls: tuple[CallRow, ...]


class Discard(NamedTuple):
    """Stored answers that proved useless; kept for a while against paying again after a crash, then gone."""

    keys: tuple[str, ...]
    seconds: float


Operation = Begin | Finish | Record | Discard
Begun = Hit | Go | Busy | Wait | Refused | Miss
Result = Begun | None
Deliver = Callable[[Result | BaseException], None]


class LoopDelivery:
    """A delivery into a future of an event loop. A store may wake the loop once for many of them (`deliver_all`)."""

    __slots__ = ("_future", "loop")

    def __init__(self) -> None:
        self.loop = asyncio.get_running_loop()
        self._future: asyncio.Future[Result] = self.loop.create_future()

    @property
    def future(self) -> asyncio.Future[Result]:
        return self._future

    def __call__(self, result: Result | BaseException) -> None:
        self.loop.call_soon_threadsafe(self.resolve, result)

    def resolve(self, result: Result | BaseException) -> None:
        """On the loop only."""
        if self._future.done():
            return
        if isinstance(result, BaseException):
            self._future.set_exception(result)
        else:
            self._future.set_result(result)


def deliver_all(results: Iterable[tuple[Deliver, Result | BaseException]]) -> None:
    """Deliver each result; all that go to one loop wake it once."""
    by_loop: dict[asyncio.AbstractEventLoop, list[tuple[LoopDelivery, Result | BaseException]]] = {}
    for deliver, result in results:
        if isinstance(deliver, LoopDelivery):
            by_loop.setdefault(deliver.loop, []).append((deliver, result))
        else:
            deliver(result)
    for loop, pairs in by_loop.items():
        loop.call_soon_threadsafe(_resolve_all, pairs)


def _resolve_all(pairs: Iterable[tuple[LoopDelivery, Result | BaseException]]) -> None:
    for delivery, result in pairs:
        delivery.resolve(result)


class Store(Protocol):
    """Takes operations from any thread; `deliver` is called once with the result, after the commit, on any thread."""

    def submit(self, operation: Operation, deliver: Deliver) -> None: ...
    def close(self) -> None: ...
