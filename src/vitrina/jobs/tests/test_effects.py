from __future__ import annotations

from typing import Any

import pytest

from vitrina.jobs import control, effects
from vitrina.jobs.claiming import Claim, Round
from vitrina.jobs.doubts import EffectKind
from vitrina.jobs.enqueue import enqueue
from vitrina.jobs.finishing import Ending, finish
from vitrina.jobs.interrupts import LeaseLost
from vitrina.jobs.models import Effect, Job
from vitrina.jobs.outcomes import Check, Done, Snooze
from vitrina.jobs.registry import handler
from vitrina.jobs.running import RunningJob
from vitrina.jobs.states import State
from vitrina.jobs.worker import run_ready
from vitrina.lib.transactions import short_transaction

pytestmark = pytest.mark.django_db


class Killed(BaseException):
    """As if the process ended in the middle of a call."""


@pytest.fixture
def claim() -> Claim:
    @handler("test.effect")
    def effect(job: RunningJob) -> Done:
        return Done()

    enqueue("test.effect", {})
    return claim_again(None)


def claim_again(claim: Claim | None) -> Claim:
    with short_transaction():
        if claim is not None:
            finish(claim, Ending(Snooze(seconds=0)))
        found = Round("test-owner").claim(batch_may=True)
    assert found is not None
    return found


class Outside:
    """Counts calls; `dies` in the middle of as many, after or before they had their effect."""

    def __init__(self, *, dies: int = 0, arrives: bool = True) -> None:
        self.calls = 0
        self.looks = 0
        self.arrived = False
        self.dies, self.arrives = dies, arrives

    def call(self) -> dict[str, Any]:
        self.calls += 1
        if self.calls <= self.dies:
            self.arrived = self.arrived or self.arrives
            raise Killed
        self.arrived = True
        return {"n": self.calls}

    def look(self) -> dict[str, Any] | None:
        self.looks += 1
        return {"looked": True} if self.arrived else None


def do(claim: Claim, outside: Outside, kind: str, *, look: bool = False, input_hash: str = "h") -> Any:
    return effects.perform(
        claim,
        key="k",
        input_hash=input_hash,
        call=outside.call,
        look=outside.look if look else None,
        kind=EffectKind(kind),
    )


def test_a_done_effect_is_reused_for_ever(claim: Claim) -> None:
    outside = Outside()
    assert do(claim, outside, "pay") == {"n": 1}
    assert do(claim_again(claim), outside, "pay") == {"n": 1}
    assert outside.calls == 1


def test_a_paid_call_in_doubt_is_repeated_once_then_a_person_decides(claim: Claim) -> None:
    outside = Outside(dies=2)
    with pytest.raises(Killed):
        do(claim, outside, "pay")
    claim = claim_again(claim)
    with pytest.raises(Killed):
        do(claim, outside, "pay")
    claim = claim_again(claim)
    with pytest.raises(effects.EffectInDoubt):
        do(claim, outside, "pay")
    assert outside.calls == 2


def test_a_set_in_doubt_is_looked_for_and_found(claim: Claim) -> None:
    outside = Outside(dies=1)
    with pytest.raises(Killed):
        do(claim, outside, "set", look=True)
    assert do(claim_again(claim), outside, "set", look=True) == {"looked": True}
    assert (outside.calls, outside.looks) == (1, 1)
    assert Effect.objects.get().state == "done"


def test_a_set_that_isnt_found_is_looked_for_twice_then_repeated_once(claim: Claim) -> None:
    outside = Outside(dies=1, arrives=False)
    with pytest.raises(Killed):
        do(claim, outside, "set", look=True)
    claim = claim_again(claim)
    with pytest.raises(effects.EffectElsewhere):
        do(claim, outside, "set", look=True)
    assert outside.calls == 1
    assert do(claim_again(claim), outside, "set", look=True) == {"n": 2}
    assert (outside.calls, outside.looks) == (2, 2)


def test_an_append_in_doubt_is_never_repeated_by_a_machine(claim: Claim) -> None:
    outside = Outside(dies=1, arrives=False)
    with pytest.raises(Killed):
        do(claim, outside, "append", look=True)
    for _ in range(3):
        claim = claim_again(claim)
        with pytest.raises(effects.EffectInDoubt):
            do(claim, outside, "append", look=True)
    assert outside.calls == 1


@pytest.mark.parametrize(("arrived", "calls"), [(True, 1), (False, 2)])
def test_a_person_settles_a_doubt(arrived: bool, calls: int) -> None:
    outside = Outside(dies=1)
    outcomes = []

    @handler("test.append")
    def append(job: RunningJob) -> Done:
        outcomes.append(job.effect(key="k", input_hash="h", call=outside.call, kind="append"))
        return Done()

    job = enqueue("test.append", {})
    claim = claim_again(None)
    with pytest.raises(Killed):
        claim.handler.run(RunningJob(claim))
    with short_transaction():
        finish(claim, Ending(Snooze(seconds=0)))
    run_ready()
    job.refresh_from_db()
    assert job.state == State.CHECK
    assert "Nothing is sent again without you" in job.error

    control.settle(job, arrived=arrived)
    run_ready()
    job.refresh_from_db()
    assert job.state == State.DONE
    assert outside.calls == calls
    assert len(outcomes) == 1


def test_an_error_that_says_nothing_happened_leaves_no_doubt(claim: Claim) -> None:
    class Busy(Exception):
        retry_after = 1.0

    def refuses() -> dict[str, Any]:
        raise Busy

    with pytest.raises(Busy):
        effects.perform(claim, key="k", input_hash="h", call=refuses, look=None, kind=EffectKind.APPEND)
    assert Effect.objects.get().state == "refused"
    outside = Outside()
    assert do(claim_again(claim), outside, "append") == {"n": 1}


def test_a_timeout_of_an_append_stays_in_doubt(claim: Claim) -> None:
    def times_out() -> dict[str, Any]:
        raise TimeoutError

    with pytest.raises(TimeoutError):
        effects.perform(claim, key="k", input_hash="h", call=times_out, look=None, kind=EffectKind.APPEND)
    with pytest.raises(effects.EffectInDoubt):
        do(claim_again(claim), Outside(), "append")


def test_the_same_effect_in_flight_elsewhere_waits_instead_of_paying(claim: Claim) -> None:
    outside = Outside(dies=1)
    with pytest.raises(Killed):
        do(claim, outside, "pay")
    enqueue("test.effect", {})
    other = claim_again(None)
    with pytest.raises(effects.EffectElsewhere):
        do(other, outside, "pay")
    assert outside.calls == 1


def test_another_input_under_the_same_key_is_refused(claim: Claim) -> None:
    outside = Outside()
    do(claim, outside, "set")
    with pytest.raises(effects.EffectMismatch):
        do(claim_again(claim), outside, "set", input_hash="other")
    assert outside.calls == 1


def test_whoever_lost_its_lease_doesnt_call(claim: Claim) -> None:
    outside = Outside()
    Job.objects.filter(pk=claim.id).update(fence=claim.fence + 1)
    with pytest.raises(LeaseLost):
        do(claim, outside, "pay")
    assert outside.calls == 0
    assert Effect.objects.get().state == "refused"


def test_doubt_becomes_the_outcome_check() -> None:
    from vitrina.jobs.work import _outcome_of

    assert _outcome_of(effects.EffectInDoubt("who knows")) == Check("who knows")
