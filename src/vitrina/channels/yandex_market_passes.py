"""Where a reading of Yandex Market stands, and where it goes on. Pure.

A pass has two parts. «open»: all that wants an answer, however long ago it came. «all»: what came (a chat: what was
said) since the pass before, answered or not. Questions are asked for by windows, from the newest to the oldest, since
the Market shows a month at once. Chats can't be asked for by date: all of them are leafed through, once an hour.

    open ──(pages, windows)──> all ──(pages, windows)──> end: the next pass begins at the newest that was shown
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

import orjson

from vitrina.channels.ports import Kind
from vitrina.channels.yandex_market_words import moment

OPEN, ALL = "open", "all"
REVIEWS_BACK = timedelta(days=179)  # the Market looks back six months, which are 181 days at least
WINDOW = timedelta(days=27)  # of questions: a month at most, and with both its days February is one
QUESTIONS_BACK = 6 * WINDOW
OVERLAP = timedelta(hours=1)  # what appears late, with an earlier moment
SWEEP = timedelta(hours=1)


@dataclass(frozen=True)
class Place:
    """`since`: what came after it belongs to this pass; `newest` of what it has shown. `ends`: the last day of the
    window of questions, None for today. `swept`: when all chats were leafed through last."""

    since: datetime
    newest: datetime
    phase: str = OPEN
    token: str = ""
    is_repeated: bool = False  # the page before led here, and so did the one before it
    ends: date | None = None
    swept: datetime | None = None

    def begins(self, now: datetime) -> date:
        """The first day of the window of questions."""
        return (self.ends or now.date()) - WINDOW

    def after(self, kind: Kind, token: str, newest: datetime, now: datetime) -> tuple[Place, bool]:
        """The next place, and whether the pass is at its end with it."""
        is_repeated = bool(token) and token == self.token
        here = replace(self, newest=max(self.newest, min(newest, now)), is_repeated=is_repeated)
        if token:
            return replace(here, token=token), False
        if kind is Kind.QUESTION:
            first = now - QUESTIONS_BACK if self.phase == OPEN else self.since
            if self.begins(now) > max(first, now - QUESTIONS_BACK).date():
                return replace(here, token="", ends=self.begins(now)), False
        if self.phase == OPEN and (kind is not Kind.CHAT or self._is_sweep_due(now)):
            return replace(here, phase=ALL, token="", ends=None), False
        since = max(here.since, here.newest - OVERLAP)
        swept = now if self.phase == ALL else self.swept
        return Place(since=since, newest=here.newest, swept=swept), True

    def _is_sweep_due(self, now: datetime) -> bool:
        return self.swept is None or not timedelta(0) <= now - self.swept < SWEEP

    def text(self) -> str:
        return orjson.dumps(self).decode()


def place_of(cursor: str, *, since: datetime) -> Place:
    """A cursor that can't be read begins anew: a pass too much is harmless."""
    first = Place(since=since, newest=since)
    try:
        given = orjson.loads(cursor) if cursor else None
    except orjson.JSONDecodeError:
        return first
    if not isinstance(given, dict):
        return first
    known, newest = moment(given.get("since")), moment(given.get("newest"))
    phase, token, ends = given.get("phase"), given.get("token"), moment(given.get("ends"))
    if known is None or newest is None or phase not in (OPEN, ALL) or not isinstance(token, str):
        return first
    return Place(
        since=known,
        newest=newest,
        phase=phase,
        token=token,
        is_repeated=given.get("is_repeated") is True,
        ends=ends.astimezone(UTC).date() if ends else None,
        swept=moment(given.get("swept")),
    )
