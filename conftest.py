"""Fixtures that every room's tests share: a small cast that everyone knows, and real servers where present."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from datetime import timedelta

import hypothesis
import pytest
from tests import factories

from vitrina.accounts import runtime_settings
from vitrina.accounts.models import Seller, User
from vitrina.accounts.roles import Role
from vitrina.channels.marketplaces import PLATFORMS
from vitrina.webhooks import wanting

# Compiled files are kept, whatever the shell says: tests start many processes, and without them each start costs half as
# much again.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# A busy machine is not a failure: examples are bounded in number, not in time.
hypothesis.settings.register_profile(
    "patient", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("patient")

pytest_plugins = ["tests.servers", "tests.made_once"]

NOBODY = "http://127.0.0.1:9"  # nothing listens there


@pytest.fixture(autouse=True)
def _fast_and_closed(settings: object) -> None:
    """Cheap password hashes and clients; no real provider or marketplace can be reached by accident."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # type: ignore[attr-defined]
    settings.PROVIDER_KEYS = dict.fromkeys(settings.PROVIDER_KEYS)  # type: ignore[attr-defined]
    settings.PICTURE_KEYS = dict.fromkeys(settings.PICTURE_KEYS)  # type: ignore[attr-defined]
    settings.PICTURE_URLS = dict.fromkeys(settings.PICTURE_URLS, "")  # type: ignore[attr-defined]
    settings.PICTURE_SERVICES = {}  # type: ignore[attr-defined]
    settings.AI_BASE_URL = ""  # type: ignore[attr-defined]
    settings.CHANNEL_URLS = dict.fromkeys(PLATFORMS, NOBODY)  # type: ignore[attr-defined]
    settings.VECTOR_INDEX = "memory"  # type: ignore[attr-defined]
    settings.FETCH_PICTURES = False  # type: ignore[attr-defined]
    settings.JOB_COMPUTING_PROCESSES = 0  # type: ignore[attr-defined]
    settings.VECTOR_FRESHNESS = timedelta(0)  # type: ignore[attr-defined]
    # Every test's client would look through all static files anew; the browser's tests have a server of their own.
    settings.SERVESTATIC_USE_FINDERS = False  # type: ignore[attr-defined]
    settings.SERVESTATIC_USE_STATIC_ROOT = False  # type: ignore[attr-defined]
    runtime_settings.forget()  # what a test before this one changed


@pytest.fixture(autouse=True)
def _nobody_hears() -> Iterator[None]:
    """What is known for a moment of the endpoints of one test is not known in the next."""
    yield
    wanting.forget()


@pytest.fixture
def seller(db: None) -> Seller:
    return factories.seller(name="Шляпа", slug="hat")


@pytest.fixture
def other_seller(db: None) -> Seller:
    return factories.seller(name="Кролик", slug="rabbit")


@pytest.fixture
def alice(seller: Seller) -> User:
    """The owner: admin of «Шляпа»."""
    return factories.user("alice", seller=seller, role=Role.ADMIN)


@pytest.fixture
def bob(seller: Seller) -> User:
    """A moderator of «Шляпа»."""
    return factories.user("bob", seller=seller, role=Role.MODERATOR)


@pytest.fixture
def charlie(other_seller: Seller) -> User:
    """A stranger with a seller of his own."""
    return factories.user("charlie", seller=other_seller, role=Role.ADMIN)
