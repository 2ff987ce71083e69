"""Reads one workbook from standard input and writes its rows to standard output as JSON lines.

Run by `xlsx_feed` as a process of its own with hard limits of memory and CPU, because a workbook is an archive of XML
from outside and openpyxl holds all its shared strings. It imports nothing of the package: it runs isolated.

Lines: ["sheet", name] · ["row", number, [values]] · ["broken", number, reason] · ["remark", sentence] · ["refused", sentence] · ["end"]
"""

from __future__ import annotations

import contextlib
import datetime
import json
import math
import os
import sys
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any

BAD_CELL = object()
# What openpyxl, expat and zipfile raise on workbooks that are not what they should be.
TROUBLE: tuple[type[Exception], ...] = (ValueError, LookupError, OSError, TypeError, AttributeError)
TROUBLE += (SyntaxError, EOFError, NotImplementedError, zipfile.BadZipFile, zlib.error)


def main(memory_bytes: int, cpu_seconds: int, columns: int, row_characters: int) -> None:
    _limit(memory_bytes, cpu_seconds)
    # The safe parser of the two that openpyxl can use.
    os.environ["OPENPYXL_LXML"] = "False"
    os.environ["OPENPYXL_DEFUSEDXML"] = "True"
    try:
        _read(columns, row_characters)
    except MemoryError:
        _write(["refused", f"The workbook needs more than {memory_bytes // 2**20} MB of memory to be read."])
    _write(["end"])


def _read(columns: int, row_characters: int) -> None:
    from defusedxml.common import DefusedXmlException
    from openpyxl import load_workbook

    try:
        book = load_workbook(sys.stdin.buffer, read_only=True, data_only=True, keep_links=False)
    except DefusedXmlException:
        _write(["refused", "The workbook declares XML entities, which no spreadsheet program does."])
        return
    except TROUBLE as error:
        # DefusedXmlException is a ValueError, and openpyxl wraps it in another.
        if isinstance(error, DefusedXmlException) or isinstance(error.__context__, DefusedXmlException):
            _write(["refused", "The workbook declares XML entities, which no spreadsheet program does."])
        else:
            _write(["refused", f"The workbook is broken: {_short(error)}"])
        return
    visible = [sheet for sheet in book.worksheets if getattr(sheet, "sheet_state", "") == "visible"]
    sheets = visible or book.worksheets
    if not sheets:
        _write(["refused", "The workbook holds no sheet with cells."])
        return
    if len(sheets) > 1:
        sentence = f"The workbook has {len(sheets)} sheets; only the first, «{sheets[0].title}», is read."
        _write(["remark", sentence])
    _write(["sheet", sheets[0].title])
    number = 0
    try:
        for number, cells in _rows_of(sheets[0], book):
            _write_row(number, cells, columns, row_characters)
    except DefusedXmlException:
        _write(["broken", number + 1, "The sheet declares XML entities; reading stops here."])
    except TROUBLE as error:
        _write(["broken", number + 1, f"The sheet is broken from here on: {_short(error)}"])


def _rows_of(sheet: Any, book: Any) -> Iterator[tuple[int, list[dict[str, Any]]]]:
    """Rows as they stand in the file, without the padding that a cell in a far corner would cause."""
    from defusedxml.ElementTree import iterparse
    from openpyxl.worksheet._reader import FORMULA_TAG, ROW_TAG, VALUE_TAG, WorkSheetParser

    class Parser(WorkSheetParser):
        """One cell that cannot be read costs itself, not the sheet."""

        def parse_cell(self, element: Any) -> dict[str, Any]:
            try:
                cell: dict[str, Any] = super().parse_cell(element)
            except (ValueError, IndexError, KeyError, TypeError, OverflowError):
                value = (element.findtext(VALUE_TAG) or "")[:40]
                return {"column": self.col_counter, "value": BAD_CELL, "reason": f"cannot be read: «{value}»"}
            unsaved = element.find(FORMULA_TAG) is not None and element.find(VALUE_TAG) is None
            if unsaved and cell["value"] is None:
                cell["value"] = BAD_CELL
                cell["reason"] = (
                    "holds a formula whose result is not saved in the file; "
                    "open the file in a spreadsheet program and save it again"
                )
            return cell

    with sheet._get_source() as source:
        parser = Parser(
            source,
            sheet._shared_strings,
            data_only=True,
            epoch=book.epoch,
            date_formats=book._date_formats,
            timedelta_formats=book._timedelta_formats,
        )
        data = None
        for event, element in iterparse(source, events=("start", "end")):
            if event == "start":
                if data is None and element.tag.endswith("}sheetData"):
                    data = element
            elif element.tag == ROW_TAG:
                yield parser.parse_row(element)
                if data is not None:
                    data.clear()  # what was read is forgotten, or memory grows with the sheet
            elif data is None:
                element.clear()


def _write_row(number: int, cells: list[dict[str, Any]], columns: int, row_characters: int) -> None:
    from openpyxl.utils import get_column_letter

    filled = [cell for cell in cells if cell["value"] is not None]
    if not filled:
        return
    width = max(cell["column"] for cell in filled)
    if width > columns:
        letter = get_column_letter(min(width, 18278))
        _write(["broken", number, f"A cell stands in column {letter}; at most {columns} columns are read."])
        return
    values: list[Any] = [None] * width
    for cell in filled:
        if cell["value"] is BAD_CELL:
            place = f"{get_column_letter(max(cell['column'], 1))}{number}"
            _write(["broken", number, f"The cell {place} {cell['reason']}."])
            return
        if cell.get("data_type") == "e":
            _write(["error", number])
            continue
        values[cell["column"] - 1] = _plain(cell["value"])
    line = json.dumps(["row", number, values])
    if len(line) > row_characters:
        _write(["broken", number, f"The row is longer than {row_characters} characters."])
        return
    sys.stdout.write(line + "\n")


def _plain(value: Any) -> Any:
    if isinstance(value, float):
        if not math.isfinite(value):
            return None
        # A spreadsheet shows 15 digits; 0.1 + 0.2 is stored as 0.30000000000000004.
        value = float(f"{value:.15g}")
        return int(value) if value.is_integer() and abs(value) < 1e15 else value
    if isinstance(value, datetime.datetime):
        return value.date().isoformat() if value.time() == datetime.time() else value.isoformat()
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    if isinstance(value, bool | int | str):
        return value
    return str(value)


def _limit(memory_bytes: int, cpu_seconds: int) -> None:
    try:
        import resource
    except ImportError:  # Windows has no such limits; the ZIP gate's stand before
        return
    for kind, amount in ((resource.RLIMIT_AS, memory_bytes), (resource.RLIMIT_CPU, cpu_seconds)):
        hard = resource.getrlimit(kind)[1]
        least = amount if hard == resource.RLIM_INFINITY else min(amount, hard)
        with contextlib.suppress(ValueError, OSError):  # macOS refuses RLIMIT_AS
            resource.setrlimit(kind, (least, least))


def _short(error: BaseException) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__


def _write(message: list[Any]) -> None:
    sys.stdout.write(json.dumps(message) + "\n")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:5]))
