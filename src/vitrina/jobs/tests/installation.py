"""A small installation of its own for a test: a database, a nursery of processes, and workers to be killed."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from queue import Empty, Queue
from typing import Any, Protocol

QUICK = {
    "VITRINA_JOB_LEASE_SECONDS": "1.5",
    "VITRINA_JOB_RENEW_SECONDS": "0.4",
    "VITRINA_JOB_SWEEP_SECONDS": "0.3",
    "VITRINA_JOB_POLL_SECONDS": "0.1",
    "VITRINA_JOB_STOP_SECONDS": "5",
    "VITRINA_JOB_LOOK_AGAIN_SECONDS": "0.1",
}


class Store(Protocol):
    """Where an installation keeps its rows."""

    url: str

    def rows(self, sql: str) -> list[tuple[Any, ...]]: ...

    def drop(self) -> None: ...


class SqliteStore:
    url = ""

    def __init__(self, folder: Path, like: Path | None = None) -> None:
        """`like`: the folder of an installation whose tables are there; making them anew takes seconds."""
        self.path = folder / "vitrina.sqlite3"
        if like is not None:
            shutil.copy(like / self.path.name, self.path)

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        connection = sqlite3.connect(self.path, timeout=20)
        try:
            return connection.execute(sql).fetchall()
        finally:
            connection.close()

    def drop(self) -> None:
        """Its folder is the test's own."""


class PostgresStore:
    def __init__(self, server: str, name: str) -> None:
        self._server = server
        self._name = name
        self.url = f"{server.rsplit('/', 1)[0]}/{name}"
        self._admin(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        self._admin(f'CREATE DATABASE "{name}"')

    def _admin(self, sql: str) -> None:
        import psycopg

        with psycopg.connect(self._server, autocommit=True) as connection:
            connection.execute(sql)  # type: ignore[arg-type]

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        import psycopg

        with psycopg.connect(self.url, autocommit=True) as connection:
            return list(connection.execute(sql))  # type: ignore[arg-type]

    def close_down(self) -> None:
        """Away, for everybody: nobody comes in, and who is in is thrown out."""
        self._admin(f'ALTER DATABASE "{self._name}" WITH ALLOW_CONNECTIONS false')
        self._admin(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{self._name}'")

    def open_up(self) -> None:
        self._admin(f'ALTER DATABASE "{self._name}" WITH ALLOW_CONNECTIONS true')

    def drop(self) -> None:
        self._admin(f'DROP DATABASE IF EXISTS "{self._name}" WITH (FORCE)')


class Installation:
    def __init__(
        self,
        folder: Path,
        store: Store,
        world_url: str,
        *,
        module: str = "vitrina.jobs.tests.process",
        **environment: str,
    ) -> None:
        self.store = store
        self.workers: list[int] = []
        self._folder = folder
        self._errors = (folder / "errors.txt").open("w+")
        self._nursery = subprocess.Popen(
            [sys.executable, "-m", module],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            text=True,
            env={
                **{name: value for name, value in os.environ.items() if name != "BROKER_URL"},
                "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
                "VITRINA_DATA_DIR": str(folder),
                "DATABASE_URL": store.url,
                "TEST_WORLD": world_url,
                **QUICK,
                **environment,
            },
        )
        self._answers: Queue[str] = Queue()
        threading.Thread(target=self._read, daemon=True).start()
        self.ask("migrate")

    def _read(self) -> None:
        assert self._nursery.stdout is not None
        for line in self._nursery.stdout:
            self._answers.put(line)

    def ask(self, deed: str, **order: Any) -> Any:
        """Have a process do something; its answer."""
        self.tell(deed, **order)
        return self.answer()

    def tell(self, deed: str, **order: Any) -> None:
        assert self._nursery.stdin is not None
        self._nursery.stdin.write(json.dumps({"deed": deed, **order}) + "\n")
        self._nursery.stdin.flush()

    def answer(self, seconds: float = 60.0) -> Any:
        try:
            answer = json.loads(self._answers.get(timeout=seconds))
        except Empty:
            raise AssertionError(f"No answer within {seconds} s.\n{self.errors()}") from None
        assert "error" not in answer, answer["error"]
        return answer["answer"]

    def start_worker(self, threads: int = 1) -> int:
        pid = self.ask("worker", threads=threads, silent=True)
        self.workers.append(pid)
        return int(pid)

    def signal(self, pid: int, number: int) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)
        if number == signal.SIGKILL and pid in self.workers:
            self.workers.remove(pid)

    def states(self) -> dict[str, int]:
        return dict(self.store.rows("SELECT state, count(*) FROM jobs_job GROUP BY state"))

    def wait_for(self, condition: Callable[[], bool], seconds: float = 30.0) -> None:
        """Look twenty times a second, at most so long."""
        ends_at = time.monotonic() + seconds
        bell = threading.Event()
        while not condition():
            assert time.monotonic() < ends_at, f"Not within {seconds} s: {self.states()}\n{self.errors()}"
            bell.wait(0.05)

    def wait_until_settled(self, seconds: float = 30.0) -> None:
        self.wait_for(lambda: not set(self.states()) & {"queued", "running", "waiting"}, seconds)

    def is_alive(self, pid: int) -> bool:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return False
        return True

    def errors(self) -> str:
        self._errors.flush()
        return (self._folder / "errors.txt").read_text()[-4000:]

    def close(self) -> None:
        for pid in list(self.workers):
            self.signal(pid, signal.SIGCONT)
            self.signal(pid, signal.SIGKILL)
        assert self._nursery.stdin is not None
        assert self._nursery.stdout is not None
        self._nursery.stdin.close()
        self._nursery.wait(10)
        self._nursery.stdout.close()
        self._errors.close()
        self.store.drop()
