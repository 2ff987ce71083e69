"""Measure categorisation (and, when asked, descriptions) on a labelled file, apart from the installation's data."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import tempfile
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from rich.console import Console
from rich.progress import Progress

from vitrina.enrichment import autoapply
from vitrina.enrichment.benchmark import report, run
from vitrina.enrichment.benchmark.labelled import NotLabelled, read, split

# Set in the process that has a data directory of its own.
INSIDE = "VITRINA_BENCHMARK"


class Command(BaseCommand):
    help = (
        "Measure categorisation on a labelled TSV (title and category path; optional brand and key): accuracy, "
        "calibration, the share that could be applied without a person, cost, latency. It works in a temporary "
        "data directory: the installation's catalogue, vectors and ledger are not touched."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="the labelled TSV")
        parser.add_argument(
            "--categories", type=Path, help="a TSV of category id and path, when the rows name ids"
        )
        parser.add_argument(
            "--key", default="", help="the column whose hash splits the rows (default: a known one)"
        )
        parser.add_argument(
            "--learn", type=int, default=24, help="rows per category to learn from (default 24)"
        )
        parser.add_argument("--test", type=int, default=6, help="rows per category to test on (default 6)")
        parser.add_argument("--limit", type=int, default=0, help="test at most so many rows in all")
        chosen = parser.add_mutually_exclusive_group()
        chosen.add_argument("--offline", action="store_true", help="no model (the default without --model)")
        chosen.add_argument("--model", default="", help="ask this model, as provider:model; costs money")
        parser.add_argument(
            "--threads", type=int, default=0, help="calls at once (default: 1 offline, 32 with a model)"
        )
        parser.add_argument(
            "--describe", type=int, default=0, metavar="N", help="write and check texts for N rows too"
        )
        parser.add_argument("--language", choices=["ru", "en"], default="ru")
        parser.add_argument(
            "--target", type=float, default=autoapply.TARGET, help="precision target of auto-apply"
        )
        parser.add_argument("--out", type=Path, help="write the figures as JSON here")
        parser.add_argument("--compare", type=Path, help="JSON of an earlier run to show beside this one")

    def handle(self, *args: Any, **options: Any) -> None:
        if not os.environ.get(INSIDE):
            self._run_apart(options)
            return
        try:
            rows = read(
                options["file"].read_text(encoding="utf-8-sig"),
                categories=options["categories"].read_text(encoding="utf-8-sig")
                if options["categories"]
                else "",
                key=options["key"],
            )
            earlier = (
                json.loads(options["compare"].read_text(encoding="utf-8")) if options["compare"] else None
            )
        except (OSError, UnicodeDecodeError, json.JSONDecodeError, NotLabelled) as error:
            raise CommandError(str(error)) from error
        parts = split(rows, learn=options["learn"], test=options["test"])
        if options["limit"]:
            parts = type(parts)(parts.learn, parts.test[: options["limit"]])
        if not parts.test:
            raise CommandError("No rows are left to test on: every category has at most --learn rows.")
        call_command("migrate", verbosity=0)
        # One line per call would bury the table; errors are counted in it.
        logging.getLogger("vitrina.engine.calls").setLevel(logging.ERROR)
        with Progress(console=Console(stderr=True)) as progress:
            task = progress.add_task("asking", total=len(parts.test))
            measured = run.run(
                parts,
                language=options["language"],
                threads=options["threads"] or (32 if options["model"] else 1),
                describe=options["describe"],
                tick=lambda: progress.advance(task),
            )
        result = report.result(measured, parts, target=options["target"], model=options["model"])
        if options["out"]:
            options["out"].write_text(
                json.dumps(result, ensure_ascii=False, indent=2) + "\n", encoding="utf-8"
            )
        report.show(result, earlier, Console())

    def _run_apart(self, options: dict[str, Any]) -> None:
        """The same command once more, in a process with its own database and vectors that are thrown away after."""
        arguments = [sys.executable, "-m", "vitrina.config.cli", *sys.argv[1:]]
        if sys.argv[1:2] != ["benchmark_ai"]:
            raise CommandError("benchmark_ai is run as a command of its own: `vitrina benchmark_ai FILE`.")
        with tempfile.TemporaryDirectory(prefix="vitrina-benchmark-") as folder:
            environment = {
                **os.environ,
                INSIDE: "1",
                "VITRINA_DATA_DIR": folder,
                "DATABASE_URL": "",
                "QDRANT_HOST": "",
                "REDIS_URL": "",
                "BROKER_URL": "",
            }
            if not options["model"]:
                environment["VITRINA_ROUTES"] = _only("offline")
            else:
                environment["VITRINA_ROUTES"] = _only(options["model"])
                environment["AI_MODEL"] = ""
            code = subprocess.run(arguments, env=environment, check=False).returncode  # noqa: S603 - our own command
        if code:
            raise CommandError("The benchmark ended with an error; see above.", returncode=code)


def _only(model: str) -> str:
    """Routes with this one member: a fallback would make the figures those of two producers."""
    steps = [["offline"]] if model == "offline" else [[model, 60]]
    routes = {name: {"steps": steps} for name in ("categorize", "describe")}
    return json.dumps({**routes, "embed": {"steps": [["offline"]]}})
