"""Where a reading of Wildberries' lists of reviews and questions stands. Pure.

A pass reads two lists: all that want an answer, however old; then, from a day on, those that were answered or went to
the archive without one. Pages are asked for by how many rows to skip, oldest first, and rows leave the list while it is
read (somebody answers). So a page begins some rows before the end of the last one and must show that one's last row
again; where it doesn't, the reading steps back. Rather a row twice than never.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import orjson

from vitrina.channels.errors import Unreadable

OPEN, REST = "open", "rest"
# A review appears after the marketplace has looked at it, under the date on which it was written.
LATENESS = timedelta(days=2)
_TRIES = 5


@dataclass(frozen=True)
class Listing:
    """`reach`: how many rows can be skipped and taken together."""

    path: str
    rows: str  # where they stand in the answer
    reach: int
    take: int = 1000
    overlap: int = 20


REVIEWS = Listing("/api/v1/feedbacks", "feedbacks", reach=199_990)
QUESTIONS = Listing("/api/v1/questions", "questions", reach=10_000)


@dataclass(frozen=True)
class Place:
    """`since`: of the rest, in Unix seconds; `began`: when this pass did; `start`: rows from that second on are asked
    for, 0: all; `skip`: how many of them were read; `back`: of them are asked for again; `anchor`: the last one's id."""

    since: int
    began: int
    part: str = OPEN
    start: int = 0
    skip: int = 0
    back: int = 0
    anchor: str = ""

    @classmethod
    def of(cls, cursor: str, *, since: datetime, now: datetime) -> Place:
        """A cursor that can't be read begins from `since`: that shows too much, never too little."""
        first = cls(since=int(since.timestamp()), began=int(now.timestamp()))
        try:
            given = orjson.loads(cursor)
            if set(given) == {"since"}:  # the end of the last pass
                return replace(first, since=int(given["since"]))
            place = cls(**given)
        except (ValueError, TypeError):
            return first
        numbers = (place.since, place.began, place.start, place.skip, place.back)
        sound = all(isinstance(number, int) for number in numbers) and place.part in (OPEN, REST)
        return place if sound else first

    @property
    def cursor(self) -> str:
        return orjson.dumps(asdict(self)).decode()

    @property
    def end(self) -> str:
        """Where the next pass begins."""
        return orjson.dumps({"since": self.began - int(LATENESS.total_seconds())}).decode()


@dataclass(frozen=True)
class Rows:
    """A page as it came. `total`: how many the whole list has; None: not told."""

    rows: Sequence[Mapping[str, Any]]
    total: int | None = None


Ask = Callable[[Place, int], Rows]  # the place's list, and how many rows to skip
Date = Callable[[Mapping[str, Any]], datetime | None]


def next_rows(
    listing: Listing, place: Place, ask: Ask, date: Date
) -> tuple[Sequence[Mapping[str, Any]], Place | None]:
    """The rows that weren't shown yet and the place after them; None: the list is at its end. Raises Unreadable."""
    skip, page, fresh = _find(listing, place, ask)
    position = skip + len(page.rows)
    if place.skip and fresh is not page.rows:
        # The anchor's place is known. Of two counts the smaller one: a page may begin elsewhere than it should.
        position = min(position, place.skip + len(fresh))
    is_short = len(page.rows) < listing.take
    if not fresh or (is_short and page.total is not None and position >= page.total):
        return fresh, None
    last = page.rows[-1]
    back = min(listing.overlap, len(page.rows) // 2)
    onward = replace(place, skip=position, back=back, anchor=str(last.get("id", "")) if back else "")
    if position - back + listing.take <= listing.reach:
        return fresh, onward
    # Nothing can be skipped beyond the reach: what follows is asked for by its date.
    start = date(last)
    if start is None or int(start.timestamp()) <= place.start:
        raise Unreadable("Wildberries has more rows of one moment than it can show.")
    return fresh, replace(onward, start=int(start.timestamp()), skip=0)


def _find(listing: Listing, place: Place, ask: Ask) -> tuple[int, Rows, Sequence[Mapping[str, Any]]]:
    """How many were skipped, the page, and what of it follows the anchor."""
    skip = max(0, place.skip - place.back)
    has_stepped_back = is_repeated = False
    for _ in range(_TRIES):
        page = ask(place, skip)
        fresh = _after(page.rows, place.anchor)
        if fresh is None:
            # The anchor left the list, or many rows before it did.
            if has_stepped_back or not skip:
                return skip, page, page.rows
            has_stepped_back = True
            skip = max(0, skip - (len(page.rows) or listing.take))
        elif fresh or len(page.rows) <= place.back:
            return skip, page, fresh
        else:
            # The last page once more, perhaps by chance; or rows were put in before the anchor.
            if is_repeated:
                skip = min(skip + len(page.rows) - place.back, listing.reach - listing.take)
            is_repeated = True
    raise Unreadable("Wildberries shows one page again and again; the reading goes on later.")


def _after(rows: Sequence[Mapping[str, Any]], anchor: str) -> Sequence[Mapping[str, Any]] | None:
    """None: the anchor isn't among them."""
    if not anchor:
        return rows
    for index in range(len(rows) - 1, -1, -1):
        if rows[index].get("id") == anchor:
            return rows[index + 1 :]
    return None
