"""The end of a run is announced in its transaction, to whom it concerns."""

from __future__ import annotations

from typing import Any

import pytest
from tests import factories

from vitrina.accounts.models import Seller, User
from vitrina.enrichment import ending
from vitrina.enrichment.models import ModerationItem, ProcessingLog
from vitrina.enrichment.tests.runs_made import run_through
from vitrina.webhooks import endpoints
from vitrina.webhooks.models import Event

pytestmark = pytest.mark.django_db


@pytest.fixture
def told(seller: Seller, alice: User) -> Any:
    """An endpoint that hears of runs and moderation; what it will be sent."""
    endpoints.create(
        seller, url="https://shop.example/", kinds=["run.finished", "moderation.needed"], by=alice
    )
    return lambda: list(Event.objects.order_by("pk").values_list("kind", "subject", "data"))


def test_a_doubtful_run_says_that_it_waits_and_that_it_finished_in_this_order(
    seller: Seller, told: Any
) -> None:
    product = factories.product(seller=seller, price=None, title="Платье — реплика, копия бренда")
    log = run_through(product)
    item = ModerationItem.objects.get()
    (first, subject, needed), (second, same, finished) = told()
    assert (first, second) == ("moderation.needed", "run.finished")
    assert subject == same == f"product:{log.product_id}"
    assert (needed["item"], needed["run"], needed["priority"]) == (item.pk, log.pk, item.priority)
    assert needed["reasons"] == [reason["code"] for reason in item.reasons]
    assert (finished["status"], finished["product"]) == ("moderation", log.product_id)


def test_a_run_that_failed_says_why_and_only_once(seller: Seller, told: Any) -> None:
    product = factories.product(seller=seller)
    log = ProcessingLog.objects.create(product=product, seller=seller, status="processing", options={})
    ending.fail(log, "The model did not answer.", permanent=False)
    ending.fail(log, "The model did not answer.", permanent=False)
    [(kind, _subject, data)] = told()
    assert (kind, data["status"], data["error"]) == ("run.finished", "failed", "The model did not answer.")


def test_another_sellers_runs_are_told_to_nobody(seller: Seller, other_seller: Seller, told: Any) -> None:
    run_through(factories.product(seller=other_seller))
    assert told() == []
