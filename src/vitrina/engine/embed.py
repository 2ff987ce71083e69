"""Vectors of texts from the embed route."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

import orjson

from vitrina.engine import runtime
from vitrina.engine.core import keys
from vitrina.engine.core.attempts import AttemptSpec, estimate
from vitrina.engine.core.deadlines import Deadline
from vitrina.engine.core.fallback import Attempt, who_next
from vitrina.engine.core.faults import Fault, FaultKind
from vitrina.engine.core.ids import new_id
from vitrina.engine.core.mailbox import Mailbox, pause
from vitrina.engine.core.replies import CallContext
from vitrina.engine.core.requests import EmbedRequest
from vitrina.engine.errors import ConfigurationFault, LimitReached, NoAnswer

ROUTE = "embed"
MOST_TEXTS = 256  # per request; servers differ, this is taken by all that were tried


@dataclass(frozen=True)
class Embeddings:
    """`vectors`: one per text, all of one length, as the model gave them. `model`: "provider:model"."""

    model: str
    vectors: list[list[float]]
    model_call_ids: tuple[str, ...] = ()
    tokens: int = 0
    cost: Decimal | None = field(default=None)


def embed(texts: Sequence[str], *, context: CallContext) -> Embeddings | None:
    """None where no embed route is configured: then the sparse vectors do alone.

    More than 256 texts are asked in several requests of one model: vectors of two models can't be compared.
    Raises the errors of engine.errors.
    """
    config = runtime.config()
    route = config.routes[ROUTE]
    targets = config.targets(route)
    if not targets:
        return None
    if not texts:
        return Embeddings(targets[0].name, [])
    store, is_own_thread = runtime.store_for_caller()
    engine = runtime.engine()
    deadline = Deadline.within(min(config.deadlines.job, context.deadline_seconds or config.deadlines.job))
    fault = Fault(FaultKind.TIMEOUT, "No time was left.")
    for place, target in enumerate(targets):
        vectors: list[list[float]] = []
        call_ids: list[str] = []
        tokens, calls, on_model = 0, 0, 0
        cost: Decimal | None = Decimal(0)
        while len(vectors) < len(texts):
            on_model += 1
            part = tuple(texts[len(vectors) : len(vectors) + MOST_TEXTS])
            force = (
                (f"job:{context.job_id}" if context.job_id is not None else str(new_id()))
                if context.force
                else ""
            )
            key = keys.call_key(
                orjson.dumps(["embed", part]),
                provider=target.endpoint.name,
                base_url=target.endpoint.base_url,
                model=target.step.model_name,
                force=force,
            )
            mailbox = Mailbox()
            spec = AttemptSpec(
                target=target,
                key=key,
                keys=(key,),
                also_under=(),
                request=EmbedRequest(part),
                route=ROUTE,
                generator=ROUTE,
                context=context,
                prompt_version="",
                ttl_seconds=route.cache_ttl.total_seconds(),
                deadline=deadline,
                tokens_expected=sum(estimate(text) for text in part),
                number=on_model,
            )
            engine.attempt(spec, config, store, mailbox, is_own_thread=is_own_thread)
            result = mailbox.wait(max(deadline.seconds_left, 0) + config.deadlines.store + 5)
            calls += result.sent
            for row in result.rows:
                call_ids.append(str(row.id))
                tokens += row.tokens_prompt or 0
                cost = None if cost is None or row.cost is None else cost + row.cost
            if result.stored is not None:
                vectors += orjson.loads(result.stored.raw)
                on_model = 0
                continue
            fault = result.fault
            if result.refused is not None:
                refused = result.refused
                raise LimitReached(
                    refused.limit, refused.value, refused.lifts_at, retry_after=fault.retry_after
                )
            verdict = who_next(
                fault, Attempt(on_model, on_model, place == len(targets) - 1), deadline.seconds_left
            )
            if verdict.stop:
                raise ConfigurationFault(f"{target.name} in the route «{ROUTE}»: {fault.sentence}")
            if verdict.again_after is None:
                break
            pause(verdict.again_after)
        if len(vectors) == len(texts):
            return Embeddings(target.name, vectors, tuple(call_ids), tokens, cost)
    raise NoAnswer(
        f"No model of the route «{ROUTE}» answered. The last one: {fault.sentence}",
        retry_after=fault.retry_after,
    )
