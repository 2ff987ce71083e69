"""A small generator that the engine's tests share."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from pydantic import BaseModel, ConfigDict, Field

from vitrina.engine.generators import Generator


class Listing(BaseModel):
    title: str
    description: str = ""
    language: str = "ru"


class Card(BaseModel):
    model_config = ConfigDict(extra="forbid")

    title: str = Field(min_length=3, max_length=120)
    description: str = Field(min_length=10)
    keywords: list[str] = Field(max_length=10)


PROMPT = """---
task: describe
trusted: language
---
# system
You write cards in {{ language }}.
# user
{{ title | data("title") }}
{{ description | data("description", tokens=200) }}
"""


def offline(listing: Listing) -> Card:
    return Card(title=listing.title, description=f"{listing.title}: описание.", keywords=[])


@pytest.fixture
def generator(tmp_path: Path) -> Generator[Listing, Card]:
    path = tmp_path / "describe.md"
    path.write_text(PROMPT, encoding="utf-8")
    return Generator("card", "describe", Listing, Card, path, offline)


@pytest.fixture
def listing() -> Listing:
    return Listing(title="Платье летнее хлопковое", description="Лёгкое платье. Длина 95 см.")


class Children:
    """Starts processes that ask on the test's own database."""

    def __init__(self, server: Any, prompt: Path) -> None:
        self._server = server
        self._prompt = prompt
        self._running: list[subprocess.Popen[str]] = []

    def start(self, titles: Sequence[str], **given: Any) -> subprocess.Popen[str]:
        arguments = {
            "base_url": self._server.base_url,
            "titles": list(titles),
            "prompt": str(self._prompt),
        } | given
        process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "vitrina.engine.tests.child",
                str(connection.settings_dict["NAME"]),
                json.dumps(arguments),
            ],
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | {"VITRINA_LOG_LEVEL": "WARNING"},
        )
        self._running.append(process)
        return process

    def finish(self, process: subprocess.Popen[str]) -> dict[str, Any]:
        out, _ = process.communicate(timeout=60)
        assert process.returncode == 0, process.returncode
        result: dict[str, Any] = json.loads(out.splitlines()[-1])
        return result

    def close(self) -> None:
        for process in self._running:
            if process.poll() is None:
                process.kill()
            process.communicate()


@pytest.fixture
def children(
    model_server: Any, generator: Generator[Listing, Card], transactional_db: None
) -> Iterator[Children]:
    made = Children(model_server, generator.prompt)
    yield made
    made.close()


def wait_until(condition: Callable[[], object], seconds: float = 20.0) -> None:
    """Wait for a condition of another process, which has no event to wait on."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "the condition never came true"
        threading.Event().wait(0.01)
