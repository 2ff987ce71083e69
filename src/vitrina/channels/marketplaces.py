"""The marketplaces and other places that can be connected. A new one is a file with its adapter, and a line here."""

from __future__ import annotations

from vitrina.channels import instagram, ozon, wildberries, yandex_market
from vitrina.channels.platforms import Platform
from vitrina.channels.ports import Abilities, Kind

ALL: tuple[Platform, ...] = (
    wildberries.PLATFORM,
    ozon.PLATFORM,
    yandex_market.PLATFORM,
    instagram.PLATFORM,
)

PLATFORMS: dict[str, Platform] = {platform.name: platform for platform in ALL}
# Where buyers write, and where none do: products alone are read there.
WITH_BUYERS: dict[str, Platform] = {platform.name: platform for platform in ALL if platform.has_buyers}
WITHOUT_BUYERS: tuple[str, ...] = tuple(platform.name for platform in ALL if not platform.has_buyers)

# Of a marketplace that isn't known any more: what any of them takes.
_NARROW = Abilities(answer_least=2, answer_most=1000)


def abilities_of(platform: str, kind: Kind) -> Abilities:
    """What a marketplace takes in a channel, without asking it."""
    known = PLATFORMS.get(platform)
    return known.abilities.get(kind, _NARROW) if known else _NARROW
