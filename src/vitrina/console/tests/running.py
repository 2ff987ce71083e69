"""A studio in a process of its own, on a database of its own: for the browser, and for whoever fuzzes the API."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from urllib.error import URLError

ROOT = Path(__file__).resolve().parents[4]
STARTS_WITHIN = 60.0  # seconds


class Studio:
    """A data folder, the address of whoever serves it, and a process of its own that runs code in it when asked."""

    # One process for all that a test run asks: the start of Django costs more than most of the questions.
    _HAND = """
import contextlib, io, json, sys, traceback
import django
django.setup()
from django.db import connections
answers, sys.stdout = sys.stdout, sys.stderr
for line in sys.stdin:
    said, trouble = io.StringIO(), ""
    try:
        with contextlib.redirect_stdout(said):
            exec(json.loads(line), {})
    except BaseException:
        trouble = traceback.format_exc()
    connections.close_all()
    print(json.dumps([said.getvalue(), trouble]), file=answers, flush=True)
"""

    def __init__(self, address: str, data_dir: Path, database_url: str = "") -> None:
        self.address = address
        self.data_dir = data_dir
        self.environment = environment(data_dir, database_url)
        self._hand: subprocess.Popen[str] | None = None

    def run(self, code: str) -> str:
        """Python in the studio's own environment, with Django set up; returns what it printed."""
        if self._hand is None:
            self._hand = subprocess.Popen(
                [sys.executable, "-c", self._HAND], env=self.environment, cwd=ROOT,
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            )  # fmt: skip
        assert self._hand.stdin is not None
        assert self._hand.stdout is not None
        self._hand.stdin.write(json.dumps(code) + "\n")
        self._hand.stdin.flush()
        answer = self._hand.stdout.readline()
        assert answer, f"the process ended with {self._hand.wait(5)}"
        said, trouble = json.loads(answer)
        assert not trouble, trouble
        return str(said).strip()

    def migrate(self) -> None:
        self.run("from django.core.management import call_command; call_command('migrate', verbosity=0)")

    def fill(self) -> None:
        """A database, and what the browser's tests look at."""
        self.migrate()
        self.run("from vitrina.console.tests.browser_world import fill; fill()")

    def close(self) -> None:
        """End the process that ran code, if one did. Whoever has not said so ends it by ending itself."""
        if self._hand is not None:
            self._hand.communicate(timeout=15)
            self._hand = None

    def token(self, user: str, *scopes: str) -> str:
        """A new token of somebody who is there already."""
        return self.run(
            "from vitrina.accounts import tokens; from vitrina.accounts.models import User\n"
            f"print(tokens.issue(User.objects.get(username={user!r}), 'test', {list(scopes)!r}).secret)"
        )


def environment(data_dir: Path, database_url: str = "") -> dict[str, str]:
    """`database_url` empty: SQLite in the folder."""
    keep = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(
            ("AI_", "OPENAI", "OPENROUTER", "DEEPSEEK", "DATABASE_URL", "BROKER_URL", "REDIS_URL")
        )
    }
    return keep | {
        "VITRINA_DATA_DIR": str(data_dir),
        "DATABASE_URL": database_url,
        "VITRINA_API_TOKEN_RATE": "1000000",
        "VITRINA_API_PERSON_RATE": "1000000",
        "DJANGO_SETTINGS_MODULE": "vitrina.console.tests.studio_settings",
        "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}",
    }


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(data_dir: Path, database_url: str = "") -> Iterator[Studio]:
    """Pages and API without a worker: what is queued stays queued, and nothing goes outside.

    A folder that was filled before is taken as it is.
    """
    port = free_port()
    studio = Studio(f"http://127.0.0.1:{port}", data_dir, database_url)
    if not any(data_dir.iterdir()):
        studio.fill()
    with (data_dir / "server.log").open("wb") as log:
        server = subprocess.Popen(
            [
                sys.executable, "-m", "uvicorn", "vitrina.config.asgi:application", "--port", str(port),
                "--timeout-graceful-shutdown", "2", "--lifespan", "off", "--no-access-log",
            ],
            env=studio.environment, cwd=ROOT, stdout=log, stderr=subprocess.STDOUT,
        )  # fmt: skip
        try:
            wait_for(studio.address + "/health/ready", server)
            yield studio
        finally:
            studio.close()
            server.terminate()
            server.wait(15)


def wait_for(
    address: str,
    server: subprocess.Popen[bytes] | subprocess.Popen[str],
    headers: Mapping[str, str] = MappingProxyType({}),
) -> None:
    ends = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < ends:
        assert server.poll() is None, "the server ended before it answered"
        try:
            with urllib.request.urlopen(urllib.request.Request(address, headers=dict(headers)), timeout=2):
                return
        except (URLError, OSError):
            time.sleep(0.05)  # the only way to wait for a port of another process
    raise AssertionError(f"{address} did not answer within {STARTS_WITHIN:.0f} s")
