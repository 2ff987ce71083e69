from __future__ import annotations

from datetime import time, timedelta

import pytest
from django.db import connection

from vitrina.jobs import clock, housekeeping, schedule
from vitrina.jobs.enqueue import enqueue
from vitrina.jobs.models import Effect, Job, JobEvent, Schedule
from vitrina.jobs.outcomes import Done
from vitrina.jobs.running import RunningJob
from vitrina.jobs.schedule import scheduled
from vitrina.jobs.worker import run_ready

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _only_ours() -> None:
    schedule.rules.clear()


def register(**when: object) -> list[str]:
    slots: list[str] = []

    @scheduled("test.sync", **when)  # type: ignore[arg-type]
    def sync(job: RunningJob) -> Done:
        slots.append(job.payload["slot"])
        return Done()

    return slots


def make_due(ago: timedelta) -> None:
    Schedule.objects.update(next_run=clock.read() - ago)


def test_a_slot_runs_once_however_many_ask() -> None:
    slots = register(every=timedelta(minutes=5))
    assert schedule.tick() == 0
    make_due(timedelta(seconds=1))
    assert [schedule.tick() for _ in range(5)] == [1, 0, 0, 0, 0]
    run_ready()
    assert len(slots) == 1
    assert Schedule.objects.get().next_run > clock.read()


def test_slots_missed_in_an_outage_are_one() -> None:
    slots = register(every=timedelta(minutes=5))
    schedule.tick()
    make_due(timedelta(minutes=31))
    assert sum(schedule.tick() for _ in range(5)) == 1
    run_ready()
    assert len(slots) == 1
    row = Schedule.objects.get()
    assert timedelta(0) < row.next_run - clock.read() <= timedelta(minutes=5)


def test_a_slot_whose_predecessor_is_still_live_adds_none() -> None:
    register(every=timedelta(minutes=5))
    schedule.tick()
    for _ in range(3):
        make_due(timedelta(seconds=1))
        schedule.tick()
    assert Job.objects.filter(kind="test.sync").count() == 1


def test_a_disabled_schedule_rests_and_can_be_run_by_hand() -> None:
    slots = register(daily_at=time(3, 30))
    schedule.tick()
    Schedule.objects.update(is_enabled=False)
    make_due(timedelta(days=3))
    assert schedule.tick() == 0
    schedule.run_now("test.sync")
    run_ready()
    assert slots == [None]


def test_a_schedule_needs_one_rule() -> None:
    with pytest.raises(ValueError, match="either"):
        scheduled("test.none")


def test_the_clean_up_keeps_what_is_young_and_every_effect(settings: object) -> None:
    old = clock.read() - timedelta(days=30)
    done = enqueue("test.done", {})
    young = enqueue("test.done", {})
    child_of_live = enqueue("test.done", {}, parent=enqueue("test.parent", {}))
    now = clock.read()
    Job.objects.filter(pk__in=[done.pk, child_of_live.pk]).update(state="done", finished_at=old)
    Job.objects.filter(pk=young.pk).update(state="done", finished_at=now)
    Effect.objects.create(
        key="k",
        kind="pay",
        input_hash="h",
        state="done",
        result={"a": 1},
        job=done,
        fence=1,
        created_at=old,
        changed_at=old,
    )
    JobEvent.objects.create(topic="job:1", kind="state", created_at=old)
    JobEvent.objects.create(topic="job:1", kind="state", created_at=now)

    enqueue("jobs.clean_up", {})
    assert housekeeping.clean_up
    run_ready()
    assert not Job.objects.filter(pk=done.pk).exists()
    assert Job.objects.filter(pk__in=[young.pk, child_of_live.pk]).count() == 2
    assert Effect.objects.get().job_id is None
    assert not JobEvent.objects.filter(created_at__lt=now - timedelta(days=2)).exists()
    assert JobEvent.objects.filter(created_at=now).exists()


@pytest.mark.skipif(connection.vendor != "sqlite", reason="only SQLite has to be told")
def test_statistics_follow_a_table_that_has_doubled() -> None:
    now = clock.read()

    def grow(rows: int) -> None:
        JobEvent.objects.bulk_create(
            JobEvent(topic="job:1", kind="state", created_at=now) for _ in range(rows)
        )

    def taken() -> list[str]:
        enqueue("jobs.statistics", {})
        run_ready()
        return Job.objects.filter(kind="jobs.statistics").latest("pk").result["tables"]

    assert housekeeping.statistics
    grow(housekeeping.SMALL - 10)
    assert "jobs_jobevent" not in taken()
    grow(200)
    assert "jobs_jobevent" in taken()
    assert "jobs_jobevent" not in taken()
    grow(3 * housekeeping.SMALL)
    assert "jobs_jobevent" in taken()
