"""`vitrina enrich FEED --out FILE`: a supplier's feed in, finished cards out, without the web."""

from __future__ import annotations

import argparse
import fcntl
import logging
import os
import re
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from django.utils.text import slugify
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)

from vitrina.accounts.models import Seller
from vitrina.catalog.category_tree import NotATree
from vitrina.catalog.importing import ImportFailed, TakenOver
from vitrina.catalog.limits import UnknownTarget, target, targets
from vitrina.catalog.writers import WRITERS, formats_of
from vitrina.enrichment import feed_report
from vitrina.enrichment.feed_to_cards import Summary, Tick, Wish, process
from vitrina.lib.migrating import migrate_alone

FORMATS = {"": "", "xml": "yml", "json": "jsonl", "ndjson": "jsonl"} | {name: name for name in WRITERS}
MOST_THREADS = 400
PLAIN_EVERY_SECONDS = 10.0

EXIT_CODES = """
exit codes:
  0    every offer of the feed is a card in FILE, or a row of FILE.report.csv with its reason
  1    nothing was written: the feed, the tree or an option can't be used; the message says why
  3    as 0, but some products failed; the report says why, and the same command tries them again
  4    a limit (quota, budget) stopped it; the same command goes on when the limit lifts
  5    the disk is full or the database away; nothing is lost, the same command goes on
  130  stopped by Ctrl-C or SIGTERM; nothing is lost, the same command goes on
"""


