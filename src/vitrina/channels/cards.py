"""Products as a place outside shows them: one shape and one small protocol for all that can be read. Pure.

Marketplaces, Instagram and suppliers' sites yield the same shape; `catalog.sources` makes listings of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Protocol


@dataclass(frozen=True)
class AttributeSeen:
    """`id`: the marketplace's number of the attribute; empty where the place knows names alone."""

    name: str
    values: tuple[str, ...]
    id: str = ""
    unit: str = ""


@dataclass(frozen=True)
class CardSeen:
    """A product as one reading showed it. Unknown is empty or None, never guessed.

    `id`: what stays the same at that place (the seller's article, else the place's own number). `number`: the place's own.
    `whole`: the card in the place's own words, for a place that wants all of it back with every change.
    """

    id: str
    title: str
    number: str = ""
    description: str = ""  # HTML where the place gives HTML
    brand: str = ""
    price: Decimal | None = None
    currency: str = ""
    old_price: Decimal | None = None
    category: str = ""  # its path or name there
    category_id: str = ""
    image_urls: tuple[str, ...] = ()
    attributes: tuple[AttributeSeen, ...] = ()
    barcode: str = ""
    address: str = ""  # its page for buyers
    is_available: bool | None = None
    changed_at: datetime | None = None
    whole: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class CardBroken:
    """One that could not be understood. `reason`: a sentence in English with `values` apart, marked for translators."""

    id: str
    reason: str
    values: Mapping[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True)
class CardPage:
    """`cursor` goes on after this page, within the pass or, where `is_last`, in the next one."""

    cards: tuple[CardSeen, ...]
    cursor: str
    is_last: bool
    broken: tuple[CardBroken, ...] = ()
    total: int | None = None  # of the pass, where the place tells


class CardSource(Protocol):
    """Where cards are read. Made for one use in one thread; no transaction may be open.

    Raises the errors of `channels.errors`, and FetchError of `lib.guard` where an outsider's address is fetched.
    """

    def cards(self, cursor: str) -> CardPage:
        """The next page. `cursor` empty: from the beginning. The same cursor asked twice gives the same page, or a
        later state of it; nothing is skipped by a page that changes meanwhile."""
        ...
