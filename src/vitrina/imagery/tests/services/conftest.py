"""Services on loopback: their files may be fetched, nobody waits long, and nothing is left from the test before."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from tests.servers import PictureServices

from vitrina.imagery.services import comfyui, flux, polling


@pytest.fixture(autouse=True)
def _near_and_quick(
    settings: Any, monkeypatch: pytest.MonkeyPatch, picture_services_server: PictureServices
) -> Iterator[None]:
    settings.FETCH_ALLOWED_NETWORKS = ("127.0.0.0/8",)
    settings.FETCH_ALLOWED_PORTS = (picture_services_server.port,)
    monkeypatch.setattr(polling, "FIRST_PAUSE", 0.01)
    yield
    flux._unfinished.forget()
    comfyui._unfinished.forget()