class Command(BaseCommand):
    requires_system_checks: list[
        str
    ] = []  # they load every page and the whole API, half a second that no feed needs
    help = (
        "Read a feed (CSV, XLSX, YML, JSON Lines; a file or an address), categorise and describe every product, "
        "check it, and write the finished cards. What is doubtful, held back or broken goes to FILE.report.csv "
        "with its reason. Killed at any point, the same command goes on; run twice, it changes nothing."
    )

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        return super().create_parser(
            prog_name,
            subcommand,
            epilog=EXIT_CODES,
            formatter_class=argparse.RawDescriptionHelpFormatter,
            **kwargs,
        )

    def add_arguments(self, parser: CommandParser) -> None:
        add = parser.add_argument
        add("feed", metavar="FEED", help="a file, or an address that begins with http")
        add(
            "--out",
            required=True,
            type=Path,
            metavar="FILE",
            help="its ending is the format: .csv .xlsx .yml .jsonl",
        )
        add(
            "--target",
            default="",
            help=f"whose limits the cards keep: {', '.join(targets())} (default: shop)",
        )
        add("--language", choices=["ru", "en"], default=None, help="of the cards (default: the seller's)")
        add(
            "--categories",
            type=Path,
            metavar="TREE",
            help="a category tree: TSV, CSV or JSON (see sync_categories)",
        )
        add(
            "--seller",
            default="",
            metavar="NAME",
            help="short name of the seller (default: from the feed's name)",
        )
        add("--short", action="store_true", help="one short paragraph instead of a whole card")
        add("--limit", type=int, metavar="N", help="only the first N products")
        add(
            "--threads",
            type=int,
            default=None,
            help=f"products at a time, 1 to {MOST_THREADS} (default: settings)",
        )
        add(
            "--include-doubtful",
            action="store_true",
            help="write texts that wait for a person to FILE.doubtful.*",
        )
        add(
            "--data-dir",
            metavar="DIR",
            help="where everything is kept (default: VITRINA_DATA_DIR, else ./data)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        wish = wish_of(options)
        if options["verbosity"] < 2:
            # A line per call would push the bar away; the ledger has them all.
            logging.getLogger("vitrina").setLevel(logging.WARNING)
        signal.signal(signal.SIGTERM, _interrupt)
        self._console = Console(file=sys.stderr if options["no_color"] else None, stderr=True)
        with only_one():
            prepare_database()
            seller = seller_of(options, wish)
            if not options["language"]:
                wish = replace(wish, language=seller.language)
            try:
                with Shown(self._console) as shown:
                    summary = process(seller, wish, watch=shown.show)
            except KeyboardInterrupt:
                self._leave(wish)
            except TakenOver as error:
                raise CommandError(
                    f"{error} The studio reads this feed for this seller just now: wait for it, or name another --seller. "
                    "Nothing was counted twice; nothing was written to the cards."
                ) from error
            except (ImportFailed, NotATree, UnknownTarget, OSError) as error:
                raise CommandError(f"{error} Nothing was written to {wish.out}.") from error
            self._tell(summary, wish)
        code = 4 if summary.stopped_by else 3 if summary.counts.get(feed_report.FAILED) else 0
        if code:
            sys.exit(code)

    def _leave(self, wish: Wish) -> NoReturn:
        """Calls to models may still be open in other threads: their results are found by the next run."""
        self._console.print(
            "\n[bold]Stopped.[/bold] Everything that was done is kept. The same command goes on where it was."
        )
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(130)

    def _tell(self, summary: Summary, wish: Wish) -> None:
        write = self.stdout.write
        counts, made = summary.counts, summary.import_run
        write(f"{wish.out}: {summary.written} cards for «{target(wish.target).title}»")
        write(
            f"read {made.read} rows: {made.created} new, {made.updated} changed, {made.unchanged} as before, "
            f"{made.broken} broken, {made.warnings} warnings"
        )
        for outcome in (
            feed_report.MODERATION,
            feed_report.HELD_BACK,
            feed_report.FAILED,
            feed_report.REJECTED,
            feed_report.LEFT,
        ):
            if counts.get(outcome):
                write(f"  {outcome}: {counts[outcome]}")
        if summary.doubtful_path:
            write(f"  doubtful texts for a person to look at: {summary.doubtful} in {summary.doubtful_path}")
        elif counts.get(feed_report.MODERATION):
            write("  --include-doubtful writes their texts to a file of their own")
        write(f"reasons: {summary.report_path}")
        for line in figures(summary):
            write(line)
        if summary.stopped_by:
            write(f"stopped: {summary.stopped_by} The same command goes on when the limit lifts.")


def figures(summary: Summary) -> Iterator[str]:
    """Cost, tokens, time and CPU of this sitting."""
    made = summary.runs
    count = made["runs"]
    unpriced = f" ({made['unpriced']} runs have no known price)" if made["unpriced"] else ""
    yield (
        f"runs: {count}, tokens {made['tokens_prompt']} + {made['tokens_completion']}, cost ${made['cost']}{unpriced}"
    )
    wall, cpu = summary.wall_seconds, summary.cpu_seconds
    yield "seconds: " + ", ".join(f"{stage} {wall[stage]:.1f}" for stage in wall)
    if count:
        known = summary.step_cpu_seconds
        rest = max(0.0, cpu["enrich"] - sum(known.values()))
        parts = {"import": cpu["import"], **known, "calls, jobs and database": rest, "export": cpu["export"]}
        yield (
            f"CPU per product, ms: {sum(cpu.values()) / count * 1000:.1f} = "
            + " + ".join(f"{name} {seconds / count * 1000:.1f}" for name, seconds in parts.items())
        )


def wish_of(options: dict[str, Any]) -> Wish:
    """What was asked for, or CommandError with what is wrong with it."""
    feed, out = options["feed"], options["out"]
    if not feed.startswith(("http://", "https://")) and not Path(feed).is_file():
        raise CommandError(f"There is no file {feed}.")
    file_format = FORMATS.get(out.suffix.lower().lstrip("."), "")
    goal = options["target"] or "shop"
    if goal not in targets():
        raise CommandError(f"There is no target «{goal}»; known are {', '.join(targets())}.")
    if file_format not in formats_of(goal):
        known = ", ".join(f".{name}" for name in formats_of(goal))
        raise CommandError(f"{out.name}: the ending says the format; for «{goal}» it can be {known}.")
    if not out.resolve().parent.is_dir():
        raise CommandError(f"There is no folder {out.resolve().parent} to write to.")
    if not feed.startswith("http") and out.exists() and out.samefile(feed):
        raise CommandError("The output would replace the feed itself; choose another name.")
    threads = options["threads"] or min(settings.JOB_THREADS, MOST_THREADS)
    if not 1 <= threads <= MOST_THREADS:
        raise CommandError(f"--threads is from 1 to {MOST_THREADS}.")
    if options["limit"] is not None and options["limit"] < 1:
        raise CommandError("--limit is at least 1.")
    tree = options["categories"]
    if tree is not None and not tree.is_file():
        raise CommandError(f"There is no file {tree}.")
    return Wish(
        feed=feed,
        out=out,
        file_format=file_format,
        target=goal,
        language=options["language"] or "ru",
        categories=tree,
        short=options["short"],
        limit=options["limit"],
        threads=threads,
        include_doubtful=options["include_doubtful"],
    )


def seller_of(options: dict[str, Any], wish: Wish) -> Seller:
    """The seller of that short name; made when there is none: a feed is a shop of its own unless it is told."""
    name = options["seller"] or re.split(r"[/?#]", wish.feed.rstrip("/"))[-1].rsplit(".", 1)[0]
    slug = slugify(name, allow_unicode=True)[:80] or "feed"
    language = options["language"] or settings.AI_DEFAULT_LANGUAGE
    seller, _ = Seller.objects.get_or_create(slug=slug, defaults={"name": name[:200], "language": language})
    return seller


def prepare_database() -> None:
    """Tables of an own data folder are made and brought up to date; a server's are its operator's business."""
    if connection.vendor == "sqlite":
        migrate_alone(settings.DATA_DIR)


@contextmanager
def only_one() -> Iterator[None]:
    """Two of these on one data folder would wait for each other's rows."""
    path = settings.DATA_DIR / ".enrich.lock"
    with path.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise CommandError(
                f"Another `vitrina enrich` works in {settings.DATA_DIR}. Wait for it, or give --data-dir another folder."
            ) from error
        yield


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


class Shown:
    """A bar on a terminal; elsewhere a line every ten seconds."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._bar = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[told]}"),
            TimeElapsedColumn(),
            console=console,
            refresh_per_second=4,
        )
        self._tasks: dict[str, Any] = {}
        self._last = 0.0

    def __enter__(self) -> Shown:
        if self._console.is_terminal:
            self._bar.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._bar.stop()

    def show(self, tick: Tick) -> None:
        told = _told(tick)
        if not self._console.is_terminal:
            if time.monotonic() - self._last >= PLAIN_EVERY_SECONDS:
                self._last = time.monotonic()
                total = f" of {tick.total}" if tick.total is not None else ""
                self._console.print(f"{tick.stage}: {tick.done}{total} {told}", highlight=False)
            return
        if tick.stage not in self._tasks:
            # A stage whose end was not known beforehand is at its end when the next one begins.
            for earlier in self._bar.tasks:
                if earlier.total is None:
                    self._bar.update(earlier.id, total=earlier.completed)
            self._tasks[tick.stage] = self._bar.add_task(tick.stage, total=None, told="")
        self._bar.update(self._tasks[tick.stage], completed=tick.done, total=tick.total, told=told)


def _told(tick: Tick) -> str:
    parts = [f"{tick.rate:.1f}/s"] if tick.rate else []
    if tick.stage == "enrich":
        parts.append(f"${float(tick.cost):.4f}")
        if tick.seconds_left is not None:
            minutes, seconds = divmod(int(tick.seconds_left), 60)
            parts.append(f"{minutes}:{seconds:02d} left")
    return " ".join(parts)
