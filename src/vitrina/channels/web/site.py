"""A supplier's whole site by its site map, as a source of cards: a few pages at a time, each asked only for what is new.

A pass begins with the map alone, so that whoever reads can doubt it before anything is asked. Then come the pages,
those unseen longest first; what a look leaves goes to the next one. Where a pass is: "pass:<when it began>:<asked>".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from time import monotonic
from typing import Protocol
from urllib.parse import urljoin, urlsplit

from django.utils import timezone
from django.utils.translation import gettext_noop

from vitrina.channels.cards import CardBroken, CardPage, CardSeen
from vitrina.channels.errors import Throttled
from vitrina.channels.web import product_page, site_map
from vitrina.channels.web.asking import Asker
from vitrina.channels.web.site_map import NotASiteMap, SiteMap
from vitrina.channels.web.troubles import NoSiteMap, RobotsForbid, SignInAsked
from vitrina.lib.guard import FetchError

PAGES_AT_ONCE = 10  # so many are asked again after a kill, at most
SECONDS_AT_ONCE = 60.0  # where a site is slow, fewer
MOST_MAPS = 200
DEEPEST_INDEX = 3
MAP_SECONDS = 120.0
# So many failures in a row are the site's trouble, not the pages'.
FAILURES_IN_A_ROW = 5

NOT_ANSWERED = gettext_noop("the page %(page)s did not answer: %(why)s")
ELSEWHERE = gettext_noop("the page %(page)s leads to another site, and is left out")
ASKS_PASSWORD = gettext_noop("the page %(page)s asks for a name and a password")
ALL_ASK_PASSWORD = gettext_noop("The pages of the site ask for a name and a password.")
FORBIDDEN = gettext_noop("robots.txt doesn't let us ask for the page %(page)s")
FOREIGN = gettext_noop("the site map names %(count)s addresses of other sites; they are left out")
TOO_MANY = gettext_noop("the site map names more than %(limit)s pages; the first are looked at")
MAP_BROKEN = gettext_noop("the site map %(page)s can't be read: %(why)s")


@dataclass(frozen=True)
class Due:
    """A page to ask for. `cards`: how many it showed when it was last taken in."""

    number: int
    address: str
    changed: str = ""
    etag: str = ""
    last_modified: str = ""
    cards: int = 0


@dataclass(frozen=True)
class Answer:
    """How a page answered. `is_new`: its marks replace the ones before; else only that it was asked is kept."""

    number: int
    is_new: bool = False
    is_same: bool = False  # it said that nothing changed
    changed: str = ""
    etag: str = ""
    last_modified: str = ""
    cards: int = 0


class Pages(Protocol):
    """What is remembered of a site's pages."""

    def list(self, pages: Mapping[str, str]) -> int:
        """These are the site's pages now, {address: last change}; how many."""
        ...

    def resting(self, began: datetime) -> int:
        """Cards on the pages that needn't be asked for, as the map says that nothing changed there."""
        ...

    def due(self, began: datetime, most: int) -> Sequence[Due]:
        """Pages that were not asked for since `began`, those unseen longest first."""
        ...

    def keep(self, answers: Sequence[Answer]) -> None:
        """In the caller's transaction."""
        ...


