"""The figures of the quality check as tables for a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from vitrina.imagery.benchmark import pairs
from vitrina.imagery.benchmark.drawing import ROUNDS
from vitrina.imagery.benchmark.figures import CLEAN, Seen, Tally, milliseconds, seen, tallies

HALVES = (("tuned on", False), ("held out", True))


def print_gate(
    console: Console, *, every: int = 1, rounds: int = ROUNDS, with_mistakes: bool = False
) -> bool:
    """Draws, judges and prints; whether every figure keeps its limit on all pictures together."""
    found = list(seen(rounds, every))
    halves = [(half, tallies(found, held_out=held_out)) for half, held_out in HALVES]
    console.print(_table(halves))
    if with_mistakes:
        console.print(_mistakes(halves))
    console.print(_pairs(every))
    middle, most = milliseconds(found)
    console.print(
        f"{len(found)} pictures; {middle:.0f} ms of CPU to prepare and judge a clean one, 95 of 100 within {most:.0f} ms"
    )
    return all(_together(found))


def _together(found: Sequence[Seen]) -> list[bool]:
    joined: dict[str, list[bool]] = {}
    for one in found:
        joined.setdefault(one.name, []).append(one.is_right)
    return [Tally(name, len(right), sum(right), 0, ()).holds for name, right in joined.items()]


def _table(halves: Sequence[tuple[str, list[Tally]]]) -> Table:
    table = Table("quality check", "half", "pictures", "said right", "poor", "limit")
    for half, rows in halves:
        for row in rows:
            name = "clean, nothing said" if row.name == CLEAN else row.name
            verdict = "kept" if row.holds else "missed"
            table.add_row(
                name, half, str(row.pictures), f"{row.share:.3f}", f"{row.poor / row.pictures:.2f}", verdict
            )
    return table


def _mistakes(halves: Sequence[tuple[str, list[Tally]]]) -> Table:
    table = Table("mistaken", "half", "scene: what was said", "how often")
    for half, rows in halves:
        for row in rows:
            for mistake, count in row.mistaken:
                table.add_row(row.name, half, mistake, str(count))
    return table


def _pairs(every: int) -> Table:
    table = Table("product and photo", "half", "pairs", "said right", "surely", "surely wrong")
    for half, held_out in HALVES:
        for row in pairs.told(list(pairs.pairs(held_out=held_out, every_nth=every))):
            table.add_row(
                row.group, half, str(row.pairs), f"{row.share:.3f}", str(row.sure), str(row.surely_wrong)
            )
    return table
