"""Repeating a call: the same words to the same model, paid and written into the ledger as a call of its own."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from pydantic import BaseModel

from vitrina.engine import runtime
from vitrina.engine.core.config import Target
from vitrina.engine.core.replies import CallContext
from vitrina.engine.core.requests import ChatRequest
from vitrina.engine.core.routes import Step
from vitrina.engine.core.schema import OutputSchema, schema_of
from vitrina.engine.embed import ROUTE as EMBED_ROUTE
from vitrina.engine.errors import LimitReached
from vitrina.engine.exchanges import kept, question_of
from vitrina.engine.generators import registered
from vitrina.engine.models import ModelCall
from vitrina.engine.once import attempt_once
from vitrina.engine.trying import FEATURE, Word


def why_not(call: ModelCall, *, has_exchange: bool) -> str:
    """Why this call can't be repeated, in words; empty where it can."""
    if call.kind == "offline":
        return _("The offline generator answered; no model was asked.")
    if call.outcome == "cached":
        return _("Nothing was sent: a stored answer served.")
    if call.route == EMBED_ROUTE:
        return _("Vectors are not kept, so that there is nothing to compare with.")
    if not has_exchange:
        return _("What was sent is no longer kept.")
    return ""


def repeat(call_id: str, *, user_id: int | None, job_id: int) -> dict[str, Any]:
    """A job's result: the new answer with what it took, or what went wrong."""
    call = ModelCall.objects.filter(pk=call_id).first()
    exchange = kept(call.pk) if call is not None else None
    if call is None or exchange is None:
        return {"fault": "gone", "words": "What was sent is no longer kept."}
    question = question_of(exchange)
    schema = _schema(call.generator, question.schema_digest)
    if schema is None or not question.is_whole or question.images:
        why = "it had pictures, which are not kept" if question.images else "its schema is another one by now"
        return {"fault": "gone", "words": f"The call can't be repeated: {why}."}
    config = runtime.config()
    endpoint = config.endpoints.get(call.provider)
    if endpoint is None or not endpoint.is_usable:
        return {"fault": "configuration", "words": f"No key is set for {call.provider}."}
    target = Target(
        Step(f"{call.provider}:{call.model}", _seconds(call, config.routes.get(call.route))), endpoint
    )
    request = ChatRequest(
        system=question.system,
        turns=tuple({"role": who, "content": text} for who, text in question.turns),
        schema=schema,
        temperature=question.temperature,
        output_limit=question.output_limit,
    )
    try:
        tried = attempt_once(
            config,
            target,
            request,
            route=call.route,
            generator=call.generator,
            context=CallContext(
                seller_id=call.seller_id, job_id=job_id, user_id=user_id, feature=call.generator, force=True
            ),
            prompt_version=call.prompt_version,
        )
    except LimitReached as limit:
        return {"fault": "limit", "words": limit.sentence, "model": target.name}
    return tried.as_json(target.name)


def _seconds(call: ModelCall, route: Any) -> float:
    steps = route.steps if route is not None else ()
    return next(
        (step.timeout_seconds for step in steps if step.model == f"{call.provider}:{call.model}"), 45.0
    )


def _schema(generator: str, digest: str) -> OutputSchema | None:
    """The schema that the call was held to, where the program still has it."""
    models: list[type[BaseModel]] = [Word] if generator == FEATURE else []
    models += [known.output for known in registered() if known.name == generator]
    schemas = [schema_of(model) for model in models]
    return next((schema for schema in schemas if schema.digest == digest), None)
