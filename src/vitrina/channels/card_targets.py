"""The places that take cards, and the door to one of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from vitrina.channels import ozon_push, wildberries_push, yandex_market_push
from vitrina.channels.cards import CardTarget, CardTree
from vitrina.channels.models import Connection
from vitrina.channels.opening import account_of, credentials_of, hosts_of
from vitrina.channels.ozon_push import OzonCards
from vitrina.channels.platforms import Account
from vitrina.channels.throttle import Throttle
from vitrina.channels.wildberries_push import WildberriesCards
from vitrina.channels.yandex_market_push import YandexMarketCards


class Target(CardTarget, CardTree, Protocol):
    """Both doors in one: who changes cards asks what may stand in them."""


@dataclass(frozen=True)
class TargetKind:
    """`most`: cards that one request should carry. `looks_after`: what stands there is looked at by the marketplace
    afterwards, and may be refused then. `takes_pictures`: a push may replace those of a card."""

    make: Callable[[Account], Target]
    most: int
    looks_after: bool = False
    takes_pictures: bool = False


TARGETS: dict[str, TargetKind] = {
    "wildberries": TargetKind(WildberriesCards, wildberries_push.SEARCHED, takes_pictures=True),
    "ozon": TargetKind(OzonCards, ozon_push.MOST, takes_pictures=True),
    "yandex_market": TargetKind(
        YandexMarketCards, yandex_market_push.MOST, looks_after=True, takes_pictures=True
    ),
}


def open_target(connection: Connection, *, may_leave: Callable[[], bool] = lambda: True) -> Target:
    """`may_leave`: asked right before a change leaves; no: it doesn't. Raises CredentialsRefused where the credentials
    can't be opened, KeyError for a platform that takes no cards."""
    return TARGETS[connection.platform].make(
        Account(
            credentials=credentials_of(connection),
            hosts=hosts_of(connection.platform, connection.url),
            throttle=Throttle(account_of(connection)),
            may_leave=may_leave,
        )
    )
