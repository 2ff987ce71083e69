"""The threads of one process that run jobs, and what they hold.

Daemon threads of our own: each closes its database connection when it ends, and a call that doesn't return
never keeps the process from ending (its job was handed back by then).
"""

from __future__ import annotations

import logging
import os
import secrets
import socket
import threading
import time
from collections.abc import Callable
from queue import SimpleQueue

from django.db import connections

from vitrina.jobs import fairness
from vitrina.jobs.claiming import Claim
from vitrina.jobs.turnstile import MayClaim, Turnstile
from vitrina.jobs.work import drain

logger = logging.getLogger(__name__)


DRAIN_SECONDS = 60.0


class Crew:
    """`threads` slots for jobs. `owner` names it in the rows it holds."""

    def __init__(self, threads: int) -> None:
        self.threads = threads
        self.owner = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
        self.turnstile = Turnstile(self)
        self.stopping = threading.Event()
        self.parents: set[int] = set()  # whose children ended here since the keeper last looked
        self.nudged = threading.Event()  # the keeper has something to do before its next round
        self._lock = threading.Lock()
        self._changed = threading.Condition(self._lock)
        self._held: dict[int, Claim] = {}
        self._claiming = 0  # threads between asking for a job and holding it
        self._tasks: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._tasks_waiting = 0
        self._tasks_running = 0
        self._members: list[threading.Thread] = []

    # --- threads ---

    def start(self) -> None:
        self._members = [
            threading.Thread(target=self._serve, name=f"job-{n}", daemon=True) for n in range(self.threads)
        ]
        for member in self._members:
            member.start()

    def submit(self, task: Callable[[], None]) -> None:
        with self._lock:
            self._tasks_waiting += 1
        self._tasks.put(task)

    def idle_slots(self) -> int:
        """Threads with nothing to do, and nothing on its way to them."""
        with self._lock:
            return max(0, self.threads - self._tasks_running - self._tasks_waiting)

    def stop(self) -> None:
        """No more claims; the handlers end at their next checkpoint, unless they are inside an effect."""
        self.stopping.set()
        with self._lock:
            for claim in self._held.values():
                claim.is_stopping = True

    def dismiss(self, seconds: float) -> bool:
        """Let every thread end after what it does now; whether all did within `seconds`."""
        for _ in self._members:
            self._tasks.put(None)
        ends_at = time.monotonic() + seconds
        for member in self._members:
            member.join(max(0.0, ends_at - time.monotonic()))
        return not any(member.is_alive() for member in self._members)

    def _serve(self) -> None:
        try:
            while (task := self._tasks.get()) is not None:
                with self._lock:
                    self._tasks_waiting -= 1
                    self._tasks_running += 1
                try:
                    task()
                except Exception:
                    logger.exception("a worker thread's task failed", extra={"action": "job.thread_failed"})
                finally:
                    with self._lock:
                        self._tasks_running -= 1
        finally:
            connections.close_all()

    def drain(self) -> None:
        """Work until nothing is ready; after a minute let go of what called, and go on by itself."""
        begun = time.monotonic()
        drain(self, seconds=DRAIN_SECONDS)
        if time.monotonic() - begun >= DRAIN_SECONDS and not self.stopping.is_set():
            self.submit(self.drain)

    def call_another(self) -> None:
        """Where one job was found there may be more: one idle thread goes and looks, and calls the next."""
        with self._lock:
            idle = self.threads - self._tasks_running - self._tasks_waiting
            if not self._members or idle <= 0 or self._tasks_waiting:
                return
        self.submit(self.drain)

    # --- what they hold; called by work.py ---

    def may_claim(self, *, instead_of: Claim | None) -> MayClaim | None:
        """Whether a thread may claim, in place of the job it just ended. `settle` must follow.

        Who comes new counts the others that are about to claim as busy, or two of them could both take the last
        slot. Who ended a job doesn't: it only keeps its slot, and everybody counted that already.
        """
        with self._lock:
            if self.stopping.is_set():
                return None
            if instead_of is not None:
                others = len(self._held) - 1
            else:
                others = len(self._held) + self._claiming
                self._claiming += 1
        return MayClaim(batch=fairness.batch_may_start(slots=self.threads, busy_others=others))

    def settle(self, permit: MayClaim | None, *, ended: Claim | None, taken: Claim | None) -> None:
        """What came of it: one job ended, another was taken, or neither."""
        with self._lock:
            if ended is not None:
                self._held.pop(ended.id, None)
            elif permit is not None:
                self._claiming -= 1
            if taken is not None:
                taken.is_stopping = self.stopping.is_set()
                self._held[taken.id] = taken
            self._changed.notify_all()

    def held(self) -> list[Claim]:
        with self._lock:
            return list(self._held.values())

    def wait_until_idle(self, seconds: float) -> bool:
        with self._changed:
            return self._changed.wait_for(lambda: not self._held and not self._claiming, timeout=seconds)

    def touch_parent(self, parent_id: int) -> None:
        with self._lock:
            self.parents.add(parent_id)
        self.nudged.set()

    def take_parents(self) -> set[int]:
        with self._lock:
            parents, self.parents = self.parents, set()
        return parents

    def is_done_waiting(self, seconds: float) -> bool:
        """Wait while the database is away; True: the crew stops, give up."""
        return self.stopping.wait(seconds)
