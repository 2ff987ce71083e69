"""A card of Wildberries in our shape. Pure.

The card is kept as it came besides: a change of it must carry all of it back. Its price isn't in it, and the sizes of what
it is packed in are told as that, never as the product's own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from vitrina.channels.cards import AttributeSeen, CardBroken, CardSeen
from vitrina.channels.wildberries_words import items, mapping, moment, word
from vitrina.lib.sentences import gettext_noop

ADDRESS = "https://www.wildberries.ru/catalog/{number}/detail.aspx"
ONE_SIZE = {"", "0"}  # what a product without sizes has for one
PACKED = (
    ("length", "Длина упаковки", "см"),
    ("width", "Ширина упаковки", "см"),
    ("height", "Высота упаковки", "см"),
    ("weightBrutto", "Вес с упаковкой", "кг"),
)


NAMELESS = gettext_noop("Wildberries shows a card without an article and a number of its own")
UNTITLED = gettext_noop("the card %(number)s has no title at Wildberries; give it one there")


def card_of(row: Any) -> CardSeen | CardBroken:
    row = mapping(row)
    number, code = word(row.get("nmID")), word(row.get("vendorCode")).strip()
    if not (number or code):
        return CardBroken("", NAMELESS)
    title = word(row.get("title")).strip()
    if not title:
        return CardBroken(code or number, UNTITLED, {"number": number or code})
    sizes = [mapping(size) for size in items(row.get("sizes"))]
    barcodes = [sku for size in sizes for sku in map(word, items(size.get("skus"))) if sku]
    return CardSeen(
        id=code or number,
        title=title,
        number=number,
        description=word(row.get("description")),
        brand=word(row.get("brand")).strip(),
        category=word(row.get("subjectName")).strip(),
        category_id=word(row.get("subjectID")),
        image_urls=tuple(dict.fromkeys(_pictures(row.get("photos")))),
        attributes=(*_characteristics(row), *_sizes(sizes), *_packed(mapping(row.get("dimensions")))),
        barcode=barcodes[0] if len(barcodes) == 1 else "",
        address=ADDRESS.format(number=number) if number else "",
        changed_at=moment(row.get("updatedAt")),
        whole=row,
    )


def _pictures(photos: Any) -> Iterable[str]:
    for photo in map(mapping, items(photos)):
        url = word(photo.get("big"))
        if url.startswith(("https://", "http://")):
            yield url


def _characteristics(row: Mapping[str, Any]) -> Iterable[AttributeSeen]:
    for one in map(mapping, items(row.get("characteristics"))):
        name, values = word(one.get("name")).strip(), values_of(one.get("value"))
        if values and (name or one.get("id")):
            id_ = word(one.get("id"))
            yield AttributeSeen(name or id_, values, id=id_)


def values_of(value: Any) -> tuple[str, ...]:
    """A list of texts, one text or a number, as the kind of the characteristic has it."""
    told = value if isinstance(value, list) else [value]
    return tuple(text for one in told if (text := _text(one)))


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "да" if value else "нет"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    return word(value).strip()


def _sizes(sizes: list[Mapping[str, Any]]) -> Iterable[AttributeSeen]:
    for field, name in (("techSize", "Размер"), ("wbSize", "Российский размер")):
        told = dict.fromkeys(word(size.get(field)).strip() for size in sizes)
        if values := tuple(one for one in told if one not in ONE_SIZE):
            yield AttributeSeen(name, values)


def _packed(dimensions: Mapping[str, Any]) -> Iterable[AttributeSeen]:
    for field, name, unit in PACKED:
        value = dimensions.get(field)
        if isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < 1e6:
            yield AttributeSeen(name, (_text(value),), unit=unit)
