"""The embedded worker, and the brokers that ring it."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.db import connection

from vitrina.jobs import bell, control
from vitrina.jobs.enqueue import ChildSpec, enqueue, enqueue_many
from vitrina.jobs.models import Job, WorkerTick
from vitrina.jobs.outcomes import Done, Outcome
from vitrina.jobs.registry import handler
from vitrina.jobs.running import RunningJob
from vitrina.jobs.states import Priority, State
from vitrina.jobs.tests.conftest import Install, server
from vitrina.jobs.tests.world import World
from vitrina.jobs.worker import Worker


class Seen:
    def __init__(self) -> None:
        self.numbers: list[Any] = []
        self.changed = threading.Condition()
        self.gate = threading.Event()
        self.gate.set()

    def add(self, number: Any) -> None:
        with self.changed:
            self.numbers.append(number)
            self.changed.notify_all()

    def wait_for(self, count: int, seconds: float = 60.0) -> bool:
        with self.changed:
            return self.changed.wait_for(lambda: len(self.numbers) >= count, timeout=seconds)


@pytest.fixture
def seen() -> Seen:
    seen = Seen()

    @handler("test.seen")
    def see(job: RunningJob) -> Outcome:
        seen.add(job.payload["n"])
        seen.gate.wait(20)
        job.checkpoint()
        return Done()

    return seen


@pytest.fixture
def worker(transactional_db: None, seen: Seen) -> Iterator[Worker]:
    worker = Worker(4)
    worker.start()
    yield worker
    seen.gate.set()
    if bell.crew is not None:
        worker.stop()


def wait_until(condition: Any, seconds: float = 10.0) -> None:
    bell_ = threading.Event()
    ends_at = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < ends_at
        bell_.wait(0.02)


def test_it_runs_what_comes_and_leaves_no_connection_open(worker: Worker, seen: Seen) -> None:
    enqueue_many("test.seen", [ChildSpec({"n": n}) for n in range(100)])
    assert seen.wait_for(100)
    wait_until(lambda: not Job.objects.live().exists())
    assert sorted(seen.numbers) == list(range(100))
    assert WorkerTick.objects.filter(owner=worker.crew.owner).exists()
    begun = time.monotonic()
    assert worker.stop()
    assert time.monotonic() - begun < 5
    assert not WorkerTick.objects.exists()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("job-")]


@pytest.mark.django_db(transaction=True)
def test_no_thread_leaves_while_there_is_work(seen: Seen, settings: Any) -> None:
    """Without the poll's help: threads that come in vain must not make those at work give up."""
    settings.JOB_POLL_SECONDS = 60
    worker = Worker(4)
    worker.start()
    try:
        enqueue_many("test.seen", [ChildSpec({"n": n}) for n in range(200)])
        assert seen.wait_for(200, 40)
    finally:
        worker.stop()


def test_a_batch_leaves_the_last_slot_to_a_click(worker: Worker, seen: Seen) -> None:
    seen.gate.clear()
    enqueue_many("test.seen", [ChildSpec({"n": "batch"}) for _ in range(10)])
    assert seen.wait_for(3)
    enqueue("test.seen", {"n": "click"}, priority=Priority.OPERATOR)
    assert seen.wait_for(4)
    assert seen.numbers == ["batch", "batch", "batch", "click"]
    seen.gate.set()
    assert seen.wait_for(11)


def test_stopping_hands_back_what_is_at_a_checkpoint_or_outlasts_the_grace(
    worker: Worker, seen: Seen, settings: Any
) -> None:
    seen.gate.clear()
    job = enqueue("test.seen", {"n": 1}, priority=Priority.OPERATOR)
    assert seen.wait_for(1)
    begun = time.monotonic()
    assert not worker.stop(grace_seconds=0.3)
    assert time.monotonic() - begun < 5
    job.refresh_from_db()
    assert (job.state, job.attempt, job.claims) == (State.QUEUED, 0, 0)
    seen.gate.set()
    wait_until(lambda: not [thread for thread in threading.enumerate() if thread.name.startswith("job-")])
    job.refresh_from_db()
    assert job.state == State.QUEUED  # what the late thread wrote was refused


