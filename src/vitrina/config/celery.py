"""Celery, the doorbell: one task, no results, no clocks. `BROKER_URL` empty is `memory://`.

Not used, on purpose: rate limits, time limits, revocation by force, countdowns, chains. Under threads they
don't work or surprise; the job's row does what they promise.
"""

from __future__ import annotations

from celery import Celery
from django.conf import settings

app = Celery("vitrina", fixups=[], set_as_current=True)
app.conf.update(
    broker_url=settings.BROKER_URL or "memory://",
    broker_transport_options={
        # kombu's own pool of 10 connections loses acknowledgements under more threads than that.
        "max_connections": settings.JOB_THREADS + 50,
        "polling_interval": 0.05,  # of memory://
        "socket_connect_timeout": 1.0,
        "max_retries": 0,
    },
    broker_connection_timeout=1.0,
    broker_connection_retry=True,
    broker_connection_retry_on_startup=True,
    broker_connection_max_retries=None,
    broker_pool_limit=settings.JOB_THREADS + 50,
    task_default_queue=settings.JOB_QUEUE,
    task_ignore_result=True,
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    task_publish_retry=False,
    worker_prefetch_multiplier=1,
    worker_enable_remote_control=False,
    worker_send_task_events=False,
    worker_hijack_root_logger=False,
    worker_redirect_stdouts=False,
    worker_cancel_long_running_tasks_on_connection_loss=False,
    task_serializer="json",
    accept_content=["json"],
    imports=["vitrina.jobs.tasks"],
)
