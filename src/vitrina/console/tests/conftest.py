"""A running studio and a browser: uvicorn in a process of its own, on a database of its own."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.parse import urlsplit

import pytest

ROOT = Path(__file__).resolve().parents[4]
STARTS_WITHIN = 60.0  # seconds
CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    # A dead proxy for everything but loopback: whatever leaves the studio's origin fails to.
    "--proxy-server=127.0.0.1:9",
    "--proxy-bypass-list=127.0.0.1;localhost",
]


@dataclass(frozen=True)
class Studio:
    address: str
    data_dir: Path

    def run(self, code: str) -> str:
        """Python in the studio's own environment, with Django set up; returns what it printed."""
        done = subprocess.run(
            [sys.executable, "-c", f"import django; django.setup()\n{code}"],
            env=environment(self.data_dir), cwd=ROOT, capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()


def environment(data_dir: Path) -> dict[str, str]:
    keep = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(
            ("AI_", "OPENAI", "OPENROUTER", "DEEPSEEK", "DATABASE_URL", "BROKER_URL", "REDIS_URL")
        )
    }
    return keep | {
        "VITRINA_DATA_DIR": str(data_dir),
        "DJANGO_SETTINGS_MODULE": "vitrina.config.settings",
        "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}",
    }


@pytest.fixture(scope="session")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    data_dir = tmp_path_factory.mktemp("studio")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    running = Studio(f"http://127.0.0.1:{port}", data_dir)
    subprocess.run(
        [sys.executable, "-m", "django", "migrate", "-v0"],
        env=environment(data_dir),
        cwd=ROOT,
        check=True,
        timeout=120,
    )
    running.run("from vitrina.console.tests.browser_world import fill; fill()")
    with (data_dir / "server.log").open("wb") as log:
        server = subprocess.Popen(
            [
                sys.executable, "-m", "uvicorn", "vitrina.config.asgi:application", "--port", str(port),
                "--timeout-graceful-shutdown", "2", "--lifespan", "off", "--no-access-log",
            ],
            env=environment(data_dir), cwd=ROOT, stdout=log, stderr=subprocess.STDOUT,
        )  # fmt: skip
        try:
            wait_for(running.address + "/health/ready", server)
            yield running
        finally:
            server.terminate()
            server.wait(15)


def wait_for(address: str, server: subprocess.Popen[bytes]) -> None:
    ends = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < ends:
        if server.poll() is not None:
            pytest.fail("the server ended before it answered")
        try:
            with urllib.request.urlopen(address, timeout=2):
                return
        except (URLError, OSError):
            time.sleep(0.05)  # the only way to wait for a port of another process
    pytest.fail(f"{address} did not answer within {STARTS_WITHIN:.0f} s")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    path = os.environ.get("VITRINA_TEST_CHROMIUM") or next(filter(None, map(shutil.which, CHROMIUM)), None)
    if path is None:
        pytest.skip("no Chromium here: apt-get install chromium, or name one in VITRINA_TEST_CHROMIUM")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, headless=True, args=FLAGS)
        yield browser
        browser.close()


class Watch:
    """What a page did that it must not do."""

    def __init__(self) -> None:
        self.outside: list[str] = []
        self.console: list[str] = []

    def on(self, page: Any) -> None:
        page.on("request", lambda request: self._request(request.url))
        page.on(
            "console",
            lambda message: (
                self.console.append(message.text) if message.type in ("error", "warning") else None
            ),
        )
        page.on("pageerror", lambda error: self.console.append(str(error)))
        page.on("dialog", lambda dialog: (self.console.append(f"dialog: {dialog.message}"), dialog.dismiss()))

    def _request(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme in ("http", "https", "ws", "wss") and parts.hostname != "127.0.0.1":
            self.outside.append(url)


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def desk(chromium: Any, studio: Studio, watch: Watch) -> Iterator[Any]:
    """A page of a person who signed in as the catalogue manager; nothing outside, no complaint of the browser."""
    context = chromium.new_context(
        base_url=studio.address, viewport={"width": 1280, "height": 900}, locale="ru-RU"
    )
    context.set_default_timeout(10_000)
    page = context.new_page()
    watch.on(page)
    sign_in(page)
    yield page
    context.close()
    assert watch.outside == []
    assert watch.console == []


def sign_in(page: Any, name: str = "vera") -> None:
    page.goto("/login/")
    page.fill("#id_name", name)
    page.fill("#id_password", f"{name}-password")
    page.click("button.main")
    page.wait_for_url("**/")
