"""Celery's pool: the crew's threads. Celery's own `threads` pool never closes the database connections of
its threads, and its threads keep the process alive for as long as their calls last."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from celery.concurrency.base import BasePool, apply_target

from vitrina.jobs import bell


class ApplyResult:
    def __init__(self) -> None:
        self.value = None

    def get(self, timeout: float | None = None) -> None:
        return None

    wait = get


class CrewPool(BasePool):
    """Runs what a message asks for on a thread of the crew of this process."""

    signal_safe = False
    body_can_be_buffer = True
    task_join_will_block = False

    def on_apply(  # type: ignore[override]
        self,
        target: Callable[..., Any],
        args: Any = None,
        kwargs: Any = None,
        callback: Callable[..., Any] | None = None,
        accept_callback: Callable[..., Any] | None = None,
        **options: Any,
    ) -> ApplyResult:
        crew = bell.crew
        if crew is None:
            raise RuntimeError("The pool has no crew: start it through vitrina.jobs.worker.Worker.")
        crew.submit(partial(apply_target, target, args, kwargs or {}, callback, accept_callback))
        return ApplyResult()
