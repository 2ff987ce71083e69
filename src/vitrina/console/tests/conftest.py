"""A running studio and a browser that visits it."""

from __future__ import annotations

import logging
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from vitrina.console.tests.addresses import kept
from vitrina.console.tests.running import Studio, running

# The one without a window of its own first: the same pages for half the CPU.
CHROMIUM = (
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
)
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


@pytest.fixture
def quiet_refusals(monkeypatch: pytest.MonkeyPatch) -> None:
    """For those who want thousands of refusals: each would be put into words with its traceback."""
    monkeypatch.setattr(logging.getLogger("django.request"), "disabled", True)


@pytest.fixture(scope="session")
def studio(tmp_path_factory: pytest.TempPathFactory, filled: Path) -> Iterator[Studio]:
    data_dir = tmp_path_factory.mktemp("studio")
    shutil.copytree(filled, data_dir, dirs_exist_ok=True)
    with running(data_dir) as studio:
        yield studio


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """Ends with its module: while it runs, the thread has an event loop, and other tests of this process must not."""
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
    """What the form sends, and then the first page: to draw the form costs more than most of what follows it."""
    page.request.get("/login/")
    (token,) = [cookie["value"] for cookie in page.context.cookies() if cookie["name"] == "csrftoken"]
    answer = page.request.post(
        "/login/",
        form={"csrfmiddlewaretoken": token, "name": name, "password": f"{name}-password"},
        max_redirects=0,
    )
    assert answer.status == 302, answer.text()[:500]
    page.goto("/")


def fill_in_the_door(page: Any, name: str = "vera") -> None:
    page.goto("/login/")
    page.fill("#id_name", name)
    page.fill("#id_password", f"{name}-password")
    page.click("button.main")
    page.wait_for_url("**/")


@pytest.fixture(scope="module")
def pages(chromium: Any, studio: Studio) -> dict[str, list[str]]:
    """The addresses of whole pages by world, and under «… parts» what pages fetch into themselves; no files.

    Every one of them answers with 200.
    """
    context = chromium.new_context(base_url=studio.address)
    page = context.new_page()
    sign_in(page, "chief")
    found: dict[str, list[str]] = {}
    for world, addresses in kept(studio.data_dir).items():
        for address in addresses:
            answer = context.request.get(address)
            assert answer.status == 200, f"{address} answered {answer.status}"
            if answer.headers["content-type"].startswith("text/html"):
                kind = world if "<html" in answer.text()[:500] else f"{world} parts"
                found.setdefault(kind, []).append(address)
    context.close()
    return found
