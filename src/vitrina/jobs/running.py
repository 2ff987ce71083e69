"""The job as its handler sees it."""

from __future__ import annotations

import time
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.db import connection

from vitrina.jobs import effects, progress
from vitrina.jobs.claiming import Claim
from vitrina.jobs.doubts import EffectKind
from vitrina.jobs.interrupts import CancelRequested, LeaseLost, Stopping


class RunningJob:
    """One claimed job. `progress` and `effect` are checkpoints: a job that was cancelled, or whose worker
    stops, ends there. What a handler did before must stand being done again."""

    def __init__(self, claim: Claim) -> None:
        self._claim = claim
        self.id = claim.id
        self.kind = claim.kind
        self.payload = claim.payload
        self.seller_id = claim.seller_id
        self.parent_id = claim.parent_id
        self.attempt = claim.attempt  # 1 at the first try
        self.deadline = claim.deadline  # time.monotonic()

    @property
    def seconds_left(self) -> float:
        """Until the deadline of this attempt; never negative."""
        return max(0.0, self.deadline - time.monotonic())

    def cancelled(self) -> bool:
        """Whether somebody asked to cancel (known within about a second) or the job was taken over."""
        return self._claim.is_cancelled or self._claim.is_lost

    def holds(self) -> bool:
        """Whether the job is surely still ours. Cheap: to be asked right before something leaves that can't be taken back,
        for a process may be frozen between any two steps, and somebody else be at the job when it wakes."""
        return not self._claim.is_lost and time.monotonic() < self._claim.held_until

    def guard(self) -> None:
        """First in a transaction of the handler's own: what is written in it is written by whoever has the job, and nobody
        takes it over meanwhile. Ends here where somebody did."""
        lock = " FOR UPDATE" if connection.vendor == "postgresql" else ""
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT 1 FROM jobs_job WHERE id = %s AND fence = %s AND state = 'running'{lock}",
                [self.id, self._claim.fence],
            )
            if cursor.fetchone() is None:
                self._claim.is_lost = True
                raise LeaseLost

    def checkpoint(self) -> None:
        """End here if the job is cancelled, taken over, or its worker stops."""
        if self._claim.is_lost:
            raise LeaseLost
        if self._claim.is_cancelled:
            raise CancelRequested
        if self._claim.is_stopping:
            raise Stopping

    def progress(
        self, *, step: str = "", done: int | None = None, total: int | None = None, text: str = ""
    ) -> None:
        """Tell the followers how far it is. Costs no query: a writer collects what all jobs say.

        Rate and seconds left are reckoned from `done`. `text` is the partial text so far.
        """
        self.checkpoint()
        progress.report(self._claim, step=step, done=done, total=total, text=text)

    def spent(self, cost: Decimal) -> None:
        """Add to what the job cost, in USD; written with its end, whatever that is."""
        self._claim.cost = (self._claim.cost or Decimal(0)) + cost

    def effect(
        self,
        *,
        key: str,
        input_hash: str,
        call: Callable[[], dict[str, Any]],
        look: Callable[[], dict[str, Any] | None] | None = None,
        kind: str = "set",
    ) -> dict[str, Any]:
        """Do something outside, or something that costs money, once per `key`; returns its result (JSON).

        A done effect returns its stored result without a call. `look`: finds out whether an earlier call had
        its effect (the result, else None). See `effects.perform`.
        """
        self.checkpoint()
        return effects.perform(
            self._claim, key=key, input_hash=input_hash, call=call, look=look, kind=EffectKind(kind)
        )
