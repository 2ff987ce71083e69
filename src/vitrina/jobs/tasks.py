"""The one Celery task of the house."""

from __future__ import annotations

from celery import shared_task

from vitrina.jobs import bell


@shared_task(name="vitrina.work", ignore_result=True, acks_late=True, reject_on_worker_lost=True)
def work() -> None:
    """Claim the best job and run it, and go on while there is one."""
    if bell.crew is not None:
        bell.crew.drain()
