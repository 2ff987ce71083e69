"""Prices of models: what the library says, what an operator set over it, and setting it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from vitrina.accounts import audit
from vitrina.accounts.models import User
from vitrina.engine.core.config import EngineConfig
from vitrina.engine.core.prices import Price, PriceList
from vitrina.engine.core.providers import PROVIDERS
from vitrina.engine.models import PriceOverride
from vitrina.engine.providing import Refused
from vitrina.engine.settings_reader import environment_prices

MOST_USD = Decimal(1_000_000)
COLUMNS = ("input", "output", "cached_input")


@dataclass(frozen=True)
class PricedModel:
    """`source`: library | environment | here | unknown."""

    name: str
    price: Price | None
    source: str
    library: Price | None
    calls: int
    unpriced: int


def price_of(provider: str, model: str) -> Price | None:
    """What a call of this model costs today; one query."""
    row = PriceOverride.objects.filter(model=f"{provider}:{model}").first()
    if row is not None:
        return Price(row.input, row.output, row.cached_input)
    return PriceList(environment_prices()).of(provider, _library_id(provider), model)


def priced(config: EngineConfig, called: dict[str, tuple[int, int]]) -> list[PricedModel]:
    """Every model that a route names, that was called lately, or whose price was set: those of unknown price first.

    `called`: calls of the last days, and how many of them had no price, by "provider:model".
    """
    in_routes = {
        step.model for route in config.routes.values() for step in route.steps if not step.is_offline
    }
    set_here = {
        row.model: Price(row.input, row.output, row.cached_input) for row in PriceOverride.objects.all()
    }
    outside, library = environment_prices(), PriceList({})
    found = []
    for name in in_routes | set(called) | set(set_here) | set(outside):
        provider, _colon, model = name.partition(":")
        of_library = library.of(provider, _library_id(provider), model)
        price, source = set_here.get(name), "here"
        if price is None:
            price, source = outside.get(name), "environment"
        if price is None:
            price, source = of_library, "library" if of_library else "unknown"
        found.append(PricedModel(name, price, source, of_library, *called.get(name, (0, 0))))
    return sorted(found, key=lambda one: (one.source != "unknown", -one.calls, one.name))


def set_price(model: str, given: dict[str, str], *, by: User) -> PriceOverride:
    """Write a price in USD per million tokens. Raises Refused."""
    provider, _colon, name = model.strip().partition(":")
    if not provider or not name or len(model) > 240 or not model.isprintable():
        raise Refused("model", _("«%(model)s» is not of the form provider:model.") % {"model": model[:240]})
    spoken = {column: _usd(column, given.get(column, "")) for column in COLUMNS}
    if spoken["input"] is None or spoken["output"] is None:
        missing = "input" if spoken["input"] is None else "output"
        raise Refused(missing, _("A price is wanted; 0 for a model that costs nothing."))
    with transaction.atomic():
        row = PriceOverride.objects.select_for_update().filter(model=model.strip()).first()
        before = told(row) if row else None
        row = row or PriceOverride(model=model.strip())
        for column, amount in spoken.items():
            setattr(row, column, amount)
        if told(row) != before:
            row.save()
            audit.record("price.set", row, by=by, before=before, after=told(row))
    return row


def remove_price(row: PriceOverride, *, by: User) -> None:
    with transaction.atomic():
        audit.record("price.remove", row, by=by, before=told(row))
        row.delete()


def told(row: PriceOverride) -> dict[str, Any]:
    values = {column: getattr(row, column) for column in COLUMNS}
    return {"model": row.model} | {
        column: None if value is None else f"{Decimal(value).normalize():f}"
        for column, value in values.items()
    }


def _usd(column: str, text: str) -> Decimal | None:
    text = text.strip().replace(",", ".").removeprefix("$")
    if not text:
        return None
    try:
        amount = Decimal(text)
    except InvalidOperation:
        raise Refused(column, _("This is not a number.")) from None
    if not amount.is_finite() or not 0 <= amount < MOST_USD:
        raise Refused(column, _("From 0 to a million USD."))
    return amount.quantize(Decimal("0.000001"))


def _library_id(provider: str) -> str:
    if provider in settings.AI_PROVIDERS:
        return ""
    return next((row.price_id for row in PROVIDERS if row.name == provider), "")
