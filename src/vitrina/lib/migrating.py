"""Bringing the tables up to date from a command that many processes may start at once."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.core.management import call_command
from django.db import connection

_LOCK = 0x76697473  # an advisory lock of the installation


def migrate_alone(folder: Path) -> None:
    """One of them does it; the others wait in `folder`, or in the database, and find it done."""
    with _alone(folder):
        call_command("migrate", verbosity=0, interactive=False)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
        try:
            yield
        finally:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])
        return
    with (folder / ".migrate.lock").open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
