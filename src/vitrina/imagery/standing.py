"""How each picture service stands: whether it can be asked, how it did lately, whether it is left alone for now."""

from __future__ import annotations

from dataclasses import dataclass

from vitrina.engine.calling import breaker_state
from vitrina.engine.core.breaker import State
from vitrina.imagery import figures
from vitrina.imagery.figures import Count, Figures
from vitrina.imagery.installed import Installed, services
from vitrina.imagery.showing import said


@dataclass(frozen=True)
class ServiceStanding:
    """`state`: "ready", "resting" (its breaker is open in this process) or "unusable"; `why_not` says why, in words.
    `figures`: None where nobody asked for them."""

    installed: Installed
    state: str
    why_not: str
    figures: Figures | None

    @property
    def tone(self) -> str:
        return {"ready": "ok", "resting": "wait"}.get(self.state, "idle")

    @property
    def count(self) -> Count:
        return self.figures.count if self.figures else Count()

    @property
    def median(self) -> float | None:
        return self.figures.percentiles.get(50) if self.figures else None

    @property
    def nearly_all(self) -> float | None:
        """Seconds that 95 of 100 did not exceed."""
        return self.figures.percentiles.get(95) if self.figures else None


def standings(*, with_figures: bool = True) -> list[ServiceStanding]:
    """In the order in which they are asked. With figures a query for each, of its last thousand calls."""
    return [_standing(one, with_figures=with_figures) for one in services().values()]


def _standing(one: Installed, *, with_figures: bool) -> ServiceStanding:
    state = "ready" if one.is_usable else "unusable"
    if one.is_usable and not one.service.is_offline and breaker_state(one.name, one.model) is State.OPEN:
        state = "resting"
    found = figures.of_service(one.name) if with_figures else None
    return ServiceStanding(one, state, said(one.why_not, one.why_not_values), found)
