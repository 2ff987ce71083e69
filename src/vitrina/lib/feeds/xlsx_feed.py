"""XLSX, read by a child process with hard limits; its rows come over a pipe as they are read."""

from __future__ import annotations

import itertools
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from io import UnsupportedOperation
from pathlib import Path
from typing import IO, Any, BinaryIO

from vitrina.lib.feeds.feed import (
    BrokenFeedRow,
    Feed,
    FeedLimits,
    FeedRow,
    NotAFeed,
    Row,
    broken,
    column_names,
)
from vitrina.lib.spreadsheet_cells import restore_cell
from vitrina.lib.zipgate import BadZip, ZipLimits, open_zip

CHILD = Path(__file__).with_name("xlsx_child.py")
HEADER_ROWS = 20
# Sheets are streamed and the child's memory and time are limited, so an honest workbook of 100,000 rows with
# descriptions (204 MB unpacked) may pass; the gate's other limits hold.
WORKBOOK_LIMITS = ZipLimits(total_bytes=1_000_000_000)
_WORKBOOK = "xl/workbook.xml"
_OTHERS = {
    "xl/workbook.bin": "a binary Excel workbook (.xlsb). Save it as .xlsx",
    "word/document.xml": "a Word document (.docx), not a table",
    "ppt/presentation.xml": "a presentation (.pptx), not a table",
    "content.xml": "an OpenDocument file (.ods). Save it as .xlsx",
}


def open_xlsx(file: BinaryIO, limits: FeedLimits) -> Feed:
    """The first visible sheet. The header is the first of its rows that is text as wide as the table below it."""
    _check(file)
    child = _Child(file, limits)
    try:
        rows = child.rows()
        ahead = list(itertools.islice(rows, HEADER_ROWS))
        columns, skipped = _header(ahead)
    except BaseException:
        child.stop()
        raise
    feed = Feed("xlsx", "", (), columns=columns, on_close=child.stop, sheet=child.sheet)
    if skipped:
        feed.remarks.append(f"What stands above the header (row {ahead[skipped][0]}) was left out.")
    rest = itertools.chain(ahead[skipped + 1 :], rows)
    feed.rows = _feed_rows(rest, columns, limits, child, feed.remarks)
    return feed


def _check(file: BinaryIO) -> None:
    try:
        with open_zip(file, WORKBOOK_LIMITS) as archive:
            names = set(archive.names())
    except BadZip as error:
        raise NotAFeed(f"The workbook is not read: {error}") from error
    if _WORKBOOK not in names and "[Content_Types].xml" not in names:
        for name, what in _OTHERS.items():
            if name in names:
                raise NotAFeed(f"This is {what}.")
        raise NotAFeed("This is a ZIP archive, not a workbook. Unpack it and send the feed itself.")
    for name, what in _OTHERS.items():
        if name in names and _WORKBOOK not in names:
            raise NotAFeed(f"This is {what}.")


# One row on its way: (number, values) or (number, the sentence that says why there are none).
_Read = tuple[int, list[Any] | str]


class _Child:
    """The reading process. `rows` ends with a sentence in place of values where it died."""

    def __init__(self, file: BinaryIO, limits: FeedLimits) -> None:
        self.remarks: list[str] = []
        self.sheet = ""
        self.error_cells = 0
        self._limits = limits
        arguments = (
            limits.workbook_memory_bytes,
            limits.workbook_cpu_seconds,
            limits.columns,
            limits.row_characters,
        )
        with _as_real_file(file) as source:
            self._process = subprocess.Popen(  # noqa: S603 - our own script and numbers
                [sys.executable, "-I", str(CHILD), *map(str, arguments)],
                stdin=source,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={"PATH": os.environ.get("PATH", "")},
            )

    def rows(self) -> Iterator[_Read]:
        pipe = self._process.stdout
        assert pipe is not None
        number = 0
        while line := pipe.readline(8 * self._limits.row_characters + 1024):
            try:
                message = json.loads(line)
            except ValueError:
                break
            match message:
                case ["row", int(number), list(values)]:
                    yield number, values
                case ["broken", int(number), str(reason)]:
                    yield number, reason
                case ["error", int()]:
                    self.error_cells += 1
                case ["sheet", str(name)]:
                    self.sheet = name
                case ["remark", str(sentence)]:
                    self.remarks.append(sentence)
                case ["refused", str(sentence)]:
                    if not number:
                        raise NotAFeed(sentence)
                    yield number + 1, sentence
                    return
                case ["end"]:
                    return
        sentence = self._why_it_died()
        if not number:
            raise NotAFeed(sentence)
        yield number + 1, sentence

    def _why_it_died(self) -> str:
        if self._process.stdout:
            self._process.stdout.close()
        if self._process.wait() > 0:
            return "Reading stopped here: the workbook is broken."
        return (
            "Reading stopped here: the workbook needs more memory than "
            f"{self._limits.workbook_memory_bytes // 2**20} MB or more than "
            f"{self._limits.workbook_cpu_seconds} seconds of the processor."
        )

    def stop(self) -> None:
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        if self._process.stdout:
            self._process.stdout.close()


def _header(ahead: list[_Read]) -> tuple[tuple[str, ...], int]:
    """The names and the position of the header among the first rows: price lists begin with addresses and dates."""
    widths = [0 if isinstance(values, str) else _filled(values) for _, values in ahead]
    if not ahead or not max(widths):
        raise NotAFeed("The workbook's first sheet is empty.")
    for share in (0.8, 0.5):
        for position, (_, values) in enumerate(ahead):
            if isinstance(values, str) or widths[position] < share * max(widths):
                continue
            if all(value is None or isinstance(value, str) for value in values):
                return column_names(value or "" for value in values), position
    raise NotAFeed(
        f"None of the first {len(ahead)} rows of the sheet is a header: names of columns are text."
    )


def _filled(values: list[Any]) -> int:
    return sum(value is not None and value != "" for value in values)


def _feed_rows(
    rows: Iterator[_Read], columns: tuple[str, ...], limits: FeedLimits, child: _Child, remarks: list[str]
) -> Iterator[Row]:
    count = 0
    for number, values in rows:
        if isinstance(values, str):
            yield broken(number, values)
            continue
        if not _filled(values):
            continue
        count += 1
        if count > limits.rows:
            yield broken(number, f"Only the first {limits.rows} rows are read; the rest was left out.")
            break
        yield _feed_row(number, values, columns)
    remarks.extend(child.remarks)
    if child.error_cells:
        remarks.append(
            f"{child.error_cells} cells hold a spreadsheet error (#N/A, #REF! …) and were read as empty."
        )


def _feed_row(number: int, values: list[Any], columns: tuple[str, ...]) -> FeedRow | BrokenFeedRow:
    if _filled(values[len(columns) :]):
        reason = f"The row has values in {len(values)} columns; the header has {len(columns)}."
        return broken(number, reason, " | ".join(str(value) for value in values if value is not None))
    values = [restore_cell(value.strip()) if isinstance(value, str) else value for value in values]
    return FeedRow(number, dict(itertools.zip_longest(columns, values[: len(columns)])))


def _as_real_file(file: BinaryIO) -> IO[bytes]:
    """A file of the operating system's own that the child can inherit, at its beginning."""
    try:
        copy = os.fdopen(os.dup(file.fileno()), "rb")
    except (AttributeError, UnsupportedOperation, OSError):
        copied = tempfile.TemporaryFile()  # noqa: SIM115 - the caller closes it
        file.seek(0)
        shutil.copyfileobj(file, copied)
        copied.seek(0)
        return copied
    copy.seek(0)
    return copy
