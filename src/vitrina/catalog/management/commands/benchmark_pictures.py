"""Measure how well the measuring of pictures tells what was drawn."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from rich.console import Console
from rich.table import Table

from vitrina.catalog.pictures.benchmark import figures
from vitrina.lib.pictures.colors import PALETTE

HALVES = (("tuned on", False), ("held out", True))


class Command(BaseCommand):
    help = (
        "Measure colour names and the text warning on pictures that are drawn by code: rendered ones, and ones with a camera's "
        "faults put on («photographed»; no camera was there). Held out are other shades, shapes and seeds than those "
        "that the rules were tuned on. Nothing is written."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--mistakes", action="store_true", help="show which names are taken for which")
        parser.add_argument(
            "--some", type=int, metavar="N", default=1, help="draw only every N-th picture, for a quick look"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        console = Console(file=self.stdout)  # type: ignore[arg-type] # writes text, which is all that is asked of it
        every = max(1, options["some"])
        measured = [(half, figures.colors_told(held_out=held_out, every=every)) for half, held_out in HALVES]
        console.print(_colors(measured))
        if options["mistakes"]:
            console.print(_mistakes(measured))
        console.print(
            _lettering(
                [(half, figures.lettering_told(held_out=held_out, every=every)) for half, held_out in HALVES]
            )
        )
        console.print(f"{measured[-1][1].milliseconds:.1f} ms per picture, {len(PALETTE)} names")


def _colors(measured: list[tuple[str, figures.Measured]]) -> Table:
    table = Table("colour names", "pictures", "how many", "top-1", "top-3")
    for half, found in measured:
        for tally in found.tallies:
            table.add_row(half, tally.group, str(tally.pictures), f"{tally.top_1:.3f}", f"{tally.top_3:.3f}")
    return table


def _mistakes(measured: list[tuple[str, figures.Measured]]) -> Table:
    table = Table("mistaken", "drawn", "told", "how often")
    for half, found in measured:
        for (drawn, told), count in found.tallies[0].mistaken.most_common():
            table.add_row(half, drawn, told, str(count))
    return table


def _lettering(measured: list[tuple[str, list[figures.Lettered]]]) -> Table:
    table = Table("text warning", "pictures with", "how many", "said to have text", "mean likelihood")
    for half, kinds in measured:
        for kind in kinds:
            table.add_row(half, kind.kind, str(kind.pictures), f"{kind.share:.3f}", f"{kind.mean:.3f}")
    return table
