"""A product of Yandex Market in our shape. Pure.

The Market tells it in two answers: the offer, which is what the seller said of it, and the card with the values of the
category's parameters. A product of which the card is missing is told to be broken, since values that aren't there would
read as taken away. Facts: the Market's OpenAPI files of 2026-07-17.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from vitrina.channels.cards import AttributeSeen, CardBroken, CardSeen
from vitrina.channels.yandex_market_words import id_of, listed, map_of, number, words
from vitrina.lib.money import CENT, MAX_AMOUNT
from vitrina.lib.sentences import gettext_noop

Row = Mapping[str, Any]
PACKED = (
    ("length", "Длина упаковки", "см"),
    ("width", "Ширина упаковки", "см"),
    ("height", "Высота упаковки", "см"),
    ("weight", "Вес с упаковкой", "кг"),
)
CURRENCIES = {"RUR": "RUB", "BYR": "BYN"}  # the Market's own names of them
# A value of yes or no goes as a word of the wire.
YES_OR_NO = {"true": "да", "false": "нет"}
SELLING = "PUBLISHED"
NOT_SELLING = {"NO_STOCKS", "DISABLED_BY_PARTNER", "ARCHIVED"}  # of the others nobody knows

NAMELESS = gettext_noop("Yandex Market shows a product without an article")
HALF = gettext_noop(
    "Yandex Market lists the product %(number)s and doesn't tell all of it; the next look asks again"
)
UNTITLED = gettext_noop("the product %(number)s has no name at Yandex Market; give it one there")


@dataclass(frozen=True)
class Names:
    """What the parameters of a category and their units are called, by their numbers; empty: not told."""

    parameters: Mapping[str, str] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)


def article_of(row: Any) -> str:
    """Of an offer, or of a card."""
    return words(row.get("offerId")) if isinstance(row, Mapping) else ""


def category_of(*rows: Row) -> str:
    """The leaf that the Market put the product in; else the one that the seller named."""
    for name in ("mapping", ""):
        for row in rows:
            if known := id_of(map_of(row, name) if name else row, "marketCategoryId"):
                return known
    return ""


def names_in(parameters: Iterable[Row]) -> Names:
    rows = [row for row in parameters if id_of(row, "id")]
    units = [
        unit
        for row in rows
        for unit in listed(map_of(row, "unit").get("units"))
        if id_of(unit, "id") and words(unit.get("name"))
    ]
    return Names(
        {id_of(row, "id"): name for row in rows if (name := words(row.get("name")).strip())},
        {id_of(unit, "id"): words(unit.get("name")) for unit in units},
    )


def card_of(mapped: Row, card: Row | None, names: Names) -> CardSeen | CardBroken:
    """`mapped`: {"offer", "mapping"}; `card`: None where the list of cards leaves it out."""
    offer, mapping = map_of(mapped, "offer"), map_of(mapped, "mapping")
    article = article_of(offer).strip()
    if not article:
        return CardBroken("", NAMELESS)
    called = {"number": article}
    if card is None:
        return CardBroken(article, HALF, called)
    title = words(offer.get("name")).strip()
    if not title:
        return CardBroken(article, UNTITLED, called)
    price, barcodes = map_of(offer, "basicPrice"), _texts(offer.get("barcodes"))
    amount = _amount(price.get("value"))
    currency = words(price.get("currencyId"))
    return CardSeen(
        id=article,
        number=id_of(mapping, "marketSku"),
        title=title,
        description=words(offer.get("description")),
        brand=words(offer.get("vendor")).strip(),
        price=amount,
        currency=CURRENCIES.get(currency, currency) if amount is not None else "",
        old_price=_amount(price.get("discountBase")),
        category=words(mapping.get("marketCategoryName")),
        category_id=category_of(mapped, card, offer),
        image_urls=pictures_of(offer),
        attributes=(*values_of(card, names), *_countries(offer), *_packed(offer)),
        barcode=barcodes[0] if len(barcodes) == 1 else "",
        is_available=_sells(offer),
        whole={"offer": offer, "mapping": mapping, "card": card},
    )


def values_of(card: Row, names: Names | None = None) -> tuple[AttributeSeen, ...]:
    """The parameters' values, those of one parameter together, in the order in which they came."""
    names = names or Names()
    found: dict[str, list[str]] = {}
    units: dict[str, str] = {}
    for row in listed(card.get("parameterValues")):
        key, said = id_of(row, "parameterId"), _said(row)
        if key and said:
            found.setdefault(key, []).append(said)
            units[key] = names.units.get(id_of(row, "unitId"), "")
    return tuple(
        AttributeSeen(names.parameters.get(key, key), tuple(said), id=key, unit=units[key])
        for key, said in found.items()
    )


def _said(row: Row) -> str:
    text = _text(row.get("value"))
    return text if id_of(row, "valueId") else YES_OR_NO.get(text.casefold(), text)


def pictures_of(offer: Row) -> tuple[str, ...]:
    """Addresses, the main one first."""
    listed_ = _texts(offer.get("pictures"))
    return tuple(dict.fromkeys(url for url in listed_ if url.startswith(("https://", "http://"))))


def _countries(offer: Row) -> Iterable[AttributeSeen]:
    if told := _texts(offer.get("manufacturerCountries")):
        yield AttributeSeen("Страна производства", told)


def _packed(offer: Row) -> Iterable[AttributeSeen]:
    size = map_of(offer, "weightDimensions")
    for name, called, unit in PACKED:
        text = _text(size.get(name))
        if text and _decimal(text) > 0:
            yield AttributeSeen(called, (text,), unit=unit)


def _sells(offer: Row) -> bool | None:
    states = {words(row.get("status")) for row in listed(offer.get("campaigns")) if isinstance(row, dict)}
    if SELLING in states:
        return True
    return False if states and states <= NOT_SELLING else None


def _texts(value: Any) -> tuple[str, ...]:
    return tuple(text for one in listed(value) if (text := words(one).strip()))


def _text(value: Any) -> str:
    """«10.0» is 10."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return f"{value:.12g}"
    return words(value).strip()


def _amount(value: Any) -> Decimal | None:
    """Nothing and 0 are a price that nobody set."""
    amount = _decimal(_text(value))
    return amount.quantize(CENT) if 0 < amount < MAX_AMOUNT else None


def _decimal(text: str) -> Decimal:
    """0 for what is no number."""
    try:
        amount = Decimal(text)
    except InvalidOperation:
        return Decimal(0)
    return amount if amount.is_finite() else Decimal(0)


def int64(text: str) -> int | None:
    """A number as a request takes it."""
    return int(known) if (known := number(text)) and int(known) < 2**63 else None
