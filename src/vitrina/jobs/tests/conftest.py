"""Fixtures of the jobs room: a counting world, installations with real worker processes, kinds that end with the test."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from vitrina.jobs import enqueue as enqueueing
from vitrina.jobs import registry as registering
from vitrina.jobs import schedule as scheduling
from vitrina.jobs.tests.installation import Installation, PostgresStore, SqliteStore, Store
from vitrina.jobs.tests.world import World


@pytest.fixture(autouse=True)
def _own_kinds() -> Iterator[None]:
    """Kinds and schedules that a test registers are gone after it; so is what was counted of sellers' queues."""
    handlers, feeders = dict(registering.registry.handlers), dict(registering.registry.feeders)
    rules = dict(scheduling.rules)
    enqueueing._rooms.clear()
    yield
    registering.registry.handlers.clear()
    registering.registry.handlers.update(handlers)
    registering.registry.feeders.clear()
    registering.registry.feeders.update(feeders)
    scheduling.rules.clear()
    scheduling.rules.update(rules)


@pytest.fixture
def world() -> Iterator[World]:
    world = World()
    yield world
    world.close()


def is_listening(url: str) -> bool:
    parts = urlsplit(url)
    try:
        with socket.create_connection((parts.hostname or "127.0.0.1", parts.port or 0), timeout=0.5):
            return True
    except OSError:
        return False


def server(variable: str, default: str) -> str:
    """The address of a test server that answers, or skip in words."""
    url = os.environ.get(variable, default)
    if not is_listening(url):
        pytest.skip(f"Nothing answers at {url}; start a server or set {variable}.")
    return url


@pytest.fixture
def postgres_server() -> str:
    return server("VITRINA_TEST_POSTGRES_URL", "postgresql://postgres@127.0.0.1:5432/postgres")


Install = Callable[..., Installation]


@pytest.fixture
def install(world: World, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Install]:
    """Make an installation; `store="postgres"` where a server is present."""
    made: list[Installation] = []

    def make(store: str = "sqlite", **environment: str) -> Installation:
        kept: Store
        if store == "postgres":
            kept = PostgresStore(
                request.getfixturevalue("postgres_server"), f"vitrina_jobs_test_{os.getpid()}"
            )
        else:
            kept = SqliteStore(tmp_path, request.getfixturevalue("migrated"))
        installation = Installation(tmp_path, kept, world.url, **environment)
        made.append(installation)
        return installation

    yield make
    for installation in made:
        installation.close()
