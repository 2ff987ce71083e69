"""The first rows of a feed and how it was recognised, from its head alone: as quick for a million rows as for ten."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any, BinaryIO, TypedDict

from vitrina.catalog.mapping import FORBIDDEN
from vitrina.lib.feeds import Feed, FeedLimits, FeedRow, open_feed

ROWS = 20
COLUMNS = 200  # of a table are shown and can be explained; the others are read as they are guessed
CHARACTERS = 300_000  # of all cells together
HEAD_BYTES = 1024 * 1024
# Whoever looks waits for it: a workbook gets less time than a reading in the background.
LIMITS = FeedLimits(workbook_cpu_seconds=20)


class Row(TypedDict, total=False):
    """`fields`, or the `reason` why there are none."""

    line: int
    fields: dict[str, Any]
    reason: str
    raw: str


class Preview(TypedDict):
    """As it is kept in the row of the import. `expected`: rows of the whole feed, roughly; None: unknown."""

    format: str
    encoding: str
    delimiter: str
    sheet: str
    columns: list[str]
    all_columns: int
    rows: list[Row]
    categories: dict[str, list[str]]
    remarks: list[str]
    expected: int | None
    bytes: int


def look(stream: BinaryIO, *, encoding: str = "", delimiter: str = "") -> Preview:
    """Raises NotAFeed in words. Reads the head of the file; of a workbook also its table of texts."""
    size = stream.seek(0, io.SEEK_END)
    stream.seek(0)
    head = stream.read(HEAD_BYTES)
    with open_feed(stream, encoding=encoding, delimiter=delimiter, limits=LIMITS) as feed:
        found = list(islice(feed, ROWS))
        names = feed.columns or _names(row.fields for row in found if isinstance(row, FeedRow))
        cells = max(1, sum(len(row.fields) for row in found if isinstance(row, FeedRow)))
        longest = max(40, CHARACTERS // cells)
        rows: list[Row] = [
            {"line": row.line, "fields": _short(row.fields, longest)}
            if isinstance(row, FeedRow)
            else {"line": row.line, "reason": row.reason, "raw": _clean(row.raw, 300)}
            for row in found
        ]
        return {
            "format": feed.format,
            "encoding": feed.encoding,
            "delimiter": feed.delimiter,
            "sheet": feed.sheet,
            "columns": list(names[:COLUMNS]),
            "all_columns": len(names),
            "rows": rows,
            "categories": _used_categories(feed, rows),
            "remarks": list(feed.remarks),
            "expected": _expected(feed, head, size, found_all=len(found) if len(found) < ROWS else None),
            "bytes": size,
        }


def _names(rows: Iterator[Mapping[str, object]]) -> tuple[str, ...]:
    """The keys of JSON rows and YML offers, in the order in which they are met."""
    return tuple(dict.fromkeys(name for fields in rows for name in fields))


def _short(value: Any, longest: int) -> Any:
    """The same in pieces that a page can show; a text that was shortened ends in «…»."""
    if isinstance(value, str):
        return _clean(value, longest)
    if isinstance(value, Mapping):
        return {_clean(str(name), 300): _short(one, longest) for name, one in islice(value.items(), 1000)}
    if isinstance(value, list | tuple):
        return [_short(one, longest) for one in value[:50]]
    if value is None or isinstance(value, bool | float):
        return value
    if isinstance(value, int):
        return value if value.bit_length() < 64 else "…"
    return _clean(str(value), longest)


def _clean(text: str, longest: int) -> str:
    text = FORBIDDEN.sub("", text)
    return text if len(text) <= longest else f"{text[:longest]}…"


def _used_categories(feed: Feed, rows: list[Row]) -> dict[str, list[str]]:
    """Those that the shown offers stand in, with all above them."""
    used: dict[str, list[str]] = {}
    for row in rows:
        step = str(row.get("fields", {}).get("categoryId") or "")
        while step in feed.categories and step not in used:
            parent, name = feed.categories[step]
            used[step] = [parent, _clean(name, 300)]
            step = parent
    return used


def _expected(feed: Feed, head: bytes, size: int, *, found_all: int | None) -> int | None:
    """From the first megabyte to the whole: near enough for «about so much is left»."""
    if found_all is not None:
        return found_all
    if not head or feed.format == "xlsx" or feed.encoding.startswith(("utf-16", "utf-32")):
        return None
    if feed.format == "yml":
        counted = head.count(b"<offer ") + head.count(b"<offer>")
    elif feed.format == "jsonl":
        counted = head.count(b"\n")
    else:
        text = head.decode(feed.encoding, "replace")
        try:
            counted = (
                sum(1 for _row in csv.reader(io.StringIO(text, newline=""), delimiter=feed.delimiter)) - 1
            )
        except csv.Error:
            counted = text.count("\n")
    return max(ROWS, round(counted * size / len(head)))
