"""CSV of any common dialect, physical line by physical line, so that a broken row costs that row and no other."""

from __future__ import annotations

import csv
import re
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from vitrina.lib.feeds.decoding import TextStream
from vitrina.lib.feeds.feed import Feed, FeedLimits, FeedRow, NotAFeed, Row, broken, column_names
from vitrina.lib.spreadsheet_cells import restore_cell

DELIMITERS = (";", "\t", "|", ",")
SAMPLE_CHARACTERS = 64 * 1024
SAMPLE_LINES = 50
_LINE_BREAK = re.compile(r"\r\n|\n|\r")
_EXCEL_HINT = re.compile(r"sep=(.)[\r\n]*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Line:
    number: int
    text: str  # with its line break
    whole: bool = True  # False: only the beginning of a line longer than a row may be


def open_csv(file: BinaryIO, encoding: str, limits: FeedLimits, *, delimiter: str = "") -> Feed:
    """The header is the first line that is not empty. Raises `NotAFeed` when no delimiter makes columns of it."""
    # The limit is the process's: it is only ever raised, and our own is checked before.
    csv.field_size_limit(max(csv.field_size_limit(), limits.row_characters))
    stream = TextStream(file, encoding)
    given = bool(delimiter)
    delimiter = delimiter or find_delimiter(stream.read(SAMPLE_CHARACTERS))
    stream.detach()
    reader = _Reader(TextStream(file, encoding), delimiter or ";", limits)
    columns = reader.header()
    if len(columns) < 2 and not given:
        raise NotAFeed(
            "The file looks like plain text: its first line has no columns parted by «;», «,», «|» or a tab."
        )
    feed = Feed("csv", encoding, (), columns=columns, delimiter=delimiter)
    feed.rows = reader.rows(columns, feed.remarks)
    feed.on_close = reader.stream.detach
    return feed


def find_delimiter(sample: str) -> str:
    """The delimiter that parts the first line and most of the others into one and the same number; "" if none."""
    every = _LINE_BREAK.split(sample)
    lines = [line for line in every[:-1] or every if line.strip()][
        :SAMPLE_LINES
    ]  # the last may be cut in two
    if lines and (hint := _EXCEL_HINT.fullmatch(lines[0])):
        return hint[1]
    best, best_score = "", (0.0, 0)
    for candidate in DELIMITERS:
        widths = [len(row) for row in csv.reader(lines, delimiter=candidate)]
        if widths and widths[0] > 1:
            score = (sum(width == widths[0] for width in widths) / len(widths), widths[0])
            if score > best_score:
                best, best_score = candidate, score
    return best


class _Reader:
    def __init__(self, stream: TextStream, delimiter: str, limits: FeedLimits) -> None:
        self.stream = stream
        self._delimiter = delimiter
        self._limits = limits
        self._number = 0
        self._returned: deque[_Line] = deque()
        self._zeros = 0

    def header(self) -> tuple[str, ...]:
        for lines, closed in self._records():
            first = lines[0]
            if not closed or not all(line.whole for line in lines):
                raise NotAFeed(
                    f"The header on line {first.number} is not a row: its quotes are never closed."
                )
            cells = self._cells(lines)
            if not any(cell.strip() for cell in cells) or (
                first.number == 1 and _EXCEL_HINT.fullmatch(first.text)
            ):
                continue
            while cells and not cells[-1].strip():
                cells.pop()
            if len(cells) > self._limits.columns:
                raise NotAFeed(
                    f"The header has {len(cells)} columns; at most {self._limits.columns} are read."
                )
            return column_names(cells)
        raise NotAFeed("The file is empty.")

    def rows(self, columns: tuple[str, ...], remarks: list[str]) -> Iterator[Row]:
        count = 0
        for lines, closed in self._records():
            first = lines[0]
            raw = "".join(line.text for line in lines[:20])
            if not first.whole:
                yield broken(
                    first.number, f"The line is longer than {self._limits.row_characters} characters.", raw
                )
                continue
            cells = self._cells(lines) if closed else []
            if closed and not any(cell.strip() for cell in cells):
                continue
            count += 1
            if count > self._limits.rows:
                yield broken(
                    first.number, f"Only the first {self._limits.rows} rows are read; the rest was left out."
                )
                break
            fits = closed and self._fits(cells, columns)
            if fits and (
                len(lines) == 1 or (self._is_clean(lines) and not self._swallowed_rows(lines, columns))
            ):
                values = (restore_cell(cell.strip()) for cell in cells)
                yield FeedRow(first.number, dict(zip(columns, values, strict=False)))
            elif len(lines) > 1 and self._are_mostly_rows(lines[1:], columns):
                # A stray quote took the rows after it for its text: only its own line is broken.
                self._returned.extendleft(reversed(lines[1:]))
                yield broken(first.number, "A quote opens on this line and is not closed on it.", first.text)
            elif not closed:
                last = lines[-1].number
                yield broken(first.number, f"A quote opens here and is not closed up to line {last}.", raw)
            elif fits:
                yield broken(
                    first.number,
                    f"The quotes of lines {first.number} to {lines[-1].number} are mixed up.",
                    raw,
                )
            else:
                yield broken(
                    first.number, f"The row has {len(cells)} columns; the header has {len(columns)}.", raw
                )
        remarks.extend(self.stream.remarks())
        if self._zeros:
            remarks.append(f"Zero characters were removed from {self._zeros} lines.")

    def _records(self) -> Iterator[tuple[list[_Line], bool]]:
        """Physical lines that make one record, and whether its quotes are closed."""
        while line := self._next_line():
            inside = line.whole and is_open_after(line.text, self._delimiter)
            lines, size = [line], len(line.text)
            while inside:
                follower = self._next_line()
                if follower is None:
                    break
                if not follower.whole or size + len(follower.text) > self._limits.row_characters:
                    self._returned.appendleft(follower)
                    break
                lines.append(follower)
                size += len(follower.text)
                inside = is_open_after(follower.text, self._delimiter, inside=True)
            yield lines, not inside

    def _next_line(self) -> _Line | None:
        if self._returned:
            return self._returned.popleft()
        most = self._limits.row_characters
        text = self.stream.read_line(most)
        if not text:
            return None
        self._number += 1
        whole = len(text) < most or text[-1] in "\r\n"
        if not whole:
            while (rest := self.stream.read_line(most)) and rest[-1] not in "\r\n":
                pass
        if "\x00" in text:
            self._zeros += 1
            text = text.replace("\x00", "")
        return _Line(self._number, text, whole)

    def _cells(self, lines: Sequence[_Line]) -> list[str]:
        if len(lines) == 1 and '"' not in lines[0].text:
            return lines[0].text.rstrip("\r\n").split(self._delimiter)
        return [
            cell
            for row in csv.reader([line.text for line in lines], delimiter=self._delimiter)
            for cell in row
        ]

    def _fits(self, cells: list[str], columns: tuple[str, ...]) -> bool:
        """Empty cells beyond the header are only a trailing delimiter."""
        return len(cells) >= len(columns) and not any(cell.strip() for cell in cells[len(columns) :])

    def _is_clean(self, lines: Sequence[_Line]) -> bool:
        """Whether every closing quote ends its cell. One that does not was most likely meant to open another."""
        try:
            list(csv.reader([line.text for line in lines], delimiter=self._delimiter, strict=True))
        except csv.Error:
            return False
        return True

    def _swallowed_rows(self, lines: Sequence[_Line], columns: tuple[str, ...]) -> bool:
        """Whether every line between the first and the last is a whole row by itself: no prose looks like that."""
        inner = lines[1:-1]
        if len(columns) < 3 or not inner:
            return False
        return all('"' not in line.text and self._fits(self._cells([line]), columns) for line in inner)

    def _are_mostly_rows(self, lines: Sequence[_Line], columns: tuple[str, ...]) -> bool:
        fitting = sum(self._fits(self._cells([line]), columns) for line in lines)
        return fitting * 2 > len(lines)


def is_open_after(line: str, delimiter: str, *, inside: bool = False) -> bool:
    """Whether a quoted field is still open at the end of a physical line. Reads quotes as the csv module does:
    only at a field's start do they open; inside, two are one; after a closing one the field goes on bare."""
    if '"' not in line:
        return inside
    at, end = 0, len(line)
    while at < end:
        if not inside:
            if line[at] != '"':
                at = line.find(delimiter, at) + 1
                if not at:
                    return False
                continue
            at += 1
            inside = True
            continue
        at = line.find('"', at)
        if at < 0:
            return True
        if line.startswith('""', at):
            at += 2
            continue
        inside = False
        at = line.find(delimiter, at + 1) + 1
        if not at:
            return False
    return inside
