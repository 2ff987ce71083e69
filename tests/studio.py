"""A whole installation driven by its commands, as the one who runs it would: for acceptance tests."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

from vitrina.jobs.tests.installation import Store

OURS = re.compile(r"^(VITRINA_|AI_|QDRANT_|R2_|(DATABASE|BROKER|REDIS)_URL$|.*_API_KEY$)")


class Studio:
    """Commands of one installation. Its environment holds nothing of the caller's own settings."""

    def __init__(self, folder: Path, store: Store, **environment: str) -> None:
        self.folder = folder
        self.store = store
        self._processes: list[subprocess.Popen[str]] = []
        self.environment = {
            **{name: value for name, value in os.environ.items() if not OURS.match(name)},
            "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
            "DJANGO_SETTINGS_MODULE": "vitrina.config.settings",
            "VITRINA_DATA_DIR": str(folder),
            "DATABASE_URL": store.url,
            **environment,
        }

    def run(self, *arguments: str, expected: int = 0) -> str:
        """Run a command to its end; what it said."""
        done = subprocess.run(
            [sys.executable, "-m", "vitrina.config.cli", *arguments],
            env=self.environment, cwd=self.folder, capture_output=True, text=True, timeout=240, check=False,
        )  # fmt: skip
        said = done.stdout + done.stderr
        assert done.returncode == expected, said
        return said

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        said = (self.folder / f"said-{len(self._processes)}.txt").open("w")
        process = subprocess.Popen(
            [sys.executable, "-m", "vitrina.config.cli", *arguments],
            env=self.environment, cwd=self.folder, stdout=said, stderr=said, text=True,
        )  # fmt: skip
        said.close()
        self._processes.append(process)
        return process

    def said(self) -> str:
        return "\n".join(path.read_text() for path in sorted(self.folder.glob("said-*.txt")))

    def statuses(self) -> dict[str, int]:
        return dict(self.store.rows("SELECT status, count(*) FROM enrichment_processinglog GROUP BY status"))

    def wait_for(self, condition: Callable[[], bool], seconds: float) -> None:
        ends_at = time.monotonic() + seconds
        pause = threading.Event()
        while not condition():
            assert time.monotonic() < ends_at, f"Not within {seconds} s.\n{self.said()}"
            pause.wait(0.1)

    def wait_until_done(self, seconds: float = 150) -> None:
        """Until an import has ended and no job is left to do."""
        self.wait_for(self._is_done, seconds)

    def _is_done(self) -> bool:
        imports = self.store.rows("SELECT state FROM catalog_import")
        if not imports or any(state not in {"done", "failed"} for (state,) in imports):
            return False
        live = "SELECT count(*) FROM jobs_job WHERE state IN ('queued', 'running', 'waiting') AND kind NOT LIKE '%clean%'"
        ran = self.store.rows("SELECT count(*) FROM jobs_job WHERE kind = 'enrichment.batch'")
        return ran[0][0] > 0 and self.store.rows(live)[0][0] == 0

    def close(self) -> None:
        for process in self._processes:
            if process.poll() is None:
                process.send_signal(signal.SIGKILL)
                process.wait(10)
        self.store.drop()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def status_of(url: str) -> int:
    """The HTTP status of a page of ours; 0 while nobody listens."""
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0
