"""Measure how well priority, intent and sentiment are told before any model is asked."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from rich.console import Console
from rich.table import Table

from vitrina.inbox import benchmark, halves


class Command(BaseCommand):
    help = (
        "Measure the rules of the inbox on the rows that come with Vitrina, and with --reviews on a CSV of reviews with "
        "stars: macro-F1 on all rows, on the half that the rules were tuned on, and on the half that was held out. "
        "Nothing is written and no model is asked."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--reviews", type=Path, help="a CSV with the columns id, rating and text")
        parser.add_argument("--classes", action="store_true", help="show F1 of every class too")

    def handle(self, *args: Any, **options: Any) -> None:
        own = halves.labelled()
        figures = benchmark.of_labelled(own)
        texts = [row.text for row in own]
        if options["reviews"]:
            try:
                reviews = halves.starred(options["reviews"])
            except (OSError, UnicodeDecodeError, halves.NotReviews) as error:
                raise CommandError(str(error)) from error
            figures += benchmark.of_starred(reviews)
            texts = [row.text for row in reviews]
        console = Console(file=self.stdout)  # type: ignore[arg-type] # writes text, which is all that is asked of it
        console.print(_table(figures, by_class=options["classes"]))
        console.print(f"{benchmark.milliseconds(texts):.2f} ms per text")


def _table(figures: list[benchmark.Figure], *, by_class: bool) -> Table:
    table = Table("told", "on", "rows", "macro-F1", "accuracy")
    if by_class:
        table.add_column("F1 by class")
    for figure in figures:
        found = figure.agreement
        cells = [figure.what, figure.rows, str(found.rows), f"{found.macro_f1:.3f}", f"{found.accuracy:.3f}"]
        if by_class:
            cells.append("  ".join(f"{name} {value:.2f}" for name, value in found.f1.items()))
        table.add_row(*cells)
    return table
