"""What befalls a batch under way: its product is deleted, its quota is used up."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone
from tests import factories
from tests.servers import ModelServer

from vitrina.accounts import quotas
from vitrina.accounts.models import Plan, Seller, User
from vitrina.catalog.deleting import delete_products
from vitrina.catalog.models import Product
from vitrina.enrichment import pipeline, runs
from vitrina.enrichment.models import ProcessingLog
from vitrina.enrichment.options import RunOptions
from vitrina.enrichment.run import Run, StepOutput
from vitrina.enrichment.selection import Selection
from vitrina.jobs.models import Job
from vitrina.jobs.worker import run_ready

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("step", ["prepare", "attributes", "describe", "check"])
def test_a_product_deleted_while_it_is_run_ends_its_part_alone(
    step: str, seller: Seller, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    doomed, kept = factories.product(seller=seller), factories.product(seller=seller)

    def deleting(run: Run) -> StepOutput:
        found = work(run)
        if run.log.product_id == doomed.pk:
            delete_products(Product.objects.filter(pk=doomed.pk), by=alice)
        return found

    work = next(one.work for one in pipeline.STEPS if one.name == step)
    steps = tuple(replace(one, work=deleting) if one.name == step else one for one in pipeline.STEPS)
    monkeypatch.setattr(pipeline, "STEPS", steps)
    batch = runs.start_batch(Selection(seller_id=seller.pk), RunOptions())
    run_ready()
    batch.refresh_from_db()
    assert (batch.state, batch.progress["by_state"]) == ("done", {"cancelled": 1, "done": 1})
    ended = Job.objects.get(parent=batch, state="cancelled")
    assert (ended.error, ended.attempt, ended.traceback) == ("the product was deleted", 1, "")
    assert ProcessingLog.objects.get().product == kept


def test_a_quota_that_is_used_up_lets_the_rest_of_a_batch_sleep_until_it_lifts(
    seller: Seller, model_server: ModelServer
) -> None:
    Seller.objects.filter(pk=seller.pk).update(
        plan=Plan.objects.create(name="Малый", limits={"describe": {"day": 2}})
    )
    quotas.forget_plans()
    for _ in range(4):
        factories.product(seller=seller)
    batch = runs.start_batch(Selection(seller_id=seller.pk), RunOptions(categorize=False))
    run_ready()
    parts = Job.objects.filter(parent=batch)
    assert sorted(parts.values_list("state", "attempt")) == [
        ("done", 1), ("done", 1), ("queued", 0), ("queued", 0),
    ]  # fmt: skip
    assert model_server.counts()["calls"] == 2
    waiting = ProcessingLog.objects.filter(status="processing")
    assert [("2 calls" in log.error, log.result) for log in waiting] == [(True, None)] * 2
    tomorrow = timezone.localtime() + timedelta(days=1)
    assert {timezone.localtime(job.run_at).date() for job in parts.filter(state="queued")} == {
        tomorrow.date()
    }

    Plan.objects.update(limits={})  # as midnight does
    quotas.forget_plans()
    parts.filter(state="queued").update(run_at=timezone.now())
    run_ready()
    batch.refresh_from_db()
    assert (batch.state, batch.progress["by_state"]) == ("done", {"done": 4})
    assert model_server.counts()["calls"] == 4
