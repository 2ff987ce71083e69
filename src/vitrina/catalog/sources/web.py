"""How a supplier's page and site are opened."""

from __future__ import annotations

from vitrina.catalog.sources.models import Source
from vitrina.catalog.sources.page_memory import PageMemory
from vitrina.channels.cards import CardSource
from vitrina.channels.web.asking import PER_MINUTE, Asker
from vitrina.channels.web.page import PageSource
from vitrina.channels.web.site import SiteSource
from vitrina.lib.guarded import fetcher

MOST_PAGES = 2_000  # of one look: at one a second, half an hour


def open_page(source: Source) -> CardSource:
    return PageSource(source.address, _asker(source))


def open_site(source: Source) -> CardSource:
    """`options`: {"most_pages", "per_minute", "holds"}."""
    return SiteSource(
        source.address,
        _asker(source),
        PageMemory(source),
        most_pages=int(source.options.get("most_pages") or MOST_PAGES),
        holds=str(source.options.get("holds") or ""),
    )


def _asker(source: Source) -> Asker:
    return Asker(fetcher(), per_minute=int(source.options.get("per_minute") or PER_MINUTE))
