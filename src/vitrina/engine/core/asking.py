"""Walking a route in the asker's thread: attempt, check, mend once, ask who is next, and the offline producer at the end."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from time import monotonic, time
from typing import Any, Generic

import structlog

from vitrina.engine.core import keys, metrics
from vitrina.engine.core.attempts import AttemptResult, Attempts, AttemptSpec, estimate
from vitrina.engine.core.config import EngineConfig, Target
from vitrina.engine.core.deadlines import Deadline
from vitrina.engine.core.fallback import ALERTS, MOST_CALLS, Attempt, who_next
from vitrina.engine.core.faults import Fault, FaultKind
from vitrina.engine.core.ids import new_id
from vitrina.engine.core.loop import LoopThread
from vitrina.engine.core.mailbox import Mailbox, StoreInMailbox, pause, wait_for
from vitrina.engine.core.picture_tokens import picture_tokens
from vitrina.engine.core.ports import CallRow, Discard, Record, Refused, Store
from vitrina.engine.core.prompts import Rendered, fenced
from vitrina.engine.core.replies import Answer, CallContext
from vitrina.engine.core.requests import ChatRequest, user_turn
from vitrina.engine.core.routes import Route
from vitrina.engine.core.schema import schema_of
from vitrina.engine.core.structured import BrokenAnswer, parsed, partial
from vitrina.engine.errors import ConfigurationFault, EngineError, EngineStopped, LimitReached, NoAnswer
from vitrina.engine.generators import Generator, In, Out
from vitrina.engine.images import ImagePart

logger = structlog.stdlib.get_logger("vitrina.engine")

MOST_REMINDER = 20_000  # characters of a broken answer that go back with its errors
USELESS_ANSWER_SECONDS = 900.0  # how long an answer that broke the schema is kept against paying for it again


class Engine:
    """The parts that all asks of a process share. `submit`-safe from any number of threads."""

    def __init__(self, store: Store, attempts: Attempts) -> None:
        self.store = store
        self.attempts = attempts
        self.loop = LoopThread()

    def attempt(
        self, spec: AttemptSpec, config: EngineConfig, store: Store, mailbox: Mailbox, *, is_own_thread: bool
    ) -> None:
        """Begin one attempt; its result comes into the mailbox."""
        used = StoreInMailbox(store, mailbox) if is_own_thread else store

        async def run() -> None:
            try:
                mailbox.put_result(await self.attempts.run(spec, config, used))
            except asyncio.CancelledError:
                mailbox.put_result(EngineStopped("The engine was stopped before the answer came; ask again."))
                raise
            except Exception as error:  # noqa: BLE001 - the thread that waits must hear of it, whatever it is
                mailbox.put_result(error)

        self.loop.spawn(run)

    def close(self, grace_seconds: float = 25.0) -> None:
        self.loop.close(grace_seconds, self.attempts.close)
        self.store.close()


@dataclass
class Walk(Generic[In, Out]):
    """One ask. Lives in the asker's thread for the length of one call of `ask`."""

    engine: Engine
    config: EngineConfig
    store: Store
    is_own_thread: bool
    generator: Generator[In, Out]
    route: Route
    values: In
    rendered: Rendered
    remarks: Sequence[str]
    images: Sequence[ImagePart]
    context: CallContext
    on_partial: Callable[[Mapping[str, Any]], None] | None
    deadline: Deadline
    call_ids: list[str] = field(default_factory=list)
    calls: int = 0
    repairs: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cost: Decimal | None = Decimal(0)

    def run(self) -> Answer[Out]:
        targets = self.config.targets(self.route)
        if targets:
            request = self._request()
            common = self._common(request)
            found = self._through(targets, request, common)
            if isinstance(found, Answer):
                return found
            fault, refused = found
        else:
            fault, refused = (
                Fault(FaultKind.CONFIGURATION, f"No model of the route «{self.route.name}» has a key."),
                None,
            )
        if refused is not None:
            raise LimitReached(
                refused.limit,
                refused.value,
                refused.lifts_at,
                retry_after=fault.retry_after,
                model_call_ids=tuple(self.call_ids),
            )
        if self.route.steps[-1].is_offline:
            return self._offline(fault if targets else None)
        if not targets:
            raise ConfigurationFault(
                f"{fault.sentence} Set a provider's key, or AI_BASE_URL, or add `offline` to the route."
            )
        raise NoAnswer(
            f"No model of the route «{self.route.name}» answered. The last one: {fault.sentence}",
            retry_after=fault.retry_after,
            model_call_ids=tuple(self.call_ids),
        )

    # -- the models that cost money ------------------------------------------------------------------------

    def _through(
        self, targets: tuple[Target, ...], request: ChatRequest, common: bytes
    ) -> Answer[Out] | tuple[Fault, Refused | None]:
        force = ""
        if self.context.force:
            force = f"job:{self.context.job_id}" if self.context.job_id is not None else str(new_id())
        call_keys = tuple(self._key(common, target, force) for target in targets)
        plain_keys = tuple(self._key(common, target, "") for target in targets) if force else ()
        fault = Fault(FaultKind.TIMEOUT, "No time was left.")
        refused: Refused | None = None
        for place, target in enumerate(targets):
            on_model = 0
            while True:
                on_model += 1
                result = self._attempt(
                    target,
                    request,
                    call_keys[place],
                    call_keys,
                    plain_keys[place : place + 1],
                    common,
                    number=on_model,
                    is_repair=False,
                )
                if result.stored is not None:
                    answered = (
                        targets[call_keys.index(result.stored.key)]
                        if result.stored.key in call_keys
                        else target
                    )
                    outcome = self._checked(answered, request, common, result, force)
                    if isinstance(outcome, Answer):
                        return outcome
                    fault = outcome
                else:
                    assert result.fault is not None
                    fault, refused = result.fault, result.refused or refused
                attempt = Attempt(on_model, self.calls, place == len(targets) - 1, random.random())  # noqa: S311 - jitter
                verdict = who_next(fault, attempt, self.deadline.seconds_left)
                self._tell(target, fault)
                if verdict.stop:
                    raise self._stopped(target, fault)
                if verdict.again_after is None:
                    break
                self._pause(verdict.again_after)
            if self.calls >= MOST_CALLS or self.deadline.seconds_left <= 0:
                break
        return fault, refused if fault.kind is FaultKind.LIMIT else None

    def _attempt(
        self,
        target: Target,
        request: ChatRequest,
        key: str,
        call_keys: tuple[str, ...],
        also_under: tuple[str, ...],
        common: bytes,
        *,
        number: int,
        is_repair: bool,
    ) -> AttemptResult:
        mailbox = Mailbox()
        ttl = self.generator.cache_ttl if self.generator.cache_ttl is not None else self.route.cache_ttl
        spec = AttemptSpec(
            target=target,
            key=key,
            keys=call_keys,
            also_under=also_under,
            request=request,
            route=self.route.name,
            generator=self.generator.name,
            context=self.context,
            prompt_version=self.rendered.version,
            ttl_seconds=ttl.total_seconds(),
            deadline=self.deadline,
            tokens_expected=estimate(request.system)
            + sum(estimate(str(turn["content"])) for turn in request.turns)
            if not self.images
            else estimate(request.system)
            + estimate(self.rendered.user)
            + picture_tokens(target.step.model_name) * len(self.images),
            number=number,
            is_repair=is_repair,
            on_text=mailbox.put_partial if self.on_partial is not None else None,
            question=common if self.config.keeps_exchanges else b"",
        )
        self.engine.attempt(spec, self.config, self.store, mailbox, is_own_thread=self.is_own_thread)
        longest = max(self.deadline.seconds_left, 0.0) + self.config.deadlines.store + 5
        try:
            result: AttemptResult = mailbox.wait(
                longest, self._partial if self.on_partial is not None else None
            )
        except TimeoutError:
            raise NoAnswer("The engine's loop didn't answer in time; the database may hang.") from None
        self._count(result)
        return result

    def _checked(
        self, target: Target, request: ChatRequest, common: bytes, result: AttemptResult, force: str
    ) -> Answer[Out] | Fault:
        """The typed answer, or after one repair the fault."""
        assert result.stored is not None
        stored = result.stored
        broken = [stored.key]
        if stored.finish != "length":
            try:
                return self._answer(target, result, *parsed(stored.raw, self.generator.output))
            except BrokenAnswer as error:
                errors = error.errors
        else:
            errors = [
                f"The answer was cut at the output limit of {request.output_limit} tokens. Answer again, shorter."
            ]
        fault = Fault(
            FaultKind.INVALID, f"The answer of {target.name} breaks its schema: {errors[0]}", status=200
        )
        if self.repairs or self.calls >= MOST_CALLS or self.deadline.seconds_left < 1:
            self._discard(broken)
            return fault
        self.repairs += 1
        repair = replace(
            request,
            turns=(
                *request.turns,
                # Only to remind the model of what it said: the beginning of an endless answer does for that.
                {"role": "assistant", "content": stored.raw[:MOST_REMINDER]},
                {
                    "role": "user",
                    "content": "Your answer breaks the schema. Answer again with the whole corrected JSON object and nothing else. "
                    "The errors:\n" + fenced("\n".join(errors), "errors"),
                },
            ),
            output_limit=request.output_limit * 2
            if request.output_limit and stored.finish == "length"
            else request.output_limit,
        )
        again = self._common(repair)
        key = self._key(again, target, force)
        mended = self._attempt(target, repair, key, (key,), (), again, number=1, is_repair=True)
        if mended.stored is None:
            assert mended.fault is not None
            self._discard(broken)
            return mended.fault if mended.refused is None else fault
        broken.append(mended.stored.key)
        if mended.stored.finish != "length":
            try:
                return self._answer(target, mended, *parsed(mended.stored.raw, self.generator.output))
            except BrokenAnswer as error:
                errors = error.errors
        self._discard(broken)
        return replace(
            fault, sentence=f"The answer of {target.name} breaks its schema after one repair: {errors[0]}"
        )

    def _answer(self, target: Target, result: AttemptResult, value: Out, repaired: bool) -> Answer[Out]:
        assert result.stored is not None
        metrics.count_served(self.route.name, from_cache=result.cached and not self.calls)
        notes = (
            (*self.rendered.notes, "The answer was almost JSON and was repaired.")
            if repaired
            else self.rendered.notes
        )
        return Answer(
            value=value,
            source=target.name,
            model_call_ids=tuple(self.call_ids),
            tokens_prompt=self.prompt_tokens,
            tokens_completion=self.completion_tokens,
            cost=self.cost,
            cached=not self.calls,
            raw=result.stored.raw,
            trimmed=self.rendered.trimmed,
            notes=notes,
            prompt_version=self.rendered.version,
        )

    # -- the member that costs nothing ---------------------------------------------------------------------

    def _offline(self, fault: Fault | None) -> Answer[Out]:
        began, started = time(), monotonic()
        value = self.generator.offline(self.values)
        row = CallRow(
            id=new_id(),
            at=began,
            kind="offline",
            generator=self.generator.name,
            route=self.route.name,
            provider="",
            model="offline",
            outcome="ok",
            tokens_prompt=0,
            tokens_completion=0,
            cost=Decimal(0),
            latency_ms=int((monotonic() - started) * 1000),
            prompt_version=self.rendered.version,
            seller_id=self.context.seller_id,
            user_id=self.context.user_id,
            job_id=self.context.job_id,
        )
        wait_for(self.store, Record((row,)), self.config.deadlines.store + 60)
        self.call_ids.append(str(row.id))
        notes = (
            self.rendered.notes
            if fault is None
            else (*self.rendered.notes, f"Answered offline: {fault.sentence}")
        )
        return Answer(
            value=value,
            source="offline",
            model_call_ids=tuple(self.call_ids),
            tokens_prompt=self.prompt_tokens,
            tokens_completion=self.completion_tokens,
            cost=self.cost,
            raw=value.model_dump_json(),
            trimmed=self.rendered.trimmed,
            notes=notes,
            prompt_version=self.rendered.version,
        )

    # -- small parts ---------------------------------------------------------------------------------------

    def _request(self) -> ChatRequest:
        user = self.rendered.user
        if self.remarks:
            listed = "\n".join(f"- {remark}" for remark in self.remarks)
            user = (
                f"{user}\n\nThe person who checks the result asks to heed this:\n{fenced(listed, 'remarks')}"
            )
        limit, temperature = self.generator.output_limit, self.generator.temperature
        return ChatRequest(
            system=self.rendered.system,
            turns=(user_turn(user, self.images),),
            schema=schema_of(self.generator.output),
            temperature=self.route.temperature if temperature is None else temperature,
            output_limit=self.route.output_limit if limit is None else limit,
        )

    def _common(self, request: ChatRequest) -> bytes:
        return keys.common_part(
            system=request.system,
            turns=request.turns
            if not self.images
            else (self.rendered.user, list(self.remarks), *request.turns[1:]),
            images=[image.digest for image in self.images],
            schema_digest=request.schema.digest,
            temperature=request.temperature,
            output_limit=request.output_limit,
            prompt_version=self.rendered.version,
        )

    def _key(self, common: bytes, target: Target, force: str) -> str:
        return keys.call_key(
            common,
            provider=target.endpoint.name,
            base_url=target.endpoint.base_url,
            model=target.step.model_name,
            force=force,
        )

    def _partial(self, text: str) -> None:
        assert self.on_partial is not None
        value = partial(text)
        if value is not None:
            self.on_partial(value)

    def _count(self, result: AttemptResult) -> None:
        self.calls += result.sent
        for row in result.rows:
            self.call_ids.append(str(row.id))
            self.prompt_tokens += row.tokens_prompt or 0
            self.completion_tokens += row.tokens_completion or 0
            self.cost = None if row.cost is None or self.cost is None else self.cost + row.cost

    def _pause(self, seconds: float) -> None:
        """Wait in the asker's thread; its deadline has room for it."""
        if seconds > 0:
            pause(seconds)

    def _discard(self, broken: list[str]) -> None:
        wait_for(self.store, Discard(tuple(broken), USELESS_ANSWER_SECONDS), self.config.deadlines.store + 60)

    def _tell(self, target: Target, fault: Fault) -> None:
        metrics.FALLBACKS.labels(self.route.name, target.name, fault.kind.value).inc()
        level = "error" if fault.kind in ALERTS else "warning"
        getattr(logger, level)(
            "model_fault",
            action="model_fault",
            route=self.route.name,
            model=target.name,
            fault=fault.kind.value,
            status=fault.status,
            code=fault.code,
            job=self.context.job_id,
        )

    def _stopped(self, target: Target, fault: Fault) -> EngineError:
        words = f" The server says: {fault.message}" if fault.message else ""
        return ConfigurationFault(
            f"{target.name} in the route «{self.route.name}»: {fault.sentence}{words}",
            model_call_ids=tuple(self.call_ids),
        )
