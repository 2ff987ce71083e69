"""Prometheus metrics of the engine. Labels are names of our own routes and models, never anything from outside."""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram

from vitrina.engine.core.breaker import State
from vitrina.engine.core.ports import CallRow

_SECONDS = (0.05, 0.1, 0.25, 0.5, 1, 2, 4, 8, 15, 30, 60, 90)

CALLS = Counter("vitrina_model_calls_total", "Model calls by outcome", ["route", "model", "outcome"])
LATENCY = Histogram(
    "vitrina_model_call_seconds", "Time of a call to a provider", ["route", "model"], buckets=_SECONDS
)
FIRST_TOKEN = Histogram(
    "vitrina_model_first_token_seconds",
    "Time to the first token of a stream",
    ["route", "model"],
    buckets=_SECONDS,
)
TOKENS = Counter("vitrina_model_tokens_total", "Tokens paid for", ["route", "model", "kind"])
COST = Counter("vitrina_model_cost_usd_total", "USD spent, where the price is known", ["route", "model"])
FALLBACKS = Counter(
    "vitrina_model_fallbacks_total", "Times a route left a model", ["route", "model", "reason"]
)
CACHE = Counter(
    "vitrina_answer_cache_total", "Asks by whether a stored answer served them", ["route", "result"]
)
REFUSALS = Counter("vitrina_limit_refusals_total", "Asks refused by a limit of ours", ["route"])
BREAKER = Gauge(
    "vitrina_breaker_open", "1 while a model's breaker is open, 0.5 while it is probed", ["model"]
)
IN_FLIGHT = Gauge("vitrina_model_calls_in_flight", "Calls to providers under way")

_STATES = {State.CLOSED: 0.0, State.HALF_OPEN: 0.5, State.OPEN: 1.0}


def count(row: CallRow) -> None:
    source = row.source
    CALLS.labels(row.route, source, row.outcome).inc()
    if row.kind == "offline" or row.outcome == "cached":
        return
    LATENCY.labels(row.route, source).observe(row.latency_ms / 1000)
    if row.first_token_ms is not None:
        FIRST_TOKEN.labels(row.route, source).observe(row.first_token_ms / 1000)
    if row.tokens_prompt:
        TOKENS.labels(row.route, source, "prompt").inc(row.tokens_prompt)
    if row.tokens_completion:
        TOKENS.labels(row.route, source, "completion").inc(row.tokens_completion)
    if row.tokens_cached:
        TOKENS.labels(row.route, source, "cached").inc(row.tokens_cached)
    if row.cost:
        COST.labels(row.route, source).inc(float(row.cost))


def show_breaker(model: str, state: State) -> None:
    BREAKER.labels(model).set(_STATES[state])
