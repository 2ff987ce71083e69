"""The statistics as CSV, a line for each day. The names of its columns are those of the API and are not translated."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from vitrina.inbox.statistics.figures import Day, Drafts, Figures, Reception, Work
from vitrina.inbox.statistics.period import Period
from vitrina.inbox.statistics.words import KINDS

COLUMNS = (
    "day",
    *(f"{what}_{kind}" for what in ("arrived", "answered") for kind in KINDS),
    *(name for name in Work.names() if name not in ("arrived", "answered")),
    *Drafts.names(),
    *(name for name in Reception.names() if name != "share_changed"),
)


def as_csv(figures: Figures, period: Period) -> Iterator[str]:
    """With a byte order mark, so that spreadsheets read it as UTF-8. Every day has its line, also one without anything."""
    yield "\ufeff" + _line(COLUMNS)
    for day in period.days:
        yield _line((day.isoformat(), *_cells(figures.days.get(day) or Day())))


def _cells(day: Day) -> list[str]:
    found = vars(day.work) | vars(day.drafts) | vars(day.reception)
    for kind in KINDS:
        work = day.of_kind(kind)
        found |= {f"arrived_{kind}": work.arrived, f"answered_{kind}": work.answered}
    return [f"{found[name]:.6f}" if name == "cost" else str(found[name]) for name in COLUMNS[1:]]


def _line(cells: tuple[str, ...]) -> str:
    page = io.StringIO()
    csv.writer(page, lineterminator="\r\n").writerow(cells)
    return page.getvalue()
