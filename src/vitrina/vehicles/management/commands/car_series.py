"""`vitrina car_series --brand … --model … --out DIR`: one car from many angles, into a folder, without the web."""

from __future__ import annotations

import argparse
import logging
import os
import signal
import sys
import time
from pathlib import Path
from types import FrameType
from typing import Any

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
from vitrina.imagery.installed import services
from vitrina.imagery.options import Options
from vitrina.lib.migrating import migrate_alone
from vitrina.lib.pictures import PictureRefused
from vitrina.vehicles import paints
from vitrina.vehicles.angles import ANGLES, USUAL, in_order
from vitrina.vehicles.forms import newest_year
from vitrina.vehicles.series import MOST_AT_ONCE, SeriesRefused
from vitrina.vehicles.to_folder import SUMMARY, Summary, Tick, Wish, draw

PLAIN_EVERY_SECONDS = 5.0
EXIT_CODES = """
exit codes:
  0    every angle is a picture in DIR
  1    nothing was begun: an option or the photo can't be used; the message says why
  3    some angles failed, or are placeholders because no service drew them; DIR/series.json says why, and the
       same command tries those that failed again
  4    a limit of the plan stopped it; the same command goes on when the limit lifts
  130  stopped by Ctrl-C or SIGTERM; nothing is lost, the same command goes on
"""


