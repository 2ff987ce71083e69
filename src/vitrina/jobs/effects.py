"""Effects: what leaves the house or costs money happens once.

1. commit the intent; 2. renew the lease under the fence, as the last step before the call; 3. call;
4. commit done and the result together. Whoever finds an older intent is in doubt, and `doubts.judge` decides.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any, NamedTuple

from django.db import connection

from vitrina.jobs import clock, doubts
from vitrina.jobs.claiming import Claim
from vitrina.jobs.doubts import EffectKind, Verdict
from vitrina.jobs.interrupts import LeaseLost
from vitrina.jobs.pace import pace
from vitrina.lib.transactions import short_transaction

Call = Callable[[], dict[str, Any]]
Look = Callable[[], dict[str, Any] | None]


class EffectFault(Exception):
    """An effect that can't be done now."""

    permanent = False
    retry_after: float | None = None


class EffectInDoubt(EffectFault):
    """Begun once, its end not seen, and no way to find out: a person decides. Becomes the outcome Check."""

    permanent = True


class EffectMismatch(EffectFault):
    """The key stands for another input: doing it again would do it twice."""

    permanent = True


class EffectElsewhere(EffectFault):
    """The same effect is under way in another job, or was begun a moment ago: come back, pay nothing.
    Becomes the outcome Snooze."""

    def __init__(self, sentence: str, retry_after: float) -> None:
        self.retry_after = retry_after
        super().__init__(sentence)


class Standing(NamedTuple):
    id: int
    state: str
    input_hash: str
    result: Any
    job_id: int | None
    fence: int
    looks: int
    repeats: int


def perform(
    claim: Claim, *, key: str, input_hash: str, call: Call, look: Look | None, kind: EffectKind
) -> dict[str, Any]:
    """See `RunningJob.effect`. Raises what `call` raises, and the EffectFaults above."""
    standing = _begin(claim, key=key, input_hash=input_hash, kind=kind)
    if standing is not None:
        if standing.input_hash != input_hash:
            raise EffectMismatch(
                f"The effect {key} was begun with another input; a changed input needs a key of its own."
            )
        if standing.state == "done":
            return dict(standing.result)
        if standing.state in ("intent", "doubt"):
            found = _resolve(claim, standing, key=key, look=look, kind=kind)
            if found is not None:
                return found
        _take_over(claim, standing)
    try:
        _renew_as_last_step(claim, key)
        result = call()
    except Exception as error:
        _end_badly(claim, key, error, kind)
        raise
    _end_well(claim, key, result)
    return result


def _begin(claim: Claim, *, key: str, input_hash: str, kind: EffectKind) -> Standing | None:
    """Commit the intent; or return the effect that already has this key."""
    with short_transaction(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO jobs_effect (key, kind, input_hash, state, job_id, fence, looks, repeats, error, "
            f"created_at, changed_at) VALUES (%s, %s, %s, 'intent', %s, %s, 0, 0, '', {clock.now()}, {clock.now()}) "
            "ON CONFLICT (key) DO NOTHING RETURNING id",
            [key, kind.value, input_hash, claim.id, claim.fence],
        )
        if cursor.fetchone():
            return None
        cursor.execute(
            "SELECT id, state, input_hash, result, job_id, fence, looks, repeats FROM jobs_effect WHERE key = %s",
            [key],
        )
        row = cursor.fetchone()
    result = json.loads(row[3]) if isinstance(row[3], str) else row[3]
    return Standing(row[0], row[1], row[2], result, *row[4:])


def _resolve(
    claim: Claim, standing: Standing, *, key: str, look: Look | None, kind: EffectKind
) -> dict[str, Any] | None:
    """Settle a doubt: the found result, or None where the call is to be repeated."""
    if _is_at_work_elsewhere(claim, standing):
        raise EffectElsewhere(f"The effect {key} is under way in job {standing.job_id}.", retry_after=2.0)
    found = look() if look else None
    verdict = doubts.judge(kind, found=found is not None, looks=standing.looks + 1, repeats=standing.repeats)
    if verdict is Verdict.IS_DONE and found is not None:
        _take_over(claim, standing, state="doubt")
        _end_well(claim, key, found)
        return found
    if verdict is Verdict.LOOK_AGAIN:
        _take_over(claim, standing, state="doubt", looks=standing.looks + 1)
        raise EffectElsewhere(
            f"Whether {key} arrived isn't seen yet; looking again.", retry_after=pace().look_again
        )
    if verdict is Verdict.ASK_PERSON:
        _take_over(claim, standing, state="doubt", looks=standing.looks + 1)
        raise EffectInDoubt(
            f"The worker ended while {key} was under way, and nobody can see whether it arrived. "
            "Nothing is sent again without you: say whether it arrived, or have it done again."
        )
    return None


def _is_at_work_elsewhere(claim: Claim, standing: Standing) -> bool:
    if standing.job_id is None or standing.job_id == claim.id:
        return False
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM jobs_job WHERE id = %s AND fence = %s AND state = 'running'",
            [standing.job_id, standing.fence],
        )
        return cursor.fetchone() is not None


