"""What a seller's plan says of pictures. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

FEATURE = "pictures"


@dataclass(frozen=True)
class PlanOfPictures:
    """`services`: names of those that may be used, None for all. `at_once`: pictures made at the same time, None for any
    number. How many there may be in a day or a month is counted by accounts."""

    name: str = ""
    services: frozenset[str] | None = None
    at_once: int | None = None


def plan_of(name: str, limits: Any) -> PlanOfPictures:
    """`limits` as in `accounts.Plan.limits`: `{"pictures": {"month": 50, "at_once": 3, "services": ["pollinations"]}}`.
    What can't be read limits nothing but the services, of which none is left then."""
    given = limits.get(FEATURE) if isinstance(limits, Mapping) else None
    if not isinstance(given, Mapping):
        return PlanOfPictures(name)
    services, at_once = given.get("services"), given.get("at_once")
    return PlanOfPictures(
        name,
        frozenset(str(service) for service in services) if isinstance(services, list) else None,
        at_once if isinstance(at_once, int) and not isinstance(at_once, bool) and at_once > 0 else None,
    )
