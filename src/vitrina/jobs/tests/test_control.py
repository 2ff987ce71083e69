from __future__ import annotations

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.utils import timezone

from vitrina.accounts.models import Seller, User
from vitrina.accounts.roles import Right
from vitrina.jobs import batches, control, events, leases, metrics
from vitrina.jobs.claiming import Round
from vitrina.jobs.crew import Crew
from vitrina.jobs.enqueue import ChildSpec, enqueue
from vitrina.jobs.models import Job
from vitrina.jobs.moving import move
from vitrina.jobs.outcomes import Done, Fail, Outcome
from vitrina.jobs.registry import feeder, handler
from vitrina.jobs.running import RunningJob
from vitrina.jobs.states import State
from vitrina.jobs.turnstile import Passage
from vitrina.jobs.work import run
from vitrina.jobs.worker import run_ready
from vitrina.lib.transactions import short_transaction

pytestmark = pytest.mark.django_db


@pytest.fixture
def seen() -> list[int]:
    numbers: list[int] = []

    @handler("test.item")
    def item(job: RunningJob) -> Outcome:
        numbers.append(job.payload["n"])
        return Fail("odd") if job.payload.get("odd") else Done()

    @feeder("test.batch")
    def feed(payload: dict[str, Any], cursor: Any, count: int) -> tuple[list[ChildSpec], Any]:
        start = cursor or 0
        end = min(start + count, payload["items"])
        specs = [
            ChildSpec({"n": n, "odd": payload.get("fails", False) and n % 2 == 1}, key=f"i{n}")
            for n in range(start, end)
        ]
        return specs, (end if end < payload["items"] else None)

    return numbers


def begin(**payload: Any) -> Job:
    return batches.start(
        "test.batch",
        child_kind="test.item",
        payload=payload,
        seller_id=None,
        title="Items",
        total=payload["items"],
    )


def state_of(job: Job) -> str:
    return Job.objects.get(pk=job.pk).state


def test_a_batch_runs_through_its_window_and_closes(seen: list[int], settings: Any) -> None:
    settings.JOB_WINDOW = 10
    batch = begin(items=35)
    batches.tend(batch.pk)
    assert batch.children.count() == 10
    run_ready()
    batch.refresh_from_db()
    assert (batch.state, batch.result) == (State.DONE, {"done": 35})
    assert sorted(seen) == list(range(35))
    assert (batch.progress["done"], batch.progress["total"]) == (35, 35)


def test_an_item_that_is_at_work_already_isnt_made_twice(seen: list[int]) -> None:
    first = enqueue("test.item", {"n": 3}, key="i3")
    batch = begin(items=5)
    run_ready()
    batch.refresh_from_db()
    assert batch.result == {"done": 4}
    assert batch.progress["skipped"] == 1
    assert sorted(seen) == [0, 1, 2, 3, 4]
    assert first.parent_id is None


def test_the_closing_handler_runs_once_after_the_last_child(seen: list[int]) -> None:
    closed = []

    @handler("test.batch")
    def close(job: RunningJob) -> Outcome:
        closed.append(len(seen))
        return Done({"closed": True})

    batch = begin(items=4)
    run_ready()
    batch.refresh_from_db()
    assert (closed, batch.state, batch.result) == ([4], State.DONE, {"closed": True})


def test_a_feeder_that_fails_tells_it_and_tries_again(seen: list[int], settings: Any) -> None:
    calls = []

    @feeder("test.broken")
    def feed(payload: dict[str, Any], cursor: Any, count: int) -> tuple[list[ChildSpec], Any]:
        calls.append(1)
        raise LookupError("the file is gone")

    batch = batches.start("test.broken", child_kind="test.item", payload={}, seller_id=None, title="")
    batches.tend(batch.pk)
    batch.refresh_from_db()
    assert (batch.state, batch.error, batch.attempt) == (State.WAITING, "the file is gone", 1)
    for _ in range(5):
        Job.objects.filter(pk=batch.pk).update(run_at=batch.created_at)
        batches.tend(batch.pk)
    assert (state_of(batch), len(calls)) == (State.DEAD, 6)