def _take_over(claim: Claim, standing: Standing, *, state: str = "intent", looks: int = 0) -> None:
    """Make the effect ours, if nobody else did since it was read; a repeat in doubt is counted."""
    repeated = int(state == "intent" and standing.state in ("intent", "doubt"))
    with short_transaction(), connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE jobs_effect SET state = %s, looks = %s, repeats = repeats + %s, job_id = %s, fence = %s, "
            f"changed_at = {clock.now()} WHERE id = %s AND state = %s AND fence = %s AND looks = %s AND repeats = %s",
            [
                state,
                looks,
                repeated,
                claim.id,
                claim.fence,
                standing.id,
                standing.state,
                standing.fence,
                standing.looks,
                standing.repeats,
            ],
        )
        taken = cursor.rowcount == 1
    if not taken:
        raise EffectElsewhere("Another job took the effect over just now.", retry_after=2.0)


def _renew_as_last_step(claim: Claim, key: str) -> None:
    asked_at = time.monotonic()
    with short_transaction(), connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE jobs_job SET lease_until = {clock.in_seconds()} "
            "WHERE id = %s AND fence = %s AND state = 'running'",
            [clock.offset(pace().lease), claim.id, claim.fence],
        )
        if cursor.rowcount == 1:
            claim.held_until = asked_at + pace().lease
            return
        # Ours no longer; but nothing was called, so the intent leaves no doubt behind.
        cursor.execute(
            f"UPDATE jobs_effect SET state = 'refused', changed_at = {clock.now()} "
            "WHERE key = %s AND job_id = %s AND fence = %s AND state = 'intent'",
            [key, claim.id, claim.fence],
        )
    claim.is_lost = True
    raise LeaseLost


def _end_well(claim: Claim, key: str, result: dict[str, Any]) -> None:
    with short_transaction(), connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE jobs_effect SET state = 'done', result = %s, error = '', changed_at = {clock.now()} "
            "WHERE key = %s AND job_id = %s AND fence = %s AND state IN ('intent', 'doubt')",
            [json.dumps(result, ensure_ascii=False), key, claim.id, claim.fence],
        )
        if cursor.rowcount != 1:
            claim.is_lost = True
            raise LeaseLost


def _end_badly(claim: Claim, key: str, error: Exception, kind: EffectKind) -> None:
    """The call raised. Refused: nothing happened outside, it may be tried again. Else it stays in doubt.

    A call that is paid for and raised gave no answer, so trying again pays for no answer twice. For the rest
    only an error that says so (`permanent`, or a `retry_after` from the other side) proves that nothing happened.
    """
    harmless = (
        kind is EffectKind.PAY
        or getattr(error, "permanent", False) is True
        or getattr(error, "retry_after", None) is not None
    )
    with short_transaction(), connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE jobs_effect SET state = %s, error = %s, changed_at = {clock.now()} "
            "WHERE key = %s AND job_id = %s AND fence = %s AND state = 'intent'",
            ["refused" if harmless else "doubt", str(error)[:2000], key, claim.id, claim.fence],
        )
