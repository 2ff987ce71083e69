"""Cards into a file: nothing that breaks a hard limit of the target gets in, and what was held back is told.

`cards` and `preflight` are the other half of this door: `from vitrina.catalog.export import cards, preflight, write`.
"""

from __future__ import annotations

import os
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from django.utils import timezone
from django.utils.translation import gettext

from vitrina.catalog import limits
from vitrina.catalog.card import Card
from vitrina.catalog.cards import cards
from vitrina.catalog.limits import Target, UnknownTarget
from vitrina.catalog.preflight import Problem, holds_back, preflight
from vitrina.catalog.spreadsheet import csv_line
from vitrina.catalog.writers import WRITERS, Shop, formats_of

__all__ = ["Card", "ExportReport", "Shop", "cards", "preflight", "write"]

HELD_SHOWN = 1000  # cards whose reasons the report keeps in memory; the CSV beside the file has them all
TELL_EVERY = 200


@dataclass(slots=True)
class ExportReport:
    """`reasons` and `advice`: how many cards by problem code. `held_back`: the first ones, with sentences."""

    written: int = 0
    held_back_count: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    advice: Counter[str] = field(default_factory=Counter)
    held_back: list[tuple[str, list[str]]] = field(default_factory=list)


def write(
    found: Iterable[Card],
    path: Path,
    *,
    file_format: str,
    target: str,
    language: str = "ru",
    shop: Shop | None = None,
    caps: Mapping[str, int] | None = None,
    report_path: Path | None = None,
    on_progress: Callable[[int], None] = lambda done: None,
) -> ExportReport:
    """Write what may go; the rest with its reasons goes to the report, and as CSV to `report_path`.

    The file appears under its name whole or not at all; a file that was there before is replaced in one step.
    `caps`: limits of this shop's own, {"description.max_chars": 2000}. Raises UnknownTarget in words.
    """
    goal = limits.target(target).with_caps(caps or {})
    check_format(file_format, goal)
    shop = shop or Shop("", "", timezone.now())
    report = ExportReport()
    format_limits = limits.format_limits(file_format)
    most_rows = next((limit for limit in format_limits if limit.code == "rows.max_count"), None)
    with (
        _in_place(path) as unfinished,
        _in_place(report_path) as held,
        held.open("w", encoding="utf-8-sig", newline="") as held_file,
        WRITERS[file_format](unfinished, target=target, language=language, shop=shop) as writer,
    ):
        held_file.write(csv_line(["id", "title", "code", "reason", "source of the limit"]))
        for number, given in enumerate(found, start=1):
            card = given.for_target(goal)
            problems = preflight(card, goal, format_limits=format_limits)
            if most_rows and report.written + 1 >= most_rows.value:
                problems.append(_no_room(most_rows))
            hard = holds_back(problems)
            report.advice.update(problem.code for problem in problems if not problem.is_hard)
            if hard:
                _hold_back(report, card, hard)
                held_file.writelines(
                    csv_line([card.external_id, card.title, problem.code, sentence(problem), problem.source])
                    for problem in hard
                )
            else:
                writer.add(card)
                report.written += 1
            if number % TELL_EVERY == 0:
                on_progress(number)
    return report


def check_format(file_format: str, target: Target) -> None:
    """Raises UnknownTarget where the target does not read the format."""
    known = formats_of(target.key)
    if file_format not in known:
        raise UnknownTarget(
            f"Cards for {target.title} can't be written as «{file_format}»; they can as {', '.join(known)}."
        )


def sentence(problem: Problem) -> str:
    """In the language of whoever reads."""
    translated = gettext(problem.remark.sentence)
    return translated % problem.remark.values if problem.remark.values else translated


def _hold_back(report: ExportReport, card: Card, problems: list[Problem]) -> None:
    report.held_back_count += 1
    report.reasons.update({problem.code for problem in problems})
    if len(report.held_back) < HELD_SHOWN:
        report.held_back.append((card.external_id, [sentence(problem) for problem in problems]))


def _no_room(limit: limits.Limit) -> Problem:
    from vitrina.catalog.listing import Remark
    from vitrina.catalog.preflight import TOO_MANY

    return Problem(
        limit.code,
        limit.kind,
        Remark(TOO_MANY, {"field": "rows", "count": limit.value, "limit": limit.value}),
        limit.source,
    )


class _in_place:  # noqa: N801 - read as a verb: `with _in_place(path) as unfinished`
    """A temporary file that takes the name of `path` when all went well; for None it is thrown away."""

    def __init__(self, path: Path | None) -> None:
        self._path = path

    def __enter__(self) -> Path:
        folder = self._path.parent if self._path else None
        handle, name = tempfile.mkstemp(prefix=".writing-", dir=folder)
        os.close(handle)
        self._unfinished = Path(name)
        return self._unfinished

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if error is not None or self._path is None:
            self._unfinished.unlink(missing_ok=True)
            return
        with self._unfinished.open("rb+") as file:
            os.fsync(file.fileno())
        # mkstemp makes files for their owner only; a finished file is like any other.
        mask = os.umask(0)
        os.umask(mask)
        self._unfinished.chmod(0o666 & ~mask)
        self._unfinished.replace(self._path)
