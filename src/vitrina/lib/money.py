"""Prices as people and programs write them, and their exchange by a given table of rates."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

MAX_AMOUNT = Decimal(10) ** 12
# What stands beside an amount on a page; a currency without a sign is shown by its code.
SIGNS = {"RUB": "₽", "USD": "$", "EUR": "€", "KZT": "₸", "BYN": "Br", "CNY": "¥"}
CENT = Decimal("0.01")


class BadPrice(ValueError):
    """Something stands where a price should, and it cannot be read as one. `str(error)` says why."""


class UnknownRate(LookupError):
    """The table of rates has no line for this currency."""


@dataclass(frozen=True)
class Money:
    amount: Decimal
    currency: str  # ISO 4217, or "" when the text names none


# Spellings after folding: lower case, look-alike letters made Latin in codes, dots dropped.
CURRENCIES: Mapping[str, tuple[str, ...]] = {
    "RUB": ("₽", "rub", "rur", "р", "p", "руб", "рублей", "рубля", "рубль", "rubles", "ruble"),
    "KZT": ("₸", "kzt", "тг", "тенге", "tg", "теңге"),
    "USD": ("$", "usd", "us$", "долл", "доллар", "доллара", "долларов"),
    "EUR": ("€", "eur", "евро", "euro"),
    "BYN": ("byn", "byr", "бел руб", "br"),
    "UAH": ("₴", "uah", "грн", "гривен", "гривны"),
    "UZS": ("uzs", "сум", "сўм", "so'm"),
    "KGS": ("kgs", "сом"),
    "AMD": ("֏", "amd", "драм"),
    "GEL": ("₾", "gel", "лари"),
    "AZN": ("₼", "azn", "манат"),
    "CNY": ("cny", "rmb", "юань", "юаней", "元"),
    "TRY": ("₺", "try", "tl"),
    "GBP": ("£", "gbp"),
    "JPY": ("¥", "jpy"),
}
_CODE_OF = {spelling: code for code, spellings in CURRENCIES.items() for spelling in spellings}
_UNKNOWN = frozenset(
    [
        "",
        "-",
        "–",
        "—",
        "−",
        "?",
        "нет",
        "нет цены",
        "по запросу",
        "цена по запросу",
        "под запрос",
        "договорная",
        "цена договорная",
        "уточняйте",
        "уточнить",
        "звоните",
        "на заказ",
        "не указана",
        "не указано",
        "n/a",
        "na",
        "none",
        "null",
        "nan",
        "#n/a",
        "unknown",
        "on request",
        "call",
        "tbd",
    ]
)
_SPACES = re.compile(r"\s+")
_MARKS_OF_MINOR = re.compile(r"^(?P<major>.*\D)\s*(?P<minor>\d{1,2})\s*(?:коп(?:еек|ейки|ейка)?|к)\.?$")
# «1990,-», «1990.-», «1990=» and «1990-00»: the ways a price tag says "and no kopecks".
_PRICE_TAG = re.compile(r"^(?P<whole>\d[\d ',.]*?)(?:[.,]\s*[-–—]{1,2}|=|[-–—](?P<minor>\d{2}))$")
_DIGITS = re.compile(r"^\d+$")
_HOMOGLYPHS = str.maketrans("асеорхткмнвуі", "aceopxtkmhbyi")


def parse_price(value: object) -> Decimal | None:
    """The amount written in `value`; None where the price is unknown («по запросу», empty). Raises `BadPrice`.

    Reads «1 990,00 руб.», «1'990.50», «1.990,5 €», «1990=», «1990-00», «12 руб. 50 коп.», 1990.0 …
    """
    money = parse_money(value)
    return money.amount if money else None


def parse_money(value: object) -> Money | None:
    """The amount and the currency written beside it, "" when none is. None and `BadPrice` as in `parse_price`."""
    if value is None:
        return None
    if isinstance(value, bool):
        raise BadPrice("A yes or no stands where the price should.")
    if isinstance(value, int | Decimal):
        return Money(_in_range(Decimal(value)), "")
    if isinstance(value, float):
        if not math.isfinite(value):
            raise BadPrice(f"{value} is not a price.")
        return Money(_in_range(Decimal(repr(value))), "")
    if not isinstance(value, str):
        raise BadPrice(f"A {type(value).__name__} stands where the price should.")
    if len(value) > 100:
        raise BadPrice(f"«{value[:40]}…» is too long for a price.")
    text = _fold(value)
    if text.rstrip(".") in _UNKNOWN:
        return None
    minor = Decimal(0)
    if match := _MARKS_OF_MINOR.match(text):
        text, minor = match["major"].strip(), Decimal(match["minor"]) / 100
    number, currency = _split_currency(text, value)
    if match := _PRICE_TAG.match(number):
        number, minor = match["whole"].strip(), minor + Decimal(match["minor"] or 0) / 100
    amount = _number(number, value, written_by_hand=bool(currency))
    if minor and amount != amount.to_integral_value():
        raise BadPrice(f"«{value}» names kopecks twice.")
    return Money(_in_range(amount + minor), currency)


def currency_code(text: str) -> str:
    """The ISO code of a currency's sign, word or code («руб.», «RUR», «₸»); "" when it is none we know."""
    word = _fold(text).strip(". ")
    return _CODE_OF.get(word) or _CODE_OF.get(word.translate(_HOMOGLYPHS), "")


