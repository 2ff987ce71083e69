"""Routes: ordered lists of models, as data. The defaults are the house's; settings and the database may replace them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import Any

OFFLINE = "offline"
WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Step:
    """One model of a route: `model` is "provider:model" or "offline". `timeout_seconds` is for one attempt."""

    model: str
    timeout_seconds: float = 30.0

    @property
    def is_offline(self) -> bool:
        return self.model == OFFLINE

    @cached_property
    def provider(self) -> str:
        return self.model.partition(":")[0]

    @cached_property
    def model_name(self) -> str:
        return self.model.partition(":")[2]


@dataclass(frozen=True)
class Route:
    """`output_limit` in tokens, None for embeddings; `cache_ttl` zero: stored only against paying twice after a crash."""

    name: str
    steps: tuple[Step, ...]
    output_limit: int | None = None
    temperature: float | None = None
    cache_ttl: timedelta = WEEK
    warm_up: bool = True


class RouteFault(ValueError):
    pass


# google/gemini-flash-1.5-8b was retired in 2025; its cheap successor stands in its place
# (Gemini API deprecations, Apr 2026: 2.5-flash-lite until Jul 2026, then 3.1-flash-lite).
ROUTES: tuple[Route, ...] = (
    Route(
        "describe",
        (
            Step("openrouter:google/gemini-3.1-flash-lite", 30),
            Step("openrouter:openai/gpt-4o-mini", 45),
            Step(OFFLINE),
        ),
        output_limit=1500,
        temperature=0.7,
    ),
    Route("categorize", (Step("openai:gpt-4o-mini", 45), Step(OFFLINE)), output_limit=800, temperature=0.3),
    Route("vision", (Step("openai:gpt-4o-mini", 60), Step(OFFLINE)), output_limit=1000, temperature=0.2),
    Route(
        "reply",
        (Step("deepseek:deepseek-chat", 20), Step("openrouter:openai/gpt-4o-mini", 20), Step(OFFLINE)),
        output_limit=400,
        temperature=0.4,
    ),
    Route("embed", (Step("openai:text-embedding-3-small", 20), Step(OFFLINE))),
)


def changed(route: Route, override: Mapping[str, Any]) -> Route:
    """The route with what an operator set.

    `override` example: `{"steps": [["openai:gpt-4o-mini", 45], ["offline"]], "output_limit": 800, "temperature": 0.3,
    "cache_ttl_hours": 24}`. Raises RouteFault in words that name the route.
    """
    known = {"steps", "output_limit", "temperature", "cache_ttl_hours", "warm_up"}
    if unknown := set(override) - known:
        raise RouteFault(f"The route «{route.name}» has unknown settings: {', '.join(sorted(unknown))}.")
    try:
        steps = tuple(_step(step) for step in override["steps"]) if "steps" in override else route.steps
        limit = (
            int(override["output_limit"]) if override.get("output_limit") is not None else route.output_limit
        )
        temperature = (
            float(override["temperature"]) if override.get("temperature") is not None else route.temperature
        )
        hours = override.get("cache_ttl_hours")
        ttl = timedelta(hours=float(hours)) if hours is not None else route.cache_ttl
    except (TypeError, ValueError, OverflowError) as error:
        raise RouteFault(f"The settings of the route «{route.name}» can't be read: {error}.") from error
    if not steps:
        raise RouteFault(f"The route «{route.name}» has no models.")
    if any(step.is_offline for step in steps[:-1]):
        raise RouteFault(f"In the route «{route.name}» `offline` must be the last member.")
    return Route(route.name, steps, limit, temperature, ttl, bool(override.get("warm_up", route.warm_up)))


def _step(given: Any) -> Step:
    model, *rest = given if isinstance(given, list | tuple) else (given,)
    if not isinstance(model, str) or (model != OFFLINE and not all(model.partition(":"))):
        raise ValueError(f"{model!r} is neither `provider:model` nor `offline`")
    return Step(model, float(rest[0])) if rest else Step(model)


def pointed_at(route: Route, provider: str, model: str) -> Route:
    """The route with one server in the place of all its models; its members after offline stay.

    The attempt may take as long as the route's slowest: one server has no faster sibling to fall back to.
    """
    timeout = (
        max(step.timeout_seconds for step in route.steps if not step.is_offline)
        if len(route.steps) > 1
        else 45.0
    )
    last = tuple(step for step in route.steps if step.is_offline)
    return Route(
        route.name,
        (Step(f"{provider}:{model}", timeout), *last),
        route.output_limit,
        route.temperature,
        route.cache_ttl,
        route.warm_up,
    )
