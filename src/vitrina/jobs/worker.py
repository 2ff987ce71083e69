"""The worker: the same in a process of its own, inside the web process, and inside a command."""

from __future__ import annotations

import logging
import threading
import time

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection

from vitrina.jobs import bell
from vitrina.jobs.crew import Crew
from vitrina.jobs.finishing import HANDED_BACK, finish
from vitrina.jobs.keeper import Keeper
from vitrina.jobs.models import WorkerTick
from vitrina.jobs.pace import pace
from vitrina.jobs.work import drain
from vitrina.lib import apart, pictures, turns
from vitrina.lib.transactions import short_transaction

logger = logging.getLogger(__name__)


class Worker:
    """`threads` jobs at a time, in this process, rung by Celery. At most one is started per process."""

    def __init__(self, threads: int | None = None) -> None:
        self.threads = threads or settings.JOB_THREADS
        self.crew = Crew(self.threads)
        self._pace = pace()
        self._keeper = Keeper(self.crew, self._pace)
        self._doorbell = Doorbell(self.threads)

    def start(self) -> None:
        if bell.crew is not None:
            raise RuntimeError("A worker runs in this process already.")
        bell.crew = self.crew
        turns.allow(turns.AT_ONCE if connection.vendor == "sqlite" else turns.AT_ONCE_WITH_SERVER)
        apart.begin(settings.JOB_COMPUTING_PROCESSES)
        self.crew.start()
        self._doorbell.start()
        self._keeper.start()
        logger.info(
            "worker %s started", self.crew.owner, extra={"action": "worker.started", "threads": self.threads}
        )

    def stop(self, grace_seconds: float | None = None) -> bool:
        """Take no more; hand back what is not in a call; give the rest `grace_seconds` (None: as embedded),
        then hand it back too. True: every thread came home. Returns a second or two after the grace at most.
        """
        grace = self._pace.embedded_stop if grace_seconds is None else grace_seconds
        ends_at = time.monotonic() + grace
        self.crew.stop()
        self._doorbell.hush()
        self.crew.wait_until_idle(max(0.0, ends_at - time.monotonic()))
        for claim in self.crew.held():
            # From here on the fence refuses whatever the thread still writes.
            claim.is_lost = True
            try:
                with short_transaction():
                    finish(claim, HANDED_BACK)
            except (DatabaseError, InterfaceError):
                logger.warning(
                    "job %s could not be handed back; its lease will run out",
                    claim.id,
                    extra={"action": "worker.not_handed_back", "job_id": claim.id},
                )
        self._keeper.stop()
        home = self.crew.dismiss(seconds=0.5)
        apart.end()
        pictures.end()
        self._doorbell.join(2.5)
        bell.crew = None
        try:
            WorkerTick.objects.filter(owner=self.crew.owner).delete()
        except (DatabaseError, InterfaceError) as error:
            logger.warning("worker's tick not removed: %s", error, extra={"action": "worker.tick_left"})
        logger.info("worker %s stopped", self.crew.owner, extra={"action": "worker.stopped", "home": home})
        return home


def run_ready(*, most: int = 10_000) -> int:
    """Run what is ready in this thread, without a worker, until nothing is; how many jobs. For commands
    and tests that want their jobs done here and now; retries that are due later stay queued."""
    from vitrina.jobs import batches

    crew = Crew(1)
    count = 0
    while count < most:
        for parent_id in batches.waiting_parents():
            batches.tend(parent_id)
        ran = drain(crew, most=most - count)
        if not ran:
            return count
        count += ran
    return count


class Doorbell:
    """Celery's consumer in a thread of its own. It only hears the bell: without it the crew finds its work
    by looking, so that a broker that is away, or a Celery that fell over, costs a second and no job."""

    def __init__(self, threads: int) -> None:
        self._threads = threads
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._listen, name="job-doorbell", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def hush(self) -> None:
        """Let the consumer end; it looks at its orders when a message comes, or every two seconds."""
        from celery.worker import state

        self._over.set()
        state.should_stop = 0  # type: ignore[assignment]
        if bell.is_in_process():
            bell.ring_anyway()

    def join(self, seconds: float) -> None:
        self._thread.join(seconds)

    def _listen(self) -> None:
        from celery.worker import state

        state.should_stop = None  # of a worker that stopped in this process before
        pause = 1.0
        while not self._over.is_set():
            try:
                controller = bell.application().app.WorkController(
                    pool_cls="vitrina.jobs.pool:CrewPool",
                    concurrency=self._threads,
                    hostname=f"vitrina@{id(self)}",
                    without_gossip=True,
                    without_mingle=True,
                    without_heartbeat=True,
                    loglevel="WARNING",
                )
                controller.start()
                pause = 1.0
            except Exception:
                logger.exception("the doorbell fell over", extra={"action": "worker.doorbell"})
            if self._over.wait(pause):
                break
            pause = min(pause * 2, 30.0)
