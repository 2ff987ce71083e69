"""The numbers of the machine room, in seconds where not said otherwise; settings `JOB_*` change them."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings


@dataclass(frozen=True)
class Pace:
    lease: float  # a job whose lease isn't renewed for so long belongs to nobody
    renew: float
    sweep: float
    poll: float  # how late a due job may start when no bell rang for it
    stop: float  # what a job inside a call gets at SIGTERM
    embedded_stop: float  # the same for the worker inside the web process or a command
    look_again: float  # between two looks for an effect in doubt
    queue_limit: int  # queued jobs per seller
    window: int  # queued children of one batch
    deadest_claims: int  # claims without an end that make a job dead


def pace() -> Pace:
    return Pace(
        lease=settings.JOB_LEASE_SECONDS,
        renew=settings.JOB_RENEW_SECONDS,
        sweep=settings.JOB_SWEEP_SECONDS,
        poll=settings.JOB_POLL_SECONDS,
        stop=settings.JOB_STOP_SECONDS,
        embedded_stop=settings.JOB_EMBEDDED_STOP_SECONDS,
        look_again=settings.JOB_LOOK_AGAIN_SECONDS,
        queue_limit=settings.JOB_QUEUE_LIMIT,
        window=settings.JOB_WINDOW,
        deadest_claims=settings.JOB_CLAIMS_WITHOUT_END,
    )
