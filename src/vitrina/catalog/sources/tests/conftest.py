"""A supplier's shop on loopback, and sources that lead to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from vitrina.accounts.models import Seller
from vitrina.catalog.sources import changing, looking
from vitrina.catalog.sources.models import Look, Source, SourceKind
from vitrina.channels.throttle import Throttle
from vitrina.lib.rates import Rate
from vitrina.simulators.web_shop import Goods, Shop, WebShop


@pytest.fixture
def web_shop(settings: Any, tmp_path: Path) -> Iterator[WebShop]:
    running = WebShop()
    settings.FETCH_ALLOWED_NETWORKS = ["127.0.0.0/8"]
    settings.FETCH_ALLOWED_PORTS = [running.port]
    settings.MEDIA_ROOT = tmp_path / "files"
    yield running
    running.close()


@pytest.fixture
def shop(web_shop: WebShop) -> Shop:
    return web_shop.shop


@pytest.fixture
def paces(monkeypatch: pytest.MonkeyPatch) -> list[Rate]:
    """The rate that each request was asked for under; nobody waits."""
    entered: list[Rate] = []
    monkeypatch.setattr(Throttle, "enter", lambda throttle, rate: entered.append(rate))
    return entered


@pytest.fixture
def make(seller: Seller, web_shop: WebShop) -> Callable[..., Source]:
    def made(kind: SourceKind, path: str, **said: Any) -> Source:
        return changing.create(
            seller, kind.value, address=f"{web_shop.url}{path}", by=None, **{"enrich": False} | said
        )

    return made


def look(source: Source, **more: Any) -> Look:
    """One look, here and now."""
    return looking.look(source, **{"tell": lambda found: None, "attempt": looking.TRIES} | more)


def mugs(count: int, **fields: Any) -> list[Goods]:
    return [Goods(f"mug-{n}", f"Кружка {n}", **fields) for n in range(count)]


def counts(found: Look) -> dict[str, int]:
    names = ("read", "created", "updated", "unchanged", "broken")
    return {name: getattr(found, name) for name in names if getattr(found, name)}
