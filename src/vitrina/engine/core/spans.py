"""OpenTelemetry spans by the GenAI semantic conventions, where the SDK is installed and tracing is switched on.

The names are still in development upstream (2026), so they stand in this file alone.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from vitrina.engine.core.ports import CallRow

_OPERATIONS = {"chat": "chat", "embed": "embeddings"}


@cache
def _tracer() -> Any:
    from opentelemetry import trace

    return trace.get_tracer("vitrina.engine")


def record(row: CallRow) -> None:
    """One call as a finished span. Raises ImportError where OpenTelemetry is not installed."""
    operation = _OPERATIONS.get(row.kind)
    if operation is None or row.outcome == "cached":
        return
    from opentelemetry import trace

    began = int(row.at * 1e9)
    attributes: dict[str, Any] = {
        "gen_ai.operation.name": operation,
        "gen_ai.provider.name": row.provider,
        "gen_ai.request.model": row.model,
        "vitrina.route": row.route,
    }
    if row.tokens_prompt is not None:
        attributes["gen_ai.usage.input_tokens"] = row.tokens_prompt
    if row.tokens_completion is not None:
        attributes["gen_ai.usage.output_tokens"] = row.tokens_completion
    if row.error_class:
        attributes["error.type"] = row.error_class
    span = _tracer().start_span(
        f"{operation} {row.model}", kind=trace.SpanKind.CLIENT, start_time=began, attributes=attributes
    )
    if row.error_class:
        span.set_status(trace.StatusCode.ERROR)
    span.end(end_time=began + row.latency_ms * 1_000_000)
