"""Kinds of places, and how each is opened. A new one is a line here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from vitrina.catalog.sources import connected, web
from vitrina.catalog.sources.models import Source, SourceKind
from vitrina.channels.cards import CardSource

Open = Callable[[Source], CardSource]


@dataclass(frozen=True)
class Kind:
    """`shows_all`: every look goes over all that is there, so that little of it is worth a doubt; else only what is new
    since the look before. `by_address`: a person names where it is; else a connection leads there."""

    open: Open
    shows_all: bool
    by_address: bool


KINDS: dict[str, Kind] = {
    SourceKind.PAGE.value: Kind(web.open_page, shows_all=True, by_address=True),
    SourceKind.SITE.value: Kind(web.open_site, shows_all=True, by_address=True),
    # Named as the platforms of `channels` are.
    SourceKind.WILDBERRIES.value: Kind(connected.open_connected, shows_all=False, by_address=False),
    SourceKind.OZON.value: Kind(connected.open_connected, shows_all=True, by_address=False),
    SourceKind.YANDEX_MARKET.value: Kind(connected.open_connected, shows_all=True, by_address=False),
    SourceKind.INSTAGRAM.value: Kind(connected.open_connected, shows_all=False, by_address=False),
}


def open_cards(source: Source) -> CardSource:
    """Raises the errors of `channels.errors`, and KeyError for a kind that nobody opens (a feed has its own way:
    `looking_at_feed`)."""
    return KINDS[source.kind].open(source)
