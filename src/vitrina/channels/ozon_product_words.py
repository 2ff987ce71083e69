"""A product of Ozon in our shape. Pure.

Ozon tells it in two answers, one with the price and the stock and one with the attributes; a product of which either
is missing is told to be broken, since what isn't there would read as taken away. Both are kept as they came: a change of
a product must carry all of it back.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from vitrina.channels.cards import AttributeSeen, CardBroken, CardSeen
from vitrina.channels.ozon_words import Row, moment_of, number_of, row_of, rows_of, words_of
from vitrina.lib.money import CENT, MAX_AMOUNT
from vitrina.lib.sentences import gettext_noop

ADDRESS = "https://www.ozon.ru/product/{sku}/"
# Attributes that every kind has, by Ozon's numbers.
NAME, ANNOTATION, BRAND, TYPE, RICH = 4180, 4191, 85, 8229, 11254
ELSEWHERE = {NAME, ANNOTATION, BRAND, TYPE, RICH}  # they stand in fields of their own, or are mark-up
NO_BRAND = "нет бренда"
BETWEEN = " > "
PACKED = (
    ("depth", "Длина упаковки", "dimension_unit"),
    ("width", "Ширина упаковки", "dimension_unit"),
    ("height", "Высота упаковки", "dimension_unit"),
    ("weight", "Вес с упаковкой", "weight_unit"),
)
UNITS = {"mm": "мм", "cm": "см", "in": "дюйм", "g": "г", "kg": "кг", "lb": "фунт"}


NAMELESS = gettext_noop("Ozon shows a product without an article and a number of its own")
HALF = gettext_noop("Ozon lists the product %(number)s and doesn't tell all of it; the next look asks again")
UNTITLED = gettext_noop("the product %(number)s has no name at Ozon; give it one there")


@dataclass(frozen=True)
class Names:
    """What a kind of product and its attributes are called; empty: not told."""

    category: str = ""  # «Дом и сад > Посуда для напитков > Кружка»
    attributes: Mapping[int, str] = field(default_factory=dict)


def product_id(row: Row) -> str:
    """As a request takes it: a whole number; empty where it is none."""
    number = number_of(row.get("product_id"))
    return str(number) if number and 0 < number < 2**63 else ""


def kind_of(info: Row, attributes: Row) -> tuple[int, int] | None:
    """The numbers of the category and of the type."""
    for row in (info, attributes):
        category, type_ = number_of(row.get("description_category_id")), number_of(row.get("type_id"))
        if category and type_:
            return category, type_
    return None


def names_in(tree: Iterable[Row]) -> dict[str, str]:
    """«Дом и сад > Посуда > Кружка» by "17029016:92499": the number of the nearest category and of the type."""
    found: dict[str, str] = {}
    waiting: list[tuple[Row, tuple[str, ...], int]] = [(row, (), 0) for row in tree]
    while waiting:
        row, above, category = waiting.pop()
        name = words_of(row.get("category_name")) or words_of(row.get("type_name"))
        path = (*above, name.strip()) if name.strip() else above
        category = number_of(row.get("description_category_id")) or category
        if type_ := number_of(row.get("type_id")):
            found[f"{category}:{type_}"] = BETWEEN.join(path)
        if len(path) < 20:
            waiting += [(inner, path, category) for inner in rows_of(row.get("children"))]
    return found


def describes(attributes: Row) -> bool:
    return any(number_of(one.get("id")) == ANNOTATION for one in rows_of(attributes.get("attributes")))


def card_of(listed: Row, info: Row, attributes: Row, names: Names) -> CardSeen | CardBroken:
    """`attributes` may have a "description" that was asked for apart."""
    number, offer_id = product_id(listed), words_of(listed.get("offer_id")).strip()
    if not (number or offer_id):
        return CardBroken("", NAMELESS)
    called = {"number": offer_id or number}
    if not info or not attributes:
        return CardBroken(offer_id or number, HALF, called)
    title = (words_of(info.get("name")) or words_of(attributes.get("name"))).strip()
    if not title:
        return CardBroken(offer_id or number, UNTITLED, called)
    values = _values(attributes)
    sku, kind, barcodes = words_of(info.get("sku")), kind_of(info, attributes), _texts(info.get("barcodes"))
    price = _amount(info.get("price"))
    brand = " ".join(values.get(BRAND, ()))
    return CardSeen(
        id=offer_id or number,
        title=title,
        number=number,
        description=" ".join(values.get(ANNOTATION, ())) or words_of(attributes.get("description")),
        brand="" if brand.casefold() == NO_BRAND else brand,
        price=price,
        currency=words_of(info.get("currency_code")) if price is not None else "",
        old_price=_amount(info.get("old_price")),
        category=names.category,
        category_id=f"{kind[0]}:{kind[1]}" if kind else "",
        image_urls=_pictures(info),
        attributes=(*_attributes(values, names), *_packed(attributes)),
        barcode=barcodes[0] if len(barcodes) == 1 else "",
        address=ADDRESS.format(sku=sku) if sku not in ("", "0") else "",
        is_available=_yes_or_no(row_of(info.get("stocks")).get("has_stock")),
        changed_at=moment_of(info.get("updated_at")),
        whole={
            "info": info,
            "attributes": {name: value for name, value in attributes.items() if name != "description"},
        },
    )


def _values(attributes: Row) -> dict[int, tuple[str, ...]]:
    found: dict[int, tuple[str, ...]] = {}
    for one in rows_of(attributes.get("attributes")):
        texts = [words_of(value.get("value")).strip() for value in rows_of(one.get("values"))]
        if (number := number_of(one.get("id"))) and (told := tuple(text for text in texts if text)):
            found[number] = told
    return found


def _attributes(values: Mapping[int, tuple[str, ...]], names: Names) -> Iterable[AttributeSeen]:
    for number, told in values.items():
        if number not in ELSEWHERE:
            yield AttributeSeen(names.attributes.get(number, str(number)), told, id=str(number))


def _packed(attributes: Row) -> Iterable[AttributeSeen]:
    for field_, name, unit_field in PACKED:
        value, unit = number_of(attributes.get(field_)), UNITS.get(words_of(attributes.get(unit_field)), "")
        if value and value > 0 and unit:
            yield AttributeSeen(name, (str(value),), unit=unit)


def _pictures(info: Row) -> tuple[str, ...]:
    """The main one first. Where there is none apart, it is the first of all."""
    urls = (*_texts(info.get("primary_image")), *_texts(info.get("images")))
    return tuple(dict.fromkeys(url for url in urls if url.startswith(("https://", "http://"))))


def _texts(value: Any) -> tuple[str, ...]:
    told = value if isinstance(value, list) else [value]
    return tuple(text for one in told if (text := words_of(one).strip()))


def _amount(value: Any) -> Decimal | None:
    """«990.0000» is 990; nothing and 0 are a price that nobody set."""
    try:
        amount = Decimal(words_of(value).strip())
    except InvalidOperation:
        return None
    return amount.quantize(CENT) if amount.is_finite() and 0 < amount < MAX_AMOUNT else None


def _yes_or_no(value: Any) -> bool | None:
    return value if isinstance(value, bool) else None
