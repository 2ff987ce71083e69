from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from tests import factories

from vitrina.accounts.models import AuditEntry, Seller, User
from vitrina.catalog.models import Category, Product, ProductContent
from vitrina.enrichment.apply import ApplyRefused, undo
from vitrina.enrichment.models import ProcessingLog, Status
from vitrina.enrichment.tests.runs_made import TEXT, applied, card_of, ended, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def dress(seller: Seller) -> Category:
    return factories.category("Одежда > Платья", seller=seller)


def test_an_undo_takes_the_first_text_away(seller: Seller, alice: User, dress: Category) -> None:
    product = factories.product(seller=seller)
    before = card_of(product)
    undo(applied(ended(product, category=dress, attributes={"Цвет": {"value": "синий"}})), by=alice)
    assert text_of(product) is None
    assert card_of(product) == before
    assert AuditEntry.objects.filter(action="product.undo", user=alice).count() == 1


WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=40)


@hypothesis_settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None
)
@given(
    st.fixed_dictionaries(
        {
            "title": WORDS,
            "description": WORDS,
            "seo_title": WORDS,
            "keywords": st.lists(WORDS, max_size=3),
            "author": st.sampled_from(["ai", "person"]),
            "person_fields": st.lists(st.sampled_from(["title", "keywords"]), unique=True),
        }
    ),
    st.none() | st.floats(0, 1),
    st.booleans(),
)
def test_an_undo_restores_every_byte(
    seller: Seller,
    dress: Category,
    alice: User,
    before: dict[str, Any],
    confidence: float | None,
    force: bool,
) -> None:
    product = factories.product(
        seller=seller,
        category_confidence=confidence,
        ai_extracted={"attributes": {"Вес": {"value": "1 кг"}}, "log_id": 3},
    )
    ProductContent.objects.create(product=product, language="ru", **before)
    text, card = text_of(product), card_of(product)
    log = applied(ended(product, category=dress, attributes={"Цвет": {"value": "синий"}}, force=force))
    undo(log, by=alice)
    assert text_of(product) == text
    assert card_of(product) == card


def test_a_second_undo_changes_nothing(seller: Seller, alice: User) -> None:
    product = factories.product(seller=seller)
    log = applied(ended(product))
    first = undo(log, by=alice)
    version = Product.objects.get(pk=product.pk).version
    second = undo(log, by=alice)
    assert second.undone_at == first.undone_at
    assert Product.objects.get(pk=product.pk).version == version
    assert AuditEntry.objects.filter(action="product.undo").count() == 1


def test_a_text_that_a_person_edited_since_is_not_undone(seller: Seller, alice: User) -> None:
    product = factories.product(seller=seller)
    log = applied(ended(product))
    ProductContent.objects.filter(product=product).update(
        title="Моё платье", author="person", person_fields=["title"]
    )
    before = text_of(product)
    with pytest.raises(ApplyRefused, match="заголовок"):
        undo(log, by=alice)
    assert text_of(product) == before
    assert ProcessingLog.objects.get(pk=log.pk).undone_at is None


def test_a_newer_run_has_to_be_undone_first(seller: Seller, alice: User) -> None:
    product = factories.product(seller=seller)
    older = applied(ended(product, text=TEXT | {"title": "Первый заголовок"}))
    middle = text_of(product)
    newer = applied(ended(product))
    with pytest.raises(ApplyRefused, match="более новая обработка"):
        undo(older, by=alice)
    undo(newer, by=alice)
    assert text_of(product) == middle
    undo(older, by=alice)
    assert text_of(product) is None


def test_a_category_that_a_person_changed_since_is_not_undone(
    seller: Seller, alice: User, dress: Category
) -> None:
    product = factories.product(seller=seller)
    log = applied(ended(product, category=dress))
    skirt = factories.category("Одежда > Юбки", seller=seller)
    Product.objects.filter(pk=product.pk).update(category=skirt, category_source="person")
    before = text_of(product)
    with pytest.raises(ApplyRefused, match="категория"):
        undo(log, by=alice)
    assert (text_of(product), card_of(product)["category_id"]) == (before, skirt.pk)


def test_a_run_that_wrote_nothing_has_nothing_to_undo(seller: Seller, alice: User) -> None:
    log = ended(factories.product(seller=seller), status=Status.COMPLETED)
    with pytest.raises(ApplyRefused, match="ничего не записала"):
        undo(log, by=alice)
