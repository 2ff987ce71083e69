"""A shop without categories takes those of its feed, once, and only when it was told to."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from tests import factories

from vitrina.accounts.models import Seller
from vitrina.catalog import feed_tree, importing, preparing
from vitrina.catalog.importing import ImportOptions
from vitrina.catalog.models import Category
from vitrina.catalog.showing_preview import shown_preview

pytestmark = pytest.mark.django_db

FEED = "Код;Название;Категория\n1;Кружка;Посуда > Кружки\n2;Чашка;Посуда > Чашки\n3;Плед;Текстиль\n4;Без всего;\n"


@pytest.fixture(autouse=True)
def _files(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"


def bring(seller: Seller, **options: Any) -> None:
    run = importing.start(
        seller, file=io.BytesIO(FEED.encode()), file_name="feed.csv", options=ImportOptions(**options)
    )
    importing.read(run)


def test_every_step_of_a_path_becomes_a_category(seller: Seller) -> None:
    bring(seller, grow_tree=True)
    made = Category.objects.filter(seller=seller)
    assert sorted(made.values_list("path", "is_leaf")) == [
        ("Посуда", False), ("Посуда > Кружки", True), ("Посуда > Чашки", True), ("Текстиль", True),
    ]  # fmt: skip


def test_nothing_is_made_unasked(seller: Seller) -> None:
    bring(seller)
    assert not Category.objects.exists()


def test_a_shop_that_has_a_tree_keeps_it(seller: Seller) -> None:
    factories.category("Дом", seller=seller)
    bring(seller, grow_tree=True)
    assert list(Category.objects.values_list("path", flat=True)) == ["Дом"]


def test_too_many_names_are_no_tree(seller: Seller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed_tree, "MOST_GROWN", 2)
    bring(seller, grow_tree=True)
    assert not Category.objects.exists()


def test_it_is_offered_only_where_the_shop_has_none_and_the_feed_names_some(
    seller: Seller, other_seller: Seller
) -> None:
    def offers(one: Seller, text: str) -> bool:
        return shown_preview(
            preparing.draft(one, file=io.BytesIO(text.encode()), file_name="feed.csv")
        ).offers_tree

    factories.category("Дом", seller=other_seller)
    assert offers(seller, FEED)
    assert not offers(seller, "Код;Название\n1;Кружка\n")
    assert not offers(other_seller, FEED)
