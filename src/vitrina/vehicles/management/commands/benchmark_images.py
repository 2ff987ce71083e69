"""Measure what pictures are made by and judged by."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from rich.console import Console
from rich.table import Table

from vitrina.imagery.benchmark.drawing import ROUNDS
from vitrina.imagery.benchmark.report import print_gate
from vitrina.imagery.services.known import SERVICES
from vitrina.vehicles.reference_cars import CARS, Checked, check


class Command(BaseCommand):
    help = (
        "--cars: the prompts of the five reference cars for every model of every picture service: the badge of the model year "
        "in every front view, no confused brand named in any prompt, the description of the car whole in each; no service is "
        "asked. --gate: the quality check on pictures that are drawn by code, clean ones, hard ones among them, and every one "
        "of them broken in every way; and the comparison of a product with its photo; held out are other seeds and kinds of "
        "scenes than those that the thresholds were set on. Nothing is written. Fails where a limit is not kept."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--cars", action="store_true", help="the reference cars")
        parser.add_argument("--gate", action="store_true", help="the quality check")
        parser.add_argument("--out", type=Path, help="write the figures of the cars as JSON here")
        parser.add_argument(
            "--mistakes", action="store_true", help="show what was said wrongly, and of which scenes"
        )
        parser.add_argument(
            "--some", type=int, metavar="N", default=1, help="draw only every N-th scene, for a quick look"
        )
        parser.add_argument("--rounds", type=int, default=ROUNDS, help="pictures of every kind of scene")

    def handle(self, *args: Any, **options: Any) -> None:
        if not (options["gate"] or options["cars"]):
            raise CommandError(
                "Say what to measure: --gate is the quality check, --cars are the reference cars."
            )
        console = Console(file=self.stdout)  # type: ignore[arg-type] # writes text, which is all that is asked of it
        is_well = True
        if options["cars"]:
            is_well = _cars(console, options["out"])
        if options["gate"]:
            every, rounds = max(1, options["some"]), max(1, options["rounds"])
            is_well &= print_gate(console, every=every, rounds=rounds, with_mistakes=options["mistakes"])
        if not is_well:
            raise CommandError(
                "A limit was not kept: see the rows that say «missed» and what is named as wrong."
            )


def _cars(console: Console, out: Path | None) -> bool:
    found = check(SERVICES)
    wrong = [one for one in found if one.wrong]
    _show(console, found)
    for one in wrong:
        for words in one.wrong:
            console.print(f"{one.service} {one.model}, {one.car}: {words}", highlight=False)
    if out is not None:
        result = {"cars": len(CARS), "checked": [asdict(one) for one in found], "wrong": len(wrong)}
        out.write_text(json.dumps(result, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    return not wrong


def _show(console: Console, found: list[Checked]) -> None:
    table = Table(title=f"badges of {len(CARS)} reference cars")
    for name in ("service", "model", "prompts", "wrong"):
        table.add_column(name, justify="left" if name in ("service", "model") else "right")
    of_model: dict[tuple[str, str], list[Checked]] = {}
    for one in found:
        of_model.setdefault((one.service, one.model), []).append(one)
    for (service, model), rows in of_model.items():
        prompts, wrong = sum(row.prompts for row in rows), sum(len(row.wrong) for row in rows)
        table.add_row(service, model, str(prompts), str(wrong))
    console.print(table)
