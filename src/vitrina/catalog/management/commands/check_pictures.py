"""`vitrina check_pictures [--mend]`: rows of pictures without their files, and files without a row."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from vitrina.catalog.pictures import asking, checking
from vitrina.imagery import checking as drawn
from vitrina.lib.strays import Strays


class Command(BaseCommand):
    help = (
        "Look whether every stored picture has its files, and every file its picture. With --mend: what is lost is fetched "
        "anew, and files that nobody knows are deleted. Exit status 1: something was found and is not mended."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--mend", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        mend = options["mend"]
        is_whole = self._of_products(mend)
        is_whole = self._drawn(mend) and is_whole
        if is_whole:
            self.stdout.write("Everything is where it should be.")
        elif not mend:
            sys.exit(1)

    def _of_products(self, mend: bool) -> bool:
        report = checking.check(mend=mend)
        self.stdout.write(f"{report.pictures} pictures, {report.files} files.")
        if report.pictures_lost:
            done = "They wait to be fetched anew." if mend else "With --mend they are fetched anew."
            self.stdout.write(f"{report.pictures_lost} pictures have lost files. {done}")
            self._names(report.lost, report.pictures_lost)
        self._strays(report, mend)
        if mend and not report.is_whole:
            asking.ask_for_forgotten()
        return report.is_whole

    def _drawn(self, mend: bool) -> bool:
        report = drawn.check(mend=mend)
        self.stdout.write(f"{report.pictures} drawn pictures, {report.files} files.")
        if report.pictures_lost:
            done = "They say so now." if mend else "With --mend they say so and can be drawn again."
            self.stdout.write(f"{report.pictures_lost} drawn pictures have lost files. {done}")
            self._names(report.lost, report.pictures_lost)
        self._strays(report, mend)
        return report.is_whole

    def _strays(self, report: Strays, mend: bool) -> None:
        if report.strays:
            done = "They were deleted." if mend else "With --mend they are deleted."
            self.stdout.write(
                f"{report.strays} files ({report.stray_bytes} bytes) belong to no picture. {done}"
            )
            self._names(report.stray_names, report.strays)
        if report.young:
            self.stdout.write(
                f"{report.young} newer files belong to no picture yet; work on them may be under way."
            )

    def _names(self, names: list[str], count: int) -> None:
        for name in names:
            self.stdout.write(f"  {name}")
        if count > len(names):
            self.stdout.write("  …")
