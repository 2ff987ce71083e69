"""What a marketplace is, as data: its hosts, what its credentials are, and who speaks to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from django.utils.functional import Promise

from vitrina.channels.cards import CardSource
from vitrina.channels.ports import Abilities, Channel, Kind
from vitrina.channels.throttle import Throttle


@dataclass(frozen=True)
class Credential:
    """One thing that a person gives. `is_secret`: shown by its ending only, never in full again. `is_optional`: may
    be empty; the adapter finds it out. `may_have_scheme`: «Bearer » may stand before it, and goes out with it."""

    name: str
    words: str | Promise
    is_secret: bool = True
    help: str | Promise = ""
    is_optional: bool = False
    may_have_scheme: bool = False


@dataclass(frozen=True)
class Account:
    """What an adapter needs to speak for one seller. `hosts`: base URLs by the platform's own names for them. `may_leave`:
    asked right before an answer leaves; see wire.py."""

    credentials: Mapping[str, str]
    hosts: Mapping[str, str]
    throttle: Throttle
    may_leave: Callable[[], bool] = lambda: True


@dataclass(frozen=True)
class Platform:
    """`cards`: who reads products there; None: nobody can. `has_buyers`: it has reviews, questions or chats."""

    name: str  # as `Seller.source`, and in the database
    words: str | Promise
    hosts: Mapping[str, str]
    credentials: tuple[Credential, ...]
    make: Callable[[Account], Channel]
    abilities: Mapping[Kind, Abilities] = field(default_factory=dict)
    cards: Callable[[Account], CardSource] | None = None
    has_buyers: bool = True
