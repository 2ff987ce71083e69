"""Fixtures of webhooks: a receiver that the guard lets through, an endpoint that points to it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from vitrina.accounts.models import Seller, User
from vitrina.jobs.worker import run_ready
from vitrina.webhooks import endpoints
from vitrina.webhooks.kinds import KINDS
from vitrina.webhooks.models import Endpoint
from vitrina.webhooks.tests.receiver import ADDRESS, Receiver


@pytest.fixture
def receiver(settings: Any) -> Iterator[Receiver]:
    receiver = Receiver()
    settings.FETCH_ALLOWED_NETWORKS = [f"{ADDRESS}/32"]
    settings.FETCH_ALLOWED_PORTS = [receiver.port]
    settings.WEBHOOK_WAITS_SECONDS = (0.0, 0.0, 0.0)
    yield receiver
    receiver.close()


class Hook:
    """An endpoint that wants everything, with its secret."""

    def __init__(self, endpoint: Endpoint, secret: str) -> None:
        self.endpoint = endpoint
        self.secret = secret

    def read(self) -> Endpoint:
        self.endpoint.refresh_from_db()
        return self.endpoint


@pytest.fixture
def hook(receiver: Receiver, seller: Seller, alice: User) -> Hook:
    return Hook(*endpoints.create(seller, url=receiver.url, kinds=KINDS, by=alice))


@pytest.fixture
def work(transactional_db: None) -> Any:
    """Run what is queued, here and now."""
    return run_ready
