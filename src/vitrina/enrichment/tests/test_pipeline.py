from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests import factories
from tests.servers import ModelServer

from vitrina.accounts.models import AuditEntry, Seller
from vitrina.catalog.models import Product, ProductContent
from vitrina.enrichment import pipeline, runs
from vitrina.enrichment.content_templates import import_templates
from vitrina.enrichment.models import ModerationItem, ProcessingLog, Status, StepResult
from vitrina.enrichment.options import RunOptions
from vitrina.enrichment.pipeline import STEPS
from vitrina.enrichment.run import Run, Step, StepOutput
from vitrina.enrichment.tests.runs_made import loaded, run_through, text_of
from vitrina.jobs.interrupts import CancelRequested

pytestmark = pytest.mark.django_db


class Killed(BaseException):
    """As a kill does: nothing below catches it."""


@pytest.fixture
def tree(seller: Seller) -> None:
    from vitrina.catalog.categories import sync
    from vitrina.catalog.category_tree import Node

    sync(
        [
            Node("1", "Одежда"),
            Node("2", "Платья", "1", synonyms=("платье летнее", "платье хлопковое", "сарафан")),
            Node("3", "Дрели", synonyms=("перфоратор", "шуруповёрт")),
        ],
        seller=seller,
    )


@pytest.fixture
def model(model_server: ModelServer, settings: Any) -> ModelServer:
    settings.AI_BASE_URL = model_server.base_url
    settings.AI_MODEL = "simulated"
    return model_server


def test_the_steps_stand_in_one_order() -> None:
    assert [step.name for step in STEPS] == [
        "prepare",
        "look_at_images",
        "categorise",
        "attributes",
        "describe",
        "check",
        "decide",
        "apply",
    ]


def test_a_run_without_any_category_tree_ends_as_a_card(seller: Seller) -> None:
    product = factories.product(seller=seller)
    log = run_through(product)
    assert log.status == Status.COMPLETED
    assert log.type == "full"
    assert log.result is not None
    assert log.result["category"] == {"none_known": True}
    assert text_of(product) is not None
    assert (log.cost, log.tokens_prompt, log.models_used["describe"]) == (0, 0, "offline")


def test_the_complete_input_is_kept(seller: Seller) -> None:
    product = factories.product(seller=seller, supplier="ООО Ромашка", source_url="https://example.com/1")
    product.images.create(url="https://example.com/1.jpg")
    log = run_through(product)
    assert log.input is not None
    for name in (
        "title", "description", "brand", "price", "currency", "supplier", "source_url", "image_urls", "attributes",
        "created_at",
    ):  # fmt: skip
        assert name in log.input
    assert log.input["image_urls"] == ["https://example.com/1.jpg"]
    assert log.listing_hash == product.content_hash


def test_pictures_have_their_place_and_say_why_they_are_skipped(seller: Seller) -> None:
    product = factories.product(seller=seller)
    product.images.create(url="https://example.com/1.jpg")
    log = run_through(product)
    assert "skipped" in log.steps.get(step="look_at_images").output


def test_a_sure_category_is_applied_with_the_text(seller: Seller, tree: None) -> None:
    product = factories.product(seller=seller)
    log = run_through(product)
    product.refresh_from_db()
    assert log.result is not None
    if log.status == Status.MODERATION:  # the vote's own confidence decides; a person sees it then
        assert [reason["code"] for reason in log.moderation.reasons] == ["category.confidence_low"]
        assert product.category is None
    else:
        assert product.category is not None
        assert product.category.path == "Одежда > Платья"


def test_a_categorisation_only_run_is_judged_for_its_category_alone(seller: Seller, tree: None) -> None:
    product = factories.product(seller=seller, price=None)
    log = run_through(product, describe=False, categorize=True)
    assert log.type == "categorization_only"
    assert log.result is not None
    codes = {reason["code"].partition(".")[0] for reason in log.result["decision"]["reasons"]}
    assert codes <= {"category"}
    assert not log.steps.filter(step__in=["describe", "check"]).exists()


