"""Lists that are filtered by what may be rare are answered from an index alone, not by reading the rows.

Of SQLite, whose plans follow from the tables as they are made; PostgreSQL chooses by the rows that there are.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from vitrina.accounts.walking import walk
from vitrina.catalog.models import Product
from vitrina.catalog.search import ProductFilter, find
from vitrina.console.product_order import ORDERS, Cursor
from vitrina.enrichment import product_filter
from vitrina.enrichment.models import ModerationItem, ProcessingLog
from vitrina.enrichment.product_filter import Shown
from vitrina.enrichment.queue_filter import QueueFilter
from vitrina.enrichment.selection import Selection, Wanting, products_of_import

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(
        connection.vendor != "sqlite", reason="PostgreSQL's plans depend on the rows that there are"
    ),
]


def products(**wanted: Any) -> QuerySet[Any]:
    return find(Product.objects.filter(seller_id__in=[1]), ProductFilter(**wanted)).order_by("-pk")


def runs(**wanted: str) -> QuerySet[Any]:
    """Of several sellers, as their list is walked."""
    return walk(ProcessingLog.objects.filter(**wanted), [1, 2], ["-pk"], size=51)


def queue(**wanted: str) -> QuerySet[Any]:
    return QueueFilter(**wanted).items(ModerationItem.objects.waiting())


@pytest.mark.parametrize(
    ("rows", "index"),
    [
        (lambda: products(text="кружка"), "product_by_words"),
        (lambda: products(is_available=True), "product_list_of_seller"),
        (lambda: products(import_id=7), "product_list_of_seller"),
        (lambda: queue(reason="price"), "moderation_worst_first"),
        (lambda: queue(seller="1", sure="low"), "moderation_queue"),
        (lambda: queue(seller="1", language="en"), "moderation_queue"),
        (lambda: runs(status="superseded"), "log_by_status"),
        (lambda: runs(type="image_analysis"), "log_list_of_seller"),
        (lambda: runs(confidence__lt=0.5), "log_list_of_seller"),
        (lambda: runs(cost__gte=5), "log_list_of_seller"),
        (lambda: runs(templates_used__contains="|7|"), "log_list_of_seller"),
        (lambda: runs(models_used__icontains="gpt"), "log_list_of_seller"),
    ],
)
def test_a_rare_condition_is_looked_for_in_an_index_that_holds_it(
    rows: Callable[[], QuerySet[Any]], index: str
) -> None:
    plan = rows().values_list("pk", flat=True)[:51].explain()
    assert f"COVERING INDEX {index}" in plan
    assert "TEMP B-TREE" not in plan


def test_what_an_import_brought_is_counted_without_reading_the_other_products() -> None:
    selection = Selection(seller_id=1, changed_in=7, wanting=Wanting.THIS_RUN)
    plan = products_of_import(selection, options_key="key", language="ru").order_by().explain()
    assert "COVERING INDEX product_list_of_seller" in plan
    reads = [line for line in plan.splitlines() if " catalog_product" in line]
    assert reads
    assert all(re.search(r"\b(row)?id=\?", line) for line in reads), plan


def listed(**wanted: Any) -> str:
    """How the list of products, newest first, is answered for a shop."""
    rows, walked = product_filter.ProductFilter(**wanted).to_walk([1])
    return walk(rows, walked, ["-pk"], size=51).values_list("pk", flat=True).explain()


@pytest.mark.parametrize("key", ORDERS)
@pytest.mark.parametrize("back", [False, True])
@pytest.mark.parametrize("place", [None, Cursor(7), Cursor(7, Decimal("5.00"))])
def test_no_order_of_the_products_is_sorted(key: str, back: bool, place: Cursor | None) -> None:
    """However many cost the same, from the first page and from the middle."""
    order = ORDERS[key]
    if order.field == "updated_at" and place is not None:
        place = Cursor(7, timezone.now())
    for stretch in order.stretches(place, back=back):
        rows = walk(Product.objects.filter(stretch.rows), [1], stretch.keys, size=51)
        plan = rows.values_list("pk", *filter(None, [order.field])).explain()
        assert "SEARCH catalog_product USING COVERING INDEX" in plan
        assert "TEMP B-TREE" not in plan, plan


def test_what_was_never_run_is_looked_up_in_the_index_of_the_runs() -> None:
    plan = listed(shown=Shown.UNTOUCHED)
    assert "USING INDEX log_history_of_product FOR IN-OPERATOR" in plan
    assert "COVERING INDEX product_by_words" in plan or "COVERING INDEX product_list_of_seller" in plan
    assert "TEMP B-TREE" not in plan


@pytest.mark.parametrize("shown", [Shown.FAILED, Shown.RUNNING])
def test_products_by_the_state_of_their_runs_are_sought_in_an_index_of_the_runs(shown: Shown) -> None:
    plan = listed(shown=shown)
    assert "USING COVERING INDEX log_by_status" in plan, plan
    assert "SCAN catalog_product" not in plan
    assert "TEMP B-TREE" not in plan


def test_a_rare_language_is_sought_by_the_index_of_the_texts(monkeypatch: pytest.MonkeyPatch) -> None:
    """A language stands there, and the words of the texts, which are long, aren't read for it."""
    monkeypatch.setattr(product_filter, "MANY", -1)
    plan = listed(language="en")
    assert "SCAN U0 USING COVERING INDEX" in plan
    assert "SCAN catalog_product" not in plan
    assert "TEMP B-TREE" not in plan
