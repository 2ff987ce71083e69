"""Taking back the last run of many products, cut by the death of its worker."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone
from tests import factories

from vitrina.accounts.models import Seller, User
from vitrina.catalog.models import Product
from vitrina.enrichment import bulk, bulk_deeds
from vitrina.enrichment.apply import undo
from vitrina.enrichment.models import ProcessingLog
from vitrina.enrichment.selection import Selection
from vitrina.enrichment.tests.runs_made import TEXT, applied, ended
from vitrina.jobs.models import Job
from vitrina.jobs.worker import run_ready

pytestmark = pytest.mark.django_db


class Killed(BaseException):
    pass


@pytest.mark.parametrize("is_closed", [True, False], ids=["what changed is skipped", "whatever changed"])
def test_a_portion_that_is_repeated_takes_back_one_run_of_each_product(
    seller: Seller, alice: User, monkeypatch: pytest.MonkeyPatch, is_closed: bool
) -> None:
    products = [factories.product(seller=seller) for _ in range(3)]
    for product in products:
        applied(ended(product, text=TEXT | {"title": "Первый"}))
        applied(ended(product))
    _batch(seller, alice, unchanged_since=timezone.now() if is_closed else None)

    def dying(log: ProcessingLog, *, by: User) -> ProcessingLog:
        if log.product_id == products[2].pk:
            raise Killed
        return undo(log, by=by)

    monkeypatch.setattr(bulk_deeds, "undo_run", dying)
    with pytest.raises(Killed):
        run_ready()
    assert _titles(products) == ["Первый", "Первый", TEXT["title"]]

    monkeypatch.undo()
    Job.objects.filter(state="running").update(state="queued", owner="", lease_until=None)
    run_ready()
    assert _titles(products) == ["Первый"] * 3
    batch = Job.objects.get(kind=bulk.KIND)
    assert batch.result == {"outcome": {"done": 3}, "products": 3}


def _batch(seller: Seller, by: User, **conditions: Any) -> Job:
    selection = Selection(seller_id=seller.pk, **conditions)
    return bulk.start("undoing", selection, by=by, arguments={}, title="Вернуть")


def _titles(products: list[Product]) -> list[str]:
    return [product.contents.get(language="ru").title for product in products]
