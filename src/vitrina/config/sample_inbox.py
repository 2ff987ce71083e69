"""The sample shop's buyers: simulated marketplaces run beside the studio, and its connections speak with them.

Only the sample shop's do. One that a person disconnected, or gave credentials of their own, is left alone.
"""

from __future__ import annotations

import logging
from contextlib import suppress

from django.conf import settings

from vitrina.accounts.models import Seller
from vitrina.catalog.models import Import
from vitrina.channels import connecting
from vitrina.channels.connecting import ConnectedAlready
from vitrina.channels.marketplaces import PLATFORMS
from vitrina.channels.models import Connection
from vitrina.channels.opening import sealed
from vitrina.enrichment.sample.load import FILE_NAME, SLUG
from vitrina.inbox.jobs import enqueue_sync
from vitrina.jobs.enqueue import QueueFull
from vitrina.jobs.states import Priority
from vitrina.lib.transactions import short_transaction
from vitrina.simulators.sample_market import CREDENTIALS, MARKETS, Market

logger = logging.getLogger(__name__)

FOLDER = "sample_buyers"  # in the data folder


class SampleInbox:
    """`every`: seconds until another buyer writes at one of the marketplaces; 0: none does."""

    def __init__(self, *, every: float) -> None:
        self._every = every * len(MARKETS)
        self.markets: list[Market] = []

    def start(self) -> int:
        """Start the marketplaces that the sample shop speaks with, and let it read them; how many."""
        seller = sample_seller()
        if seller is None:
            return 0
        for name in MARKETS:
            if _speaks_with_simulator(seller, name):
                self._open(seller, name)
        return len(self.markets)

    def stop(self) -> None:
        for market in self.markets:
            market.end()
        for market in self.markets:
            market.join()

    def _open(self, seller: Seller, name: str) -> None:
        is_new = not Connection.objects.filter(seller=seller, platform=name).exists()
        market = Market(name, settings.DATA_DIR / FOLDER, every=self._every, anew=is_new)
        try:
            url = market.start()
        except OSError as error:
            logger.warning("the sample shop's %s can't be started: %s", name, error)
            return
        self.markets.append(market)
        with short_transaction():
            connection = _pointed(seller, name, url)
            if connection.is_on:
                # A full queue: the clock reads it within minutes.
                with suppress(QueueFull):
                    enqueue_sync(connection, priority=Priority.OPERATOR)


def sample_seller() -> Seller | None:
    """The shop that this program brought; a shop of somebody's own may have the same short name."""
    seller = Seller.objects.filter(slug=SLUG).first()
    if seller is None or not Import.objects.filter(seller=seller, file_name=FILE_NAME).exists():
        return None
    return seller


def _speaks_with_simulator(seller: Seller, name: str) -> bool:
    if name not in PLATFORMS:
        return False
    connection = Connection.objects.filter(seller=seller, platform=name).first()
    return connection is None or bool(connection.credentials and connection.url)


def _pointed(seller: Seller, name: str, url: str) -> Connection:
    """The connection, with the address where its marketplace runs now. In the caller's transaction."""
    connection = Connection.objects.filter(seller=seller, platform=name).first()
    if connection is None:
        try:
            connection = connecting.connect(seller, PLATFORMS[name], CREDENTIALS[name], by=None)
        except ConnectedAlready as other:  # another studio that started in the same moment
            connection = other.connection
    connection.url = url
    connection.credentials = sealed(connection, dict(CREDENTIALS[name]))
    connection.save(update_fields=["url", "credentials"])
    return connection
