"""One attempt at one model, on the loop: look, take, write the intent, call, store the answer, settle.

The order is what keeps money safe: the intent is committed before the call, and the answer is committed before
anybody uses it. A process killed in between leaves an intent; whoever asks next sees it and may pay once more.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal
from time import monotonic, time
from typing import Any, NamedTuple, Protocol

import orjson
import structlog

from vitrina.engine.core import metrics
from vitrina.engine.core.breaker import Breaker, State
from vitrina.engine.core.capabilities import Capabilities, after_refusal
from vitrina.engine.core.config import EngineConfig, Target
from vitrina.engine.core.deadlines import Deadline
from vitrina.engine.core.faults import Fault, FaultKind, WireFault
from vitrina.engine.core.ids import new_id
from vitrina.engine.core.ports import (
    Begin,
    Busy,
    CallRow,
    Finish,
    Go,
    Hit,
    Hold,
    LoopDelivery,
    Operation,
    QuotaAsk,
    Record,
    Refused,
    Result,
    Store,
    Stored,
    Wait,
)
from vitrina.engine.core.prices import Price, nano_usd
from vitrina.engine.core.reading import Completion, StreamReader, Usage
from vitrina.engine.core.replies import CallContext
from vitrina.engine.core.requests import ChatRequest, EmbedRequest
from vitrina.engine.core.services import ServiceRequest, sent
from vitrina.engine.core.wire import Wire
from vitrina.engine.errors import EngineError
from vitrina.lib.rates import Ask

logger = structlog.stdlib.get_logger("vitrina.engine")

LEASE_MARGIN_SECONDS = 25.0  # for writing the answer down after the call's own end
FIRST_LOOK_SECONDS = 0.05  # at somebody else's call; doubled up to the longest
LONGEST_LOOK_SECONDS = 0.5
LEAST_SECONDS = 0.05
PLACE_SECONDS = 5.0  # when to ask again after no place was free within the deadline
_PAID_FINISHES = {FaultKind.TIMEOUT, FaultKind.CONNECTION, FaultKind.TOO_LARGE, FaultKind.BAD_BODY}


class SharedRates(Protocol):
    """Rates held outside of the store (Redis). Returns seconds to wait, 0 when granted."""

    async def take(self, asks: Sequence[Ask]) -> float: ...
    async def settle(self, used: Sequence[tuple[Ask, float]]) -> None: ...
    async def close(self) -> None: ...


class AttemptSpec(NamedTuple):
    """`keys`: of all models of the route, `key` of this one. `tokens_expected`: our estimate of the prompt.

    `least_seconds`: with less left until the deadline no place and no rate is waited for.
    """

    target: Target
    key: str
    keys: tuple[str, ...]
    also_under: tuple[str, ...]
    request: ChatRequest | EmbedRequest | ServiceRequest
    route: str
    generator: str
    context: CallContext
    prompt_version: str
    ttl_seconds: float
    deadline: Deadline
    tokens_expected: int
    number: int = 1
    is_repair: bool = False
    on_text: Callable[[str], None] | None = None
    question: bytes = b""  # what is kept of the request beside the ledger; empty: nothing is
    least_seconds: float = LEAST_SECONDS


class AttemptResult(NamedTuple):
    """Either `stored` or `fault`. `sent`: requests that left the house. `refused`: our own limit behind the fault."""

    stored: Stored | None = None
    fault: Fault | None = None
    refused: Refused | None = None
    cached: bool = False
    sent: int = 0
    rows: tuple[CallRow, ...] = ()


class Attempts:
    """Everything that attempts share in a process. Its coroutines run on the engine's loop only."""

    def __init__(self, *, rates: SharedRates | None) -> None:
        self.wire = Wire()
        self.capabilities = Capabilities()
        self._breakers: dict[str, Breaker] = {}
        self._flights: dict[str, asyncio.Future[AttemptResult]] = {}
        self._places: dict[str, tuple[int | None, asyncio.Semaphore | None]] = {}
        self._rates = rates

    async def run(self, spec: AttemptSpec, config: EngineConfig, store: Store) -> AttemptResult:
        """One attempt; the same key already in flight in this process is joined instead."""
        flight = self._flights.get(spec.key)
        if flight is not None:
            try:
                async with asyncio.timeout(max(0.0, spec.deadline.seconds_left)):
                    result = await asyncio.shield(flight)
            except TimeoutError:
                return AttemptResult(
                    fault=Fault(
                        FaultKind.TIMEOUT, "The same question, asked by another, was not answered in time."
                    )
                )
            if result.stored is None:
                return AttemptResult(fault=result.fault, refused=result.refused)
            return await self._served(spec, store, result.stored)
        flight = self._flights[spec.key] = asyncio.get_running_loop().create_future()
        result = AttemptResult(
            fault=Fault(FaultKind.CONNECTION, "The engine was stopped before the answer came.")
        )
        try:
            result = await self._in_its_place(spec, config, store)
        finally:
            del self._flights[spec.key]
            flight.set_result(result)
        return result

    async def _in_its_place(self, spec: AttemptSpec, config: EngineConfig, store: Store) -> AttemptResult:
        """Where the provider takes so many calls at once, wait in order for a place among them."""
        name = spec.target.endpoint.name
        if isinstance(spec.request, ServiceRequest):
            name, most = f"{spec.request.kind} {name}", spec.request.at_once
        else:
            most = config.at_once.get(name)
        if most is None:
            return await self._lead(spec, config, store)
        known, places = self._places.get(name, (None, None))
        if places is None or known != most:
            places = asyncio.Semaphore(most)
            self._places[name] = most, places
        try:
            async with asyncio.timeout(max(0.0, spec.deadline.seconds_left - spec.least_seconds)):
                await places.acquire()
        except TimeoutError:
            return _refusal(
                f"calls at once of {name}",
                most,
                f"{most} calls to {name} are under way, its limit.",
                PLACE_SECONDS,
            )
        try:
            return await self._lead(spec, config, store)
        finally:
            places.release()

    async def close(self) -> None:
        await self.wire.close()
        if self._rates is not None:
            await self._rates.close()

    def breaker(self, name: str, config: EngineConfig) -> Breaker:
        if name not in self._breakers:
            self._breakers[name] = Breaker(config.breaker)
        return self._breakers[name]

    async def _lead(self, spec: AttemptSpec, config: EngineConfig, store: Store) -> AttemptResult:
        breaker = self.breaker(spec.target.name, config)
        price = config.prices.of(
            spec.target.endpoint.name, spec.target.endpoint.provider.price_id, spec.target.step.model_name
        )
        rates = _rates_of(spec, config)
        shared = self._rates if rates else None
        row = _row(spec)
        look = FIRST_LOOK_SECONDS
        while True:
            only_look = breaker.state is State.OPEN
            seconds = min(spec.target.step.timeout_seconds, spec.deadline.seconds_left)
            if seconds < LEAST_SECONDS:
                return AttemptResult(fault=Fault(FaultKind.TIMEOUT, "No time is left for this attempt."))
            begun = await _asked(
                store,
                Begin(
                    spec.key,
                    spec.keys,
                    seconds + LEASE_MARGIN_SECONDS,
                    row,
                    QuotaAsk(
                        spec.context.seller_id,
                        spec.context.user_id,
                        spec.context.feature or spec.generator,
                        _most(spec, price),
                        not isinstance(spec.request, ServiceRequest),
                    ),
                    () if shared is not None else rates,
                    only_look,
                ),
            )
            if isinstance(begun, Hit):
                return await self._served(spec, store, begun.stored)
            if isinstance(begun, Busy):
                pause = min(look, begun.seconds + 0.01)
                look = min(look * 2, LONGEST_LOOK_SECONDS)
                if pause > spec.deadline.seconds_left:
                    return AttemptResult(
                        fault=Fault(
                            FaultKind.TIMEOUT, "Another process didn't finish the same question in time."
                        )
                    )
                await asyncio.sleep(pause)
                continue
            if isinstance(begun, Wait):
                if begun.seconds + spec.least_seconds > spec.deadline.seconds_left:
                    return _rate_refusal(begun.rate_key, begun.per_minute, begun.seconds)
                await asyncio.sleep(begun.seconds)
                continue
            if isinstance(begun, Refused):
                metrics.REFUSALS.labels(spec.route).inc()
                return AttemptResult(
                    fault=Fault(FaultKind.LIMIT, f"The limit «{begun.limit}» is reached."), refused=begun
                )
            break
        hold = begun.hold if isinstance(begun, Go) else Hold()
        if only_look or not breaker.admits():
            if isinstance(begun, Go):
                await _asked(
                    store,
                    Finish(spec.key, (), hold, rates=tuple((ask, 0.0) for ask in rates if shared is None)),
                )
            metrics.show_breaker(spec.target.name, breaker.state)
            return AttemptResult(
                fault=Fault(
                    FaultKind.BREAKER_OPEN,
                    f"{spec.target.name} failed too often and rests.",
                    retry_after=breaker.seconds_until_probe,
                )
            )
        if shared is not None:
            try:
                refused = await self._wait_for_rate(shared, rates, spec)
            except EngineError:
                await _asked(store, Finish(spec.key, (), hold))
                raise
            if refused is not None:
                await _asked(store, Finish(spec.key, (), hold))
                return refused
        return await self._call(spec, config, store, hold, price, rates, row, breaker)

    async def _call(
        self,
        spec: AttemptSpec,
        config: EngineConfig,
        store: Store,
        hold: Hold,
        price: Price | None,
        rates: tuple[Ask, ...],
        row: CallRow,
        breaker: Breaker,
    ) -> AttemptResult:
        rows: list[CallRow] = []
        stored: Stored | None = None
        fault: Fault | None = None
        spent: Decimal | None = None
        used_tokens = 0.0
        ended = False
        metrics.IN_FLIGHT.inc()
        try:
            if isinstance(spec.request, ServiceRequest):
                seconds = min(spec.target.step.timeout_seconds, spec.deadline.seconds_left)
                stored, fault, spent = await sent(
                    spec.request, spec.key, row, rows, self.wire.session(), seconds
                )
            else:
                stored, fault, spent, used_tokens = await self._send(spec, row, rows, price)
            ended = True
        finally:
            metrics.IN_FLIGHT.dec()
            if not ended:  # cancelled: the process goes down while the call is in flight
                row.outcome, row.error_class = "doubt", "stopped"
                row.latency_ms = int((time() - row.at) * 1000)
                rows.append(row)
            finish = Finish(
                spec.key,
                tuple(rows),
                hold,
                stored,
                spec.ttl_seconds,
                nano_usd(spent),
                spec.also_under,
                () if self._rates is not None else _settlement(rates, used_tokens, len(rows)),
                spec.question,
                "" if fault is None else f"{fault.sentence} {fault.message}".strip(),
            )
            # The store has it from here on: what was paid is written down even when nobody waits for it any more.
            await _asked(store, finish)
        if self._rates is not None and rates:
            try:
                await self._rates.settle(_settlement(rates, used_tokens, len(rows)))
            except EngineError as error:
                # The answer is here and paid for; a rate that was not settled is only too careful for a minute.
                logger.warning("rate_not_settled", action="rate_not_settled", reason=error.sentence)
        if fault is None:
            breaker.succeeded()
        else:
            breaker.failed(fault.kind)
        metrics.show_breaker(spec.target.name, breaker.state)
        return AttemptResult(stored, fault, sent=len(rows), rows=tuple(rows))

    async def _send(
        self, spec: AttemptSpec, row: CallRow, rows: list[CallRow], price: Price | None
    ) -> tuple[Stored | None, Fault | None, Decimal | None, float]:
        """Requests until one is understood: a refused form is tried weaker, and what worked is remembered."""
        endpoint, model = spec.target.endpoint, spec.target.step.model_name
        capability = first = self.capabilities.of(endpoint.base_url, model, endpoint.provider)
        structured = isinstance(spec.request, ChatRequest)
        original: Fault | None = None
        while True:
            row.at = time()
            started = monotonic()
            heard: list[StreamReader] = []
            seconds = min(spec.target.step.timeout_seconds, spec.deadline.seconds_left)
            try:
                if seconds < LEAST_SECONDS:
                    raise WireFault(original or Fault(FaultKind.TIMEOUT, "No time is left for this attempt."))
                answer, first_token = await self._exchange(spec, capability, seconds, heard)
                if endpoint.key and endpoint.key in answer.content:
                    answer = replace(answer, content=without_key(answer.content, endpoint.key))
                fault = _fault_of(answer, endpoint.name)
            except WireFault as error:
                answer, first_token, fault = None, None, error.fault
                if endpoint.key and endpoint.key in fault.message:
                    fault = replace(fault, message=without_key(fault.message, endpoint.key))
            row.latency_ms = int((monotonic() - started) * 1000)
            row.first_token_ms = None if first_token is None else int(first_token * 1000)
            spent, tokens = _account(row, spec, answer, fault, heard, price)
            rows.append(row)
            if fault is None:
                assert answer is not None
                if capability != first:
                    self.capabilities.learn(endpoint.base_url, model, capability)
                return (
                    Stored(
                        spec.key,
                        answer.content,
                        answer.finish,
                        row.tokens_prompt or 0,
                        row.tokens_completion or 0,
                        row.cost,
                    ),
                    None,
                    spent,
                    tokens,
                )
            row.outcome, row.error_class, row.status = "error", fault.kind.value, fault.status
            weaker = after_refusal(
                capability, fault, structured=structured, streaming=spec.on_text is not None
            )
            if weaker is None:
                # The first words of the server are the ones that explain it; later ones answer our own trials.
                return (
                    None,
                    (original if fault.kind is FaultKind.REQUEST and original is not None else fault),
                    spent,
                    tokens,
                )
            original = original or fault
            capability = weaker
            row = replace(row, id=new_id(), outcome="ok", error_class="", status=0)

    async def _exchange(
        self, spec: AttemptSpec, capability: Any, seconds: float, heard: list[StreamReader]
    ) -> tuple[Completion, float | None]:
        endpoint, model = spec.target.endpoint, spec.target.step.model_name
        if isinstance(spec.request, EmbedRequest):
            vectors, usage = await self.wire.embed(
                endpoint, spec.request.body(model), len(spec.request.texts), seconds
            )
            return Completion(orjson.dumps(vectors).decode(), "stop", usage=usage), None
        assert isinstance(spec.request, ChatRequest)
        body = spec.request.body(model, capability, endpoint.provider, stream=spec.on_text is not None)
        if spec.on_text is None:
            return await self.wire.chat(endpoint, body, seconds), None
        on_text = spec.on_text

        def progress(reader: StreamReader) -> None:
            if not heard:
                heard.append(reader)
            on_text(without_key(reader.content, endpoint.key))

        return await self.wire.stream(endpoint, body, seconds, progress)

    async def _wait_for_rate(
        self, shared: SharedRates, rates: tuple[Ask, ...], spec: AttemptSpec
    ) -> AttemptResult | None:
        while wait := await shared.take(rates):
            if wait + spec.least_seconds > spec.deadline.seconds_left:
                return _rate_refusal(rates[0].rate.key, rates[0].rate.per_minute, wait)
            await asyncio.sleep(wait)
        return None

    async def _served(self, spec: AttemptSpec, store: Store, stored: Stored) -> AttemptResult:
        row = _row(spec)
        row.outcome, row.tokens_prompt, row.tokens_completion, row.cost = "cached", 0, 0, Decimal(0)
        await _asked(store, Record((row,)))
        return AttemptResult(stored, cached=True, rows=(row,))


