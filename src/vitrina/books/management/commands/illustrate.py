"""`vitrina illustrate FILE --out FOLDER`: a book in, pictures of its best passages out, without the web."""

from __future__ import annotations

import argparse
import logging
import signal
import sys
import time
from pathlib import Path
from types import FrameType
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
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
from vitrina.books import whole_book
from vitrina.books.models import Genre
from vitrina.books.reading.book import BookRefused
from vitrina.books.whole_book import BookFailed, Result, Tick
from vitrina.engine import runtime
from vitrina.imagery.service_words import TITLES
from vitrina.jobs.enqueue import QueueFull
from vitrina.jobs.worker import Worker
from vitrina.lib.migrating import migrate_alone

MOST_PICTURES = 100
PLAIN_EVERY_SECONDS = 5.0
STAGES = {"read": "reading the book", "ask": "passages into English", "draw": "drawing"}
SELLER = "books"

EXIT_CODES = """
exit codes:
  0    every passage that was asked for has its picture in FOLDER
  1    nothing was drawn: the file is no book that can be read, or an option can't be used; the message says why
  3    as 0, but some pictures failed or the plan has none left; the same command tries them again
  130  stopped by Ctrl-C or SIGTERM; nothing is lost, the same command goes on
"""


class Command(BaseCommand):
    help = (
        "Read a book (EPUB, FB2, zipped FB2, TXT), find its most descriptive passages, and write a picture of each of "
        "the best into FOLDER, with pictures.json that tells what they show. Killed at any point, the same command goes "
        "on; run twice, it draws nothing again. Without a key for a picture service placeholders are drawn."
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
        add("file", metavar="FILE", type=Path)
        add("--out", required=True, type=Path, metavar="FOLDER", help="made where there is none")
        add(
            "--pictures",
            type=int,
            default=10,
            metavar="N",
            help=f"at most, 1 to {MOST_PICTURES} (default: 10)",
        )
        add("--genre", choices=Genre.values, default=Genre.OTHER.value, help="sets the look of the pictures")
        add("--language", choices=["ru", "en"], default="", help="of the text (default: recognised)")
        add(
            "--service",
            choices=sorted(TITLES),
            default="",
            help="the one to be asked first (default: by plan and health)",
        )
        add(
            "--seller",
            default=SELLER,
            metavar="NAME",
            help="short name of the seller that pays (default: books)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        path, out = options["file"], options["out"]
        if not path.is_file():
            raise CommandError(f"There is no file {path}.")
        if out.exists() and not out.is_dir():
            raise CommandError(f"{out} is a file; --out names a folder.")
        if not 1 <= options["pictures"] <= MOST_PICTURES:
            raise CommandError(f"--pictures is from 1 to {MOST_PICTURES}.")
        if options["verbosity"] < 2:
            logging.getLogger("vitrina").setLevel(logging.WARNING)  # a line per call would push the bar away
        signal.signal(signal.SIGTERM, _interrupt)
        if connection.vendor == "sqlite":
            migrate_alone(settings.DATA_DIR)
        seller, _is_new = Seller.objects.get_or_create(
            slug=options["seller"], defaults={"name": options["seller"]}
        )
        worker = Worker(min(settings.JOB_THREADS, 20))
        worker.start()
        try:
            with _Shown(Console(stderr=True)) as shown:
                result = whole_book.illustrate(
                    seller,
                    path,
                    out,
                    most=options["pictures"],
                    genre=options["genre"],
                    language=options["language"],
                    service=options["service"],
                    watch=shown.show,
                )
        except (BookRefused, BookFailed, QueueFull, OSError) as error:
            raise CommandError(f"{error} Nothing was written to {out}.") from error
        except KeyboardInterrupt:
            self.stderr.write("\nStopped. Everything that was done is kept; the same command goes on.")
            sys.exit(130)
        finally:
            worker.stop()
            runtime.close(grace_seconds=0)
        self._tell(result, out)

    def _tell(self, result: Result, out: Path) -> None:
        book, write = result.book, self.stdout.write
        write(f"{book}: {book.chapters.count()} chapters; {len(result.files)} pictures in {out}")
        if result.placeholders:
            write(f"  of them placeholders, plainly marked: {result.placeholders}")
        for sentence in (*result.failed, *result.trouble):
            write(f"  {sentence}")
        if not result.files and not result.failed and not result.trouble:
            write("  No passage is described well enough for a picture.")
        unpriced = f" ({result.unpriced} pictures have no known price)" if result.unpriced else ""
        write(f"cost ${result.cost.normalize():f}{unpriced}")
        if result.failed or result.trouble:
            sys.exit(3)


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


class _Shown:
    """A bar for each stage on a terminal; elsewhere a line every few seconds."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._bar = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=console,
            refresh_per_second=4,
        )
        self._tasks: dict[str, Any] = {}
        self._last = 0.0

    def __enter__(self) -> _Shown:
        if self._console.is_terminal:
            self._bar.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._bar.stop()

    def show(self, tick: Tick) -> None:
        words = STAGES[tick.stage]
        if not self._console.is_terminal:
            if time.monotonic() - self._last >= PLAIN_EVERY_SECONDS:
                self._last = time.monotonic()
                total = f" of {tick.total}" if tick.total is not None else ""
                self._console.print(f"{words}: {tick.done}{total}", highlight=False)
            return
        if tick.stage not in self._tasks:
            self._tasks[tick.stage] = self._bar.add_task(words, total=None)
        self._bar.update(self._tasks[tick.stage], completed=tick.done, total=tick.total)
