from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from tests import factories

from vitrina.accounts.models import Seller
from vitrina.catalog.models import Product, ProductContent
from vitrina.engine.errors import ConfigurationFault, EngineStopped, LimitReached, NoAnswer
from vitrina.enrichment import ending, jobs, pipeline, runs
from vitrina.enrichment.models import ProcessingLog, Status
from vitrina.enrichment.options import RunOptions
from vitrina.enrichment.selection import REPEAT_AT_MOST_EVERY
from vitrina.enrichment.tests.jobs_made import FakeJob
from vitrina.enrichment.tests.runs_made import TEXT, ended, run_through, text_of
from vitrina.jobs.enqueue import enqueue
from vitrina.jobs.models import Job
from vitrina.jobs.outcomes import Cancel, Done, Fail, Outcome, Retry, Snooze
from vitrina.jobs.worker import run_ready

pytestmark = pytest.mark.django_db


def batch_job(product: Product, options: RunOptions | None = None, *, job_id: int = 10_001) -> FakeJob:
    return FakeJob(
        {"product_id": product.pk, "options": (options or RunOptions()).stored()}, job_id=job_id, parent_id=77
    )


def raising(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def fail(*args: Any, **kwargs: Any) -> None:
        raise error

    monkeypatch.setattr(pipeline, "process", fail)


def test_a_watched_run_tells_its_steps_and_its_partial_text(seller: Seller, model_server: Any) -> None:
    log = runs.start(factories.product(seller=seller), RunOptions())
    job = FakeJob({"log_id": log.pk}, job_id=log.job_id or 0)
    assert isinstance(jobs.run(job), Done)
    steps = [told["step"] for told in job.told if told["done"] is not None]
    assert steps == [step.name for step in pipeline.STEPS if not step.is_closing]
    assert any(told["text"] for told in job.told)


def test_a_run_of_a_batch_tells_nobody(seller: Seller) -> None:
    job = batch_job(factories.product(seller=seller))
    assert isinstance(jobs.run(job), Done)
    assert job.told == []
    assert ProcessingLog.objects.get().batch_id == 77


def test_a_batch_job_that_comes_again_after_its_end_does_nothing_twice(seller: Seller) -> None:
    product = factories.product(seller=seller)
    first = jobs.run(batch_job(product))
    version = Product.objects.get(pk=product.pk).version
    assert jobs.run(batch_job(product)) == first
    assert ProcessingLog.objects.count() == 1
    assert Product.objects.get(pk=product.pk).version == version


def test_a_run_that_is_under_way_is_no_success(seller: Seller) -> None:
    product = factories.product(seller=seller)
    other = runs.start(product, RunOptions(describe=False, categorize=True))
    assert waits(jobs.run(batch_job(product, job_id=10_099))) <= jobs.OTHER_RUN
    assert ProcessingLog.objects.count() == 1
    run_ready()
    other.refresh_from_db()
    assert other.status == Status.COMPLETED
    outcome = jobs.run(batch_job(product, job_id=10_099))
    assert isinstance(outcome, Done)
    assert text_of(product) is not None


@pytest.mark.parametrize(
    ("sleeps", "least", "most"), [(timedelta(minutes=2), 120, 136), (timedelta(hours=9), 590, 601)]
)
def test_who_waits_for_a_run_that_sleeps_looks_when_it_wakes(
    seller: Seller, sleeps: timedelta, least: int, most: int
) -> None:
    """Ten thousand products that sleep until tomorrow's limit would else be looked at every few seconds."""
    product = factories.product(seller=seller)
    other = runs.start(product, RunOptions(describe=False, categorize=True))
    Job.objects.filter(pk=other.job_id).update(run_at=timezone.now() + sleeps)
    for outcome in (jobs.run(batch_job(product, job_id=10_099)), arrive(product)):
        assert least <= waits(outcome).total_seconds() <= most


def waits(outcome: Outcome) -> timedelta:
    assert isinstance(outcome, Snooze)
    assert outcome.until is not None
    return outcome.until - timezone.now()


def test_a_deleted_product_ends_its_job(seller: Seller) -> None:
    product = factories.product(seller=seller)
    job = batch_job(product)
    log = runs.start(product, RunOptions())
    product.delete()
    assert isinstance(jobs.run(job), Cancel)
    assert isinstance(jobs.run(FakeJob({"log_id": log.pk})), Cancel)


# --- What the engine says ---------------------------------------------------------------------------------


def test_a_limit_that_lifts_is_waited_for_and_said(seller: Seller, monkeypatch: pytest.MonkeyPatch) -> None:
    lifts = timezone.now() + timedelta(hours=3)
    raising(monkeypatch, LimitReached("describe per day", "2000 calls", lifts))
    assert jobs.run(batch_job(factories.product(seller=seller))) == Snooze(until=lifts)
    log = ProcessingLog.objects.get()
    assert log.status == Status.PROCESSING
    assert "2000 calls" in log.error


def test_a_limit_that_only_a_person_lifts_fails_in_words(
    seller: Seller, monkeypatch: pytest.MonkeyPatch
) -> None:
    raising(monkeypatch, LimitReached("budget", "25.00 USD", None))
    assert isinstance(jobs.run(batch_job(factories.product(seller=seller))), Fail)
    log = ProcessingLog.objects.get()
    assert (log.status, log.is_permanent) == (Status.FAILED, False)
    assert "25.00 USD" in log.error


def test_a_configuration_fault_fails_at_once_and_for_good(
    seller: Seller, monkeypatch: pytest.MonkeyPatch
) -> None:
    raising(monkeypatch, ConfigurationFault("OPENAI_API_KEY is wrong."))
    assert jobs.run(batch_job(factories.product(seller=seller))) == Fail("OPENAI_API_KEY is wrong.")
    log = ProcessingLog.objects.get()
    assert (log.status, log.error, log.is_permanent) == (Status.FAILED, "OPENAI_API_KEY is wrong.", True)
    assert "ConfigurationFault" in log.traceback


def test_a_passing_trouble_keeps_the_run_until_the_last_try(
    seller: Seller, monkeypatch: pytest.MonkeyPatch
) -> None:
    product = factories.product(seller=seller)
    raising(monkeypatch, NoAnswer("Every model is busy.", retry_after=7))
    job = batch_job(product)
    for attempt in range(1, jobs.RETRY.tries):
        job.attempt = attempt
        assert jobs.run(job) == Retry("Every model is busy.", after_seconds=7)
        assert ProcessingLog.objects.get().status == Status.PROCESSING
    job.attempt = jobs.RETRY.tries
    jobs.run(job)
    log = ProcessingLog.objects.get()
    assert (log.status, log.is_permanent) == (Status.FAILED, False)


def test_a_stopping_engine_hands_the_run_back(seller: Seller, monkeypatch: pytest.MonkeyPatch) -> None:
    raising(monkeypatch, EngineStopped("The engine is stopping."))
    assert isinstance(jobs.run(batch_job(factories.product(seller=seller))), Snooze)
    assert ProcessingLog.objects.get().status == Status.PROCESSING


def test_a_failed_run_goes_on_when_its_job_is_tried_again(
    seller: Seller, monkeypatch: pytest.MonkeyPatch
) -> None:
    product = factories.product(seller=seller)
    with monkeypatch.context() as broken:
        raising(broken, ConfigurationFault("no key"))
        jobs.run(batch_job(product))
    assert isinstance(jobs.run(batch_job(product)), Done)
    log = ProcessingLog.objects.get()
    assert (log.status, log.error) == (Status.COMPLETED, "")


def test_a_failed_run_does_not_push_a_newer_one_aside(
    seller: Seller, monkeypatch: pytest.MonkeyPatch
) -> None:
    product = factories.product(seller=seller)
    with monkeypatch.context() as broken:
        raising(broken, ConfigurationFault("no key"))
        jobs.run(batch_job(product))
    runs.start(product, RunOptions())
    assert isinstance(jobs.run(batch_job(product)), Cancel)


def test_a_live_run_without_a_job_is_closed_by_the_clock(seller: Seller) -> None:
    kept = runs.start(factories.product(seller=seller), RunOptions())
    lost = runs.start(factories.product(seller=seller), RunOptions())
    Job.objects.filter(pk=lost.job_id).update(state="dead", error="worker died 3 times", traceback="Trace…")
    assert ending.close_abandoned() == 1
    kept.refresh_from_db()
    lost.refresh_from_db()
    assert (kept.status, lost.status, lost.traceback) == (Status.PENDING, Status.FAILED, "Trace…")


# --- Arrived ----------------------------------------------------------------------------------------------


def arrive(product: Product) -> Any:
    return jobs.arrived(FakeJob({"product_id": product.pk}))


def test_a_product_that_arrived_gets_what_it_lacks(seller: Seller) -> None:
    product = factories.product(seller=seller)
    enqueue(
        "enrichment.arrived", {"product_id": product.pk}, key=f"arrived:{product.pk}", seller_id=seller.pk
    )
    run_ready()
    assert text_of(product) is not None


def test_a_listing_that_went_through_it_is_skipped(seller: Seller) -> None:
    product = factories.product(seller=seller)
    arrive(product)
    run_ready()
    assert "skipped" in arrive(product).result
    Product.objects.filter(pk=product.pk).update(content_hash="changed", title="Сарафан", version=9)
    assert "log_id" in arrive(product).result


def test_a_product_with_a_category_and_a_persons_text_needs_nothing(seller: Seller) -> None:
    dress = factories.category("Платья", seller=seller)
    product = factories.product(seller=seller, category=dress)
    ProductContent.objects.create(product=product, language="ru", author="person", **TEXT)
    assert "skipped" in arrive(product).result
    assert not ProcessingLog.objects.exists()


def test_a_change_during_a_run_takes_its_turn_after_it(seller: Seller) -> None:
    product = factories.product(seller=seller)
    reading = ended(product)
    Product.objects.filter(pk=product.pk).update(content_hash="changed", title="Сарафан", version=9)
    assert isinstance(arrive(product), Snooze)
    ProcessingLog.objects.filter(pk=reading.pk).update(status=Status.COMPLETED)
    assert "log_id" in arrive(product).result


# --- By the clock -----------------------------------------------------------------------------------------


def tick(handler: Any) -> list[int]:
    """The products that a scheduled job ran, after everything it started is done."""
    known = set(ProcessingLog.objects.values_list("pk", flat=True))
    assert isinstance(handler(FakeJob({})), Done)
    run_ready()
    return sorted(ProcessingLog.objects.exclude(pk__in=known).values_list("product_id", flat=True))


def test_uncategorised_products_are_tried_once_per_listing(seller: Seller) -> None:
    factories.category("Дрели", seller=seller)
    placed = factories.product(seller=seller, category=factories.category("Платья", seller=seller))
    bare = factories.product(seller=seller)
    assert tick(jobs.uncategorised) == [bare.pk]
    log = ProcessingLog.objects.get(product=bare)
    assert log.type == "categorization_only"
    assert tick(jobs.uncategorised) == []
    Product.objects.filter(pk=bare.pk).update(content_hash="changed", category=None)
    ProcessingLog.objects.filter(product=bare).update(status=Status.REJECTED)
    assert tick(jobs.uncategorised) == [bare.pk]
    assert not ProcessingLog.objects.filter(product=placed).exists()


def test_products_with_several_runs_are_selected_once(seller: Seller) -> None:
    factories.category("Дрели", seller=seller)
    product = factories.product(seller=seller)
    for n in range(3):
        run_through(product, describe=False, categorize=True)
        Product.objects.filter(pk=product.pk).update(content_hash=f"changed {n}", category=None)
    assert tick(jobs.uncategorised) == [product.pk]


def test_only_products_with_a_category_and_without_a_text_are_described(seller: Seller) -> None:
    dress = factories.category("Платья", seller=seller)
    bare = factories.product(seller=seller)
    wanted = factories.product(seller=seller, category=dress)
    written = factories.product(seller=seller, category=dress)
    ProductContent.objects.create(product=written, language="ru", **TEXT)
    assert tick(jobs.undescribed) == [wanted.pk]
    assert ProcessingLog.objects.get(product=wanted).type == "description_only"
    assert tick(jobs.undescribed) == []
    assert not ProcessingLog.objects.filter(product=bare).exists()


def failed(product: Product, *, days: float = 1, **columns: Any) -> ProcessingLog:
    log = runs.create(product, RunOptions())
    then = timezone.now() - timedelta(days=days)
    columns = {"status": Status.FAILED, "finished_at": then, "created_at": then} | columns
    ProcessingLog.objects.filter(pk=log.pk).update(**columns)
    return ProcessingLog.objects.get(pk=log.pk)


def test_failed_runs_of_the_last_week_are_repeated_with_their_own_options(seller: Seller) -> None:
    dress = factories.category("Платья", seller=seller)
    log = failed(factories.product(seller=seller))
    Product.objects.update(category=dress, category_source="person")
    assert tick(jobs.failed_again) == [log.product_id]
    again = ProcessingLog.objects.get(repeat_of=log)
    assert again.options == log.options
    assert again.type == "full"


def test_old_permanent_and_settled_failures_are_left_alone(seller: Seller) -> None:
    failed(factories.product(seller=seller), days=8)
    failed(factories.product(seller=seller), is_permanent=True)
    mended = factories.product(seller=seller)
    failed(mended)
    run_through(mended)
    assert tick(jobs.failed_again) == []


def test_a_product_with_two_failures_is_repeated_once_and_once_a_day(
    seller: Seller, monkeypatch: pytest.MonkeyPatch
) -> None:
    product = factories.product(seller=seller)
    failed(product, days=3)
    failed(product, days=2)
    raising(monkeypatch, ConfigurationFault("no key"))
    assert tick(jobs.failed_again) == [product.pk]
    ProcessingLog.objects.update(is_permanent=False)
    assert tick(jobs.failed_again) == []
    yesterday = timezone.now() - REPEAT_AT_MOST_EVERY - timedelta(minutes=1)
    ProcessingLog.objects.filter(repeat_of__isnull=False).update(created_at=yesterday, finished_at=yesterday)
    assert tick(jobs.failed_again) == [product.pk]


def old(log: ProcessingLog, status: Status = Status.COMPLETED) -> int:
    then = timezone.now() - timedelta(days=91)
    ProcessingLog.objects.filter(pk=log.pk).update(status=status, finished_at=then)
    return log.pk


def test_old_runs_go_but_never_the_one_a_text_came_from(
    seller: Seller, monkeypatch: pytest.MonkeyPatch
) -> None:
    product = factories.product(seller=seller)
    superseded = old(run_through(product))
    Product.objects.filter(pk=product.pk).update(title="Платье новое", version=9)
    current = old(run_through(product))
    approved = old(runs.create(factories.product(seller=seller), RunOptions()), Status.APPROVED)
    rejected = old(runs.create(factories.product(seller=seller), RunOptions()), Status.REJECTED)
    recent = run_through(factories.product(seller=seller)).pk
    assert ProductContent.objects.get(product=product).log_id == current
    outcome = jobs.clean_up(FakeJob({}))
    assert isinstance(outcome, Done)
    assert set(ProcessingLog.objects.values_list("pk", flat=True)) == {current, rejected, recent}
    assert {superseded, approved}.isdisjoint(ProcessingLog.objects.values_list("pk", flat=True))


def test_two_schedulers_start_one_batch(seller: Seller) -> None:
    factories.category("Дрели", seller=seller)
    factories.product(seller=seller)
    first, second = jobs.uncategorised(FakeJob({})), jobs.uncategorised(FakeJob({}))
    assert first == second
    assert Job.objects.filter(kind="enrichment.batch").count() == 1


def test_every_handler_of_the_room_is_registered() -> None:
    from vitrina.jobs.registry import registry
    from vitrina.jobs.schedule import rules

    assert {"enrichment.run", "enrichment.arrived", "enrichment.imported", "enrichment.batch"} <= set(
        registry.handlers
    )
    assert {"enrichment.batch", "enrichment.repeats"} <= set(registry.feeders)
    assert {name for name in rules if name.startswith("enrichment.")} == {
        "enrichment.uncategorised",
        "enrichment.undescribed",
        "enrichment.failed_again",
        "enrichment.clean_up",
        "enrichment.abandoned",
        "enrichment.tally",
    }
