"""How products are read through a connection of the shop: a marketplace's cards, or the posts of an account."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_noop

from vitrina.catalog.sources.models import Source
from vitrina.channels.cards import CardSource
from vitrina.channels.errors import AnotherShop, CredentialsRefused
from vitrina.channels.opening import open_cards, open_channel
from vitrina.lib.transactions import short_transaction

SHOP = "shop"  # in `Source.options`: which one was read first, in the place's own words

SWITCHED_OFF = gettext_noop(
    "The connection is switched off; nothing was asked. Switch it on in the settings."
)
ANOTHER = gettext_noop("The key is of another shop than the one that this source was read from before.")


class SwitchedOff(CredentialsRefused):
    """The connection is off or gone."""


def open_connected(source: Source) -> CardSource:
    """The cards of the shop that was read before. Raises CredentialsRefused, SwitchedOff, AnotherShop, and NotThere for a marketplace whose products can't be read."""
    connection = source.connection
    if connection is None or not connection.is_on:
        raise SwitchedOff(SWITCHED_OFF)
    shop, known = open_channel(connection).shop(), source.options.get(SHOP)
    if shop and known and shop != known:
        raise AnotherShop(ANOTHER, shop=shop)
    if shop and not known:
        source.options = source.options | {SHOP: shop}
        with short_transaction():
            source.save(update_fields=["options"])
    return open_cards(connection)


def kept_shop(before: Mapping[str, Any], now: Mapping[str, Any]) -> dict[str, Any]:
    """Options as a person says them, with the shop that was read, which nobody says."""
    return {**now, SHOP: before[SHOP]} if SHOP in before else dict(now)
