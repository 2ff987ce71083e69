"""Celery, the doorbell: one task, no results, no clocks. `BROKER_URL` empty is `memory://`.

Not used, on purpose: rate limits, time limits, revocation by force, countdowns, chains. Under threads they
don't work or surprise; the job's row does what they promise.
"""

from __future__ import annotations

import logging
from typing import Any

from celery import Celery
from django.conf import settings

BROKER = settings.BROKER_URL or "memory://localhost/"


def transport_options(*, for_ringing: bool) -> dict[str, Any]:
    """What each kind of broker understands. Who rings gives up after a second: the row is the outbox."""
    if BROKER.startswith("memory:"):
        return {"polling_interval": 0.05}
    if BROKER.startswith("redis"):
        options: dict[str, Any] = {
            # kombu's own 10 connections lose acknowledgements under more threads than that.
            "max_connections": settings.JOB_THREADS + 50,
            "socket_connect_timeout": 1.0,
            "socket_keepalive": True,
            "global_keyprefix": f"{settings.JOB_QUEUE}:",
        }
        return options | ({"socket_timeout": 1.0} if for_ringing else {})
    return {"read_timeout": 1.0, "write_timeout": 1.0} if for_ringing else {}


app = Celery("vitrina", fixups=[])
app.set_default()
app.conf.update(
    broker_url=BROKER,
    broker_transport_options=transport_options(for_ringing=False),
    broker_connection_timeout=1.0,
    broker_connection_retry_on_startup=True,
    broker_connection_max_retries=None,
    broker_pool_limit=8,  # of those who ring; the consumer has its own connection
    task_default_queue=settings.JOB_QUEUE,
    task_ignore_result=True,
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    task_publish_retry=False,
    task_serializer="json",
    accept_content=["json"],
    worker_prefetch_multiplier=1,
    worker_enable_remote_control=False,
    worker_send_task_events=False,
    worker_hijack_root_logger=False,
    worker_redirect_stdouts=False,
    worker_cancel_long_running_tasks_on_connection_loss=False,
    imports=["vitrina.jobs.tasks"],
)

# One line for every bell would bury what matters.
for name in ("celery.worker.strategy", "celery.app.trace"):
    logging.getLogger(name).setLevel(logging.WARNING)


def connection_for_ringing() -> Any:
    return app.connection_for_write(transport_options=transport_options(for_ringing=True))
