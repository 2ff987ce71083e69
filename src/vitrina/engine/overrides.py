"""What operators set in the database, as one value; and the configuration that follows from it, for the pages."""

from __future__ import annotations

import structlog

from vitrina.accounts.runtime_settings import value
from vitrina.engine.core.config import EngineConfig
from vitrina.engine.core.prices import Price
from vitrina.engine.exchanges import KEEP_EXCHANGES_DAYS
from vitrina.engine.models import PriceOverride, ProviderSetting, RouteOverride
from vitrina.engine.settings_reader import Overrides, ProviderOverride, read
from vitrina.lib.resealing import Place
from vitrina.lib.sealing import NotOpened, Sealer, sealer

logger = structlog.get_logger(__name__)


KEYS = Place("engine.keys", ProviderSetting, "sealed_key", lambda row: str(row.name))


def keeper() -> Sealer:
    return sealer(KEYS.purpose)


def read_overrides() -> Overrides:
    """Three queries. A key that can't be opened is left out, and said."""
    return Overrides(
        routes=dict(RouteOverride.objects.values_list("route", "settings")),
        prices={
            model: Price(given, spoken, cached)
            for model, given, spoken, cached in PriceOverride.objects.values_list(
                "model", "input", "output", "cached_input"
            )
        },
        providers={
            row.name: ProviderOverride(
                row.base_url,
                opened(row) or "",
                row.requests_per_minute,
                row.tokens_per_minute,
                row.calls_at_once,
            )
            for row in ProviderSetting.objects.all()
        },
        keeps_exchanges=value(KEEP_EXCHANGES_DAYS) > 0,
    )


def installed() -> EngineConfig:
    """The configuration as it stands in the database now, without the engine's threads: for the web process.

    Raises ConfigurationFault.
    """
    return read(read_overrides())


def opened(row: ProviderSetting) -> str | None:
    """The key of a provider; None where there is none, or none that this installation's secret opens."""
    if not row.sealed_key:
        return None
    try:
        return keeper().open(row.sealed_key, about=KEYS.about(row))
    except NotOpened as error:
        logger.warning(
            "provider_key_not_opened", action="provider_key_not_opened", provider=row.name, reason=str(error)
        )
        return None
