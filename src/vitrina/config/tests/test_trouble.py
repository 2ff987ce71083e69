"""A full or closed disk, a database that is away, two starts at once: said in words, and nothing made twice."""

from __future__ import annotations

import errno
import os
import sqlite3
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError, ProgrammingError, connection

from vitrina.config import data_folder, trouble
from vitrina.lib import migrating


def test_starts_at_once_have_one_secret(tmp_path: Path) -> None:
    gate = threading.Barrier(16)

    def start() -> str:
        gate.wait(10)
        return data_folder.kept_secret(tmp_path, "SECRET_KEY")

    with ThreadPoolExecutor(16) as pool:
        found = {future.result() for future in [pool.submit(start) for _ in range(16)]}
    assert len(found) == 1
    assert found == {(tmp_path / ".secret_key").read_text(encoding="utf-8")}
    assert [path.name for path in tmp_path.iterdir()] == [".secret_key"]
    assert (tmp_path / ".secret_key").stat().st_mode & 0o777 == 0o600


def test_a_secret_that_was_lost_is_not_made_anew(tmp_path: Path) -> None:
    (tmp_path / ".secret_key").touch()
    with pytest.raises(ImproperlyConfigured, match="is empty"):
        data_folder.kept_secret(tmp_path, "SECRET_KEY")


def test_one_of_many_starts_brings_the_tables_up_to_date(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite's way; on PostgreSQL the lock is the database's own."""
    at_once = []
    inside = threading.Semaphore(1)

    def migrate(*args: Any, **options: Any) -> None:
        at_once.append(inside.acquire(blocking=False))
        threading.Event().wait(0.01)
        inside.release()

    monkeypatch.setattr(migrating, "call_command", migrate)
    with ThreadPoolExecutor(6) as pool:
        for done in [pool.submit(_migrate, tmp_path) for _ in range(6)]:
            done.result()
    assert at_once == [True] * 6


def _migrate(folder: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(connection, "vendor", "sqlite")
        migrating.migrate_alone(folder)


def test_trouble_of_the_disk_and_the_database_is_told_in_words(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "a.sqlite3") as base:
        base.execute("PRAGMA page_size=512")
        base.execute("CREATE TABLE t (x)")
        base.execute("PRAGMA max_page_count=3")
        with pytest.raises(sqlite3.OperationalError) as full:
            base.execute("INSERT INTO t VALUES (zeroblob(4000))")
    error = OperationalError(str(full.value))
    error.__cause__ = full.value
    assert trouble.told(error) == (trouble.FULL, trouble.AWAY)
    assert trouble.told(OSError(errno.ENOSPC, "No space left on device")) == (trouble.FULL, trouble.AWAY)
    assert trouble.told(OperationalError("connection refused\n\tIs it running?")) == (
        f"The database doesn't answer: connection refused. {trouble.KEPT}", trouble.AWAY,
    )  # fmt: skip
    assert trouble.told(ProgrammingError("no such table")) is None
    assert trouble.told(FileNotFoundError(errno.ENOENT, "No such file", "feed.csv")) is None


def test_a_command_without_a_folder_says_so_without_a_traceback(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    done = subprocess.run(
        [sys.executable, "-m", "vitrina.config.cli", "jobs", "list", "--data-dir", str(tmp_path / "file" / "below")],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (1, "")
    assert "can't be used: Not a directory" in done.stderr
    assert "Traceback" not in done.stderr