def test_a_running_job_hears_that_it_is_cancelled(worker: Worker) -> None:
    begun, ended = threading.Event(), threading.Event()

    @handler("test.patient")
    def patient(job: RunningJob) -> Outcome:
        begun.set()
        while not job.cancelled():
            ended.wait(0.02)
        ended.set()
        return Done()

    job = enqueue("test.patient", {})
    assert begun.wait(10)
    control.cancel(job)
    assert ended.wait(10)


def test_a_retry_that_falls_due_needs_no_bell(worker: Worker, seen: Seen) -> None:
    enqueue("test.seen", {"n": 1}, delay_seconds=0.3)
    assert seen.wait_for(1, 5)


def test_two_workers_in_one_process_are_refused(worker: Worker) -> None:
    with pytest.raises(RuntimeError):
        Worker(1).start()


@pytest.mark.django_db(transaction=True)
def test_a_broker_that_is_away_costs_an_enqueue_little_and_loses_nothing(
    seen: Seen, settings: Any, monkeypatch: Any
) -> None:
    settings.BROKER_URL = "redis://127.0.0.1:1/0"
    monkeypatch.setattr(bell, "_quiet", bell._Quiet())
    monkeypatch.setattr(bell, "_producers", lambda celery: (_ for _ in ()).throw(ConnectionError("away")))
    begun = time.monotonic()
    enqueue("test.seen", {"n": 1})
    assert time.monotonic() - begun < 1.5
    assert Job.objects.get().state == State.QUEUED
    assert connection.in_atomic_block is False


@pytest.mark.redis
def test_redis_rings_loses_everything_and_nothing_is_lost(install: Install, world: World) -> None:
    import redis

    url = server("VITRINA_TEST_REDIS_URL", "redis://127.0.0.1:6379/3")
    here = install("sqlite", BROKER_URL=url, VITRINA_JOB_QUEUE="vitrina-jobs-test")
    here.start_worker(threads=4)
    with redis.Redis.from_url(url) as client:
        for part in range(5):
            items = [{"payload": {"number": n}} for n in range(part * 40, part * 40 + 40)]
            here.ask("queue", kind="test.note", items=items)
            client.flushdb()
        assert world.wait_for(lambda: len(world.noted) >= 200, 60)
        here.wait_until_settled()
        client.flushdb()
    assert here.states() == {"done": 200}
    assert len(world.noted) == 200


@pytest.mark.rabbitmq
def test_rabbitmq_rings_by_settings_alone(install: Install, world: World) -> None:
    url = server("VITRINA_TEST_RABBITMQ_URL", "amqp://guest:guest@127.0.0.1:5672//")
    here = install(
        "sqlite", BROKER_URL=url, VITRINA_JOB_QUEUE="vitrina-jobs-test", VITRINA_JOB_POLL_SECONDS="30"
    )
    here.start_worker(threads=4)
    here.wait_for(lambda: bool(here.store.rows("SELECT 1 FROM jobs_workertick")))
    # Without the bell the worker would look every 30 seconds.
    ends_at = time.monotonic() + 20
    here.ask("queue", kind="test.note", items=[{"payload": {"number": n}} for n in range(50)])
    assert world.wait_for(lambda: len(world.noted) >= 50, 20), here.errors()
    assert time.monotonic() < ends_at
    here.wait_until_settled()


@pytest.mark.parametrize("url", ["redis://127.0.0.1:1/0", "amqp://guest:guest@127.0.0.1:1//"])
def test_with_the_broker_down_enqueueing_is_quick_and_jobs_run(
    install: Install, world: World, url: str
) -> None:
    assert urlsplit(url).port == 1
    here = install("sqlite", BROKER_URL=url)
    begun = time.monotonic()
    here.ask("queue_one", kind="test.note", payload={"number": 1})
    assert time.monotonic() - begun < 4.5  # 1.5 s, and the start of a process on a busy machine
    here.start_worker(threads=2)
    here.ask("queue", kind="test.note", items=[{"payload": {"number": n}} for n in range(2, 20)])
    here.wait_until_settled()
    assert len(world.noted) == 19
