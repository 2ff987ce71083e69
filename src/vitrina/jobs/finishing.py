"""What an outcome does to the row. Every write carries the fence: a job taken over is left alone."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from vitrina.jobs import clock, progress
from vitrina.jobs.claiming import Claim
from vitrina.jobs.moving import Moved, Sql, move
from vitrina.jobs.outcomes import Cancel, Check, Done, Fail, Outcome, Retry, Snooze
from vitrina.jobs.states import State
from vitrina.jobs.storable import storable


@dataclass(frozen=True)
class Ending:
    """An outcome, and what is kept of the failure behind it."""

    outcome: Outcome
    reason: str = ""  # a class of failures, for counting
    traceback: str = ""


HANDED_BACK = Ending(Snooze(seconds=0), reason="handed back")


def finish(claim: Claim, ending: Ending) -> Moved | None:
    """Write the end of an attempt, in the caller's short transaction. None: the job was taken over."""
    progress.flush_one(claim)
    outcome = ending.outcome
    failure = {"reason": ending.reason[:80], "traceback": storable(ending.traceback)}
    match outcome:
        case Done():
            return _done(claim, outcome)
        case Retry():
            wait = claim.handler.retry.wait_seconds(claim.attempt, retry_after=outcome.after_seconds)
            failure["error"] = storable(outcome.reason)
            failure["reason"] = failure["reason"] or "retry"
            if wait is None:
                return _move(
                    claim, State.DEAD, failure, told={"error": outcome.reason, "tries": claim.attempt}
                )
            return _move(
                claim,
                State.QUEUED,
                failure | {"run_at": _in_seconds(wait)},
                told={"error": outcome.reason, "again_in_seconds": round(wait, 1)},
            )
        case Snooze():
            due = clock.bound(outcome.until) if outcome.until else _in_seconds(_seconds(outcome))
            return _snoozed(claim, due)
        case Cancel():
            return _move(claim, State.CANCELLED, {"error": storable(outcome.reason), "reason": "cancelled"})
        case Fail():
            failure["reason"] = failure["reason"] or "permanent"
            return _move(
                claim,
                State.DEAD,
                failure | {"error": storable(outcome.reason)},
                told={"error": outcome.reason},
            )
        case Check():
            failure["reason"] = failure["reason"] or "check"
            return _move(
                claim,
                State.CHECK,
                failure | {"error": storable(outcome.reason)},
                told={"error": outcome.reason},
            )


def _done(claim: Claim, outcome: Done) -> Moved | None:
    result = json.dumps(outcome.result, ensure_ascii=False) if outcome.result is not None else None
    sets = {"result": result, "error": "", "reason": "", "traceback": ""}
    moved = _move(claim, State.DONE, sets, provided="NOT runs_again AND NOT has_children")
    if moved is not None:
        return moved
    # Rare: its key was enqueued while it ran, or it has children that may still be at work.
    again = _move(
        claim,
        State.QUEUED,
        sets | {"runs_again": False, "attempt": 0, "run_at": Sql(clock.now())},
        provided="runs_again",
    )
    if again is not None:
        return again
    alive = (
        "EXISTS (SELECT 1 FROM jobs_job child WHERE child.parent_id = jobs_job.id "
        "AND child.state IN ('queued', 'running', 'waiting'))"
    )
    waiting = _move(claim, State.WAITING, sets, provided=f"has_children AND {alive}")
    return waiting or _move(claim, State.DONE, sets, provided="NOT runs_again")


def _snoozed(claim: Claim, due: Any) -> Moved | None:
    sets = {"run_at": due, "attempt": claim.attempt - 1}
    if not claim.handler.reruns:
        return _move(claim, State.QUEUED, sets)
    # News that came while it ran is not slept over: then it runs again at once.
    at_once = sets | {"run_at": Sql(clock.now()), "runs_again": False}
    return _move(claim, State.QUEUED, sets, provided="NOT runs_again") or _move(
        claim, State.QUEUED, at_once, provided="runs_again"
    )


def _move(
    claim: Claim,
    to: State,
    sets: Mapping[str, Any],
    *,
    provided: str = "",
    told: Mapping[str, Any] | None = None,
) -> Moved | None:
    return move(
        claim.id,
        to,
        frm=[State.RUNNING],
        fence=claim.fence,
        provided=provided,
        sets={"claims": 0, **sets, **_cost(claim)},
        told=told,
    )


def _cost(claim: Claim) -> dict[str, Any]:
    # As text: both databases take it for the exact number.
    return {} if claim.cost is None else {"cost": Sql("coalesce(cost, 0) + %s", (str(claim.cost),))}


def _seconds(snooze: Snooze) -> float:
    return 10.0 if snooze.seconds is None else max(0.0, snooze.seconds)


def _in_seconds(seconds: float) -> Sql:
    return Sql(clock.in_seconds(), (clock.offset(seconds),))