class SiteSource:
    """`most_pages`: asked for in one pass. `holds`: only pages with this in their address. Raises FetchError, Throttled
    and WebTrouble."""

    def __init__(self, address: str, asker: Asker, pages: Pages, *, most_pages: int, holds: str = "") -> None:
        self._address = address
        self._asker = asker
        self._pages = pages
        self._most_pages = most_pages
        self._holds = holds
        self._answers: list[Answer] = []
        self._good = 0

    def cards(self, cursor: str) -> CardPage:
        self._answers = []
        began, asked = _place(cursor)
        if began is None:
            return self._begin()
        due = self._pages.due(began, min(PAGES_AT_ONCE, self._most_pages - asked))
        cards: list[CardSeen] = []
        broken: list[CardBroken] = []
        unchanged = 0
        ends = monotonic() + SECONDS_AT_ONCE
        for page in due:
            if self._answers and monotonic() > ends:
                break
            try:
                shown, trouble, same = self._ask(page)
            except Throttled:
                if not self._answers:
                    raise
                break  # what came so far is taken in, and the rest waits for its turn
            cards += shown
            broken += trouble
            unchanged += same
        asked += len(self._answers)
        is_last = len(due) == 0 or (len(self._answers) == len(due) and asked >= self._most_pages)
        at = f"done:{began.isoformat()}" if is_last else f"pass:{began.isoformat()}:{asked}"
        return CardPage(tuple(cards), at, is_last, tuple(broken), unchanged=unchanged)

    def keep(self) -> None:
        self._pages.keep(self._answers)

    # --- The map --------------------------------------------------------------------------------------

    def _begin(self) -> CardPage:
        began = timezone.now()
        pages, broken = self._read_maps()
        wanted = {page: changed for page, changed in pages.items() if self._holds in page}
        ours = {page: changed for page, changed in wanted.items() if self._is_ours(page)}
        if len(ours) < len(wanted):
            other = next(page for page in wanted if page not in ours)
            broken.append(CardBroken(other, FOREIGN, {"count": len(wanted) - len(ours)}))
        total = self._pages.list(ours)
        return CardPage(
            (),
            f"pass:{began.isoformat()}:0",
            is_last=False,
            broken=tuple(broken),
            total=total,
            unchanged=self._pages.resting(began),
        )

    def _read_maps(self) -> tuple[dict[str, str], list[CardBroken]]:
        """Raises NoSiteMap where none of them can be read."""
        waiting = [(one, 1) for one in self._first_maps()]
        met: set[str] = set()
        pages: dict[str, str] = {}
        broken: list[CardBroken] = []
        while waiting and len(met) < MOST_MAPS:
            address, depth = waiting.pop(0)
            if address in met:
                continue
            met.add(address)
            try:
                found = self._read_map(address)
            except (NotASiteMap, FetchError, RobotsForbid) as error:
                if isinstance(error, FetchError) and not error.permanent:
                    raise
                broken.append(CardBroken(address, MAP_BROKEN, {"page": address, "why": str(error)}))
                continue
            pages |= found.pages
            if depth < DEEPEST_INDEX:
                waiting += [(one, depth + 1) for one in found.maps if self._is_ours(one)]
            if found.is_cut or len(pages) > site_map.MOST_PAGES:
                broken.append(CardBroken(address, TOO_MANY, {"limit": site_map.MOST_PAGES}))
        if not pages and len(broken) == len(met):
            why = str(broken[-1].values["why"]) if broken else ""
            raise NoSiteMap(f"No site map was found. {why}".strip())
        return dict(list(pages.items())[: site_map.MOST_PAGES]), broken

    def _first_maps(self) -> list[str]:
        path = urlsplit(self._address).path.lower()
        if path.endswith((".xml", ".xml.gz", ".txt", ".gz")) or "sitemap" in path:
            return [self._address]
        named = [urljoin(self._address, one) for one in self._asker.robots(self._address).site_maps]
        return [one for one in named if self._is_ours(one)] or [urljoin(self._address, "/sitemap.xml")]

    def _read_map(self, address: str) -> SiteMap:
        answer = self._asker.get(address, max_bytes=site_map.MOST_BYTES, deadline_seconds=MAP_SECONDS)
        return site_map.parse(answer.body)

    # --- A page ---------------------------------------------------------------------------------------

    def _ask(self, page: Due) -> tuple[Sequence[CardSeen], Sequence[CardBroken], int]:
        """Its cards, what is broken, and how many cards stayed as they were."""
        try:
            answer = self._asker.get(page.address, etag=page.etag, last_modified=page.last_modified)
        except RobotsForbid:
            return self._no(page, FORBIDDEN)
        except FetchError as error:
            if not error.permanent and self._is_the_sites_trouble(error):
                raise
            return self._no(page, NOT_ANSWERED, why=str(error))
        if answer.not_modified:
            self._good += 1
            self._answers.append(Answer(page.number, is_same=True, changed=page.changed))
            return (), (), page.cards
        if not self._is_ours(answer.url):
            return self._no(page, ELSEWHERE)
        read = product_page.read(answer.body, answer.url, answer.headers.get("content-type", ""))
        if read.asks_password:
            if not self._good and len(self._answers) >= FAILURES_IN_A_ROW - 1:
                raise SignInAsked(ALL_ASK_PASSWORD)
            return self._no(page, ASKS_PASSWORD)
        if not answer.body.strip():
            return self._no(page, NOT_ANSWERED, why="it is empty")
        self._good += bool(read.cards)
        self._answers.append(
            Answer(
                page.number,
                is_new=True,
                changed=page.changed,
                etag=answer.headers.get("etag", "")[:500],
                last_modified=answer.headers.get("last-modified", "")[:100],
                cards=len(read.cards),
            )
        )
        return read.cards, read.broken, 0

    def _no(
        self, page: Due, reason: str, **values: str
    ) -> tuple[Sequence[CardSeen], Sequence[CardBroken], int]:
        self._answers.append(Answer(page.number))
        return (), (CardBroken(page.address, reason, {"page": page.address} | values),), 0

    def _is_the_sites_trouble(self, error: FetchError) -> bool:
        """It says when to come back, or several failed in a row: the pages of this batch are asked for once more."""
        return error.retry_after is not None or self._failed_in_a_row() >= FAILURES_IN_A_ROW - 1

    def _failed_in_a_row(self) -> int:
        row = 0
        for answer in reversed(self._answers):
            if answer.is_new or answer.is_same:
                break
            row += 1
        return row

    def _is_ours(self, address: str) -> bool:
        return _host(address) == _host(self._address)


def _host(address: str) -> str:
    return urlsplit(address).netloc.rpartition("@")[2].lower().removeprefix("www.")


def _place(cursor: str) -> tuple[datetime | None, int]:
    """When the pass began and how many pages it asked for; None where a new one begins."""
    if not cursor.startswith("pass:"):
        return None, 0
    began, _colon, asked = cursor.removeprefix("pass:").rpartition(":")
    try:
        return datetime.fromisoformat(began), int(asked)
    except ValueError:
        return None, 0
