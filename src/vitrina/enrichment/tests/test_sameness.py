"""Texts that repeat another product's are found, whoever wrote them, and only among the seller's own."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st
from tests import factories

from vitrina.accounts.models import Seller, User
from vitrina.catalog.models import Product, ProductContent
from vitrina.enrichment import apply, sameness
from vitrina.enrichment.checks.duplicates import fingerprint, likeness
from vitrina.enrichment.models import ProcessingLog, TextMark
from vitrina.enrichment.tests.runs_made import run_through
from vitrina.lib.html import to_text

pytestmark = pytest.mark.django_db

LISTING = (
    "Платье летнее из хлопка с поясом, длина 95 см, рукав короткий. Ткань лёгкая и дышащая, "
    "стирать при 30 градусах, гладить с изнанки. Два кармана в боковых швах, застёжка на пуговицах."
)


def dress(seller: Seller, name: str = "белое", **more: Any) -> Product:
    return factories.product(
        seller=seller, title=f"Платье летнее хлопковое {name}", description=LISTING, **more
    )


def told(log: ProcessingLog) -> list[dict[str, Any]]:
    findings = log.steps.get(step="check").output["findings"]
    return [finding["detail"] for finding in findings if finding["code"] == "duplicate_text"]


def test_the_second_of_two_nearly_equal_listings_is_told_of_the_first(seller: Seller) -> None:
    """The producer without a model varies its sentences by product: the same product once more says the same."""
    first, second = dress(seller, external_id="A-1"), dress(seller, external_id="A-2")
    words = run_through(second).result["text"]["description"]
    ProductContent.objects.filter(product=second).delete()
    log = run_through(first)
    with transaction.atomic():
        apply.apply(log, edits={"description": words}, by=factories.user("editor", seller=seller))
    (found,) = told(run_through(second))
    assert (found["product_id"], found["product"]) == (first.pk, first.title)
    assert found["likeness"] >= 0.7


def test_a_product_is_no_duplicate_of_itself(seller: Seller) -> None:
    product = dress(seller)
    run_through(product)
    assert told(run_through(product)) == []


def test_another_sellers_texts_are_never_looked_at(seller: Seller, other_seller: Seller) -> None:
    run_through(dress(seller))
    assert told(run_through(dress(other_seller))) == []


def test_marks_follow_the_text(seller: Seller, alice: User) -> None:
    log = run_through(dress(seller))
    content = ProductContent.objects.get(product=log.product_id)
    assert marks(content) == set(sameness.marks_of(to_text(content.description)))
    apply.undo(log, by=alice)
    assert not TextMark.objects.exists()


def test_a_long_text_that_everybody_shares_costs_no_more(seller: Seller) -> None:
    """A phrase of a whole shop fills thousands of marks: only the newest are looked at."""
    text = "доставка по всей стране за три дня без предоплаты в пункт выдачи или до двери"
    for number in range(5):
        content = ProductContent.objects.create(
            product=factories.product(seller=seller, title=f"Товар {number}"), language="ru", description=text
        )
        sameness.remember(content, seller_id=seller.pk, is_new=True)
    found = sameness.likest(text, seller_id=seller.pk, product_id=0)
    assert len(found) == sameness.COMPARED


def marks(content: ProductContent) -> set[int]:
    return set(TextMark.objects.filter(content=content).values_list("value", flat=True))


WORDS = [f"слово{number}" for number in range(400)]


@pytest.mark.django_db(transaction=False)
@given(
    kept=st.lists(st.sampled_from(WORDS), min_size=60, max_size=120, unique=True),
    added=st.lists(st.sampled_from(["новое", "иное", "другое"]), max_size=3),
)
def test_texts_that_are_nearly_the_same_share_a_mark(kept: list[str], added: list[str]) -> None:
    first, second = " ".join(kept), " ".join([*kept, *added])
    assert likeness(fingerprint(first), fingerprint(second)) >= 0.7
    assert not set(sameness.marks_of(first)).isdisjoint(sameness.marks_of(second))
