"""Lists that are filtered by what may be rare are answered from an index alone, not by reading the rows.

Of SQLite, whose plans follow from the tables as they are made; PostgreSQL chooses by the rows that there are.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.db.models import QuerySet

from vitrina.accounts.walking import walk
from vitrina.catalog.models import Product
from vitrina.catalog.search import ProductFilter, find
from vitrina.enrichment.models import ModerationItem, ProcessingLog
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
