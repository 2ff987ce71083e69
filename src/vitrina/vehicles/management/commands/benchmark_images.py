"""Measure what pictures are made by and judged by."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from rich.console import Console

from vitrina.imagery.benchmark.drawing import ROUNDS
from vitrina.imagery.benchmark.report import print_gate


class Command(BaseCommand):
    help = (
        "Measure the quality check on pictures that are drawn by code: clean ones, hard ones among them, and every one of them "
        "broken in every way; and the comparison of a product with its photo. Held out are other seeds and kinds of "
        "scenes than those that the thresholds were set on. Nothing is written. Fails where a limit is not kept."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--gate", action="store_true", help="the quality check")
        parser.add_argument(
            "--mistakes", action="store_true", help="show what was said wrongly, and of which scenes"
        )
        parser.add_argument(
            "--some", type=int, metavar="N", default=1, help="draw only every N-th scene, for a quick look"
        )
        parser.add_argument("--rounds", type=int, default=ROUNDS, help="pictures of every kind of scene")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["gate"]:
            raise CommandError("Say what to measure: --gate is the quality check.")
        console = Console(file=self.stdout)  # type: ignore[arg-type] # writes text, which is all that is asked of it
        every, rounds = max(1, options["some"]), max(1, options["rounds"])
        if not print_gate(console, every=every, rounds=rounds, with_mistakes=options["mistakes"]):
            raise CommandError("A limit was not kept: see the rows that say «missed».")
