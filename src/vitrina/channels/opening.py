"""The front door of the room: a connection becomes a channel that can be spoken through, or a place to read products."""

from __future__ import annotations

from collections.abc import Callable

import orjson
from django.conf import settings

from vitrina.channels.cards import CardSource
from vitrina.channels.errors import AnotherShop, CredentialsRefused, NotThere
from vitrina.channels.marketplaces import PLATFORMS
from vitrina.channels.models import Connection
from vitrina.channels.platforms import Account
from vitrina.channels.ports import Channel
from vitrina.channels.throttle import Throttle
from vitrina.lib.resealing import Place
from vitrina.lib.sealing import NotOpened, sealer

PURPOSE = "channels.credentials"


def open_channel(connection: Connection, *, may_leave: Callable[[], bool] = lambda: True) -> Channel:
    """`may_leave`: asked right before an answer leaves; no: it doesn't. Raises CredentialsRefused where the credentials can't be opened, KeyError for a platform that nobody knows."""
    return PLATFORMS[connection.platform].make(_account(connection, may_leave))


def open_cards(connection: Connection) -> CardSource:
    """Where the connection's products are read. Raises CredentialsRefused where the credentials can't be opened, NotThere
    for a platform whose products can't be read, KeyError for one that nobody knows."""
    platform = PLATFORMS[connection.platform]
    if platform.cards is None:
        raise NotThere(f"Products of {platform.words} can't be read here.")
    return platform.cards(_account(connection))


def open_shop(connection: Connection, *, may_leave: Callable[[], bool] = lambda: True) -> Channel:
    """The same, where it leads to the shop that was read through this connection. May ask the marketplace; raises
    AnotherShop besides its errors."""
    channel = open_channel(connection, may_leave=may_leave)
    shop = channel.shop()
    if shop and connection.shop and shop != connection.shop:
        raise AnotherShop(
            "The credentials are of another shop than the one that this was read from.", shop=shop
        )
    return channel


def _account(connection: Connection, may_leave: Callable[[], bool] = lambda: True) -> Account:
    return Account(
        credentials=credentials_of(connection),
        hosts=hosts_of(connection.platform, connection.url),
        throttle=Throttle(account_of(connection)),
        may_leave=may_leave,
    )


def credentials_of(connection: Connection) -> dict[str, str]:
    """In the clear, for whoever speaks to the marketplace. Raises CredentialsRefused."""
    try:
        opened: dict[str, str] = orjson.loads(
            sealer(PURPOSE).open(connection.credentials, about=about(connection))
        )
    except NotOpened as error:
        raise CredentialsRefused(f"The credentials can't be opened; give them anew. {error}") from error
    return opened


def sealed(connection: Connection, credentials: dict[str, str]) -> str:
    return sealer(PURPOSE).seal(orjson.dumps(credentials).decode(), about=about(connection))


def account_of(connection: Connection) -> str:
    """Whose limits at a marketplace."""
    return f"{connection.platform}:{connection.pk}"


def about(connection: Connection) -> str:
    return f"connection:{connection.pk}"


def hosts_of(name: str, url: str = "") -> dict[str, str]:
    """A platform's hosts. One address for all of them: a connection's own `url`, or else what the operator names for
    the platform (VITRINA_CHANNEL_URLS)."""
    other = url or settings.CHANNEL_URLS.get(name, "")
    return {host: (other or url).rstrip("/") for host, url in PLATFORMS[name].hosts.items()}


SEALED = Place(PURPOSE, Connection, "credentials", about)
