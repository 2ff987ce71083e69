"""One attempt at one model, outside of a route: for trying a route and for repeating a call. Paid, counted and kept."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import orjson

from vitrina.engine import runtime
from vitrina.engine.core import keys
from vitrina.engine.core.attempts import AttemptSpec, estimate
from vitrina.engine.core.config import EngineConfig, Target
from vitrina.engine.core.deadlines import Deadline
from vitrina.engine.core.faults import Fault
from vitrina.engine.core.mailbox import Mailbox
from vitrina.engine.core.replies import CallContext
from vitrina.engine.core.requests import ChatRequest, EmbedRequest
from vitrina.engine.errors import LimitReached, NoAnswer

STORED_SECONDS = 900.0  # against paying again when the job is run again after a crash


@dataclass(frozen=True)
class Tried:
    """Tokens and cost None: unknown. `fault` None: it answered. `call_id`: its line in the ledger, empty without one."""

    answer: str
    fault: Fault | None
    call_id: str
    tokens_prompt: int | None
    tokens_completion: int | None
    cost: Decimal | None
    latency_ms: int | None

    def as_json(self, model: str) -> dict[str, Any]:
        """For a job's result."""
        return {
            "model": model,
            "answer": self.answer[:4000],
            "fault": self.fault.kind.value if self.fault else "",
            "words": f"{self.fault.sentence} {self.fault.message}".strip() if self.fault else "",
            "call": self.call_id,
            "tokens_prompt": self.tokens_prompt,
            "tokens_completion": self.tokens_completion,
            "cost": None if self.cost is None else str(self.cost),
            "latency_ms": self.latency_ms,
        }


def attempt_once(
    config: EngineConfig,
    target: Target,
    request: ChatRequest | EmbedRequest,
    *,
    route: str,
    generator: str,
    context: CallContext,
    prompt_version: str = "",
) -> Tried:
    """Ask this model this, now. Raises LimitReached where a quota or budget forbids it; other trouble is a value."""
    common, expected = _told(request, prompt_version)
    key = keys.call_key(
        common,
        provider=target.endpoint.name,
        base_url=target.endpoint.base_url,
        model=target.step.model_name,
        force=f"once:{context.job_id}",
    )
    store, is_own_thread = runtime.store_for_caller()
    deadline = Deadline.within(target.step.timeout_seconds)
    mailbox = Mailbox()
    spec = AttemptSpec(
        target=target,
        key=key,
        keys=(key,),
        also_under=(),
        request=request,
        route=route,
        generator=generator,
        context=context,
        prompt_version=prompt_version,
        ttl_seconds=STORED_SECONDS,
        deadline=deadline,
        tokens_expected=expected,
        question=common if config.keeps_exchanges and isinstance(request, ChatRequest) else b"",
    )
    runtime.engine().attempt(spec, config, store, mailbox, is_own_thread=is_own_thread)
    try:
        result = mailbox.wait(deadline.seconds_left + config.deadlines.store + 5)
    except TimeoutError:
        raise NoAnswer("The engine's loop didn't answer in time; the database may hang.") from None
    if result.refused is not None:
        raise LimitReached(result.refused.limit, result.refused.value, result.refused.lifts_at)
    row = result.rows[-1] if result.rows else None
    return Tried(
        answer=result.stored.raw if result.stored else "",
        fault=result.fault,
        call_id=str(row.id) if row else "",
        tokens_prompt=row.tokens_prompt if row else None,
        tokens_completion=row.tokens_completion if row else None,
        cost=row.cost if row else None,
        latency_ms=row.latency_ms if row else None,
    )


def _told(request: ChatRequest | EmbedRequest, prompt_version: str) -> tuple[bytes, int]:
    """The request's bytes for its key and for keeping, and about how many tokens it has."""
    if isinstance(request, EmbedRequest):
        return orjson.dumps(["embed", request.texts]), sum(estimate(text) for text in request.texts)
    common = keys.common_part(
        system=request.system,
        turns=request.turns,
        images=(),
        schema_digest=request.schema.digest,
        temperature=request.temperature,
        output_limit=request.output_limit,
        prompt_version=prompt_version,
    )
    return common, estimate(common.decode())
