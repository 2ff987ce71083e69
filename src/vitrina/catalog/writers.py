"""Writers of card files, one per format: each streams, and memory doesn't grow with the number of cards.

A new format is a new class with `add` and `close` and a line in WRITERS.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol
from xml.sax.saxutils import escape, quoteattr

from vitrina.catalog.attributes import without_unit
from vitrina.catalog.card import Card
from vitrina.catalog.models import PATH_SEPARATOR
from vitrina.catalog.spreadsheet import (
    GENERATED,
    csv_line,
    google_availability,
    google_price,
    headers,
    row,
)
from vitrina.catalog.steady_zip import SteadyZip
from vitrina.lib.spreadsheet_cells import defuse_cell


class Writer(Protocol):
    def add(self, card: Card) -> None: ...

    def close(self) -> None:
        """The file is whole after this."""

    def __enter__(self) -> Writer: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


class _Closing:
    """`with writer:` closes it when nothing went wrong, and lets go of its handles either way."""

    def __enter__(self) -> Any:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:
            self.close()
        self.release()

    def close(self) -> None: ...

    def release(self) -> None: ...


class CsvWriter(_Closing):
    """UTF-8 with a mark at the beginning, by which spreadsheets know the encoding; comma; all texts quoted."""

    def __init__(self, path: Path, *, target: str, language: str, shop: Shop) -> None:
        self._target, self._language = target, language
        self._file = path.open("w", encoding="utf-8-sig", newline="")
        self._file.write(csv_line(list(headers(target, language))))

    def add(self, card: Card) -> None:
        self._file.write(csv_line(row(card, self._target, self._language)))

    def release(self) -> None:
        self._file.close()


class JsonLinesWriter(_Closing):
    """One object a line. Money is text, so that no reader makes a binary fraction of it."""

    def __init__(self, path: Path, *, target: str, language: str, shop: Shop) -> None:
        self._shape = _google_object if target == "google" else _object
        self._file = path.open("w", encoding="utf-8", newline="")

    def add(self, card: Card) -> None:
        self._file.write(json.dumps(self._shape(card), ensure_ascii=False) + "\n")

    def release(self) -> None:
        self._file.close()


def _object(card: Card) -> dict[str, Any]:
    return {
        "id": card.external_id,
        "title": card.title,
        "description": card.description,
        "short_description": card.short_description,
        "seo_title": card.seo_title,
        "seo_description": card.seo_description,
        "keywords": list(card.keywords),
        "key_benefits": list(card.key_benefits),
        "brand": card.brand,
        "price": None if card.price is None else str(card.price),
        "old_price": None if card.old_price is None else str(card.old_price),
        "currency": card.currency,
        "supplier": card.supplier,
        "url": card.url,
        "images": list(card.image_urls),
        "category": card.category,
        "barcode": card.barcode,
        "available": card.is_available,
        "attributes": dict(card.attributes),
        "language": card.language,
        "text_made_by": card.source,
    }


def _google_object(card: Card) -> dict[str, Any]:
    marked = card.is_generated
    texts: dict[str, Any] = (
        {
            "structured_title": {"digital_source_type": GENERATED, "content": card.title},
            "structured_description": {"digital_source_type": GENERATED, "content": card.description},
        }
        if marked
        else {"title": card.title, "description": card.description}
    )
    return {
        "id": card.external_id,
        **texts,
        "link": card.url,
        "image_link": card.image_urls[0] if card.image_urls else "",
        "additional_image_links": list(card.image_urls[1:]),
        "availability": google_availability(card),
        "price": google_price(card),
        "brand": card.brand,
        "gtin": card.barcode,
        "product_type": card.category,
        "attributes": dict(card.attributes),
    }


class XlsxWriter(_Closing):
    """One sheet, written row by row. Texts are cells of type text even where they begin with «=»."""

    def __init__(self, path: Path, *, target: str, language: str, shop: Shop) -> None:
        from openpyxl import Workbook

        self._path = path
        self._date = shop.date
        self._target, self._language = target, language
        self._book = Workbook(write_only=True)
        self._sheet = self._book.create_sheet("cards")
        self._sheet.append([self._text(header) for header in headers(target, language)])

    def add(self, card: Card) -> None:
        self._sheet.append(
            [
                self._text(cell) if isinstance(cell, str) else cell
                for cell in row(card, self._target, self._language)
            ]
        )

    def close(self) -> None:
        """The same cards make the same bytes: `save` alone would write the moment of writing everywhere."""
        from openpyxl.writer.excel import ExcelWriter

        stamp = self._date.astimezone(UTC).replace(tzinfo=None)
        self._book.properties.created = self._book.properties.modified = stamp
        ExcelWriter(self._book, SteadyZip(self._path, self._date)).save()

    def _text(self, text: str) -> Any:
        from openpyxl.cell import WriteOnlyCell

        cell = WriteOnlyCell(self._sheet, value=None)
        if text:
            cell.value = defuse_cell(text)
            cell.data_type = "s"
        return cell


class YmlWriter(_Closing):
    """YML of Yandex. Offers go to a file of their own first: the categories that they need stand before them."""

    def __init__(self, path: Path, *, target: str, language: str, shop: Shop) -> None:
        self._path = path
        self._shop = shop
        self._categories: dict[str, int] = {}  # path → id
        self._currencies: dict[str, None] = {}
        self._offers = tempfile.NamedTemporaryFile("w+", encoding="utf-8", newline="", suffix=".offers")  # noqa: SIM115

    def add(self, card: Card) -> None:
        write = self._offers.write
        available = "" if card.is_available is None else f' available="{str(card.is_available).lower()}"'
        write(f"<offer id={quoteattr(card.external_id)}{available}>\n")
        self._element("name", card.title)
        self._element("vendor", card.brand)
        self._element("url", card.url)
        if card.price is not None:
            self._element("price", str(card.price))
        if card.old_price is not None:
            self._element("oldprice", str(card.old_price))
        if card.currency:
            self._currencies.setdefault(card.currency)
            self._element("currencyId", card.currency)
        if card.category:
            self._element("categoryId", str(self._category(card.category)))
        for url in card.image_urls:
            self._element("picture", url)
        if card.description:
            write(f"<description>{cdata(card.description)}</description>\n")
        self._element("barcode", card.barcode)
        for name, value in card.attributes.items():
            bare, unit = without_unit(name)
            written = f" unit={quoteattr(unit)}" if unit else ""
            write(f"<param name={quoteattr(bare)}{written}>{escape(value)}</param>\n")
        write("</offer>\n")

    def close(self) -> None:
        shop = self._shop
        with self._path.open("w", encoding="utf-8", newline="") as file:
            file.write('<?xml version="1.0" encoding="UTF-8"?>\n')
            file.write(f'<yml_catalog date="{shop.date:%Y-%m-%dT%H:%M:%S%z}">\n<shop>\n')
            file.write(f"<name>{escape(shop.name)}</name>\n<company>{escape(shop.name)}</company>\n")
            file.write(f"<url>{escape(shop.url)}</url>\n<currencies>\n")
            for code in self._currencies or {"RUB": None}:
                rate = "1" if code == "RUB" or "RUB" not in self._currencies else "CB"
                file.write(f'<currency id="{escape(code)}" rate="{rate}"/>\n')
            file.write("</currencies>\n<categories>\n")
            for path, number in self._categories.items():
                parent, _, name = path.rpartition(PATH_SEPARATOR)
                above = f' parentId="{self._categories[parent]}"' if parent else ""
                file.write(f'<category id="{number}"{above}>{escape(name)}</category>\n')
            file.write("</categories>\n<offers>\n")
            self._offers.flush()
            self._offers.seek(0)
            shutil.copyfileobj(self._offers, file, 1024 * 1024)
            file.write("</offers>\n</shop>\n</yml_catalog>\n")

    def release(self) -> None:
        self._offers.close()

    def _category(self, path: str) -> int:
        """The number of a path; parents are numbered before their children."""
        if path not in self._categories:
            parent = path.rpartition(PATH_SEPARATOR)[0]
            if parent:
                self._category(parent)
            self._categories[path] = len(self._categories) + 1
        return self._categories[path]

    def _element(self, name: str, text: str) -> None:
        if text:
            self._offers.write(f"<{name}>{escape(text)}</{name}>\n")


def cdata(text: str) -> str:
    """HTML as XML keeps it literally; the end mark inside it is split over two sections."""
    return "<![CDATA[" + text.replace("]]>", "]]]]><![CDATA[>") + "]]>"


class Shop:
    """What the head of a YML says of the shop."""

    def __init__(self, name: str, url: str, date: datetime) -> None:
        self.name, self.url, self.date = name, url, date


WRITERS: Mapping[str, type[CsvWriter | XlsxWriter | YmlWriter | JsonLinesWriter]] = {
    "csv": CsvWriter,
    "xlsx": XlsxWriter,
    "yml": YmlWriter,
    "jsonl": JsonLinesWriter,
}
# YML is Yandex's own format; the other targets read tables and objects.
FORMATS_OF = {"google": ("csv", "xlsx", "jsonl")}


def formats_of(target: str) -> tuple[str, ...]:
    return FORMATS_OF.get(target, tuple(WRITERS))