def test_a_doubtful_run_waits_for_a_person_and_applies_nothing(seller: Seller) -> None:
    product = factories.product(seller=seller, price=None, title="Платье — реплика, копия бренда")
    log = run_through(product)
    assert log.status == Status.MODERATION
    assert text_of(product) is None
    item = ModerationItem.objects.get(log=log)
    codes = [reason["code"] for reason in item.reasons]
    assert "price.missing" in codes
    assert any(code.startswith("suspicious") for code in codes)
    assert item.priority == 3


def test_a_newer_run_puts_the_older_items_of_the_same_parts_out_of_date(seller: Seller) -> None:
    product = factories.product(seller=seller, price=None)
    first = run_through(product)
    second = run_through(product)
    assert ProcessingLog.objects.get(pk=first.pk).status == Status.SUPERSEDED
    assert ModerationItem.objects.get(log=first).resolution == "superseded"
    assert ModerationItem.objects.get(log=second).resolution == ""


def test_a_categorisation_does_not_put_a_waiting_text_out_of_date(seller: Seller, tree: None) -> None:
    product = factories.product(seller=seller, price=None)
    full = run_through(product)
    run_through(product, describe=False, categorize=True)
    assert ModerationItem.objects.get(log=full).resolution == ""


def test_a_listing_that_changes_during_the_run_is_a_conflict_that_a_person_sees(
    seller: Seller, monkeypatch: pytest.MonkeyPatch
) -> None:
    product = factories.product(seller=seller)
    _after(monkeypatch, "describe", lambda: Product.objects.update(title="Сарафан льняной", version=2))
    log = run_through(product)
    assert log.status == Status.MODERATION
    assert [reason["code"] for reason in log.moderation.reasons] == ["product.changed"]
    assert log.moderation.reasons[0]["detail"] == {"fields": ["title"]}
    assert text_of(product) is None


def test_a_run_that_was_ended_by_somebody_else_writes_nothing(
    seller: Seller, monkeypatch: pytest.MonkeyPatch
) -> None:
    product = factories.product(seller=seller)
    _after(monkeypatch, "check", lambda: ProcessingLog.objects.update(status=Status.FAILED))
    with pytest.raises(pipeline.RunIsOver):
        run_through(product)
    assert text_of(product) is None
    assert not AuditEntry.objects.exists()


def test_templates_of_the_language_help_and_are_counted(seller: Seller, model: ModelServer) -> None:
    import_templates(
        [
            {"name": "Платье", "text": "<p>Платье прямого кроя из хлопка садится свободно.</p>"},
            {"name": "Dress", "language": "en", "text": "<p>A dress of cotton that falls freely.</p>"},
        ],
        seller=seller,
    )
    log = run_through(factories.product(seller=seller))
    helped = log.steps.get(step="describe").output["templates"]
    assert log.templates_used == f"|{'|'.join(map(str, helped))}|"
    assert [seller.templates.get(pk=pk).name for pk in helped] == ["Платье"]
    assert seller.templates.get(name="Платье").usage_count == 1
    assert seller.templates.get(name="Dress").usage_count == 0


# --- Killed and gone on with ------------------------------------------------------------------------------


def _after(
    monkeypatch: pytest.MonkeyPatch, name: str, deed: Callable[[], Any], *, stored: bool = True
) -> None:
    """Do something once, right after a step's work: with its result taken, or before anybody saw it."""
    pending = [deed]
    take = Run.take

    def taken(run: Run, step: Step) -> None:
        if step.name != name or not pending:
            take(run, step)
            return
        if stored:
            take(run, step)
            pending.pop()()
            return

        def work(given: Run) -> StepOutput:
            done = step.work(given)
            pending.pop()()
            return done

        take(run, Step(step.name, work, step.ingredients, step.is_wanted, step.is_closing))

    monkeypatch.setattr(Run, "take", taken)


def _kill() -> None:
    raise Killed


@pytest.fixture(params=["seen", "unseen"])
def stored(request: pytest.FixtureRequest) -> bool:
    """Whether the killed step's result had reached the run."""
    return bool(request.param == "seen")


