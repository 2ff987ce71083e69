"""How Ozon's lists are gone through: a place as a cursor, rows that are there, a pointer that leads on. Pure."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson

from vitrina.channels.errors import Unreadable
from vitrina.channels.ozon_words import Row, moment_of, number_of, rows_of, words_of

logger = logging.getLogger(__name__)

# How far behind the newest one the next pass begins: an answered review may appear a little after its date.
OVERLAP = timedelta(hours=1)


@dataclass(frozen=True)
class Place:
    """Where a reading is, as its cursor. `phase`: which status; `at`: Ozon's own pointer into its list.

    `floor`: how far down this pass goes, `newest`: what it has seen, the next one's floor: a moment in RFC 3339, of
    chats the number of a message. Empty: nothing yet.
    """

    phase: int = 0
    at: str = ""
    floor: str = ""
    newest: str = ""

    @classmethod
    def of(cls, cursor: str) -> Place:
        """An unreadable one begins anew: what is read twice does no harm."""
        try:
            told = orjson.loads(cursor)
        except orjson.JSONDecodeError:
            return cls()
        if not isinstance(told, dict):
            return cls()
        names = ("at", "floor", "newest")
        return cls(number_of(told.get("phase")) or 0, *(words_of(told.get(name)) for name in names))

    @property
    def cursor(self) -> str:
        return orjson.dumps(asdict(self)).decode()

    def status_of(self, statuses: tuple[str, ...]) -> str:
        return statuses[min(max(self.phase, 0), len(statuses) - 1)]

    def after_pass(self) -> Place:
        return Place(floor=self.newest or self.floor)


def items_of(body: Any, name: str, *, beside: tuple[str, ...]) -> list[Row]:
    """The rows of a list. Without one the answer must at least have what stands `beside` it: that a list is empty
    closes what is open with us, so it is never taken from an answer that says nothing."""
    if not isinstance(body, dict) or not (body.get(name) is None or isinstance(body[name], list)):
        raise Unreadable(f"Ozon answered with something else than a list of {name}.")
    if name not in body and not any(key in body for key in beside):
        raise Unreadable(f"Ozon's answer has no {name}.")
    rows = rows_of(body.get(name))
    if strange := len(body.get(name) or []) - len(rows):
        logger.warning(
            "rows that are none", extra={"action": "ozon_strange_rows", "count": strange, "of": name}
        )
    return rows


def next_of(body: Row, name: str, place: Place) -> str:
    """Ozon's pointer to the next page. One that leads nowhere or back to itself would never come to an end."""
    pointer = words_of(body.get(name))
    if not pointer or pointer == place.at:
        raise Unreadable("Ozon says that there is another page and doesn't say which.")
    return pointer


def later(newest: str, moments: Iterable[datetime | None], *, now: datetime) -> str:
    """The newest moment less the overlap. What lies ahead of our clock counts as now."""
    told = [min(moment, now) - OVERLAP for moment in moments if moment is not None]
    known = moment_of(newest)
    if known is not None:
        told.append(known)
    return max(told).isoformat() if told else newest
