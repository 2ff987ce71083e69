"""The two quiet threads of a worker: one renews leases and does nothing else, one does the rest of the housework."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

from django.db import DatabaseError, InterfaceError, connection, connections

from vitrina.jobs import batches, clock, leases, progress, schedule, sweeping
from vitrina.jobs.claiming import READY
from vitrina.jobs.crew import Crew
from vitrina.jobs.models import WorkerTick
from vitrina.jobs.pace import Pace

logger = logging.getLogger(__name__)

FLUSH_SECONDS = 0.25


class Keeper:
    def __init__(self, crew: Crew, pace: Pace) -> None:
        self._crew = crew
        self._pace = pace
        self._over = threading.Event()
        self._threads = [
            threading.Thread(target=self._renew, name="job-leases", daemon=True),
            threading.Thread(target=self._keep, name="job-keeper", daemon=True),
        ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._over.set()
        self._crew.nudged.set()
        for thread in self._threads:
            thread.join(timeout=2.0)

    def _renew(self) -> None:
        try:
            while not self._over.wait(self._pace.renew):
                self._try(lambda: leases.renew(self._crew.held()))
        finally:
            connections.close_all()

    def _keep(self) -> None:
        rounds: list[tuple[float, Callable[[], None]]] = [
            (FLUSH_SECONDS, progress.flush),
            (self._pace.poll, self._poll),
            (self._pace.sweep, self._sweep),
        ]
        due = [0.0] * len(rounds)
        try:
            while not self._over.is_set():
                self._crew.nudged.clear()
                self._tend_touched()
                for number, (period, deed) in enumerate(rounds):
                    if time.monotonic() >= due[number]:
                        self._try(deed)
                        due[number] = time.monotonic() + period
                # Children that end a thousand a second nudge as often; their parent is looked at ten times.
                self._over.wait(0.1)
                # Without a nudge it sleeps until the next poll: an idle worker costs a few queries a second.
                rest = FLUSH_SECONDS if self._crew.held() else self._pace.poll
                self._crew.nudged.wait(min(rest, self._pace.poll))
            self._try(progress.flush)
        finally:
            connections.close_all()

    def _tend_touched(self) -> None:
        for parent_id in self._crew.take_parents():
            self._try(lambda parent_id=parent_id: self._tend(parent_id))  # type: ignore[misc]

    def _tend(self, parent_id: int) -> None:
        if batches.tend(parent_id):
            self._crew.touch_parent(parent_id)

    def _poll(self) -> None:
        """Start threads for work that is due and that no bell rang for: a broker may be away, a retry be due."""
        leases.look_for_cancels(self._crew.owner, self._crew.held())
        if self._crew.stopping.is_set():
            return
        schedule.tick()
        # One thread is enough to begin with: each that finds a job calls another.
        if self._crew.idle_slots() and _is_something_ready():
            self._crew.submit(self._crew.drain)

    def _sweep(self) -> None:
        tick(self._crew)
        sweeping.sweep()

    def _try(self, deed: Callable[[], None]) -> None:
        """A round that fails is done again at its next turn: the database may be away for a while."""
        try:
            deed()
        except (DatabaseError, InterfaceError) as error:
            connection.close()
            logger.warning("housework put off: %s", error, extra={"action": "keeper.database"})
        except Exception:
            logger.exception("housework failed", extra={"action": "keeper.failed"})


def _is_something_ready() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT 1 FROM jobs_job WHERE {READY} AND run_at <= {clock.now()} LIMIT 1", [])
        return cursor.fetchone() is not None


def tick(crew: Crew) -> None:
    """Say that this worker is alive."""
    now = clock.read()
    seen = {"ticked_at": now, "running": len(crew.held()), "is_stopping": crew.stopping.is_set()}
    if not WorkerTick.objects.filter(owner=crew.owner).update(**seen):
        WorkerTick.objects.create(owner=crew.owner, threads=crew.threads, started_at=now, **seen)
