"""The marketplaces that cards can be made for: a room above knows them and tells them here when the program starts."""

from __future__ import annotations

from collections.abc import Callable

_source: Callable[[], list[tuple[str, str]]] | None = None


def known_by(source: Callable[[], list[tuple[str, str]]]) -> None:
    """`source` tells (key, title in the reader's language) of each."""
    global _source
    _source = source


def choices() -> list[tuple[str, str]]:
    return _source() if _source else []
