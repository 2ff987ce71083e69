"""An installation as it runs at size, for benches: pages and worker in processes of their own, a simulated model beside them.

What is measured is filled and looked at in a child process, `python -m bench.NAME DEED`, so that one bench run can hold
several databases.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

HOST = "127.0.0.1"
STARTS_WITHIN = 60.0  # seconds


def databases(name: str, *, kept: str = "", only: str = "") -> dict[str, str]:
    """DATABASE_URL of "sqlite" and, where a server answers, of "postgres".

    The PostgreSQL database `name` is made anew, unless its folder under `kept` says that it is filled.
    """
    found = {"sqlite": ""}
    import psycopg

    server = os.environ.get("VITRINA_TEST_POSTGRES_URL", "postgresql://postgres@127.0.0.1:5432/postgres")
    is_filled = bool(kept) and any((Path(kept) / "postgres").glob("*"))
    try:
        with psycopg.connect(server, autocommit=True, connect_timeout=2) as connection:
            if not is_filled and only in ("", "postgres"):
                connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
                connection.execute(f"CREATE DATABASE {name}")
        found["postgres"] = f"{server.rsplit('/', 1)[0]}/{name}"
    except psycopg.OperationalError:
        pass
    return {database: url for database, url in found.items() if only in ("", database)}


@contextmanager
def folder(database: str, kept: str = "") -> Iterator[str]:
    """Where the data of one run lie: gone afterwards, or for good under `kept`."""
    if kept:
        path = Path(kept).resolve() / database
        path.mkdir(parents=True, exist_ok=True)
        yield str(path)
        return
    with tempfile.TemporaryDirectory(prefix="vitrina-bench-") as made:
        yield made


def child(module: str, environment: Mapping[str, str], deed: str) -> Any:
    """What `python -m MODULE DEED` prints last, as JSON."""
    done = subprocess.run(
        [sys.executable, "-m", module, deed],
        env=dict(environment),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{deed} failed:\n{done.stderr}")
    return json.loads(done.stdout.splitlines()[-1])


@contextmanager
def studio(environment: Mapping[str, str], *, threads: int = 8) -> Iterator[str]:
    """The pages in one process, the worker in another: as an installation of this size runs. The pages' address."""
    port = free_port()
    address = f"http://{HOST}:{port}"
    commands = (["web", "--port", str(port)], ["worker", "--threads", str(threads)])
    with ExitStack() as stack:
        for command in commands:
            stack.enter_context(running(["vitrina.config.cli", *command], environment))
        wait_for(f"{address}/health/ready")
        yield address


@contextmanager
def model(*options: str) -> Iterator[str]:
    """The simulated model server's base URL."""
    with simulator("vitrina.simulators.model_server", *options) as said:
        yield said


@contextmanager
def simulator(module: str, *options: str) -> Iterator[str]:
    """The address that it says in its one line."""
    with running([module, *options], os.environ, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        yield process.stdout.readline().rsplit(" ", 1)[-1].strip()


@contextmanager
def running(
    command: Sequence[str], environment: Mapping[str, str], stdout: int = subprocess.DEVNULL
) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-m", *command],
        env=dict(environment),
        stdout=stdout,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        yield process
    finally:
        process.terminate()
        process.wait(40)


def wait_for(url: str) -> None:
    ends = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < ends:
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"{url} did not answer within a minute")


def tell(url: str, said: Any) -> Any:
    """Post JSON to a simulator's own door."""
    request = urllib.request.Request(
        url, json.dumps(said).encode(), {"Content-Type": "application/json"}, method="POST"
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


def told(url: str) -> Any:
    """What a simulator's own door tells."""
    with urllib.request.urlopen(url, timeout=30) as answer:
        return json.load(answer)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def percentile(values: Sequence[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, round(share * len(values)))]
