from __future__ import annotations

from typing import Any

import pytest
from tests import factories

from vitrina.accounts.models import Seller, User
from vitrina.catalog.models import Product
from vitrina.enrichment import runs
from vitrina.enrichment.models import ProcessingLog, Status
from vitrina.enrichment.options import RunOptions
from vitrina.enrichment.selection import Selection, Wanting
from vitrina.enrichment.tests.runs_made import run_through, text_of
from vitrina.jobs import batches, control
from vitrina.jobs.models import Job
from vitrina.jobs.states import State
from vitrina.jobs.worker import run_ready

pytestmark = pytest.mark.django_db


@pytest.fixture
def products(seller: Seller) -> list[Product]:
    return [factories.product(seller=seller) for _ in range(7)]


@pytest.fixture
def window_of_three(settings: Any) -> None:
    settings.JOB_WINDOW = 3


def of(seller: Seller, **conditions: Any) -> Selection:
    return Selection(seller_id=seller.pk, **conditions)


def test_every_product_of_a_selection_is_run_once(
    seller: Seller, alice: User, products: list[Product], window_of_three: None
) -> None:
    batch = runs.start_batch(of(seller), RunOptions(), by=alice, title="Все")
    assert (batch.total, batch.created_by, batch.title) == (7, alice, "Все")
    run_ready()
    batch.refresh_from_db()
    assert batch.state == State.DONE
    logs = ProcessingLog.objects.filter(batch_id=batch.pk)
    assert sorted(logs.values_list("product_id", flat=True)) == [product.pk for product in products]
    assert batch.result is not None
    assert (batch.result["runs"], batch.result["by_status"]) == (7, {"completed": 7})


def test_chosen_products_only(seller: Seller, products: list[Product]) -> None:
    chosen = (products[1].pk, products[4].pk)
    runs.start_batch(of(seller, product_ids=chosen), RunOptions())
    run_ready()
    assert tuple(ProcessingLog.objects.order_by("pk").values_list("product_id", flat=True)) == chosen


def test_a_product_of_another_seller_is_never_taken(
    seller: Seller, other_seller: Seller, products: list[Product]
) -> None:
    foreign = factories.product(seller=other_seller)
    runs.start_batch(of(seller, product_ids=(foreign.pk, products[0].pk)), RunOptions())
    run_ready()
    assert list(ProcessingLog.objects.values_list("product_id", flat=True)) == [products[0].pk]


def test_what_arrives_later_belongs_to_the_next_batch(seller: Seller, products: list[Product]) -> None:
    runs.start_batch(of(seller), RunOptions())
    late = factories.product(seller=seller)
    run_ready()
    assert not ProcessingLog.objects.filter(product=late).exists()


def test_products_that_went_through_it_are_left_out(seller: Seller, products: list[Product]) -> None:
    run_through(products[0])
    run_through(products[1], short=True)
    chosen = of(seller, wanting=Wanting.THIS_RUN)
    batch = runs.start_batch(chosen, RunOptions())
    assert batch.total == 6
    run_ready()
    assert runs.start_batch(chosen, RunOptions()).total == 0
    Product.objects.filter(pk=products[3].pk).update(content_hash="changed")
    assert runs.start_batch(chosen, RunOptions()).total == 1


def test_an_empty_batch_ends(seller: Seller) -> None:
    batch = runs.start_batch(of(seller), RunOptions())
    run_ready()
    batch.refresh_from_db()
    assert (batch.state, batch.total) == (State.DONE, 0)


def test_a_paused_batch_stops_and_goes_on(
    seller: Seller, products: list[Product], window_of_three: None
) -> None:
    batch = runs.start_batch(of(seller), RunOptions())
    run_ready(most=2)
    control.pause(batch)
    run_ready()
    done = ProcessingLog.objects.count()
    assert 0 < done < 7
    control.resume(Job.objects.get(pk=batch.pk))
    run_ready()
    assert ProcessingLog.objects.filter(status=Status.COMPLETED).count() == 7


def test_a_cancelled_batch_keeps_what_is_done_and_starts_no_more(
    seller: Seller, products: list[Product], window_of_three: None
) -> None:
    batch = runs.start_batch(of(seller), RunOptions())
    run_ready(most=2)
    control.cancel(batch)
    run_ready()
    batch.refresh_from_db()
    assert batch.state == State.CANCELLED
    logs = ProcessingLog.objects.all()
    assert 0 < logs.count() < 7
    assert set(logs.values_list("status", flat=True)) == {Status.COMPLETED}
    assert all(text_of(log.product) for log in logs)


def test_a_failing_product_does_not_stop_the_others(
    seller: Seller, products: list[Product], monkeypatch: pytest.MonkeyPatch
) -> None:
    from vitrina.engine.errors import ConfigurationFault
    from vitrina.enrichment import pipeline

    process = pipeline.process

    def sometimes(log: ProcessingLog, **wishes: Any) -> ProcessingLog:
        if log.product_id == products[2].pk:
            raise ConfigurationFault("AI_MODEL names a model that the provider doesn't know.")
        return process(log, **wishes)

    monkeypatch.setattr(pipeline, "process", sometimes)
    batch = runs.start_batch(of(seller), RunOptions())
    run_ready()
    assert batches.counts(batch.pk) == {"done": 6, "dead": 1}
    assert runs.report(batch.pk)["by_status"] == {"completed": 6, "failed": 1}


def test_a_named_batch_is_under_way_once(seller: Seller, products: list[Product]) -> None:
    first = runs.start_batch(of(seller), RunOptions(), once="nightly")
    assert runs.start_batch(of(seller), RunOptions(), once="nightly").pk == first.pk
    assert runs.start_batch(of(seller), RunOptions(), once="other").pk != first.pk
    run_ready()
    assert runs.start_batch(of(seller), RunOptions(), once="nightly").pk != first.pk


def test_an_import_that_wants_enrichment_is_run_as_one_batch(seller: Seller) -> None:
    from io import BytesIO

    from vitrina.catalog import importing

    feed = "id;название;описание;цена\n" + "\n".join(
        f"{n};Кружка керамическая {n};Кружка из керамики, объём 300 мл, белая.;490" for n in range(5)
    )
    importing.start(
        seller,
        file=BytesIO(feed.encode()),
        file_name="cups.csv",
        options=importing.ImportOptions(enrich=True),
    )
    run_ready()
    assert ProcessingLog.objects.count() == 5
    batch = Job.objects.get(kind="enrichment.batch")
    assert (batch.state, batch.total) == (State.DONE, 5)
