from __future__ import annotations

import pytest
from tests import factories

from vitrina.accounts.models import Seller, User
from vitrina.enrichment.branch_quality import LEAST, quality
from vitrina.enrichment.models import CategoryDecision

pytestmark = pytest.mark.django_db


def test_the_figures_are_of_the_readers_own_decisions_and_known_from_twenty_on(
    seller: Seller, other_seller: Seller, alice: User
) -> None:
    shared = factories.category("Посуда")
    right, other = factories.category("Посуда > Кружки"), factories.category("Посуда > Чашки")
    for number in range(LEAST - 1):
        product = factories.product(
            seller=seller, category=right, category_source="ai" if number % 2 else "person",
            category_confidence=0.8 if number % 2 else None,
        )  # fmt: skip
        CategoryDecision.objects.create(
            seller=seller, product=product, shown=right, chosen=right if number else other, producer="offline",
            is_audit=number < 5,
        )  # fmt: skip
    foreign = factories.product(seller=other_seller, category=right, category_source="ai")
    CategoryDecision.objects.create(
        seller=other_seller, product=foreign, shown=right, chosen=None, producer="offline"
    )
    found = quality(alice, [shared.pk, right.pk])
    assert (found.decisions, found.is_known, found.audits, found.audit_precision) == (19, False, 5, 0.8)
    assert (found.placed_by_studio, found.placed_by_person) == (9, 10)
    assert found.confidence == pytest.approx(0.8)
    assert found.applied_alone == pytest.approx(9 / 19)
    CategoryDecision.objects.create(
        seller=seller, product=factories.product(seller=seller), shown=right, chosen=right, producer="offline"
    )
    found = quality(alice, [right.pk])
    assert found.is_known
    assert found.precision == pytest.approx(19 / 20)


def test_an_empty_branch_has_no_shares(seller: Seller, alice: User) -> None:
    found = quality(alice, [factories.category("Пусто", seller=seller).pk])
    assert (found.precision, found.applied_alone, found.confidence, found.runs) == (None, None, None, 0)
