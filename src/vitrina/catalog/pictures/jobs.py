"""Jobs of the pictures."""

from __future__ import annotations

from datetime import time, timedelta

from vitrina.catalog.pictures import asking, checking, fetching
from vitrina.jobs.outcomes import Cancel, Done, Outcome, Retry, Snooze
from vitrina.jobs.registry import Limits, handler
from vitrina.jobs.retry import PICTURES
from vitrina.jobs.running import RunningJob
from vitrina.jobs.schedule import scheduled

DEADLINE_SECONDS = 1800.0
HAND_BACK_SECONDS = 120.0  # before its deadline a job asks for no more, and goes on as the next one
LONGEST_ASKED_SECONDS = 900.0


@handler(asking.KIND, limits=Limits(running=2), retry=PICTURES, deadline_seconds=DEADLINE_SECONDS)
def fetch_pictures(job: RunningJob) -> Outcome:
    """{"product_ids"}: the pictures that these products of the job's seller wait for."""
    if job.seller_id is None:
        return Cancel("The seller was deleted.")
    told = fetching.fetch(
        job.seller_id,
        job.payload["product_ids"],
        is_last_try=job.attempt >= PICTURES.tries,
        on_progress=lambda done, total: job.progress(step="pictures", done=done, total=total),
        has_time=lambda: job.seconds_left > HAND_BACK_SECONDS,
    )
    if told.left and job.seconds_left <= HAND_BACK_SECONDS:
        return Snooze(seconds=0)
    if told.left:
        asked = None if told.retry_after is None else min(told.retry_after, LONGEST_ASKED_SECONDS)
        return Retry(f"{told.left} pictures did not come; they are asked for again.", after_seconds=asked)
    return Done({"stored": told.stored, "failed": told.failed, "refused": told.refused})


@scheduled("catalog.forgotten_pictures", every=timedelta(minutes=10))
def ask_for_forgotten(job: RunningJob) -> Outcome:
    return Done({"jobs": asking.ask_for_forgotten()})


@scheduled("catalog.unseen_pictures", daily_at=time(4, 40), deadline_seconds=1800.0)
def let_unseen_go(job: RunningJob) -> Outcome:
    """Pictures that no product shows any more, after two days."""
    return Done({"pictures": checking.let_unseen_go()})
