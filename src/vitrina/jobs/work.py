"""The work itself: claim the best job, run its handler, write its end and claim the next, until none is left."""

from __future__ import annotations

import json
import logging
import time
import traceback
from typing import TYPE_CHECKING

import structlog

from vitrina.jobs.claiming import Claim
from vitrina.jobs.effects import EffectElsewhere, EffectInDoubt
from vitrina.jobs.enqueue import QueueFull
from vitrina.jobs.finishing import HANDED_BACK, Ending
from vitrina.jobs.interrupts import CancelRequested, Interrupted, LeaseLost, Stopping
from vitrina.jobs.moving import Moved
from vitrina.jobs.outcomes import Cancel, Check, Done, Fail, Outcome, Retry, Snooze
from vitrina.jobs.running import RunningJob
from vitrina.jobs.states import State
from vitrina.jobs.turnstile import Passage

if TYPE_CHECKING:
    from vitrina.jobs.crew import Crew

logger = logging.getLogger(__name__)


def drain(crew: Crew, *, seconds: float = 60.0, most: int | None = None) -> int:
    """Run jobs in this thread until none is ready, the crew stops, `seconds` have passed, or `most` ran; how many.

    Bounded in time, so that a broker gets its message acknowledged.
    """
    ends_at = time.monotonic() + seconds
    count = 0
    claim = _between(crew, None, None)
    while claim is not None:
        ending = run(claim)
        count += 1
        go_on = time.monotonic() < ends_at and (most is None or count < most)
        claim = _between(crew, claim, ending, claims=go_on)
    return count


def run(claim: Claim) -> Ending | None:
    """Run the handler; None: the job was taken over, and nothing may be written.

    The one broad `except` of the house: whatever a handler raises is recorded in its row.
    """
    try:
        with structlog.contextvars.bound_contextvars(job_id=claim.id, job_kind=claim.kind):
            job = RunningJob(claim)
            job.checkpoint()
            outcome = claim.handler.run(job)
            if not isinstance(outcome, Outcome):
                raise TypeError(f"The handler of {claim.kind} returned {outcome!r}, which is no outcome.")
            if isinstance(outcome, Done):
                json.dumps(outcome.result, allow_nan=False)  # what isn't JSON fails here, with a traceback
            return Ending(outcome)
    except Stopping:
        return HANDED_BACK
    except CancelRequested:
        return Ending(Cancel("cancelled while it ran"))
    except LeaseLost:
        return None
    except Interrupted:  # pragma: no cover - every kind of interrupt is named above
        raise
    except Exception as error:  # noqa: BLE001
        return Ending(_outcome_of(error), reason=type(error).__name__, traceback=traceback.format_exc())


def _outcome_of(error: Exception) -> Outcome:
    """What an exception means: its own word (`permanent`, `retry_after`) decides; an unknown one is tried again."""
    sentence = str(error) or type(error).__name__
    match error:
        case EffectInDoubt():
            return Check(sentence)
        case EffectElsewhere() | QueueFull():
            return Snooze(seconds=error.retry_after)
    if getattr(error, "permanent", False) is True:
        return Fail(sentence)
    retry_after = getattr(error, "retry_after", None)
    return Retry(sentence, after_seconds=float(retry_after) if retry_after is not None else None)


def _between(crew: Crew, claim: Claim | None, ending: Ending | None, *, claims: bool = True) -> Claim | None:
    """End one job and claim the next."""
    permit = crew.may_claim(instead_of=claim) if claims else None
    try:
        moved, taken = crew.turnstile.go(Passage(claim, ending, permit))
    except BaseException:
        # Not held any more, so not renewed: its lease runs out and it is done again.
        crew.settle(permit, ended=claim, taken=None)
        raise
    if claim:
        _report(claim, ending, moved)
        if moved and moved.state is State.WAITING:
            crew.touch_parent(moved.id)
        elif moved and moved.parent_id:
            crew.touch_parent(moved.parent_id)
    crew.settle(permit, ended=claim, taken=taken)
    if taken:
        crew.call_another()
    return taken


def _report(claim: Claim, ending: Ending | None, moved: Moved | None) -> None:
    if moved is None:
        logger.warning(
            "job %s was taken over; what this claim did is left out",
            claim.id,
            extra={"action": "job.lost_race", "job_id": claim.id, "kind": claim.kind, "fence": claim.fence},
        )
    elif ending and isinstance(ending.outcome, Retry | Fail | Check):
        logger.warning(
            "job %s (%s): %s, now %s",
            claim.id,
            claim.kind,
            ending.reason or "failed",
            moved.state,
            extra={"action": "job.failed", "job_id": claim.id, "kind": claim.kind, "attempt": claim.attempt},
        )
