"""Hosts whose pictures are made here and not fetched, by name: the rooms above fill it at start.

Only names under `.example` may stand here: RFC 2606 keeps them from ever being somebody's.
"""

from __future__ import annotations

from collections.abc import Callable

Make = Callable[[str], bytes]  # the address → the bytes of a picture; raises LookupError where there is none

_made: dict[str, Make] = {}


def made_here(host: str, make: Make) -> None:
    """Raises ValueError for a host that could be somebody's."""
    if not host.endswith(".example"):
        raise ValueError(f"{host!r} may be somebody's; pictures are made only for names under .example.")
    _made[host] = make


def maker_of(host: str) -> Make | None:
    return _made.get(host)
