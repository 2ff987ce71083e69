"""What every format of feed is read into."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from types import TracebackType

RAW_CHARACTERS = 500


class NotAFeed(ValueError):
    """The file as a whole cannot be read as a feed: a login page, a picture, nothing. `str(error)` says what it is."""


@dataclass(frozen=True)
class FeedLimits:
    """What one feed may ask for. `row_characters` bounds memory: nothing bigger than a row is ever held."""

    rows: int = 1_000_000
    row_characters: int = 2_000_000
    columns: int = 1_000
    categories: int = 100_000
    workbook_memory_bytes: int = 768 * 1024 * 1024
    workbook_cpu_seconds: int = 600


DEFAULT_LIMITS = FeedLimits()


@dataclass(frozen=True, slots=True)
class FeedRow:
    """One offer. `line`: where it begins in the file, from 1 (in XLSX the sheet's row number)."""

    line: int
    fields: dict[str, object]


@dataclass(frozen=True, slots=True)
class BrokenFeedRow:
    """What stands at `line` could not be read as an offer. `raw`: its first 500 characters, for the report."""

    line: int
    reason: str
    raw: str = ""


Row = FeedRow | BrokenFeedRow


@dataclass
class Feed:
    """An opened feed; iterate it once. Iterating never raises for what the file holds: trouble is a row.

    `columns`: the header of CSV and XLSX; `delimiter` of CSV and `sheet` of XLSX: how and where it was found. `categories`: {id: (parent id or "", name)} of YML; complete when the
    rows are, and in the usual order of a YML complete from the start. `remarks`: sentences about what was read
    differently than written, complete when the rows are.
    """

    format: str
    encoding: str
    rows: Iterable[Row]
    columns: tuple[str, ...] = ()
    categories: dict[str, tuple[str, str]] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)
    on_close: Callable[[], None] = lambda: None
    delimiter: str = ""
    sheet: str = ""

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)

    def close(self) -> None:
        self.on_close()

    def __enter__(self) -> Feed:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def broken(line: int, reason: str, raw: str = "") -> BrokenFeedRow:
    return BrokenFeedRow(line, reason, raw[:RAW_CHARACTERS])


def column_names(cells: Iterable[str]) -> tuple[str, ...]:
    """The header's names: spaces folded, the empty ones numbered, the repeated ones told apart («цена (2)»)."""
    names: list[str] = []
    taken: set[str] = set()
    for number, cell in enumerate(cells, 1):
        base = name = " ".join(cell.split()) or f"column {number}"
        again = 2
        while name in taken:
            name = f"{base} ({again})"
            again += 1
        taken.add(name)
        names.append(name)
    return tuple(names)
