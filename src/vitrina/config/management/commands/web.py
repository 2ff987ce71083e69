"""`vitrina web`: only the pages; jobs are done by `vitrina worker` processes."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import DatabaseError

from vitrina.config.first_run import welcome_the_first_admin
from vitrina.config.serving import serve


class Command(BaseCommand):
    help = "Serve the pages and the API alone; run `vitrina worker` beside it to do the jobs."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)

    def handle(self, *args: Any, **options: Any) -> None:
        # Before the first `vitrina migrate` there is no table yet; the next start makes the administrator.
        with suppress(DatabaseError):
            welcome_the_first_admin(self.stdout)
        self.stdout.write(f"Vitrina: http://{options['host']}:{options['port']}  (Ctrl-C stops)")
        serve(options["host"], options["port"])
