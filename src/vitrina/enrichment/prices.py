"""A listing's price in roubles, as far as the currency's rate is known."""

from __future__ import annotations

from decimal import Decimal

from django.conf import settings

from vitrina.enrichment.policy import PriceCase
from vitrina.lib.money import UnknownRate, convert


def price_case(price: Decimal | None, currency: str) -> PriceCase:
    """`rub` is None when the price is missing or nobody said what its currency is worth."""
    rub = None
    if price is not None:
        try:
            rub = convert(price, currency.upper(), "RUB", settings.RUB_PER_UNIT)
        except UnknownRate:
            rub = None
    return PriceCase(given=price, currency=currency, rub=rub)