def convert(amount: Decimal, source: str, target: str, rates: Mapping[str, Decimal]) -> Decimal:
    """`amount` of `source` in `target`, to the cent. `rates`: units of one common currency per unit of each.

    Example: {"RUB": 1, "USD": Decimal("92.5")}. Raises `UnknownRate`; one currency to itself needs no rate.
    """
    if source == target:
        return amount
    for code in (source, target):
        if code not in rates or rates[code] <= 0:
            raise UnknownRate(f"There is no exchange rate for {code or 'an unknown currency'}.")
    return (amount * rates[source] / rates[target]).quantize(CENT, ROUND_HALF_UP)


def _fold(text: str) -> str:
    # NFKC turns full-width digits and thin spaces into plain ones.
    return _SPACES.sub(" ", unicodedata.normalize("NFKC", text).replace("’", "'")).strip().casefold()


def _split_currency(text: str, given: str) -> tuple[str, str]:
    """The number and the currency before or after it."""
    first = re.search(r"\d", text)
    if not first:
        raise BadPrice(f"«{given}» holds no number.")
    last = len(text) - re.search(r"\d", text[::-1]).start()  # type: ignore[union-attr]
    before, number, after = text[: first.start()].strip(), text[first.start() : last], text[last:].strip()
    tag = ""
    if match := re.match(r"^([.,]\s*[-–—]{1,2}|=)\s*(.*)$", after):
        tag, after = match[1], match[2]
    if before[-1:] in ("-", "−", "–"):
        raise BadPrice(f"«{given}» is below zero.")
    codes = set()
    for word in (before.removeprefix("цена").strip(": "), after):
        if word.strip(". "):
            code = currency_code(word)
            if not code:
                raise BadPrice(
                    f"«{word}» beside the number in «{given}» is not a currency that is known here."
                )
            codes.add(code)
    if len(codes) > 1:
        raise BadPrice(f"«{given}» names two currencies.")
    return number + tag, codes.pop() if codes else ""


def _number(text: str, given: str, *, written_by_hand: bool) -> Decimal:
    """A run of digits with separators. The last separator is the decimal one, unless it groups thousands."""
    text = text.strip().replace("' ", "'")
    compact = re.sub(r"(?<=\d)[ '](?=\d{3}(?!\d))", "", text)
    if _DIGITS.match(compact):
        return Decimal(compact)
    if not re.fullmatch(r"\d+(?:[.,]\d+)*", compact):
        raise BadPrice(f"«{given}» cannot be read as one price.")
    marks = re.findall(r"[.,]", compact)
    groups = re.split(r"[.,]", compact)
    grouped = len(groups[0]) <= 3 and groups[0] != "0" and all(len(group) == 3 for group in groups[1:])
    if len(set(marks)) == 2:  # «1.990,50» or «1,990.50»: the mark that comes last and once is the decimal one
        whole = groups[:-1]
        if marks.count(marks[-1]) == 1 and all(len(group) == 3 for group in whole[1:]) and len(whole[0]) <= 3:
            return Decimal("".join(whole) + "." + groups[-1])
        raise BadPrice(f"«{given}» cannot be read as one price.")
    if len(marks) > 1:
        if grouped:
            return Decimal("".join(groups))
        raise BadPrice(f"«{given}» cannot be read as one price.")
    if grouped and compact == text:
        # A person who writes «1.990 ₽» or «1,990» groups thousands; a program that writes «1.990» may mean 1.99.
        if written_by_hand or marks[0] == ",":
            return Decimal("".join(groups))
        raise BadPrice(f"«{given}» may mean {''.join(groups)} or {groups[0]}.{groups[1]}.")
    return Decimal(groups[0] + "." + groups[1])


def _in_range(amount: Decimal) -> Decimal:
    if not amount.is_finite():
        raise BadPrice(f"{amount} is not a price.")
    if amount < 0:
        raise BadPrice(f"The price {amount} is below zero.")
    if amount >= MAX_AMOUNT:
        raise BadPrice("The price is too big to be one.")
    return amount
