from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction

from vitrina.accounts.models import Seller
from vitrina.jobs import clock
from vitrina.jobs.enqueue import ChildSpec, QueueFull, bring_forward, enqueue, enqueue_many
from vitrina.jobs.models import Job
from vitrina.jobs.outcomes import Done, Snooze
from vitrina.jobs.registry import handler
from vitrina.jobs.running import RunningJob
from vitrina.jobs.states import Priority, State
from vitrina.jobs.worker import run_ready

pytestmark = pytest.mark.django_db


@pytest.fixture
def ran() -> list[object]:
    seen: list[object] = []

    @handler("test.see")
    def see(job: RunningJob) -> Done:
        seen.append(job.payload.get("n"))
        return Done({"n": job.payload.get("n")})

    return seen


def test_the_same_live_work_is_one_job(ran: list[object]) -> None:
    first = enqueue("test.see", {"n": 1}, key="product:1")
    second = enqueue("test.see", {"n": 2}, key="product:1")
    assert second.pk == first.pk
    assert run_ready() == 1
    assert ran == [1]
    third = enqueue("test.see", {"n": 3}, key="product:1")
    assert third.pk != first.pk


def test_what_comes_back_is_the_row_as_it_stands(seller: Seller) -> None:
    job = enqueue(
        "test.see", {"n": 1}, key="k", seller_id=seller.pk, priority=Priority.SYNC, lane="l", title="T"
    )
    stored = Job.objects.get(pk=job.pk)
    for field in Job._meta.concrete_fields:
        assert getattr(job, field.attname) == getattr(stored, field.attname), field.name


def test_a_click_lifts_the_waiting_job_and_whoever_stands_before_it_in_its_lane() -> None:
    before = enqueue("test.see", {}, lane="product:1")
    job = enqueue("test.see", {}, key="k", lane="product:1", delay_seconds=600)
    enqueue("test.see", {}, key="k", lane="product:1", priority=Priority.OPERATOR)
    for row in (before, job):
        row.refresh_from_db()
        assert row.priority == Priority.OPERATOR
        assert row.queue.startswith("20/")
    assert job.run_at <= clock.read() + timedelta(seconds=1)


def test_news_of_a_job_that_runs_make_it_run_once_more() -> None:
    seen = []

    @handler("test.news", reruns=True)
    def news(job: RunningJob) -> Done:
        seen.append(job.payload["n"])
        if len(seen) == 1:
            again = enqueue("test.news", {"n": 2}, key="k")
            assert again.pk == job.id
        return Done()

    job = enqueue("test.news", {"n": 1}, key="k")
    run_ready()
    assert seen == [1, 2]
    job.refresh_from_db()
    assert job.state == State.DONE


def test_a_seller_over_its_limit_hears_the_limit_the_value_and_when(seller: Seller, settings: object) -> None:
    settings.JOB_QUEUE_LIMIT = 20  # type: ignore[attr-defined]
    enqueue_many("test.see", [ChildSpec({"n": n}) for n in range(15)], seller_id=seller.pk)
    for n in range(5):
        enqueue("test.see", {"n": n}, seller_id=seller.pk)
    with pytest.raises(QueueFull) as refusal:
        enqueue("test.see", {}, seller_id=seller.pk)
    assert (refusal.value.limit, refusal.value.value, refusal.value.retry_after) == (20, 20, 30.0)
    assert "20" in str(refusal.value)
    assert Job.objects.count() == 20
    enqueue("test.see", {})  # the house itself has no such limit


def test_a_rolled_back_change_leaves_no_job() -> None:
    def change() -> None:
        with transaction.atomic():
            enqueue("test.see", {})
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        change()
    assert not Job.objects.exists()


def test_many_are_queued_in_few_queries(django_assert_max_num_queries: object) -> None:
    with django_assert_max_num_queries(8):  # type: ignore[operator]
        assert enqueue_many("test.see", [ChildSpec({"n": n}, key=f"k{n % 900}") for n in range(1000)]) == 900


def test_news_of_a_job_that_goes_to_sleep_are_not_slept_over() -> None:
    seen = []

    @handler("test.sleeper", reruns=True)
    def sleeper(job: RunningJob) -> Snooze:
        seen.append(job.payload["n"])
        if len(seen) == 1:
            enqueue("test.sleeper", {"n": 2}, key="k")
        return Snooze(seconds=3600)

    job = enqueue("test.sleeper", {"n": 1}, key="k")
    run_ready()
    assert seen == [1, 2]
    job.refresh_from_db()
    assert (job.state, job.attempt, job.runs_again) == (State.QUEUED, 0, False)
    assert enqueue("test.sleeper", {"n": 3}, key="k").pk == job.pk
    run_ready()
    assert seen == [1, 2, 2]


def test_a_job_that_waits_for_later_is_brought_forward_however_often_it_was_tried() -> None:
    job = enqueue("test.note", {}, key="a", delay_seconds=3600)
    Job.objects.filter(pk=job.pk).update(attempt=2)
    assert bring_forward("test.note", "a")
    assert not bring_forward("test.note", "a")
    assert not bring_forward("test.note", "b")
    due = Job.objects.get(pk=job.pk)
    assert (due.run_at - due.created_at).total_seconds() < 60
