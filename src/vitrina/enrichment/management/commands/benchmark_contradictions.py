"""Measure how rightly a picture is said to contradict its listing."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from rich.console import Console
from rich.table import Table

from vitrina.enrichment.benchmark.contradicting import Contradicted, contradictions_said


class Command(BaseCommand):
    help = (
        "Measure, on pictures of known colours that are drawn by code, how often a picture contradicts a listing that names its "
        "colour, and one that names a far colour; one picture each, no model. Nothing is written."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--some", type=int, metavar="N", default=1, help="draw only every N-th picture, for a quick look"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        table = Table("pictures", "the listing names", "listings", "said to be contradicted", "share")
        for half, held_out in (("tuned on", False), ("held out", True)):
            found = contradictions_said(held_out=held_out, every=max(1, options["some"]))
            _row(table, half, "its colour", found.right)
            _row(table, half, "its colour, under a print", found.right_with_a_print)
            _row(table, half, "a far colour", found.far)
        Console(file=self.stdout).print(table)  # type: ignore[arg-type] # writes text, which is all that is asked of it


def _row(table: Table, half: str, names: str, one: Contradicted) -> None:
    table.add_row(half, names, str(one.told), str(one.said), f"{one.said / max(1, one.told):.3f}")