def _asked(store: Store, operation: Operation) -> asyncio.Future[Result]:
    delivery = LoopDelivery()
    store.submit(operation, delivery)
    return delivery.future


def _row(spec: AttemptSpec) -> CallRow:
    return CallRow(
        id=new_id(),
        at=time(),
        kind=spec.request.kind,
        generator=spec.generator,
        route=spec.route,
        provider=spec.target.endpoint.name,
        model=spec.target.step.model_name,
        outcome="ok",
        attempt=spec.number,
        is_repair=spec.is_repair,
        prompt_version=spec.prompt_version,
        seller_id=spec.context.seller_id,
        user_id=spec.context.user_id,
        job_id=spec.context.job_id,
    )


def _most(spec: AttemptSpec, price: Price | None) -> int:
    """The most that the call may cost, in nano-dollars; 0 where the price is unknown."""
    if isinstance(spec.request, ServiceRequest):
        return spec.request.most_nano_usd
    if price is None:
        return 0
    limit = spec.request.output_limit or 0 if isinstance(spec.request, ChatRequest) else 0
    return nano_usd(price.cost(Usage(spec.tokens_expected, limit))) or 0


def _rates_of(spec: AttemptSpec, config: EngineConfig) -> tuple[Ask, ...]:
    if isinstance(spec.request, ServiceRequest):
        return () if spec.request.rate is None else (Ask(spec.request.rate, spec.request.units),)
    name = spec.target.endpoint.name
    asks = []
    if name in config.requests:
        asks.append(Ask(config.requests[name], 1))
    if name in config.tokens:
        limit = spec.request.output_limit or 0 if isinstance(spec.request, ChatRequest) else 0
        asks.append(Ask(config.tokens[name], spec.tokens_expected + limit))
    return tuple(asks)


