"""What an amount is in roubles: by the operator's rate, else by the shipped approximate one, else unknown."""

from __future__ import annotations

import json
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from pathlib import Path

from vitrina.catalog.models import CurrencyRate

FILE = Path(__file__).parent / "data" / "currency_rates.json"
KOPECK = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Rate:
    rubles: Decimal  # for one unit
    source: str
    is_approximate: bool


def to_rub(amount: Decimal | None, currency: str) -> Decimal | None:
    """Roubles to the kopeck; None when the amount, the currency or its rate is unknown. Costs a query unless RUB."""
    if amount is None:
        return None
    found = rate(currency)
    return (amount * found.rubles).quantize(KOPECK, ROUND_HALF_UP) if found else None


def rate(currency: str) -> Rate | None:
    code = currency.upper()
    if code in {"RUB", "RUR"}:
        return Rate(Decimal(1), "", is_approximate=False)
    row = CurrencyRate.objects.filter(code=code).first() if code else None
    if row:
        return Rate(row.rubles, row.note, is_approximate=False)
    return _shipped().get(code)


@cache
def _shipped() -> dict[str, Rate]:
    data = json.loads(FILE.read_text(encoding="utf-8"))
    note = f"{data['as_of']}: {data['source']}"
    return {code: Rate(Decimal(rubles), note, is_approximate=True) for code, rubles in data["rubles"].items()}
