from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from vitrina.catalog.pictures.tests.site import Site
from vitrina.catalog.pictures.tests.site import site as serve


@pytest.fixture(autouse=True)
def _files(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"
    settings.FETCH_PICTURES = True


@pytest.fixture
def site(settings: Any) -> Iterator[Site]:
    with serve() as served:
        settings.FETCH_ALLOWED_NETWORKS = ["127.0.0.0/8"]
        settings.FETCH_ALLOWED_PORTS = [urlsplit(served.url).port]
        yield served
