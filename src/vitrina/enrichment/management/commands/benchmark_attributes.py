"""Measure how attributes are read without a model, on feeds whose parameters stand in their texts."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from rich.console import Console
from rich.table import Table

from vitrina.enrichment.benchmark.attribute_figures import LEAST_PRECISION, LEAST_RECALL, Figures, measure
from vitrina.enrichment.benchmark.attribute_gold import items, schemas


class Command(BaseCommand):
    help = (
        "Measure how attributes are read without a model: the feeds' parameters are hidden, and those whose value "
        "stands literally in the title or the description are looked for again. Asked are a precision of "
        f"{LEAST_PRECISION} and a recall of {LEAST_RECALL}. Nothing is written to the installation."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("feeds", nargs="+", type=Path)
        parser.add_argument(
            "--half", choices=["tuning", "held-out", "both"], default="both",
            help="by the ids of the goods: rules are made by looking at the tuning half alone",
        )  # fmt: skip
        parser.add_argument("--mistakes", type=int, default=0, metavar="N", help="show the first N mistakes")
        parser.add_argument("--out", type=Path, help="write the figures as JSON here")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            goods = [item for path in options["feeds"] for item in items(path)]
        except (OSError, ValueError) as error:
            raise CommandError(str(error)) from error
        known = schemas(goods)
        wanted = {"tuning": [False], "held-out": [True], "both": [False, True]}[options["half"]]
        found = {
            "held-out" if held else "tuning": measure(
                (one for one in goods if one.is_held_out is held), known
            )
            for held in wanted
        }
        console = Console()
        for half, figures in found.items():
            _show(half, figures, console)
            for mistake in figures.mistakes[: options["mistakes"]]:
                self.stdout.write(json.dumps(mistake, ensure_ascii=False))
        if options["out"]:
            result = {half: figures.result() for half, figures in found.items()}
            options["out"].write_text(
                json.dumps(result, ensure_ascii=False, indent=2) + "\n", encoding="utf-8"
            )


def _show(half: str, figures: Figures, console: Console) -> None:
    table = Table(title=f"{half}: {figures.items} goods")
    for name in (
        "class",
        "stand in the text",
        "right",
        "wrong",
        "precision",
        "recall",
        "beyond: same / other",
    ):
        table.add_column(name, justify="left" if name == "class" else "right")
    for name, tally in (*figures.tallies.items(), ("all", figures.whole())):
        table.add_row(
            name, str(tally.gold), str(tally.right), str(tally.wrong), _share(tally.precision), _share(tally.recall),
            f"{tally.agreed} / {tally.differed}",
        )  # fmt: skip
    console.print(table)


def _share(share: float | None) -> str:
    return "unknown" if share is None else f"{share:.3f}"
