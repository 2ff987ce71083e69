"""Where the threads of a process write the ends of their jobs and claim the next ones: together.

Two hundred threads that finish at the same moment would wait for each other's commits, one by one. Here whoever
comes first serves all who wait, in one transaction: one look at the queues and one commit for many jobs.
"""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.db import DatabaseError, InterfaceError, OperationalError, connection

from vitrina.jobs.claiming import Claim, Round
from vitrina.jobs.finishing import Ending, finish
from vitrina.jobs.moving import Moved
from vitrina.jobs.outcomes import Fail
from vitrina.lib.transactions import short_transaction

if TYPE_CHECKING:
    from vitrina.jobs.crew import Crew

logger = logging.getLogger(__name__)

AT_ONCE = 40  # jobs in one transaction: few enough that other writers aren't held up


@dataclass(frozen=True)
class MayClaim:
    batch: bool


Answer = tuple[Moved | None, Claim | None]


@dataclass(eq=False)
class Passage:
    """What one thread wants written."""

    ended: Claim | None
    ending: Ending | None
    permit: MayClaim | None
    answer: Answer | None = field(default=None, init=False)


class Turnstile:
    def __init__(self, crew: Crew) -> None:
        self._crew = crew
        self._serving = threading.Lock()
        self._queueing = threading.Lock()
        self._queue: list[Passage] = []

    def go(self, passage: Passage) -> Answer:
        """Write it, together with whoever else waits; what it moved and what it claimed."""
        if connection.in_atomic_block:
            return self._write([passage])[0]
        with self._queueing:
            self._queue.append(passage)
        with self._serving:
            if passage.answer is None and passage in self._queue:
                self._serve(passage)
        if passage.answer is None:
            # Somebody in the company could not be written: then each for itself.
            return self._go_alone(passage)
        return passage.answer

    def _serve(self, own: Passage) -> None:
        with self._queueing:
            others = [other for other in self._queue if other is not own]
            # By id, as leases and progress lock the same rows: two orders could wait for each other.
            company = sorted([own, *others[: AT_ONCE - 1]], key=lambda one: one.ended.id if one.ended else 0)
            self._queue = others[AT_ONCE - 1 :]
        try:
            answers = self._write(company)
        except (DatabaseError, InterfaceError) as error:
            logger.info("jobs are written one by one: %s", error, extra={"action": "job.alone"})
            if isinstance(error, OperationalError | InterfaceError):
                connection.close()
            return
        for passage, answer in zip(company, answers, strict=True):
            passage.answer = answer

    def _write(self, company: list[Passage]) -> list[Answer]:
        with short_transaction():
            moved = [
                finish(passage.ended, passage.ending) if passage.ended and passage.ending else None
                for passage in company
            ]
            round_ = Round(self._crew.owner)
            taken = [
                round_.claim(batch_may=passage.permit.batch) if passage.permit else None
                for passage in company
            ]
        return list(zip(moved, taken, strict=True))

    def _go_alone(self, passage: Passage) -> Answer:
        """While the database is away the end of a job is kept and written again; the fence tells whether it
        still counts then."""
        pause = 0.1
        while True:
            try:
                return self._write([passage])[0]
            except (OperationalError, InterfaceError) as error:
                connection.close()
                logger.warning("database away: %s", error, extra={"action": "job.database_away"})
                if self._crew.is_done_waiting(pause):
                    return None, None
                pause = min(pause * 2, 5.0)
            except DatabaseError as error:
                if passage.ending is None or isinstance(passage.ending.outcome, Fail):
                    raise
                # The result itself is what the database refuses.
                passage.ending = Ending(
                    Fail(f"The result can't be stored: {error}"), reason=type(error).__name__
                )
