"""Asking a supplier's site politely: what robots.txt allows, at its pace or ours, and nothing twice that didn't change."""

from __future__ import annotations

from math import ceil
from urllib.parse import urlsplit

from vitrina.channels.throttle import Throttle
from vitrina.channels.web import robots
from vitrina.channels.web.robots import Robots
from vitrina.channels.web.troubles import RobotsForbid
from vitrina.lib.fetch import Fetched, Fetcher, FetchError, FetchFailed
from vitrina.lib.rates import MINUTE, Rate

PER_MINUTE = 60
PATIENCE_SECONDS = 75.0  # the longest pause that a robots.txt may ask for, and a little
PAGE_BYTES = 5 * 1024 * 1024
PAGE_SECONDS = 30.0


class Asker:
    """For one site's pages. The pace of a host holds over all processes. `per_minute`: ours; robots.txt may ask for less."""

    def __init__(self, fetcher: Fetcher, *, per_minute: int = PER_MINUTE) -> None:
        self._fetcher = fetcher
        self._per_minute = per_minute
        self._robots: dict[str, Robots] = {}

    def get(
        self,
        address: str,
        *,
        etag: str = "",
        last_modified: str = "",
        max_bytes: int = PAGE_BYTES,
        deadline_seconds: float = PAGE_SECONDS,
    ) -> Fetched:
        """Raises RobotsForbid, Throttled and FetchError."""
        rules = self.robots(address)
        if not rules.lets(address):
            raise RobotsForbid(
                f"robots.txt of «{urlsplit(address).netloc}» doesn't let us ask for this page."
            )
        return self._ask(
            address,
            rules.delay_seconds,
            etag=etag,
            last_modified=last_modified,
            max_bytes=max_bytes,
            deadline_seconds=deadline_seconds,
        )

    def robots(self, address: str) -> Robots:
        """Of the address's host; asked for once. None there: everything is allowed. Raises FetchError where nobody
        can tell: then nothing is asked either."""
        parts = urlsplit(address)
        origin = f"{parts.scheme}://{parts.netloc}"
        if origin not in self._robots:
            try:
                answer = self._ask(f"{origin}/robots.txt", 0.0, max_bytes=4 * robots.MOST_BYTES)
                self._robots[origin] = robots.parse(answer.body)
            except FetchFailed as error:
                if error.status is None or not 400 <= error.status < 500 or not error.permanent:
                    raise
                self._robots[origin] = Robots()
        return self._robots[origin]

    def _ask(
        self,
        address: str,
        delay_seconds: float,
        *,
        etag: str = "",
        last_modified: str = "",
        max_bytes: int,
        deadline_seconds: float = PAGE_SECONDS,
    ) -> Fetched:
        host = urlsplit(address).netloc.rpartition("@")[2].lower()[:120]
        throttle = Throttle(f"web:{host}", patience=PATIENCE_SECONDS)
        rate = _rate(self._per_minute, delay_seconds)
        throttle.enter(rate)
        try:
            return self._fetcher.fetch(
                address, max_bytes=max_bytes, deadline_seconds=deadline_seconds, etag=etag, last_modified=last_modified
            )  # fmt: skip
        except FetchError as error:
            if error.retry_after is not None:
                throttle.hold(rate.key, error.retry_after)
            raise


def _rate(per_minute: int, delay_seconds: float) -> Rate:
    """One after the other, none at once: a burst is one request."""
    if delay_seconds > 0:
        per_minute = min(per_minute, max(1, int(MINUTE // ceil(delay_seconds))))
    return Rate("pages", per_minute, burst_seconds=MINUTE / per_minute)
