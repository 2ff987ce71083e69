"""Not faster than a marketplace allows, over all processes: one row per limit (lib/rates.py), on the database's clock.

What a marketplace itself says («retry in 29 seconds») holds the limit up for everybody.
"""

from __future__ import annotations

import time

from vitrina.channels.errors import Throttled
from vitrina.channels.models import Pace
from vitrina.jobs import clock
from vitrina.lib.rates import Ask, Rate, decide
from vitrina.lib.transactions import short_transaction

PATIENCE_SECONDS = 15.0  # a thread naps so long at most; beyond it the job comes back later


class Throttle:
    """`account`: whose limits, e.g. "wildberries:17"."""

    def __init__(self, account: str, *, patience: float = PATIENCE_SECONDS) -> None:
        self._account = account
        self._patience = patience

    def enter(self, rate: Rate) -> None:
        """Wait for a place under the limit. Raises Throttled where that takes longer than the patience."""
        left = self._patience
        while wait := self._take(rate):
            if wait > left:
                raise Throttled(
                    f"The limit «{rate.key}» of the marketplace is reached; it goes on in {wait:.0f} s.",
                    retry_after=wait,
                )
            time.sleep(wait)
            left -= wait

    def hold(self, key: str, seconds: float) -> None:
        """Nobody asks under this limit for so long: the marketplace said so."""
        with short_transaction():
            pace, now = self._pace(key)
            pace.held_until = max(pace.held_until, now + seconds)
            pace.save(update_fields=["held_until"])

    def _take(self, rate: Rate) -> float:
        """Seconds to wait, 0 where the place is taken."""
        with short_transaction():
            pace, now = self._pace(rate.key)
            if pace.held_until > now:
                return pace.held_until - now
            wait, changed = decide([Ask(rate, 1)], {rate.key: pace.tat}, now)
            if not wait:
                pace.tat = changed[rate.key]
                pace.save(update_fields=["tat"])
            return wait

    def _pace(self, key: str) -> tuple[Pace, float]:
        """The limit's row, locked, and the database's clock in Unix seconds."""
        name = f"{self._account}:{key}"
        Pace.objects.bulk_create([Pace(key=name)], ignore_conflicts=True)
        return Pace.objects.select_for_update().get(key=name), clock.read().timestamp()
