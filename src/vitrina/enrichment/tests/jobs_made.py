"""A job as a handler sees it, without a worker around it."""

from __future__ import annotations

from typing import Any

from vitrina.jobs.running import RunningJob


class FakeJob(RunningJob):
    def __init__(
        self, payload: dict[str, Any], *, job_id: int = 1, parent_id: int | None = None, attempt: int = 1
    ):
        self.id = job_id
        self.payload = payload
        self.parent_id = parent_id
        self.attempt = attempt
        self.told: list[dict[str, Any]] = []

    def checkpoint(self) -> None:
        pass

    def progress(self, **told: Any) -> None:
        self.told.append(told)
