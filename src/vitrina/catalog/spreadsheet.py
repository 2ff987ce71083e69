"""The columns of our CSV and XLSX files, and one line of CSV. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from vitrina.catalog.attributes import to_cell
from vitrina.catalog.card import Card
from vitrina.lib.spreadsheet_cells import defuse_cell

Cell = str | Decimal | int | None

# (header in Russian, header in English); `columns.SYNONYMS` reads both back.
HEADERS: tuple[tuple[str, str], ...] = (
    ("ID", "ID"),
    ("Название", "Title"),
    ("Описание", "Description"),
    ("Краткое описание", "Short description"),
    ("SEO заголовок", "SEO title"),
    ("SEO описание", "SEO description"),
    ("Ключевые слова", "Keywords"),
    ("Преимущества", "Key benefits"),
    ("Бренд", "Brand"),
    ("Цена", "Price"),
    ("Старая цена", "Old price"),
    ("Валюта", "Currency"),
    ("Поставщик", "Supplier"),
    ("Ссылка", "Link"),
    ("Фото", "Images"),
    ("Категория", "Category"),
    ("Штрихкод", "Barcode"),
    ("Наличие", "Availability"),
    ("Характеристики", "Attributes"),
    ("Язык", "Language"),
    ("Текст написал", "Text made by"),
)

GOOGLE_HEADERS = (
    "id",
    "title",
    "structured_title",
    "description",
    "structured_description",
    "link",
    "image_link",
    "additional_image_link",
    "availability",
    "price",
    "brand",
    "gtin",
    "product_type",
    "attributes",  # for other readers: Google passes columns by that it does not know
)
GENERATED = "trained_algorithmic_media"


def headers(target: str, language: str) -> list[str]:
    if target == "google":
        return list(GOOGLE_HEADERS)
    return [russian if language == "ru" else english for russian, english in HEADERS]


def row(card: Card, target: str, language: str) -> list[Cell]:
    if target == "google":
        return _google_row(card)
    yes, no = ("в наличии", "нет в наличии") if language == "ru" else ("in stock", "out of stock")
    return [
        card.external_id,
        card.title,
        card.description,
        card.short_description,
        card.seo_title,
        card.seo_description,
        ", ".join(card.keywords),
        "\n".join(card.key_benefits),
        card.brand,
        card.price,
        card.old_price,
        card.currency,
        card.supplier,
        card.url,
        " | ".join(card.image_urls),
        card.category,
        card.barcode,
        None if card.is_available is None else yes if card.is_available else no,
        to_cell(card.attributes) if card.attributes else None,
        card.language,
        card.source,
    ]


def structured(text: str) -> str:
    """Google's text form of a structured attribute: `trained_algorithmic_media:"…"`, quotation marks doubled."""
    doubled = text.replace('"', '""')
    return f'{GENERATED}:"{doubled}"'


def google_price(card: Card) -> str:
    """«1490.00 RUB»."""
    return f"{card.price} {card.currency}" if card.price is not None else ""


def google_availability(card: Card) -> str:
    return "" if card.is_available is None else "in_stock" if card.is_available else "out_of_stock"


def _google_row(card: Card) -> list[Cell]:
    marked = card.is_generated
    return [
        card.external_id,
        "" if marked else card.title,
        structured(card.title) if marked else "",
        "" if marked else card.description,
        structured(card.description) if marked else "",
        card.url,
        card.image_urls[0] if card.image_urls else "",
        ",".join(card.image_urls[1:]),
        google_availability(card),
        google_price(card),
        card.brand,
        card.barcode,
        card.category,
        to_cell(card.attributes) if card.attributes else "",
    ]


def csv_line(cells: Sequence[Cell]) -> str:
    """Every text quoted and defused, numbers bare, nothing for None; ends with CR LF (RFC 4180)."""
    return ",".join(map(_csv_cell, cells)) + "\r\n"


def _csv_cell(cell: Cell) -> str:
    if cell is None or cell == "":
        return ""
    if not isinstance(cell, str):
        return str(cell)
    doubled = defuse_cell(cell).replace('"', '""')
    return f'"{doubled}"'
