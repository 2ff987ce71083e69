"""Jobs of the engine: what it counts and clears by the clock, and what a person asks of a model from a page."""

from __future__ import annotations

from datetime import time
from decimal import Decimal
from typing import Any

from django.utils import timezone

from vitrina.engine import exchanges, repeating, tallying, trying
from vitrina.engine.errors import EngineError
from vitrina.jobs.outcomes import Done, Outcome
from vitrina.jobs.registry import handler
from vitrina.jobs.running import RunningJob
from vitrina.jobs.schedule import scheduled

TRY, MODELS, REPEAT = "engine.try", "engine.models", "engine.repeat"


@scheduled("engine.tally", every=tallying.BUCKET)
def tally(job: RunningJob) -> Outcome:
    """Count the calls of the five minutes that are over."""
    now = timezone.now()
    return Done({"tallies": tallying.tally_what_is_settled(now), "cleared": tallying.clear_old(now)})


@scheduled("engine.clean_up", daily_at=time(4, 40))
def clean_up(job: RunningJob) -> Outcome:
    return Done({"exchanges": exchanges.clear_old()})


@handler(TRY)
def try_route(job: RunningJob) -> Outcome:
    return _told(
        job, lambda: trying.try_route(job.payload["route"], user_id=job.payload["user_id"], job_id=job.id)
    )


@handler(MODELS)
def ask_for_models(job: RunningJob) -> Outcome:
    return _told(job, lambda: trying.ask_for_models(job.payload["provider"]))


@handler(REPEAT)
def repeat(job: RunningJob) -> Outcome:
    return _told(
        job, lambda: repeating.repeat(job.payload["call_id"], user_id=job.payload["user_id"], job_id=job.id)
    )


def _told(job: RunningJob, ask: Any) -> Outcome:
    """What was found, good or bad, is the result: the person who asked reads it on the page and asks again if they wish."""
    job.checkpoint()
    try:
        result: dict[str, Any] = ask()
    except EngineError as error:
        result = {"fault": "configuration", "words": error.sentence}
    if result.get("cost"):
        job.spent(Decimal(result["cost"]))
    return Done(result)
