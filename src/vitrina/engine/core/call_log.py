"""One structured line per call: names, counts and ids. Never a prompt, an answer, a key or a person's words."""

from __future__ import annotations

import logging

import structlog

from vitrina.engine.core.ports import CallRow

_stdlib = logging.getLogger("vitrina.engine.calls")
logger = structlog.stdlib.get_logger("vitrina.engine.calls")


def write(row: CallRow) -> None:
    if not _stdlib.isEnabledFor(logging.INFO):
        return
    level = logging.WARNING if row.outcome == "error" else logging.INFO
    logger.log(
        level,
        "model_call",
        action="model_call",
        call=str(row.id),
        kind=row.kind,
        generator=row.generator,
        route=row.route,
        model=row.source,
        outcome=row.outcome,
        error=row.error_class,
        status=row.status,
        attempt=row.attempt,
        tokens_prompt=row.tokens_prompt,
        tokens_completion=row.tokens_completion,
        cost_usd=None if row.cost is None else str(row.cost),
        latency_ms=row.latency_ms,
        first_token_ms=row.first_token_ms,
        prompt_version=row.prompt_version,
        seller=row.seller_id,
        job=row.job_id,
    )
