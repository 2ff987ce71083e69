"""Setting a route: checked in words, stored as the difference from what the house and the environment say."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from vitrina.accounts import audit
from vitrina.accounts.models import User
from vitrina.engine.core.config import EngineConfig
from vitrina.engine.core.routes import OFFLINE, ROUTES, Route, Step
from vitrina.engine.models import RouteOverride
from vitrina.engine.overrides import read_overrides
from vitrina.engine.providing import Refused
from vitrina.engine.settings_reader import Overrides, below, read

MOST_STEPS = 6
MOST_OUTPUT = 200_000
MOST_HOURS = 24 * 365
PARTS = ("steps", "output_limit", "temperature", "cache_ttl", "warm_up")

Source = Literal["house", "environment", "here"]


@dataclass(frozen=True)
class ShownRoute:
    """A route as it stands, and where each of its values comes from."""

    route: Route
    sources: dict[str, Source]

    @property
    def name(self) -> str:
        return self.route.name

    @property
    def is_changed_here(self) -> bool:
        return "here" in self.sources.values()


def shown(config: EngineConfig, overrides: Overrides) -> list[ShownRoute]:
    return [_shown(house, config.routes[house.name], overrides) for house in ROUTES]


def _shown(house: Route, now: Route, overrides: Overrides) -> ShownRoute:
    without = below(house.name, overrides)
    sources: dict[str, Source] = {}
    for part in PARTS:
        value = getattr(now, part)
        if value != getattr(without, part):
            sources[part] = "here"
        elif value != getattr(house, part):
            sources[part] = "environment"
        else:
            sources[part] = "house"
    return ShownRoute(now, sources)


def set_route(name: str, wished: Route, *, by: User) -> list[str]:
    """Write the wish; returns remarks that don't forbid it. Raises Refused."""
    overrides = read_overrides()
    config = read(overrides)
    check(wished, config)
    without = below(name, overrides)
    difference = _difference(wished, without)
    with transaction.atomic():
        row = RouteOverride.objects.select_for_update().filter(route=name).first()
        before = row.settings if row else None
        if not difference:
            if row is not None:
                audit.record("route.reset", row, by=by, before=before)
                row.delete()
        elif difference != before:
            row = row or RouteOverride(route=name)
            row.settings, row.changed_by = difference, by
            row.save()
            audit.record("route.set", row, by=by, before=before, after=difference)
    return remarks(wished, config)


def reset_route(name: str, *, by: User) -> bool:
    """Back to what the house and the environment say; False where nothing was set here."""
    with transaction.atomic():
        row = RouteOverride.objects.select_for_update().filter(route=name).first()
        if row is None:
            return False
        audit.record("route.reset", row, by=by, before=row.settings)
        row.delete()
    return True


def check(route: Route, config: EngineConfig) -> None:
    """Raises Refused in words that say what to mend."""
    if not route.steps:
        raise Refused("steps", _("Name at least one model, or tick the offline generator."))
    if len(route.steps) > MOST_STEPS:
        raise Refused("steps", _("A route has at most %(most)d members.") % {"most": MOST_STEPS})
    seen = set()
    for step in route.steps:
        if step.model in seen:
            raise Refused("steps", _("«%(model)s» stands in the route twice.") % {"model": step.model})
        seen.add(step.model)
        if step.is_offline:
            continue
        if (
            not step.provider
            or not step.model_name
            or len(step.model_name) > 200
            or not step.model.isprintable()
        ):
            raise Refused(
                "steps", _("«%(model)s» is not of the form provider:model.") % {"model": step.model}
            )
        if step.provider not in config.endpoints:
            known = ", ".join(sorted(config.endpoints))
            raise Refused(
                "steps",
                _(
                    "No provider is named «%(name)s». There are: %(known)s. A server of your own is added under Providers."
                )
                % {"name": step.provider, "known": known},
            )
        longest = settings.AI_JOB_DEADLINE_SECONDS
        if not 0 < step.timeout_seconds < longest:
            raise Refused(
                "steps",
                _(
                    "An attempt of %(model)s may last more than 0 and less than %(most)g seconds, the whole job's deadline."
                )
                % {"model": step.model, "most": longest},
            )
    if any(step.is_offline for step in route.steps[:-1]):
        raise Refused("steps", _("The offline generator always answers, so it stands last."))
    if route.output_limit is not None and not 1 <= route.output_limit <= MOST_OUTPUT:
        raise Refused("output_limit", _("From 1 to %(most)d tokens.") % {"most": MOST_OUTPUT})
    if route.temperature is not None and not 0 <= route.temperature <= 2:
        raise Refused("temperature", _("From 0 to 2."))
    if not timedelta(0) <= route.cache_ttl <= timedelta(hours=MOST_HOURS):
        raise Refused("cache_ttl", _("From 0 to %(most)d hours.") % {"most": MOST_HOURS})


def remarks(route: Route, config: EngineConfig) -> list[str]:
    """What an operator should know of a route that is allowed."""
    found = [
        _("%(model)s is skipped: no key is set for %(provider)s.")
        % {"model": step.model, "provider": step.provider}
        for step in config.skipped(route)
    ]
    if not route.steps[-1].is_offline:
        found.append(
            _("Without the offline generator at its end, work waits or fails when no model answers.")
        )
    asked = sum(step.timeout_seconds for step in route.steps if not step.is_offline)
    if asked > settings.AI_JOB_DEADLINE_SECONDS:
        found.append(
            _(
                "The attempts together may last %(sum)g s; the job ends after %(most)g s, so the last ones may not get their turn."
            )
            % {"sum": asked, "most": settings.AI_JOB_DEADLINE_SECONDS}
        )
    return found


def _difference(wished: Route, without: Route) -> dict[str, Any]:
    stored: dict[str, Any] = {}
    if wished.steps != without.steps:
        stored["steps"] = [
            [OFFLINE] if step.is_offline else [step.model, step.timeout_seconds] for step in wished.steps
        ]
    if wished.output_limit != without.output_limit and wished.output_limit is not None:
        stored["output_limit"] = wished.output_limit
    if wished.temperature != without.temperature and wished.temperature is not None:
        stored["temperature"] = wished.temperature
    if wished.cache_ttl != without.cache_ttl:
        stored["cache_ttl_hours"] = wished.cache_ttl.total_seconds() / 3600
    if wished.warm_up != without.warm_up:
        stored["warm_up"] = wished.warm_up
    return stored


def steps_of(models: list[str], seconds: list[str], *, offline: bool) -> tuple[Step, ...]:
    """The members that a form names; rows without a model are left out. Raises Refused."""
    steps = []
    for model, given in zip(models, seconds, strict=False):
        name = model.strip()
        if not name:
            continue
        try:
            timeout = float(given.replace(",", "."))
        except ValueError:
            raise Refused(
                "steps", _("The seconds of %(model)s are not a number.") % {"model": name}
            ) from None
        steps.append(Step(name, timeout))
    return (*steps, Step(OFFLINE)) if offline else tuple(steps)