@pytest.mark.parametrize("name", [step.name for step in STEPS])
def test_a_killed_run_goes_on_and_does_and_pays_nothing_twice(
    seller: Seller, tree: None, model: ModelServer, monkeypatch: pytest.MonkeyPatch, name: str, stored: bool
) -> None:
    twin, product = (factories.product(seller=seller, title=f"Платье летнее из хлопка {n}") for n in (1, 2))
    for one in (twin, product):
        one.images.create(url="https://example.com/1.jpg")
    run_through(twin)
    calls_of_one = model.counts()["calls"]
    assert calls_of_one >= 2
    log = runs.create(product, RunOptions())
    _after(monkeypatch, name, _kill, stored=stored)
    with pytest.raises(Killed):
        pipeline.process(loaded(log))
    assert ProcessingLog.objects.get(pk=log.pk).status == Status.PROCESSING
    assert text_of(product) is None
    done = pipeline.process(loaded(log))

    assert done.status in (Status.COMPLETED, Status.MODERATION)
    assert model.counts()["calls"] == 2 * calls_of_one
    assert sorted(done.steps.values_list("step", flat=True)) == sorted(step.name for step in STEPS)
    applied = ProductContent.objects.filter(product=product).count()
    assert applied == (1 if done.status == Status.COMPLETED else 0)
    assert AuditEntry.objects.filter(object_id=str(product.pk)).count() == applied
    assert ModerationItem.objects.filter(log=done).count() == 1 - applied


@pytest.mark.parametrize("error", [RuntimeError, CancelRequested])
def test_a_run_that_fails_shows_how_far_it_came(
    seller: Seller, tree: None, monkeypatch: pytest.MonkeyPatch, error: type[BaseException]
) -> None:
    def fail() -> None:
        raise error

    log = runs.create(factories.product(seller=seller), RunOptions())
    _after(monkeypatch, "describe", fail, stored=False)
    with pytest.raises(error):
        pipeline.process(loaded(log))
    shown = set(log.steps.values_list("step", flat=True))
    assert {"categorise", "attributes"} <= shown
    assert "describe" not in shown


def test_a_run_that_is_over_is_left_alone(seller: Seller) -> None:
    log = run_through(factories.product(seller=seller))
    steps = list(StepResult.objects.values())
    again = pipeline.process(loaded(log))
    assert again.finished_at == log.finished_at
    assert list(StepResult.objects.values()) == steps
    assert AuditEntry.objects.count() == 1


def test_what_was_paid_is_summed_over_the_kill(
    seller: Seller, model: ModelServer, monkeypatch: pytest.MonkeyPatch, stored: bool
) -> None:
    log = runs.create(factories.product(seller=seller), RunOptions(), job_id=10_007)
    _after(monkeypatch, "describe", _kill, stored=stored)
    with pytest.raises(Killed):
        pipeline.process(loaded(log), job_id=10_007)
    done = pipeline.process(loaded(log), job_id=10_007)
    counts = model.counts()
    assert (done.tokens_prompt, done.tokens_completion) == (
        counts["prompt_tokens"],
        counts["completion_tokens"],
    )


# --- Repair -----------------------------------------------------------------------------------------------


def test_offline_texts_are_never_sent_to_repair(seller: Seller, monkeypatch: pytest.MonkeyPatch) -> None:
    log = run_through(factories.product(seller=seller, title="Платье"))
    assert "repaired" not in log.steps.get(step="check").output


# --- What it costs ----------------------------------------------------------------------------------------


def test_a_batch_run_costs_few_queries(seller: Seller, tree: None, settings: Any) -> None:
    """The bound keeps a run of two thousand products within its CPU; raise it only with a reason."""
    from vitrina.enrichment.jobs import run as handle
    from vitrina.enrichment.tests.jobs_made import FakeJob

    settings.VECTOR_FRESHNESS = timedelta(minutes=1)  # a worker amid a batch looked a moment ago
    run_through(factories.product(seller=seller))  # what a process does once
    product = factories.product(seller=seller, title="Платье летнее льняное белое", content_hash="other")
    with CaptureQueriesContext(connection) as queries:
        handle(FakeJob({"product_id": product.pk, "options": RunOptions().stored()}, parent_id=1))
    engine_books = ("pg_advisory", "clock_timestamp")  # two each where the books are PostgreSQL's
    said = [query["sql"][:110] for query in queries if not any(word in query["sql"] for word in engine_books)]
    assert len(said) <= 20, "\n".join(said)
