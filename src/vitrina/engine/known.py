"""Which models are known: the price library's list, so that a name needn't be remembered. No network."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache

from vitrina.engine.core.config import EngineConfig
from vitrina.engine.core.prices import Price, library_price
from vitrina.engine.core.providers import PROVIDERS

MOST_SUGGESTED = 400
MOST_FOUND = 100


@dataclass(frozen=True)
class KnownModel:
    """`price` None: the library knows the model, but no price of it per token."""

    provider: str
    name: str
    title: str
    context_window: int | None
    price: Price | None

    @property
    def full_name(self) -> str:
        return f"{self.provider}:{self.name}"


@lru_cache(maxsize=1)
def everything() -> tuple[KnownModel, ...]:
    """Some thousand models, read once (about 0.1 s); deprecated ones are left out."""
    return tuple(_read())


def _read() -> Iterator[KnownModel]:
    from genai_prices.data_snapshot import get_snapshot

    ids = {provider.price_id: provider.name for provider in PROVIDERS if provider.price_id}
    now = datetime.now(UTC)
    for provider in get_snapshot().providers:
        if provider.id not in ids:
            continue
        for model in provider.models:
            if model.deprecated:
                continue
            price = library_price(model, now)
            yield KnownModel(ids[provider.id], model.id, model.name or "", model.context_window, price)


def suggestions(config: EngineConfig) -> list[str]:
    """Names for the field of a route: of the providers that can be asked, those in use before all."""
    used = [step.model for route in config.routes.values() for step in route.steps if not step.is_offline]
    usable = {name for name, endpoint in config.endpoints.items() if endpoint.is_usable}
    names = [model.full_name for model in everything() if model.provider in usable]
    return list(dict.fromkeys(used + names))[:MOST_SUGGESTED]


def found(words: str, provider: str) -> list[KnownModel]:
    """Models whose name has all the words, the cheapest first; of one provider where given."""
    wanted = words.lower().split()
    hits = [
        model
        for model in everything()
        if (not provider or model.provider == provider)
        and all(word in f"{model.full_name} {model.title}".lower() for word in wanted)
    ]
    hits.sort(
        key=lambda model: (model.price is None, model.price.input if model.price else 0, model.full_name)
    )
    return hits[:MOST_FOUND]