def test_followers_of_a_batch_hear_of_it_once_a_second_and_of_its_end_at_once(
    seen: list[int], settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.JOB_WINDOW = 4
    batch = begin(items=4)

    def told() -> list[int]:
        return [
            event.data["done"] for event in events.since([f"job:{batch.pk}"], 0) if event.kind == "progress"
        ]

    assert not batches.tend(batch.pk)
    assert told() == [0]
    one = batch.children.order_by("pk").first()
    assert one is not None
    move(one.pk, State.CANCELLED, frm=[State.QUEUED])
    monkeypatch.setattr(batches, "TELL_SECONDS", 600.0)
    assert batches.tend(batch.pk)
    assert told() == [0]
    Job.objects.filter(pk=batch.pk).update(started_at=timezone.now() - timedelta(seconds=601))
    assert not batches.tend(batch.pk)
    assert told() == [1]
    for child in batch.children.filter(state=State.QUEUED):
        move(child.pk, State.CANCELLED, frm=[State.QUEUED])
    batches.tend(batch.pk)
    assert told() == [4]
    assert state_of(batch) == State.DONE


def test_a_paused_batch_starts_nothing_until_resumed(seen: list[int], settings: Any) -> None:
    settings.JOB_WINDOW = 4
    batch = begin(items=12)
    batches.tend(batch.pk)
    control.pause(batch)
    assert run_ready() == 0
    assert batch.children.count() == 4
    control.resume(batch)
    run_ready()
    assert state_of(batch) == State.DONE
    assert len(seen) == 12


def test_a_cancelled_batch_keeps_what_is_done_and_ends(seen: list[int], settings: Any) -> None:
    settings.JOB_WINDOW = 4
    batch = begin(items=100)
    batches.tend(batch.pk)
    run_ready(most=2)
    done = len(seen)
    control.cancel(batch, by="Alice")
    run_ready()
    batch.refresh_from_db()
    assert batch.state == State.CANCELLED
    assert len(seen) == done
    assert set(batch.children.values_list("state", flat=True)) == {State.DONE, State.CANCELLED}


def test_trying_a_batch_again_runs_only_what_failed(seen: list[int]) -> None:
    batch = begin(items=6, fails=True)
    run_ready()
    batch.refresh_from_db()
    assert batch.result == {"done": 3, "dead": 3}
    Job.objects.filter(parent=batch, state=State.DEAD).update(payload={"n": 100})
    control.retry(batch)
    run_ready()
    assert state_of(batch) == State.DONE
    assert seen.count(100) == 3
    assert len(seen) == 9
    with pytest.raises(control.ControlRefused):
        control.retry(batch)


def test_cancelling_a_running_job_ends_it_at_its_next_checkpoint() -> None:
    reached = []
    claims = []

    @handler("test.long")
    def long(job: RunningJob) -> Outcome:
        reached.append("begun")
        control.cancel(Job.objects.get(pk=job.id), by="Alice")
        leases.look_for_cancels("me", claims)
        job.progress(step="next")
        reached.append("went on")
        return Done()

    job = enqueue("test.long", {})
    with short_transaction():
        claim = Round("me").claim(batch_may=True)
    assert claim is not None
    claims.append(claim)
    Crew(1).turnstile.go(Passage(claim, run(claim), None))
    assert reached == ["begun"]
    assert state_of(job) == State.CANCELLED
    with pytest.raises(control.ControlRefused):
        control.cancel(job)


def test_a_dead_job_is_tried_again_or_dropped_but_not_beside_its_live_twin(seen: list[int]) -> None:
    job = enqueue("test.item", {"n": 1, "odd": True}, key="i1")
    run_ready()
    assert state_of(job) == State.DEAD
    twin = enqueue("test.item", {"n": 1}, key="i1")
    with pytest.raises(control.ControlRefused):
        control.retry(job)
    run_ready()
    assert state_of(twin) == State.DONE
    control.retry(job)
    run_ready()
    assert state_of(job) == State.DEAD
    control.drop(job)
    assert state_of(job) == State.CANCELLED
    assert seen == [1, 1, 1]


def test_a_parent_that_returned_waits_for_its_children(seen: list[int]) -> None:
    @handler("test.parent")
    def parent(job: RunningJob) -> Outcome:
        for n in range(3):
            enqueue("test.item", {"n": n}, parent=job.id)
        return Done({"own": 1})

    job = enqueue("test.parent", {})
    run_ready()
    job.refresh_from_db()
    assert (job.state, job.result) == (State.DONE, {"own": 1})
    assert len(seen) == 3


def test_only_members_reach_a_sellers_jobs(seller: Seller, alice: User, bob: User, charlie: User) -> None:
    job = enqueue("test.item", {}, seller_id=seller.pk)
    house = enqueue("test.item", {})
    assert set(Job.objects.reachable_by(alice, Right.MANAGE_JOBS)) == {job}
    assert set(Job.objects.reachable_by(bob)) == {job}
    assert not Job.objects.reachable_by(bob, Right.MANAGE_JOBS).exists()
    assert not Job.objects.reachable_by(charlie).exists()
    alice.is_superuser = True
    assert set(Job.objects.reachable_by(alice)) == {job, house}


def test_the_figures_are_those_of_the_rows(seen: list[int]) -> None:
    for n in range(3):
        enqueue("test.item", {"n": n, "odd": n == 0})
    measured = metrics.measure()
    assert (measured.queued, measured.running) == ({"test.item": 3}, {})
    assert measured.oldest_seconds is not None
    assert measured.oldest_seconds >= 0
    run_ready()
    measured = metrics.measure()
    assert (measured.queued, measured.failed_by_reason) == ({}, {"permanent": 1})
    assert measured.oldest_seconds is None


def command(*args: Any) -> str:
    out = StringIO()
    call_command("jobs", *args, stdout=out, stderr=out)
    return out.getvalue()


def test_the_command_shows_and_does(seen: list[int]) -> None:
    job = enqueue("test.item", {"n": 7, "odd": True})
    waiting = enqueue("test.item", {"n": 8}, delay_seconds=600)
    run_ready()
    assert "odd" in command("dead")
    assert "'n': 7" in command("dead")
    assert "test.item" in command("list")
    assert "1        0  test.item" in command("queues")
    assert "retry: 1 done" in command("retry", str(job.pk))
    assert state_of(job) == State.QUEUED
    assert "cancel: 1 done, 1 refused" in command("cancel", str(waiting.pk), "999999")
    assert state_of(waiting) == State.CANCELLED
    with pytest.raises(CommandError):
        command("drop")
