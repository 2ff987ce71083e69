from __future__ import annotations

import pytest
from tests import factories

from vitrina.accounts.models import Seller, User
from vitrina.catalog.models import Product
from vitrina.enrichment import runs
from vitrina.enrichment.models import ProcessingLog, Status
from vitrina.enrichment.options import NothingAsked, RunOptions
from vitrina.enrichment.tests.at_once import at_once
from vitrina.enrichment.tests.runs_made import ended, run_through
from vitrina.jobs.models import Job
from vitrina.jobs.states import Priority, State
from vitrina.jobs.worker import run_ready

pytestmark = pytest.mark.django_db


def test_starting_makes_a_run_and_its_job(seller: Seller, alice: User) -> None:
    product = factories.product(seller=seller)
    log = runs.start(product, RunOptions(), by=alice)
    assert (log.status, log.type, log.was_live, log.created_by) == (Status.PENDING, "full", False, alice)
    job = Job.objects.get(pk=log.job_id)
    assert (job.kind, job.payload, job.seller) == ("enrichment.run", {"log_id": log.pk}, seller)
    assert job.priority == Priority.OPERATOR


def test_starting_twice_gives_the_first_run_and_the_caller_can_tell(seller: Seller) -> None:
    product = factories.product(seller=seller)
    first = runs.start(product, RunOptions())
    second = runs.start(product, RunOptions(describe=False, categorize=True))
    assert (second.pk, second.was_live, first.was_live) == (first.pk, True, False)
    assert second.type == "full"
    assert Job.objects.count() == 1


def test_a_run_may_start_again_when_the_first_is_over(seller: Seller) -> None:
    product = factories.product(seller=seller)
    first = runs.start(product, RunOptions())
    assert run_ready() == 1
    second = runs.start(product, RunOptions())
    assert second.pk != first.pk
    assert not second.was_live


def test_a_run_with_nothing_to_do_is_refused_and_leaves_no_row(seller: Seller) -> None:
    product = factories.product(seller=seller)
    with pytest.raises(NothingAsked):
        runs.start(product, RunOptions(describe=False, categorize=False))
    assert not ProcessingLog.objects.exists()
    assert not Job.objects.exists()


def test_a_failed_full_run_is_repeated_with_the_very_same_options(seller: Seller) -> None:
    dress = factories.category("Платья", seller=seller)
    product = factories.product(seller=seller)
    failed = runs.create(product, RunOptions())
    ProcessingLog.objects.filter(pk=failed.pk).update(status=Status.FAILED)
    Product.objects.filter(pk=product.pk).update(category=dress, category_source="person")
    again = runs.repeat(ProcessingLog.objects.get(pk=failed.pk))
    assert again.options == failed.options
    assert (again.options["describe"], again.options["categorize"]) == (True, True)
    assert (again.type, again.repeat_of_id, again.options_key) == ("full", failed.pk, failed.options_key)


def test_a_run_whose_job_is_dead_makes_room_for_a_new_one_and_says_why(seller: Seller) -> None:
    product = factories.product(seller=seller)
    lost = runs.start(product, RunOptions())
    Job.objects.filter(pk=lost.job_id).update(state=State.DEAD, error="worker died 3 times")
    found = runs.start(product, RunOptions())
    assert not found.was_live
    lost.refresh_from_db()
    assert (lost.status, lost.error) == (Status.FAILED, "The run was given up: worker died 3 times")


@pytest.mark.django_db(transaction=True)
def test_of_many_clicks_at_once_one_makes_the_run(seller: Seller) -> None:
    product = factories.product(seller=seller)
    found = at_once(*[lambda: runs.start(Product.objects.get(pk=product.pk), RunOptions())] * 6)
    assert [error for error in found if isinstance(error, Exception)] == []
    assert [log.was_live for log in found].count(False) == 1
    assert {log.pk for log in found} == set(ProcessingLog.objects.values_list("pk", flat=True))
    assert Job.objects.count() == 1


def test_what_runs_cost_is_summed_and_unknown_prices_are_told(seller: Seller) -> None:
    run_through(factories.product(seller=seller))
    unpriced = ended(factories.product(seller=seller), status=Status.COMPLETED)
    ProcessingLog.objects.filter(pk=unpriced.pk).update(cost=None, finished_at=unpriced.created_at)
    totals = runs.totals(ProcessingLog.objects.all())
    assert (totals["runs"], totals["by_status"], totals["unpriced"]) == (2, {"completed": 2}, 1)
