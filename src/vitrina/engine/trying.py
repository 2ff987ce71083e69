"""Trying a route: its first model that can be asked gets one tiny question. Asking a provider which models it knows."""

from __future__ import annotations

import asyncio
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from vitrina.engine import runtime
from vitrina.engine.checking import known_models
from vitrina.engine.core.replies import CallContext
from vitrina.engine.core.requests import ChatRequest, EmbedRequest, user_turn
from vitrina.engine.core.schema import schema_of
from vitrina.engine.embed import ROUTE as EMBED_ROUTE
from vitrina.engine.errors import LimitReached
from vitrina.engine.once import attempt_once

FEATURE = "try"
MOST_SHOWN = 500  # names of models


class Word(BaseModel):
    """What is asked for: enough to see that the model keeps to a schema."""

    model_config = ConfigDict(extra="forbid")

    answer: str = Field(min_length=1, max_length=80)


def try_route(name: str, *, user_id: int | None, job_id: int) -> dict[str, Any]:
    """A job's result: the answer with what it took, or what went wrong."""
    config = runtime.config()
    route = config.routes.get(name)
    if route is None:
        return {"fault": "configuration", "words": f"There is no route «{name}»."}
    targets = config.targets(route)
    if not targets:
        return {"fault": "", "model": "offline", "answer": "", "offline": True}
    target = targets[0]
    request: ChatRequest | EmbedRequest
    if name == EMBED_ROUTE:
        request = EmbedRequest(("Vitrina",))
    else:
        request = ChatRequest(
            system="You answer with one JSON object.",
            turns=(user_turn("Which colour has the sky on a clear day? Answer in one word.", ()),),
            schema=schema_of(Word),
            temperature=route.temperature,
            output_limit=64,
        )
    try:
        tried = attempt_once(
            config,
            target,
            request,
            route=name,
            generator=FEATURE,
            context=CallContext(job_id=job_id, user_id=user_id, feature=FEATURE),
        )
    except LimitReached as limit:
        return {"fault": "limit", "words": limit.sentence, "model": target.name}
    told = tried.as_json(target.name)
    if name == EMBED_ROUTE and not tried.fault:
        told["answer"] = ""
        told["dimensions"] = tried.answer.count(",") + 1
    return told


def ask_for_models(name: str) -> dict[str, Any]:
    """Whether a provider takes our key, and the models that it lists. Costs nothing and stands in no ledger."""
    endpoint = runtime.config().endpoints.get(name)
    if endpoint is None:
        return {"words": f"There is no provider «{name}»."}
    if not endpoint.is_usable:
        return {"words": f"No key is set for {name}."}
    found = asyncio.run(known_models(endpoint))
    if isinstance(found, str):
        return {"words": found}
    return {"words": "", "models": sorted(found)[:MOST_SHOWN], "count": len(found)}
