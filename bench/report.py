"""A measured figure, the table of them, and the file that keeps them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path


@dataclass(frozen=True)
class BenchRow:
    """One figure beside its limit or its peer. `figure`: None where nothing could be measured, which its name says.
    `holds`: None where there is nothing to hold.
    """

    group: str
    name: str
    figure: float | None
    unit: str
    limit: str = ""
    holds: bool | None = None


def line(row: BenchRow) -> str:
    mark = {True: "holds", False: "MISSED", None: ""}[row.holds]
    figure = "–" if row.figure is None else f"{row.figure:,.4g}"
    return f"{row.group:<14} {row.name:<58} {figure:>12} {row.unit:<12} {row.limit:<34} {mark}".rstrip()


HEAD = f"{'group':<14} {'what':<58} {'figure':>12} {'unit':<12} {'limit or peer':<34} verdict"


def keep(rows: Iterable[BenchRow], folder: Path) -> Path:
    """Write the figures as JSON; the name is the moment, in UTC."""
    folder.mkdir(parents=True, exist_ok=True)
    now = datetime.now(UTC)
    path = folder / f"{now:%Y-%m-%dT%H%M%SZ}.json"
    path.write_text(
        json.dumps(
            {"at": now.isoformat(), "rows": [asdict(row) for row in rows]}, ensure_ascii=False, indent=1
        ),
        encoding="utf-8",
    )
    return path
