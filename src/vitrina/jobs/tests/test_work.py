"""What handlers return and raise, and what becomes of their jobs. In this thread, with `run_ready`."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection

from vitrina.accounts.models import Seller
from vitrina.jobs import clock, control, leases, sweeping
from vitrina.jobs.claiming import Round
from vitrina.jobs.enqueue import ChildSpec, enqueue, enqueue_many
from vitrina.jobs.finishing import Ending, finish
from vitrina.jobs.models import Job, JobEvent
from vitrina.jobs.outcomes import Cancel, Check, Done, Fail, Outcome, Retry, Snooze
from vitrina.jobs.registry import Limits, handler
from vitrina.jobs.retry import RetryRule
from vitrina.jobs.running import RunningJob
from vitrina.jobs.states import Priority, State
from vitrina.jobs.worker import run_ready
from vitrina.lib.transactions import short_transaction

pytestmark = pytest.mark.django_db


class Permanent(Exception):
    permanent = True


class Later(Exception):
    retry_after = 120.0


def run_one(answer: Outcome | Exception, **options: Any) -> Job:
    @handler("test.answer", **options)
    def answers(job: RunningJob) -> Outcome:
        if isinstance(answer, Exception):
            raise answer
        return answer

    job = enqueue("test.answer", {"n": 1})
    run_ready(most=1)
    job.refresh_from_db()
    return job


def wait_of(job: Job) -> float:
    return (job.run_at - clock.read()).total_seconds()


@pytest.mark.parametrize(
    ("answer", "state", "error"),
    [
        (Done({"a": 1}), State.DONE, ""),
        (Cancel("no need"), State.CANCELLED, "no need"),
        (Fail("no such product"), State.DEAD, "no such product"),
        (Check("sent or not?"), State.CHECK, "sent or not?"),
        (Retry("busy"), State.QUEUED, "busy"),
        (Permanent("bad key"), State.DEAD, "bad key"),
        (KeyError("x"), State.QUEUED, "'x'"),
        (None, State.QUEUED, "The handler of test.answer returned None, which is no outcome."),
        (Done({"a": object()}), State.QUEUED, "Object of type object is not JSON serializable"),  # type: ignore[dict-item]
    ],
)
def test_an_outcome_moves_the_job(answer: Any, state: State, error: str) -> None:
    job = run_one(answer)
    assert (job.state, job.error, job.attempt) == (state, error, 1)
    assert (job.owner, job.lease_until, job.claims) == ("", None, 0)
    assert (job.finished_at is None) == (state == State.QUEUED)
    if isinstance(answer, Exception):
        assert type(answer).__name__ in job.traceback
        assert job.reason == type(answer).__name__


def test_retry_after_of_the_other_side_is_obeyed() -> None:
    assert 119 < wait_of(run_one(Later("slow down"))) < 133


def test_snoozing_burns_no_try() -> None:
    job = run_one(Snooze(seconds=600))
    assert (job.state, job.attempt) == (State.QUEUED, 0)
    assert 595 < wait_of(job) <= 600
    until = clock.read() + timedelta(hours=3)
    assert abs(run_one(Snooze(until=until)).run_at - until) < timedelta(seconds=1)


def test_tries_end_in_the_dead_list() -> None:
    job = run_one(Retry("busy"), retry=RetryRule(tries=3, base_seconds=0))
    run_ready()
    job.refresh_from_db()
    assert (job.state, job.attempt, job.error) == (State.DEAD, 3, "busy")


def test_priority_goes_before_age_and_age_within_it() -> None:
    seen = []

    @handler("test.seen")
    def see(job: RunningJob) -> Done:
        seen.append(job.payload["n"])
        return Done()

    for n, priority in enumerate([Priority.BATCH, Priority.SYNC, Priority.OPERATOR, Priority.OPERATOR]):
        enqueue("test.seen", {"n": n}, priority=priority)
    run_ready()
    assert seen == [2, 3, 1, 0]


def test_a_hundred_thousand_of_one_seller_dont_hold_up_anothers_click(
    seller: Seller, other_seller: Seller, settings: object
) -> None:
    settings.JOB_QUEUE_LIMIT = 200_000  # type: ignore[attr-defined]
    seen = []

    @handler("test.seen")
    def see(job: RunningJob) -> Done:
        seen.append(job.seller_id)
        return Done()

    enqueue_many("test.seen", [ChildSpec({}) for _ in range(100_000)], seller_id=seller.pk)
    enqueue("test.seen", {}, seller_id=other_seller.pk)  # even a batch job of the other one gets its turn
    enqueue("test.seen", {}, seller_id=other_seller.pk, priority=Priority.OPERATOR)
    run_ready(most=1)
    claims = claim_several(4)
    assert seen[0] == other_seller.pk
    assert other_seller.pk in [*seen[1:3], *(claim.seller_id for claim in claims)]


def claim_several(count: int) -> list[Any]:
    with short_transaction():
        round_ = Round("test-owner")
        return [claim for _ in range(count) if (claim := round_.claim(batch_may=True))]


def test_a_lane_runs_one_by_one_in_order_even_over_a_retry() -> None:
    seen = []

    @handler("test.lane", retry=RetryRule(base_seconds=0))
    def lane(job: RunningJob) -> Outcome:
        seen.append(job.payload["n"])
        if job.payload["n"] == 0 and job.attempt == 1:
            return Retry("once more")
        return Done()

    for n in range(3):
        enqueue("test.lane", {"n": n}, lane="thread:1")
    [first] = claim_several(3)
    assert first.payload == {"n": 0}
    with short_transaction():
        finish(first, Ending(Snooze(seconds=0)))
    run_ready()
    assert seen == [0, 0, 1, 2]


def test_a_busy_lane_doesnt_hold_up_the_jobs_behind_it() -> None:
    @handler("test.lane")
    def lane(job: RunningJob) -> Done:
        return Done()

    enqueue_many("test.lane", [ChildSpec({"n": n}, lane="a") for n in range(50)])
    enqueue("test.lane", {"n": "b"}, lane="b")
    first, *_ = claim_several(1)
    found = []
    for _ in range(3):
        found += claim_several(1)
    assert [claim.payload["n"] for claim in found] == ["b"]
    with short_transaction():
        finish(first, Ending(Done()))
    assert run_ready() == 49


def test_a_limited_kind_runs_no_more_than_its_limit_at_once() -> None:
    @handler("test.limited", limits=Limits(running=2))
    def limited(job: RunningJob) -> Done:
        return Done()

    for _ in range(5):
        enqueue("test.limited", {})
    assert len(claim_several(5)) == 2


def test_a_kind_nobody_here_knows_stays_queued() -> None:
    job = enqueue("test.of_a_newer_version", {})
    assert run_ready() == 0
    job.refresh_from_db()
    assert job.state == State.QUEUED


def test_the_fence_refuses_who_was_taken_over() -> None:
    @handler("test.slow")
    def slow(job: RunningJob) -> Done:
        return Done()

    job = enqueue("test.slow", {})
    [zombie] = claim_several(1)
    Job.objects.filter(pk=job.pk).update(lease_until=clock.read() - timedelta(seconds=1))
    sweeping.reclaim_expired()
    [owner] = claim_several(1)
    assert owner.fence == zombie.fence + 1

    leases.renew([zombie])
    assert zombie.is_lost
    with short_transaction():
        assert finish(zombie, Ending(Done({"by": "zombie"}))) is None
        assert finish(owner, Ending(Done({"by": "owner"}))) is not None
    job.refresh_from_db()
    assert job.result == {"by": "owner"}


def test_one_statement_renews_all_leases(django_assert_num_queries: Any) -> None:
    @handler("test.slow")
    def slow(job: RunningJob) -> Done:
        return Done()

    enqueue_many("test.slow", [ChildSpec({}) for _ in range(30)])
    claims = claim_several(30)
    with django_assert_num_queries(3):  # with the savepoint of the test's transaction
        leases.renew(claims)
    assert not any(claim.is_lost for claim in claims)


def test_a_hung_job_isnt_renewed_for_ever() -> None:
    @handler("test.slow", deadline_seconds=-1000)
    def slow(job: RunningJob) -> Done:
        return Done()

    job = enqueue("test.slow", {})
    [claim] = claim_several(1)
    before = Job.objects.get(pk=job.pk).lease_until
    leases.renew([claim])
    assert claim.is_lost
    assert Job.objects.get(pk=job.pk).lease_until == before


def test_progress_reaches_the_row_and_the_followers_before_the_end() -> None:
    @handler("test.steps")
    def steps(job: RunningJob) -> Done:
        job.progress(step="describe", done=3, total=6, text="Платье\x00")
        return Done()

    job = enqueue("test.steps", {})
    run_ready()
    job.refresh_from_db()
    assert job.progress["step"] == "describe"
    assert (job.progress["done"], job.progress["total"], job.progress["text"]) == (3, 6, "Платье\ufffd")
    events = list(
        JobEvent.objects.filter(topic=f"job:{job.pk}").order_by("pk").values_list("kind", flat=True)
    )
    assert events == ["state", "progress", "state"]


def test_what_a_job_cost_is_kept_over_its_tries() -> None:
    @handler("test.pays", retry=RetryRule(base_seconds=0))
    def pays(job: RunningJob) -> Outcome:
        job.spent(Decimal("0.000125"))
        job.spent(Decimal("0.01"))
        return Retry("half-way") if job.attempt == 1 else Done()

    job = enqueue("test.pays", {})
    run_ready()
    job.refresh_from_db()
    assert job.cost == Decimal("0.020250")


def test_a_job_cancelled_while_its_worker_died_never_begins_again() -> None:
    begun = []

    @handler("test.slow")
    def slow(job: RunningJob) -> Done:
        begun.append(job.id)
        return Done()

    job = enqueue("test.slow", {})
    claim_several(1)
    control.cancel(job)
    Job.objects.filter(pk=job.pk).update(lease_until=clock.read() - timedelta(seconds=1))
    sweeping.reclaim_expired()
    run_ready()
    job.refresh_from_db()
    assert (job.state, begun) == (State.CANCELLED, [])


@pytest.mark.django_db(transaction=True)
def test_a_result_the_database_refuses_ends_in_the_dead_list() -> None:
    """SQLite takes a NUL; PostgreSQL doesn't, and the job must not hang for that."""
    job = run_one(Done({"text": "nul \x00 here"}))
    if connection.vendor == "postgresql":
        assert job.state == State.DEAD
        assert "can't be stored" in job.error
    else:
        assert job.result == {"text": "nul \x00 here"}
