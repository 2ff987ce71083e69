"""The machine room: queues, costs of batches, failures by reason, the clock, the workers."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone
from tests import factories

from vitrina.accounts.models import AuditEntry, Seller, User
from vitrina.accounts.roles import Role
from vitrina.jobs import queues, schedule
from vitrina.jobs.enqueue import enqueue
from vitrina.jobs.models import Job, Schedule, WorkerTick
from vitrina.jobs.states import Priority
from vitrina.jobs.worker import run_ready

pytestmark = pytest.mark.django_db(transaction=True)


def job(seller: Seller | None, **columns: object) -> Job:
    made = enqueue("enrichment.run", {"log_id": 0}, seller_id=seller.pk if seller else None)
    Job.objects.filter(pk=made.pk).update(**columns)
    return Job.objects.get(pk=made.pk)


def dead(seller: Seller, reason: str = "NoAnswer") -> Job:
    return job(
        seller, state="dead", reason=reason, error=f"{reason}: the server.", finished_at=timezone.now()
    )


@pytest.fixture
def vera(seller: Seller) -> User:
    return factories.user("vera", seller=seller, role=Role.CATALOGUE_MANAGER)


def test_a_queue_tells_its_depth_its_age_and_what_ended(seller: Seller, other_seller: Seller) -> None:
    for _ in range(3):
        job(seller)
    enqueue("enrichment.run", {}, seller_id=seller.pk, priority=Priority.OPERATOR, delay_seconds=600)
    job(seller, state="running")
    job(seller, state="done", finished_at=timezone.now())
    job(other_seller)
    found = queues.queues({seller.pk})
    assert [(row.queue.priority, row.ready, row.running, row.ended) for row in found] == [
        (20, 1, 0, 0),
        (0, 3, 1, 1),
    ]
    later, waiting = found
    assert later.oldest_seconds is None  # its time has not come
    assert waiting.oldest_seconds is not None
    assert len(queues.queues(None)) == 3


def test_a_batch_tells_what_it_cost_and_what_all_of_it_will(seller: Seller) -> None:
    batch = job(seller, state="waiting", child_kind="enrichment.run", has_children=True, total=10)
    assert queues.spent(batch) == queues.Spent(None, None, 0)
    for cost in (Decimal("0.01"), Decimal("0.03"), None):
        job(seller, state="done", parent=batch, cost=cost)
    job(seller, parent=batch)
    assert queues.spent(batch) == queues.Spent(Decimal("0.04"), Decimal("0.2"), 1)


def test_lanes_show_where_somebody_waits_for_somebody(seller: Seller) -> None:
    first = job(seller, lane="slow")
    job(seller, lane="slow")
    job(seller, lane="free")
    assert queues.lanes(Job.objects.all()) == [queues.Lane("slow", 2, first.pk)]


def test_all_that_died_of_one_reason_are_tried_again_and_nothing_else(
    seller: Seller, other_seller: Seller, vera: User, client: Client
) -> None:
    meant = [dead(seller) for _ in range(3)]
    others = [dead(seller, "Refused"), dead(other_seller), job(seller, state="check", reason="NoAnswer")]
    client.force_login(vera)
    page = client.get("/jobs/?state=dead")
    assert [(found.reason, found.state, found.count) for found in page.context["failures"]] == [
        ("NoAnswer", "dead", 3),
        ("NoAnswer", "check", 1),
        ("Refused", "dead", 1),
    ]
    answer = client.post("/jobs/failures/retrial", {"kind": "enrichment.run", "reason": "NoAnswer"})
    work = Job.objects.get(kind="jobs.retry_all")
    assert answer.headers["Location"] == f"/jobs/{work.pk}/"
    run_ready()
    work.refresh_from_db()
    assert (work.state, work.result) == ("done", {"done": 3, "refused": 0})
    # Tried again: there is no run behind them, so they end as not needed.
    assert {Job.objects.get(pk=one.pk).state for one in meant} == {"cancelled"}
    assert [Job.objects.get(pk=one.pk).state for one in others] == ["dead", "dead", "check"]
    assert AuditEntry.objects.filter(action="job.retry_all", user=vera, seller=seller).count() == 1


def test_all_of_a_reason_are_dropped_and_a_second_asking_finds_none(
    seller: Seller, vera: User, client: Client
) -> None:
    dead(seller)
    client.force_login(vera)
    client.post("/jobs/failures/dropping", {"kind": "enrichment.run", "reason": "NoAnswer"})
    run_ready()
    assert not Job.objects.filter(state="dead").exists()
    client.post("/jobs/failures/dropping", {"kind": "enrichment.run", "reason": "NoAnswer"})
    assert Job.objects.filter(kind="jobs.drop_all").count() == 1


def test_the_clock_is_shown_rung_and_switched_off_by_the_superuser(client: Client, db: None) -> None:
    chief = factories.user("chief", is_superuser=True)
    client.force_login(chief)
    Schedule.objects.all().delete()
    schedule.tick()
    page = client.get("/jobs/schedule")
    assert {slot.row.name for slot in page.context["slots"]} == set(schedule.rules)
    next_run = Schedule.objects.get(name="jobs.clean_up").next_run
    client.post("/jobs/schedule/jobs.clean_up/run")
    client.post("/jobs/schedule/jobs.clean_up/run")
    assert Job.objects.filter(kind="jobs.clean_up").count() == 1
    assert Schedule.objects.get(name="jobs.clean_up").next_run == next_run
    client.post("/jobs/schedule/jobs.clean_up/switch", {"on": "0"})
    assert not Schedule.objects.get(name="jobs.clean_up").is_enabled
    assert client.post("/jobs/schedule/no.such/run").status_code == 404
    assert AuditEntry.objects.filter(action="schedule.run", user=chief).count() == 2


def test_a_worker_that_fell_silent_is_told_from_one_that_is_ready(client: Client, db: None) -> None:
    client.force_login(factories.user("chief", is_superuser=True))
    now = timezone.now()
    for owner, seen in (("quick", now), ("gone", now - timedelta(minutes=5))):
        WorkerTick.objects.create(owner=owner, threads=4, started_at=now, ticked_at=seen)
    found = {worker.owner: worker.is_lost for worker in client.get("/jobs/workers").context["workers"]}
    assert found == {"quick": False, "gone": True}


def test_a_member_sees_no_queue_of_others(
    seller: Seller, other_seller: Seller, vera: User, client: Client
) -> None:
    job(other_seller, lane="secret-lane")
    job(other_seller, lane="secret-lane")
    job(None)
    client.force_login(vera)
    page = client.get("/jobs/queues")
    assert page.context["rows"] == []
    assert "secret-lane" not in page.content.decode()
    assert page.context["measured"] is None
