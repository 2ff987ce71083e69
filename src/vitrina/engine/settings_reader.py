"""From Django's settings and the operators' rows to the one frozen value that the core knows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from typing import Any

from django.conf import settings

from vitrina.engine.core.breaker import BreakerRule
from vitrina.engine.core.config import EngineConfig
from vitrina.engine.core.deadlines import Deadlines
from vitrina.engine.core.prices import Price, PriceList
from vitrina.engine.core.providers import CUSTOM, PROVIDERS, Endpoint, Provider
from vitrina.engine.core.routes import ROUTES, Route, RouteFault, changed, pointed_at
from vitrina.engine.errors import ConfigurationFault
from vitrina.lib.rates import Rate


@dataclass(frozen=True)
class ProviderOverride:
    """What an operator set for a provider. Empty or None: as the environment has it. `key` is in no repr."""

    base_url: str = ""
    key: str = field(default="", repr=False)
    rpm: int | None = None
    tpm: int | None = None
    at_once: int | None = None


@dataclass(frozen=True)
class Overrides:
    """What operators changed in the database, over the settings."""

    routes: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    prices: Mapping[str, Price] = field(default_factory=dict)
    providers: Mapping[str, ProviderOverride] = field(default_factory=dict)
    keeps_exchanges: bool = False


def read(overrides: Overrides) -> EngineConfig:
    """Raises ConfigurationFault in words that name the setting."""
    endpoints = _endpoints()
    for name, given in overrides.providers.items():
        endpoints[name] = _as_set_here(name, endpoints.get(name), given)
    try:
        routes = {route.name: _route(route, overrides, endpoints) for route in ROUTES}
        breaker = BreakerRule(**dict[str, Any](settings.AI_BREAKER))
    except RouteFault as error:
        raise ConfigurationFault(f"{error} Correct VITRINA_AI_ROUTES or the route's row.") from error
    except TypeError as error:
        raise ConfigurationFault(f"AI_BREAKER can't be read: {error}.") from error
    return EngineConfig(
        endpoints=endpoints,
        routes=routes,
        prices=PriceList({**environment_prices(), **overrides.prices}),
        requests=_rates("rpm", overrides),
        tokens=_rates("tpm", overrides),
        at_once=_limits("at_once", overrides),
        deadlines=Deadlines(
            settings.AI_JOB_DEADLINE_SECONDS,
            settings.AI_BROWSER_DEADLINE_SECONDS,
            settings.AI_SOCKET_DEADLINE_SECONDS,
        ),
        breaker=breaker,
        keeps_exchanges=overrides.keeps_exchanges,
    )


def _endpoints() -> dict[str, Endpoint]:
    rows = {provider.name: provider for provider in PROVIDERS}
    keys = settings.PROVIDER_KEYS
    endpoints = {name: Endpoint(row, row.base_url, keys.get(name)) for name, row in rows.items()}
    for name, given in settings.AI_PROVIDERS.items():
        if not isinstance(given, dict) or not set(given) <= {"base_url", "key_setting"}:
            raise ConfigurationFault(
                f"VITRINA_AI_PROVIDERS: «{name}» may have `base_url` and `key_setting` only."
            )
        row = rows.get(name) or Provider(name, "", "")
        row = replace(row, key_setting=str(given.get("key_setting", row.key_setting)))
        endpoints[name] = Endpoint(
            row, _base_url(str(given.get("base_url", row.base_url)), "VITRINA_AI_PROVIDERS"), keys.get(name)
        )
    if settings.AI_BASE_URL:
        endpoints[CUSTOM] = Endpoint(
            Provider(CUSTOM, "", ""), _base_url(settings.AI_BASE_URL, "AI_BASE_URL"), keys.get(CUSTOM)
        )
    return endpoints


def _as_set_here(name: str, known: Endpoint | None, given: ProviderOverride) -> Endpoint:
    """A key of the environment wins over one that was set here, but goes to no address that was set here:
    whoever may name an address must not thereby learn the key."""
    row = known.provider if known is not None else Provider(name, "", "")
    if given.base_url and (known is None or given.base_url != known.base_url):
        return Endpoint(replace(row, key_setting=""), given.base_url, given.key or None)
    base_url, key = (known.base_url, known.key) if known is not None else ("", None)
    return Endpoint(row, base_url, key or given.key or None)


def _base_url(url: str, setting: str) -> str:
    if not url.startswith(("http://", "https://")):
        raise ConfigurationFault(f"{setting}={url!r} is not an http(s) address.")
    return url.rstrip("/")


def below(name: str, overrides: Overrides) -> Route:
    """A route as it would be without its row: what the house and the environment say."""
    routes = {route: settings for route, settings in overrides.routes.items() if route != name}
    return read(replace(overrides, routes=routes)).routes[name]


def _route(route: Route, overrides: Overrides, endpoints: Mapping[str, Endpoint]) -> Route:
    model = {"vision": settings.AI_VISION_MODEL, "embed": settings.AI_EMBEDDING_MODEL}.get(
        route.name, settings.AI_MODEL
    )
    if settings.AI_BASE_URL and (model or route.name not in ("vision", "embed")):
        # A model's own name may hold a colon («llama3:8b»), so only our own word for this server is taken off.
        route = pointed_at(route, CUSTOM, model.removeprefix(f"{CUSTOM}:") or "default")
    elif model and not settings.AI_BASE_URL:
        provider, colon, name = model.partition(":")
        if colon and provider in endpoints:
            route = pointed_at(route, provider, name)
        else:
            # A bare name belongs to the provider that the route asks first.
            route = pointed_at(route, route.steps[0].provider, model)
    for source in (settings.AI_ROUTES.get(route.name), overrides.routes.get(route.name)):
        if source is not None:
            if not isinstance(source, Mapping):
                raise RouteFault(f"The settings of the route «{route.name}» are not an object.")
            route = changed(route, source)
    return route


def _rates(kind: str, overrides: Overrides) -> dict[str, Rate]:
    return {
        provider: Rate(f"{provider}:{kind}", value) for provider, value in _limits(kind, overrides).items()
    }


def _limits(kind: str, overrides: Overrides) -> dict[str, int]:
    limits = {}
    for provider, given in settings.AI_RATES.items():
        value = given.get(kind) if isinstance(given, dict) else None
        if value is None:
            continue
        if isinstance(value, bool) or not isinstance(value, int) or value < 1:
            raise ConfigurationFault(
                f"VITRINA_AI_RATES: `{kind}` of «{provider}» must be a whole number from 1 up."
            )
        limits[provider] = value
    for provider, set_here in overrides.providers.items():
        value = getattr(set_here, kind)
        if value is not None:
            limits[provider] = value
    return limits


def environment_prices() -> dict[str, Price]:
    prices = {}
    for model, given in settings.AI_PRICES.items():
        try:
            cached = given.get("cached_input")
            prices[model] = Price(
                Decimal(str(given["input"])),
                Decimal(str(given["output"])),
                None if cached is None else Decimal(str(cached)),
            )
        except (KeyError, TypeError, AttributeError, InvalidOperation) as error:
            raise ConfigurationFault(
                f'VITRINA_AI_PRICES: «{model}» needs "input" and "output" in USD per million tokens.'
            ) from error
    return prices