def _settlement(rates: tuple[Ask, ...], used_tokens: float, sent: int) -> tuple[tuple[Ask, float], ...]:
    return tuple((ask, sent * ask.units if ask.rate.key.endswith(":rpm") else used_tokens) for ask in rates)


def _rate_refusal(key: str, per_minute: int, wait: float) -> AttemptResult:
    what = "requests" if key.endswith(":rpm") else "tokens"
    return _refusal(
        f"{what} per minute of {key.partition(':')[0]}",
        per_minute,
        f"The rate of {per_minute} {what} a minute is used up.",
        wait,
    )


def _refusal(limit: str, value: int, sentence: str, wait: float) -> AttemptResult:
    from datetime import UTC, datetime, timedelta

    refused = Refused(limit, f"{value}", datetime.now(UTC) + timedelta(seconds=wait))
    return AttemptResult(fault=Fault(FaultKind.LIMIT, sentence, retry_after=wait), refused=refused)


def _fault_of(answer: Completion, name: str) -> Fault | None:
    """What an answer without an answer in it stands for."""
    if answer.refusal or answer.finish == "content_filter":
        return Fault(FaultKind.REFUSED, f"{name} refuses this content.", status=200)
    if not answer.content or answer.content.isspace():
        if answer.finish == "length":
            return Fault(
                FaultKind.TRUNCATED, f"{name} used up the output limit before it said anything.", status=200
            )
        return Fault(FaultKind.EMPTY, f"{name} sent an empty answer.", status=200)
    return None


