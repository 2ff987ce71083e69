"""`vitrina check_pictures [--mend]`: rows of pictures without their files, and files without a row."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from vitrina.catalog.pictures import asking, checking


class Command(BaseCommand):
    help = (
        "Look whether every stored picture has its files, and every file its picture. With --mend: what is lost is fetched "
        "anew, and files that nobody knows are deleted. Exit status 1: something was found and is not mended."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--mend", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        mend = options["mend"]
        report = checking.check(mend=mend)
        self.stdout.write(f"{report.pictures} pictures, {report.files} files.")
        if report.pictures_lost:
            done = "They wait to be fetched anew." if mend else "With --mend they are fetched anew."
            self.stdout.write(f"{report.pictures_lost} pictures have lost files. {done}")
            self._names(report.lost, report.pictures_lost)
        if report.strays:
            done = "They were deleted." if mend else "With --mend they are deleted."
            self.stdout.write(
                f"{report.strays} files ({report.stray_bytes} bytes) belong to no picture. {done}"
            )
            self._names(report.stray_names, report.strays)
        if report.young:
            self.stdout.write(
                f"{report.young} newer files belong to no picture yet; a fetch may be under way."
            )
        if report.is_whole:
            self.stdout.write("Everything is where it should be.")
        elif mend:
            asking.ask_for_forgotten()
        else:
            sys.exit(1)

    def _names(self, names: list[str], count: int) -> None:
        for name in names:
            self.stdout.write(f"  {name}")
        if count > len(names):
            self.stdout.write("  …")
