"""What costs seconds to make is made once for all processes of a test run, and copied."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from vitrina.console.tests.running import Studio

MadeOnce = Callable[[str, Callable[[Path], None]], Path]


@pytest.fixture(scope="session")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> MadeOnce:
    """A folder by its name, which one of all test processes fills while the others wait. To be copied, not changed."""
    own = tmp_path_factory.getbasetemp()
    shared = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own

    def make(name: str, fill: Callable[[Path], None]) -> Path:
        made = shared / name
        with (shared / f"{name}.lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not made.exists():
                unfinished = shared / f"{name}.unfinished"
                shutil.rmtree(unfinished, ignore_errors=True)
                unfinished.mkdir()
                fill(unfinished)
                unfinished.rename(made)
        return made

    return make


@pytest.fixture(scope="session")
def migrated(made_once: MadeOnce) -> Path:
    """The folder of an installation: its database has every table, and nobody has been there."""

    def migrate(folder: Path) -> None:
        studio = Studio("", folder)
        studio.migrate()
        studio.close()

    return made_once("migrated", migrate)


@pytest.fixture(scope="session")
def filled(made_once: MadeOnce, migrated: Path) -> Path:
    """The folder of the installation that browsers visit."""

    def fill(folder: Path) -> None:
        shutil.copytree(migrated, folder, dirs_exist_ok=True)
        studio = Studio("", folder)
        studio.fill()
        studio.close()

    return made_once("filled", fill)