class Command(BaseCommand):
    requires_system_checks: list[str] = []
    help = (
        "Draw one car from many angles with the same description, the badge of its model year and, where a service takes "
        "references, after one picture. Without a key for a picture service placeholders are drawn. "
        "Killed at any point, the same command goes on."
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
        add("--brand", required=True, help="in any spelling, Russian or English")
        add("--model", required=True)
        add("--year", type=int, help="the model year, which the badge follows")
        add("--color", default="", help="a name («синий», pearl white) or a code (#1f4fbf)")
        add("--body-type", default="")
        add("--details", default="", help="what a picture shows: wheels, roof, upholstery")
        add(
            "--angles",
            default=",".join(USUAL),
            help=f"parted by commas, or all: {', '.join(one.id for one in ANGLES)} (default: {', '.join(USUAL)})",
        )
        add("--out", required=True, type=Path, metavar="DIR", help="made where it isn't there")
        add("--photo", type=Path, metavar="FILE", help="the car itself: all angles are drawn after it")
        add("--service", default="", help="asked first (default: by plan and health)")
        add("--style", default="", help="words for every prompt, in English, parted by commas")
        add("--high-quality", action="store_true")
        add(
            "--session", default="", help="CAR- and eight digits (default: from the wish, so that it goes on)"
        )
        add(
            "--most-at-once",
            type=int,
            default=MOST_AT_ONCE,
            metavar="N",
            help="pictures drawn at the same time",
        )
        add(
            "--seller",
            default="cars",
            metavar="NAME",
            help="short name of the seller, made where there is none",
        )
        add(
            "--data-dir",
            metavar="DIR",
            help="where everything is kept (default: VITRINA_DATA_DIR, else ./data)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["verbosity"] < 2:
            logging.getLogger("vitrina").setLevel(logging.WARNING)
        signal.signal(signal.SIGTERM, _interrupt)
        console = Console(stderr=True)
        if connection.vendor == "sqlite":
            migrate_alone(settings.DATA_DIR)  # before the wish is read: which services there are stands in it
        wish = wish_of(options)
        slug = slugify(options["seller"], allow_unicode=True)[:80] or "cars"
        seller, _ = Seller.objects.get_or_create(slug=slug, defaults={"name": options["seller"][:200]})
        wish.out.mkdir(parents=True, exist_ok=True)
        try:
            with Shown(console) as shown:
                summary = draw(seller, wish, watch=shown.show)
        except KeyboardInterrupt:
            console.print(
                "\n[bold]Stopped.[/bold] What was drawn is kept; the same command goes on where it was."
            )
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(130)  # calls may still be open in other threads; the next run finds what they came to
        except (PictureRefused, SeriesRefused, OSError) as error:
            raise CommandError(str(error)) from error
        self._tell(summary, wish)
        code = 4 if summary.stopped_by else 3 if summary.failed or any(summary.placeholders.values()) else 0
        if code:
            sys.exit(code)

    def _tell(self, summary: Summary, wish: Wish) -> None:
        write = self.stdout.write
        write(f"{wish.out}: {len(summary.files)} of {len(wish.angles)} angles, session {summary.session}")
        for identity, path in summary.files.items():
            why = summary.placeholders.get(identity)
            write(f"  {path.name}" + ("" if why is None else f"  a placeholder. {why}".rstrip()))
        for identity, why in summary.failed.items():
            write(f"  {identity} failed: {why}")
        cost = "is not known" if summary.cost is None else f"${summary.cost.normalize():f}"
        write(f"cost: {cost}")
        total = (summary.score or {}).get("total")
        write(
            "score: none, for nothing was drawn by a picture service"
            if total is None
            else _score(summary.score or {})
        )
        write(f"everything that was asked and answered: {wish.out / SUMMARY}")
        if summary.stopped_by:
            write(f"stopped: {summary.stopped_by}")


def _score(score: dict[str, Any]) -> str:
    groups = ", ".join(f"{group['key']} {group['points']} of {group['most']}" for group in score["groups"])
    return f"score: {score['total']} ({groups}; {score['judged']} points of 100 could be judged)"


def wish_of(options: dict[str, Any]) -> Wish:
    """What was asked for, or CommandError with what is wrong with it."""
    names = [one.id for one in ANGLES] if options["angles"] == "all" else options["angles"].split(",")
    try:
        angles = in_order([name.strip() for name in names if name.strip()])
    except KeyError as error:
        known = ", ".join(one.id for one in ANGLES)
        raise CommandError(f"There is no angle {error}; known are {known}.") from error
    if not angles:
        raise CommandError("--angles names none.")
    year = options["year"]
    if year is not None and not 1900 <= year <= newest_year():
        raise CommandError(f"--year is from 1900 to {newest_year()}.")
    usable = [one.name for one in services().values() if one.is_usable]
    if options["service"] and options["service"] not in usable:
        raise CommandError(
            f"The service «{options['service']}» can't be asked here; usable are {', '.join(usable)}."
        )
    photo = options["photo"]
    if photo is not None and not photo.is_file():
        raise CommandError(f"There is no file {photo}.")
    if options["out"].exists() and not options["out"].is_dir():
        raise CommandError(f"{options['out']} is a file; --out names a folder.")
    if options["most_at_once"] < 1:
        raise CommandError("--most-at-once is at least 1.")
    color = options["color"].strip()
    told = {
        "brand": options["brand"],
        "model": options["model"],
        "year": year,
        "color": "" if paints.is_value(color) else color,
        "color_hex": color.lower() if paints.is_value(color) else "",
        "body_type": options["body_type"],
        "details": options["details"],
    }
    return Wish(
        told=told,
        out=options["out"],
        angles=angles,
        options=Options(
            style=tuple(word.strip() for word in options["style"].split(",") if word.strip()),
            service=options["service"],
            is_high_quality=options["high_quality"],
        ),
        photo=photo,
        session=options["session"],
        most_at_once=min(options["most_at_once"], MOST_AT_ONCE),
    )


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


class Shown:
    """A bar on a terminal; elsewhere a line every few seconds."""

    def __init__(self, console: Console) -> None:
        self._console = console
        columns = (
            SpinnerColumn(),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[told]}"),
            TimeElapsedColumn(),
        )
        self._bar = Progress(*columns, console=console, refresh_per_second=4)
        self._task = self._bar.add_task("angles", total=None, told="")
        self._last = 0.0

    def __enter__(self) -> Shown:
        if self._console.is_terminal:
            self._bar.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._bar.stop()

    def show(self, tick: Tick) -> None:
        cost = "" if tick.cost is None else f" ${tick.cost.normalize():f}"
        told = f"{tick.now}{cost}" + (f" {tick.failed} failed" if tick.failed else "")
        if self._console.is_terminal:
            self._bar.update(self._task, completed=tick.done, total=tick.total, told=told)
        elif time.monotonic() - self._last >= PLAIN_EVERY_SECONDS:
            self._last = time.monotonic()
            self._console.print(f"{tick.done} of {tick.total} angles {told}", highlight=False)
