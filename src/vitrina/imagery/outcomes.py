"""What comes next for a picture, by what was tried so far: one pure question, asked again after every call and every kill.

The table of outcomes (`ports.Outcome`):

    ok, good enough       keep it
    ok, poor              another seed, at most twice on one service; then the next service
    retry_same            the same request unchanged, two tries; then the next service
    retry_after           wait as long as it says, no failure; then the same service
    retry_new_seed        another seed, at most twice on one service, poor pictures counted too; then the next service.
                          Where it says how long it wants to be left alone, after that time
    fallback              the next service, and not this one again
    refuse, bad_request   stop

With nobody left: the best of the poor ones; else wait for better times where the fault may pass; else give up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from vitrina.imagery.ports import Outcome

OK = "ok"
SAME_TRIES = 2
NEW_SEEDS = 2
LEAST_SCORE = 50  # from here on a picture is acceptable
LEAST_WAIT_SECONDS = 1.0  # a service that says «now», or nothing, would be asked as fast as it answers
LONGEST_WAIT_SECONDS = 600.0  # for one service, all waits of a round together


@dataclass(frozen=True)
class Try:
    """One call that ended. `id`: of its row. `age_seconds`: since its end. `score`: None where nobody judged.
    `passes`: a fallback that may be gone in the next round."""

    id: int
    service: str
    round: int
    outcome: str
    score: int | None = None
    passes: bool = False
    retry_after: float = 0.0
    age_seconds: float = 0.0


@dataclass(frozen=True)
class Ask:
    """Call this service. `new_seed`: 0 for the picture's own seed, else which other one."""

    service: str
    new_seed: int = 0


@dataclass(frozen=True)
class Wait:
    """Nothing failed: `service` wants to be left alone for `seconds`."""

    seconds: float
    service: str


@dataclass(frozen=True)
class Keep:
    """This try's picture is the one."""

    try_id: int


@dataclass(frozen=True)
class Stop:
    """This try says that it is not to be had, however it is asked."""

    try_id: int


@dataclass(frozen=True)
class Exhausted:
    """Nobody is left. `may_pass`: a later round may find better times. `try_id`: what went wrong last, None where there
    was nobody to ask."""

    may_pass: bool
    try_id: int | None


Step = Ask | Wait | Keep | Stop | Exhausted


def next_step(tries: Sequence[Try], services: Sequence[str], round_: int) -> Step:
    """`tries`: all of the picture, oldest first. `services`: who may be asked, the best first. Ends for any outcomes:
    each service is asked at most `SAME_TRIES` + `NEW_SEEDS` + its waits times in a round."""
    stopped = next((one for one in tries if one.outcome in (Outcome.REFUSE, Outcome.BAD_REQUEST)), None)
    if stopped is not None:
        return Stop(stopped.id)
    good = next((one for one in reversed(tries) if _is_good(one)), None)
    if good is not None:
        return Keep(good.id)
    for service in services:
        step = _on(service, [one for one in tries if one.service == service], round_)
        if step is not None:
            return step
    poor = [one for one in tries if one.outcome == OK]
    if poor:
        return Keep(max(poor, key=lambda one: (one.score or 0, -one.id)).id)
    passing = any(
        one.round == round_ and (one.passes or one.outcome in (Outcome.RETRY_SAME, Outcome.RETRY_AFTER))
        for one in tries
    )
    return Exhausted(passing, tries[-1].id if tries else None)


def _on(service: str, tries: Sequence[Try], round_: int) -> Ask | Wait | None:
    """What to do with this service; None: the next one."""
    if any(one.outcome == Outcome.FALLBACK and (one.round == round_ or not one.passes) for one in tries):
        return None
    new_seeds = sum(one.outcome in (OK, Outcome.RETRY_NEW_SEED) for one in tries)
    if new_seeds > NEW_SEEDS:
        return None
    mine = [one for one in tries if one.round == round_]
    if sum(one.outcome == Outcome.RETRY_SAME for one in mine) >= SAME_TRIES:
        return None
    if mine and (wait := _wait_after(mine[-1])):
        if sum(map(_wait_after, mine)) > LONGEST_WAIT_SECONDS:
            return None
        left = wait - mine[-1].age_seconds
        if left > 0:
            return Wait(left, service)
    return Ask(service, new_seeds)


def _wait_after(one: Try) -> float:
    """Seconds, 0 for none."""
    if one.outcome == Outcome.RETRY_AFTER:
        return max(one.retry_after, LEAST_WAIT_SECONDS)
    return one.retry_after if one.outcome == Outcome.RETRY_NEW_SEED else 0.0


def _is_good(one: Try) -> bool:
    return one.outcome == OK and (one.score is None or one.score >= LEAST_SCORE)
