"""The providers as the page lists them: where each key comes from, and how its models do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from vitrina.engine.core.config import EngineConfig
from vitrina.engine.core.tallies import Tally, summed
from vitrina.engine.health import Health
from vitrina.engine.models import ProviderSetting
from vitrina.engine.overrides import opened
from vitrina.engine.providing import environment_key, is_house
from vitrina.lib.sealing import ending


@dataclass(frozen=True)
class ProviderRow:
    """`key_source`: environment | here | broken (can't be opened) | none | unneeded. `address_source`: house |
    environment | here."""

    name: str
    base_url: str
    address_source: str
    key_source: str
    key_ending: str
    key_setting: str
    is_usable: bool
    is_own: bool
    is_used: bool
    requests: int | None
    tokens: int | None
    at_once: int | None
    recent: Tally
    day: Tally
    troubles: int
    changed_at: datetime | None
    changed_by: str


def provider_rows(config: EngineConfig, health: Health) -> list[ProviderRow]:
    """Those in use first, then those with a key, then the rest."""
    set_here = {row.name: row for row in ProviderSetting.objects.select_related("changed_by")}
    used = {step.provider for route in config.routes.values() for step in route.steps if not step.is_offline}
    rows = [_row(name, config, set_here.get(name), health, name in used) for name in config.endpoints]
    return sorted(rows, key=lambda row: (not row.is_used, row.key_source == "none", not row.is_own, row.name))


def _row(
    name: str, config: EngineConfig, row: ProviderSetting | None, health: Health, is_used: bool
) -> ProviderRow:
    endpoint = config.endpoints[name]
    models = [model for model in health.models if model.provider == name]
    own_address = bool(row and row.base_url)
    source = "none" if endpoint.provider.key_setting else "unneeded"
    shown = row.key_ending if row else ""
    if environment_key(name) and not own_address:
        source, shown = "environment", ending(settings.PROVIDER_KEYS.get(name) or "")
    elif row is not None and row.sealed_key:
        source = "here" if opened(row) else "broken"
    named_outside = name in settings.AI_PROVIDERS or name == "custom"
    return ProviderRow(
        name=name,
        base_url=endpoint.base_url,
        address_source="here" if own_address else "environment" if named_outside else "house",
        key_source=source,
        key_ending=shown,
        key_setting=endpoint.provider.key_setting,
        is_usable=endpoint.is_usable,
        is_own=not is_house(name),
        is_used=is_used,
        requests=config.requests[name].per_minute if name in config.requests else None,
        tokens=config.tokens[name].per_minute if name in config.tokens else None,
        at_once=config.at_once.get(name),
        recent=summed(model.recent for model in models),
        day=summed(model.day for model in models),
        troubles=sum(model.verdict in ("shaky", "down") for model in models),
        changed_at=row.changed_at if row else None,
        changed_by=row.changed_by.get_username() if row and row.changed_by else "",
    )
