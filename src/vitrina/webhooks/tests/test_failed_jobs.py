"""A job that failed is told; a part of a batch with the batch, and not a thousand times."""

from __future__ import annotations

from typing import Any

import pytest

from vitrina.accounts.models import Seller
from vitrina.jobs import batches, registry
from vitrina.jobs.enqueue import ChildSpec, enqueue
from vitrina.jobs.outcomes import Done, Fail, Outcome
from vitrina.jobs.running import RunningJob
from vitrina.jobs.worker import run_ready
from vitrina.webhooks.models import Event
from vitrina.webhooks.tests.conftest import Hook

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    handlers, feeders = dict(registry.registry.handlers), dict(registry.registry.feeders)
    handlers.pop("webhooks.deliver")  # what is sent is another test's matter
    monkeypatch.setattr(registry.registry, "handlers", handlers)
    monkeypatch.setattr(registry.registry, "feeders", feeders)

    @registry.handler("test.odd")
    def odd(job: RunningJob) -> Outcome:
        return Fail("an odd number") if job.payload["n"] % 2 else Done()

    @registry.feeder("test.odds")
    def feed(payload: dict[str, Any], cursor: Any, count: int) -> tuple[list[ChildSpec], Any]:
        return [ChildSpec({"n": n}) for n in range(5)], None


def test_a_job_that_failed_is_told_once_with_its_reason(seller: Seller, hook: Hook) -> None:
    job = enqueue("test.odd", {"n": 1}, seller_id=seller.pk, title="Нечётное")
    enqueue("test.odd", {"n": 2}, seller_id=seller.pk)
    run_ready()
    event = Event.objects.get()
    assert (event.kind, event.subject) == ("job.failed", f"job:{job.pk}")
    assert event.data == {
        "job": job.pk, "kind": "test.odd", "title": "Нечётное", "error": "an odd number", "tries": 1, "failed_parts": 0,
    }  # fmt: skip


def test_a_batch_with_failed_parts_is_told_once(seller: Seller, hook: Hook) -> None:
    job = batches.start("test.odds", child_kind="test.odd", payload={}, seller_id=seller.pk, title="Пакет")
    run_ready()
    event = Event.objects.get()
    assert (event.subject, event.data["failed_parts"]) == (f"job:{job.pk}", 2)


def test_a_job_of_the_house_is_told_to_nobody(seller: Seller, hook: Hook) -> None:
    enqueue("test.odd", {"n": 1})
    run_ready()
    assert not Event.objects.exists()
