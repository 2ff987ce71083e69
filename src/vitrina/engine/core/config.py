"""Everything an installation decided about its models, as one frozen value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from vitrina.engine.core.breaker import BreakerRule
from vitrina.engine.core.deadlines import Deadlines
from vitrina.engine.core.prices import PriceList
from vitrina.engine.core.providers import Endpoint
from vitrina.engine.core.routes import Route, Step
from vitrina.lib.rates import Rate


@dataclass(frozen=True)
class Target:
    """One model of a route that can be asked now."""

    step: Step
    endpoint: Endpoint

    @property
    def name(self) -> str:
        return self.step.model


@dataclass(frozen=True)
class EngineConfig:
    """`requests` and `tokens`: rates per minute by provider. `at_once`: calls under way in one process.

    `keeps_exchanges`: what is sent to a model and what comes back is kept beside the ledger.
    """

    endpoints: Mapping[str, Endpoint]
    routes: Mapping[str, Route]
    prices: PriceList
    requests: Mapping[str, Rate] = field(default_factory=dict)
    tokens: Mapping[str, Rate] = field(default_factory=dict)
    at_once: Mapping[str, int] = field(default_factory=dict)
    deadlines: Deadlines = field(default_factory=Deadlines)
    breaker: BreakerRule = field(default_factory=BreakerRule)
    keeps_exchanges: bool = False

    def targets(self, route: Route) -> tuple[Target, ...]:
        """The models of a route whose provider can be reached; those without a key are skipped."""
        return tuple(
            Target(step, self.endpoints[step.provider])
            for step in route.steps
            if not step.is_offline
            and step.provider in self.endpoints
            and self.endpoints[step.provider].is_usable
        )

    def skipped(self, route: Route) -> tuple[Step, ...]:
        usable = {target.step for target in self.targets(route)}
        return tuple(step for step in route.steps if not step.is_offline and step not in usable)
