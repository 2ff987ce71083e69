"""Which column of a spreadsheet, or key of a JSON row, means what: Russian and English names. Pure."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping

# Roles beside the fields of a Listing.
ATTRIBUTE = "attribute"  # the column is an attribute under its own name
LEFT_OUT = ""
VENDOR_CODE = "vendor_code"  # the id where there is no other, else the attribute «Артикул»
TYPE_PREFIX = "type_prefix"
MODEL = "model"
STOCK = "stock"  # a number of pieces

SYNONYMS: dict[str, tuple[str, ...]] = {
    "external_id": (
        "id", "external id", "offer id", "offerid", "product id", "item id", "g id", "ид", "id товара", "ид товара",
        "идентификатор", "идентификатор товара", "внешний код", "внешний id", "внешний идентификатор", "уникальный код",
    ),
    VENDOR_CODE: (
        "vendor code", "vendorcode", "sku", "article", "article number", "part number", "mpn", "код", "код товара",
        "артикул", "артикул продавца", "артикул товара", "артикул поставщика", "ваш sku", "арт", "номенклатура код",
    ),
    "title": (
        "title", "name", "product name", "item name", "product title", "structured title", "название", "наименование",
        "название товара", "наименование товара", "название позиции", "наименование позиции", "позиция", "имя", "имя товара",
        "товар", "номенклатура", "заголовок",
    ),
    "description": (
        "description", "body", "body html", "long description", "full description", "product description", "details",
        "structured description", "описание", "описание товара", "полное описание", "подробное описание", "аннотация",
        "текст", "детальное описание",
    ),
    "brand": (
        "brand", "vendor", "manufacturer", "brand name", "бренд", "марка", "торговая марка", "производитель", "бренд товара",
    ),
    "price": (
        "price", "sale price", "retail price", "regular price", "amount", "cost", "цена", "стоимость", "розничная цена",
        "цена розничная", "розница", "ррц", "рекомендованная цена", "цена продажи", "цена товара", "текущая цена", "цена со скидкой", "цена с ндс",
    ),
    "old_price": (
        "old price", "oldprice", "compare at price", "list price", "старая цена", "цена до скидки", "зачеркнутая цена",
        "цена без скидки",
    ),
    "currency": ("currency", "currency id", "currencyid", "price currency", "валюта", "код валюты"),
    "supplier": ("supplier", "seller", "distributor", "поставщик", "продавец", "дистрибьютор"),
    "source_url": (
        "url", "link", "product url", "source url", "product link", "page", "ссылка", "ссылка на товар", "адрес страницы",
        "адрес товара", "страница товара", "url товара",
    ),
    "image_urls": (
        "image", "images", "image url", "image urls", "image link", "additional image link", "additional image links",
        "picture", "pictures", "picture url", "photo", "photos", "photo url", "фото", "фотография", "фотографии",
        "картинка", "картинки", "изображение", "изображения", "ссылка на фото", "ссылки на фото", "ссылка на изображение",
        "ссылка на главное фото", "ссылки на дополнительные фото", "главное фото", "доп фото",
    ),
    "attributes": (
        "attributes", "params", "parameters", "properties", "specs", "specifications", "features", "characteristics",
        "характеристики", "параметры", "свойства", "атрибуты",
    ),
    "category_hint": (
        "category", "categories", "category path", "category name", "product type", "google product category", "section",
        "category hint", "категория", "категории", "категория товара", "раздел", "группа", "группа товаров",
        "категория продавца", "рубрика",
    ),
    "barcode": (
        "barcode", "ean", "ean13", "gtin", "upc", "isbn", "штрихкод", "штрих код", "баркод", "шк", "штрихкод товара",
        "штрихкод серийный номер ean",
    ),
    "is_available": (
        "available", "availability", "in stock", "is available", "наличие", "в наличии", "доступность", "доступен",
    ),
    STOCK: ("stock", "quantity", "qty", "остаток", "остатки", "количество", "кол во", "количество на складе"),
    TYPE_PREFIX: ("type prefix", "typeprefix", "тип товара", "вид товара"),
    MODEL: ("model", "модель"),
    # What our own exports add to the listing: finished texts, made anew from the listing at any time.
    LEFT_OUT: (
        "seo title", "seo description", "keywords", "key benefits", "short description", "text made by", "language",
        "seo заголовок", "seo описание", "ключевые слова", "преимущества", "краткое описание", "текст написал", "язык",
        # What a buyer may not see.
        "wholesale", "wholesale price", "purchase price", "опт", "оптовая цена", "цена опт", "цена оптовая", "закупка",
        "закупочная цена", "цена закупки", "себестоимость",
    ),
}  # fmt: skip

ROLES = {name: role for role, names in SYNONYMS.items() for name in names}
KNOWN_ROLES = frozenset(SYNONYMS) | {ATTRIBUTE}

SIGNS = re.compile(r"[\W_]+")
CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
NUMBERED = re.compile(r"[ ]?\d{1,3}$")
# What price lists add to a header: «Цена, руб.», «Цена (KZT)*».
MONEY_WORDS = re.compile(r" (руб|рубли|рублей|р|rub|rur|тг|тенге|kzt|usd|eur|долл|евро|byn)$")
PRICE_ROLES = frozenset({"price", "old_price"})


def role_of(header: str) -> str:
    """The role of a column by its name; an unknown name is an attribute.

    >>> role_of("Цена, руб."), role_of("imageLink"), role_of("Фото 3"), role_of("Длина рукава")
    ('price', 'image_urls', 'image_urls', 'attribute')
    """
    folded = fold_header(header)
    if folded in ROLES:
        return ROLES[folded]
    unpriced = ROLES.get(MONEY_WORDS.sub("", folded))
    if unpriced in PRICE_ROLES or unpriced == LEFT_OUT:
        return unpriced
    if ROLES.get(NUMBERED.sub("", folded)) == "image_urls":
        return "image_urls"
    return ATTRIBUTE


def roles_of(headers: Iterable[str], explicit: Mapping[str, str]) -> dict[str, str]:
    """The role of every column; what a person said goes first, whatever the case and signs of the header."""
    said = {fold_header(header): role for header, role in explicit.items()}
    return {header: said.get(fold_header(header), role_of(header)) for header in headers}


def signature(headers: Iterable[str]) -> str:
    """The same for the same header row, in any order of columns."""
    return hashlib.sha256("\n".join(sorted(map(fold_header, headers))).encode()).hexdigest()


def fold_header(header: str) -> str:
    """`VendorCode*` → `vendor code`, `Цена, руб.` → `цена руб`.

    A word typed with look-alike letters of the other alphabet is folded to the alphabet most of it is in.
    """
    words = SIGNS.sub(" ", CAMEL.sub(" ", header)).split()
    return " ".join(map(_one_alphabet, words)).lower().replace("ё", "е")


LATIN = "ABCEHKMOPTXYaceopxyk"
CYRILLIC = "АВСЕНКМОРТХУасеорхук"
TO_CYRILLIC = str.maketrans(LATIN, CYRILLIC)
TO_LATIN = str.maketrans(CYRILLIC, LATIN)


def _one_alphabet(word: str) -> str:
    if word.isascii():
        return word
    for look_alike, first, last in (
        (word.translate(TO_CYRILLIC), "а", "ё"),
        (word.translate(TO_LATIN), "a", "z"),
    ):
        if all(first <= letter <= last for letter in look_alike.lower() if letter.isalpha()):
            return look_alike
    return word
