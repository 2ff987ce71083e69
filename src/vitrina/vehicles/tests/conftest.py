"""Fixtures of the cars: a car, and picture services on loopback that draw it."""

from __future__ import annotations

from typing import Any

import pytest

from vitrina.accounts.models import Seller
from vitrina.imagery.tests.conftest import services, world  # noqa: F401 - fixtures
from vitrina.vehicles import changing
from vitrina.vehicles.models import Vehicle

CLIO: dict[str, Any] = {
    "brand": "Renault",
    "model": "Clio",
    "year": 2021,
    "color": "синий",
    "body_type": "хэтчбек",
    "details": "литые диски",
}


@pytest.fixture
def clio(seller: Seller) -> Vehicle:
    return changing.create(seller, by=None, **CLIO)