def _account(
    row: CallRow,
    spec: AttemptSpec,
    answer: Completion | None,
    fault: Fault | None,
    heard: list[StreamReader],
    price: Price | None,
) -> tuple[Decimal | None, float]:
    """Write tokens and cost into the row; returns the money to count and the tokens to settle."""
    if answer is not None:
        row.status, row.request_id = 200, answer.request_id
        usage = answer.usage
        if usage is None:
            row.is_estimated = True
            usage = Usage(spec.tokens_expected, estimate(answer.content))
    elif heard:
        # The stream broke off: what was said is paid for, and only an estimate of it is left.
        row.is_estimated = heard[0].usage is None
        usage = heard[0].usage or Usage(spec.tokens_expected, estimate(heard[0].content))
    elif fault is not None and fault.kind in _PAID_FINISHES:
        # Nobody knows whether it was paid: the ledger says unknown, the budget counts the prompt.
        row.is_estimated = True
        maybe = None if price is None else price.cost(Usage(spec.tokens_expected, 0))
        return maybe, float(spec.tokens_expected)
    else:
        row.tokens_prompt, row.tokens_completion, row.cost = 0, 0, Decimal(0)
        return Decimal(0), 0.0
    row.tokens_prompt, row.tokens_completion, row.tokens_cached = usage.prompt, usage.completion, usage.cached
    if usage.cost is not None:
        row.cost = usage.cost
    elif price is not None:
        row.cost = price.cost(usage)
    return row.cost, float(usage.total)


def without_key(text: str, key: str | None) -> str:
    """What a server said, without our key: some send it back in an error, a hostile one in an answer."""
    return text.replace(key, "…") if key else text


def estimate(text: str) -> int:
    """Tokens of a text, roughly: bytes of UTF-8 over 4 lies within ±30 % for Russian and English of today's models."""
    return len(text.encode()) // 4 + 1
