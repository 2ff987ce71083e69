"""Fixtures of the marketplaces' room: a server on loopback, and a small marketplace that it is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from vitrina.accounts.models import Seller, User
from vitrina.channels import connecting
from vitrina.channels.marketplaces import PLATFORMS
from vitrina.channels.models import Connection
from vitrina.channels.platforms import Platform
from vitrina.channels.tests import small
from vitrina.channels.tests.loopback import Loopback
from vitrina.jobs.worker import run_ready

TOKEN = "a-key-of-small-market-7302"
GIVEN = {"shop": "12345", "token": TOKEN}


@pytest.fixture
def loopback() -> Iterator[Loopback]:
    server = Loopback()
    yield server
    server.close()


@pytest.fixture
def market(loopback: Loopback, monkeypatch: pytest.MonkeyPatch) -> Platform:
    """The small marketplace, and it opens reviews."""
    loopback.script = lambda said: said.answer(200, small.opens())
    made = small.platform(loopback.url)
    monkeypatch.setitem(PLATFORMS, small.NAME, made)
    return made


@pytest.fixture
def connection(market: Platform, seller: Seller, alice: User) -> Connection:
    return connecting.connect(seller, market, GIVEN, by=alice)


@pytest.fixture
def work(transactional_db: None) -> Any:
    """Run what is queued, here and now."""
    return run_ready
