"""Prometheus metrics of the engine. Labels are names of our own routes and models, never anything from outside."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

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
_shown: dict[str, State] = {}


@dataclass(frozen=True)
class _Series:
    """The series of one (route, model): looking labels up costs more than counting."""

    latency: Histogram
    first_token: Histogram
    prompt: Counter
    completion: Counter
    cached: Counter
    cost: Counter


@cache
def _calls(route: str, source: str, outcome: str) -> Counter:
    return CALLS.labels(route, source, outcome)


@cache
def _series(route: str, source: str) -> _Series:
    return _Series(
        LATENCY.labels(route, source),
        FIRST_TOKEN.labels(route, source),
        TOKENS.labels(route, source, "prompt"),
        TOKENS.labels(route, source, "completion"),
        TOKENS.labels(route, source, "cached"),
        COST.labels(route, source),
    )


def count(row: CallRow) -> None:
    source = row.source
    _calls(row.route, source, row.outcome).inc()
    if row.kind == "offline" or row.outcome == "cached":
        return
    series = _series(row.route, source)
    series.latency.observe(row.latency_ms / 1000)
    if row.first_token_ms is not None:
        series.first_token.observe(row.first_token_ms / 1000)
    if row.tokens_prompt:
        series.prompt.inc(row.tokens_prompt)
    if row.tokens_completion:
        series.completion.inc(row.tokens_completion)
    if row.tokens_cached:
        series.cached.inc(row.tokens_cached)
    if row.cost:
        series.cost.inc(float(row.cost))


@cache
def _served(route: str, result: str) -> Counter:
    return CACHE.labels(route, result)


def count_served(route: str, *, from_cache: bool) -> None:
    _served(route, "hit" if from_cache else "miss").inc()


def show_breaker(model: str, state: State) -> None:
    if _shown.get(model) is not state:
        _shown[model] = state
        BREAKER.labels(model).set(_STATES[state])
