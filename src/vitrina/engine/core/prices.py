"""What a call cost: the provider's own figure, else our override, else the price library; else unknown (None)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from vitrina.engine.core.reading import Usage

MILLION = Decimal(1_000_000)
NANO = Decimal(10**9)
_SHOWN = Decimal("0.000000001")


@dataclass(frozen=True)
class Price:
    """USD per million tokens. `cached_input` None: the provider gives no discount that we know of."""

    input: Decimal
    output: Decimal
    cached_input: Decimal | None = None

    def cost(self, usage: Usage) -> Decimal:
        cached = min(usage.cached, usage.prompt)
        cached_price = self.input if self.cached_input is None else self.cached_input
        total = (usage.prompt - cached) * self.input + cached * cached_price + usage.completion * self.output
        return (total / MILLION).quantize(_SHOWN)


class PriceList:
    """Prices by (provider, model). The library's answer is kept: one look-up costs more than a whole call's arithmetic."""

    def __init__(self, overrides: Mapping[str, Price]) -> None:
        self._overrides = overrides
        self._found: dict[tuple[str, str], Price | None] = {}

    def of(self, provider: str, price_id: str, model: str) -> Price | None:
        override = self._overrides.get(f"{provider}:{model}")
        if override is not None:
            return override
        key = (price_id, model)
        if key not in self._found:
            self._found[key] = _library_price(price_id, model) if price_id else None
        return self._found[key]


def _library_price(price_id: str, model: str) -> Price | None:
    from genai_prices.data_snapshot import get_snapshot

    try:
        _, info = get_snapshot().find_provider_model(model, None, price_id, None)
    except LookupError:
        return None
    return library_price(info, datetime.now(UTC))


def library_price(info: Any, now: datetime) -> Price | None:
    """The price of one of the library's models at a time; None where it has none per token."""
    try:
        prices = info.get_prices(now)
    except LookupError:
        return None
    given, spoken, cached = _flat(prices.input_mtok), _flat(prices.output_mtok), _flat(prices.cache_read_mtok)
    if given is None:
        return None
    return Price(given, spoken if spoken is not None else Decimal(0), cached)


def _flat(price: Any) -> Decimal | None:
    """Tiered prices begin with their base, which holds for prompts of our size."""
    if price is None or isinstance(price, Decimal):
        return price
    base = getattr(price, "base", None)
    return base if isinstance(base, Decimal) else None


def nano_usd(cost: Decimal | None) -> int | None:
    """USD as a whole number of 1e-9, which counters add without rounding."""
    return None if cost is None else int((cost * NANO).to_integral_value())
