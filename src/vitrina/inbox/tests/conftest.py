"""A seller who is connected to a simulated marketplace, through the jobs as they run."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from vitrina.accounts.models import Seller, User
from vitrina.channels import connecting
from vitrina.channels.marketplaces import PLATFORMS
from vitrina.channels.models import Connection
from vitrina.channels.tests.ozon_shop import Shop
from vitrina.inbox.jobs import enqueue_sync
from vitrina.inbox.models import InboxSettings
from vitrina.jobs.models import Job
from vitrina.jobs.worker import run_ready


class Desk:
    """A shop at Ozon and its connection here."""

    def __init__(self, shop: Shop, connection: Connection) -> None:
        self.shop = shop
        self.market = shop.market
        self.connection = connection

    def sync(self) -> dict[str, Any]:
        """What the job of one sync told."""
        job = enqueue_sync(self.connection)
        run_ready()
        result: dict[str, Any] = Job.objects.get(pk=job.pk).result
        self.connection.refresh_from_db()
        return result


@pytest.fixture
def desk(transactional_db: None, seller: Seller, alice: User, settings: Any) -> Iterator[Desk]:
    shop = Shop()
    settings.CHANNEL_URLS = {"ozon": shop.market.url}
    shop.settings.page = 20
    InboxSettings.objects.create(seller=seller, delay_seconds=0, pregenerates=False)
    given = {"client_id": "12345", "api_key": "sim-key"}
    connection = connecting.connect(seller, PLATFORMS["ozon"], given, by=alice)
    run_ready()
    connection.refresh_from_db()
    yield Desk(shop, connection)
    shop.market.close()
