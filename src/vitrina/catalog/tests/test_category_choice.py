"""Categories found by typing, and what stands below those that are shown."""

from __future__ import annotations

import pytest
from django.test import Client
from tests import factories

from vitrina.accounts.models import Seller, User
from vitrina.catalog.category_choice import MOST, choices

pytestmark = pytest.mark.django_db


def test_every_word_is_found_in_the_path_or_a_synonym_in_any_case(
    seller: Seller, other_seller: Seller
) -> None:
    own = factories.category("Одежда > Тёплые пальто", seller=seller, synonyms=["Coats", "Тренч"])
    shared = factories.category("Пальто")
    factories.category("Пальто", seller=other_seller)
    factories.category("Пальто", seller=seller, tree="ozon")
    factories.category("Пальто снятое", seller=seller, is_active=False)
    paths = {"own": (own.pk, own.path), "shared": (shared.pk, shared.path)}

    def found(words: str) -> list[tuple[int, str]]:
        return [(choice.pk, choice.path) for choice in choices(words, seller_id=seller.pk)]

    assert found("ПАЛЬТО") == [paths["shared"], paths["own"]]
    assert found("теплые одежда") == found("тренч coat") == [paths["own"]]
    assert found("пальто юбка") == found("  ") == []


def test_no_more_than_a_dozen_the_shortest_path_first(
    seller: Seller, django_assert_num_queries: pytest.FixtureRequest
) -> None:
    for number in range(MOST + 3):
        factories.category(f"Юбка{'!' * (MOST + 3 - number)}", seller=seller)
    with django_assert_num_queries(1):  # type: ignore[operator]
        found = choices("юбка", seller_id=seller.pk)
    assert [len(choice.path) for choice in found] == list(range(5, 5 + MOST))


def test_only_a_category_with_something_in_use_below_it_opens(
    client: Client, seller: Seller, alice: User
) -> None:
    factories.category("Одежда > Пальто", seller=seller)
    factories.category("Обувь > Боты", seller=seller, is_active=False)
    factories.category("Книги", seller=seller)
    client.force_login(alice)
    shown = client.get("/categories/").context["categories"]
    assert {row.name: row.has_children for row in shown} == {"Одежда": True, "Обувь": False, "Книги": False}
