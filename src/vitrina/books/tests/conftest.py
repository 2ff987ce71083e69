"""Books that are read through their jobs, and picture services on loopback."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest

from vitrina.accounts.models import Seller
from vitrina.books import intake
from vitrina.books.models import Book
from vitrina.books.sampling import FILE
from vitrina.imagery.tests.conftest import services, world  # noqa: F401 - fixtures
from vitrina.jobs.worker import run_ready

Read = Callable[..., Book]


@pytest.fixture
def read(seller: Seller, settings: Any, tmp_path: Any) -> Read:
    """A book given and read; `data`: its file, by default the sample's."""
    settings.MEDIA_ROOT = tmp_path / "media"

    def read(data: bytes | None = None, *, name: str = "book.fb2", **said: Any) -> Book:
        book = intake.take(seller, io.BytesIO(data or FILE.read_bytes()), file_name=name, **said)
        run_ready()
        book.refresh_from_db()
        return book

    return read
