"""The step after an import, from what waits through the work to what became of it."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests import factories

from vitrina.accounts.models import Seller, User
from vitrina.catalog.models import Import, Product
from vitrina.enrichment.models import ProcessingLog, Status
from vitrina.enrichment.selection import Selection, Wanting, products, products_of_import
from vitrina.jobs.worker import run_ready

pytestmark = pytest.mark.django_db


@pytest.fixture
def import_run(seller: Seller) -> Import:
    """Of its three products one changed again in a later import."""
    made = Import.objects.create(seller=seller, source="feed.csv", state="done", created=3)
    brought = [factories.product(seller=seller) for _ in range(3)]
    Product.objects.filter(pk__in=[one.pk for one in brought]).update(changed_in=made.pk)
    Product.objects.filter(pk=brought[0].pk).update(changed_in=made.pk + 1)
    factories.product(seller=seller)
    return made


def test_what_waits_is_counted_before_and_after_the_work_but_not_with_every_look_at_it(
    import_run: Import, alice: User, client: Client
) -> None:
    address = f"/imports/{import_run.pk}/enrichment"
    client.force_login(alice)
    assert client.get(address).context["estimate"].products == 2
    client.post(address)
    with CaptureQueriesContext(connection) as asked:
        page = client.get(address)
    assert page.context["is_asked"]
    assert 'hx-trigger="every 2s"' in page.content.decode()
    assert not [query for query in asked if "catalog_product" in query["sql"]]
    run_ready()
    assert ProcessingLog.objects.count() == 2
    page = client.get(address)
    assert not page.context["is_asked"]
    assert page.context["became"]["runs"] == 2
    assert 'hx-trigger="every 2s"' not in page.content.decode()
    # One of them changes its listing within the same import: it waits for a card again.
    log = ProcessingLog.objects.first()
    assert log is not None
    Product.objects.filter(pk=log.product_id).update(content_hash="another")
    page = client.get(address)
    assert page.context["estimate"].products == 1
    assert page.context["became"] is None


@pytest.mark.parametrize("key", ["these", "others"])
def test_for_counting_they_are_the_same_products(import_run: Import, seller: Seller, key: str) -> None:
    of_import: dict[str, Any] = {"seller_id": seller.pk, "changed_in": import_run.pk}
    first, second = Product.objects.filter(**of_import).order_by("pk")
    ProcessingLog.objects.create(
        product=first, seller=seller, status=Status.COMPLETED, options_key="these", listing_hash=first.content_hash,
    )  # fmt: skip
    selection = Selection(**of_import, wanting=Wanting.THIS_RUN)
    counted = list(products_of_import(selection, options_key=key, language="ru"))
    assert counted == list(products(selection, options_key=key, language="ru"))
    assert counted == ([second] if key == "these" else [first, second])
