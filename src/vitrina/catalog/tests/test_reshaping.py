"""What a person does to the tree, and what a later sync makes of it."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import translation
from tests import factories

from vitrina.accounts.models import AuditEntry, Seller, User
from vitrina.catalog import categories, reshaping
from vitrina.catalog.category_tree import Node
from vitrina.catalog.models import Category, Product
from vitrina.catalog.reshaping import Refused
from vitrina.catalog.tree_changes import compare
from vitrina.enrichment.generators.categorize import neighbours
from vitrina.jobs.worker import run_ready
from vitrina.retrieval import documents
from vitrina.retrieval.nearest import nearest

pytestmark = pytest.mark.django_db

TREE = [
    Node("1", "Одежда"),
    Node("2", "Платья", "1", synonyms=("сарафан",)),
    Node("3", "Вечерние", "2"),
    Node("4", "Обувь"),
]


@pytest.fixture(autouse=True)
def _files(settings: Any, tmp_path: Path) -> Iterator[None]:
    settings.MEDIA_ROOT = tmp_path / "files"
    with translation.override("en"):
        yield


@pytest.fixture
def tree(seller: Seller) -> dict[str, Category]:
    categories.sync(TREE, seller=seller)
    return {row.external_id: row for row in Category.objects.filter(seller=seller).select_related("parent")}


def paths(seller: Seller) -> set[str]:
    return set(Category.objects.filter(seller=seller, is_active=True).values_list("path", flat=True))


def test_a_category_that_moved_takes_all_below_it_and_stays_after_a_sync(
    seller: Seller, tree: dict[str, Category]
) -> None:
    reshaping.move(tree["2"], tree["4"])
    wanted = {"Одежда", "Обувь", "Обувь > Платья", "Обувь > Платья > Вечерние"}
    assert paths(seller) == wanted
    assert dict(Category.objects.filter(seller=seller).values_list("external_id", "is_leaf")) == {
        "1": True, "2": False, "3": True, "4": False,
    }  # fmt: skip
    assert compare(TREE, seller=seller, tree="").renamed == 0
    categories.sync(TREE, seller=seller)
    assert paths(seller) == wanted
    assert Category.objects.get(seller=seller, external_id="4").is_leaf is False


def test_where_the_file_now_stands_above_the_new_parent_the_file_is_right(
    seller: Seller, tree: dict[str, Category]
) -> None:
    reshaping.move(tree["2"], tree["4"])
    categories.sync([*TREE[:3], Node("4", "Обувь", "3")], seller=seller)
    assert "Одежда > Платья > Вечерние > Обувь" in paths(seller)


def test_nothing_stands_below_itself_or_in_another_tree(
    seller: Seller, other_seller: Seller, tree: dict[str, Category]
) -> None:
    before = paths(seller)
    foreign = factories.category("Чужое", seller=other_seller)
    for parent in (tree["2"], tree["3"], foreign):
        with pytest.raises(Refused):
            reshaping.move(tree["2"], parent)
    with pytest.raises(Refused, match="already"):
        reshaping.add("ОБУВЬ", seller=seller)
    with pytest.raises(Refused):
        reshaping.add("Платья > Летние", seller=seller)
    with pytest.raises(Refused, match="201"):
        reshaping.add("а" * 201, seller=seller)
    assert paths(seller) == before


def test_merging_brings_products_examples_synonyms_and_children(
    seller: Seller, tree: dict[str, Category]
) -> None:
    product = factories.product(seller=seller, category=tree["2"], category_source="person")
    neighbours.put(product, tree["2"].pk)
    assert reshaping.merge(tree["2"], tree["4"]) == 1
    product.refresh_from_db()
    assert (product.category_id, product.category_source, product.version) == (tree["4"].pk, "person", 2)
    assert documents.members(categories.COLLECTION, str(tree["4"].pk)) == [f"product:{product.pk}"]
    assert Category.objects.get(pk=tree["4"].pk).synonyms == ["Платья", "сарафан"]
    assert paths(seller) == {"Одежда", "Обувь", "Обувь > Вечерние"}
    hits = nearest(categories.COLLECTION, "сарафан", limit=3, seller_id=seller.pk)
    assert hits[0].payload["category_id"] == tree["4"].pk
    categories.sync(TREE, seller=seller)  # the file still lists it; a person's merge stays
    assert paths(seller) == {"Одежда", "Обувь", "Обувь > Вечерние"}


@pytest.mark.parametrize("to_parent", [True, False])
def test_taking_out_a_branch_says_where_its_products_go_and_can_be_taken_back(
    seller: Seller, tree: dict[str, Category], *, to_parent: bool
) -> None:
    product = factories.product(seller=seller, category=tree["3"], category_source="ai")
    neighbours.put(product, tree["3"].pk)
    assert reshaping.take_out(tree["2"], products_to=tree["1"] if to_parent else None) == 1
    product.refresh_from_db()
    assert product.category_id == (tree["1"].pk if to_parent else None)
    assert paths(seller) == {"Одежда", "Обувь"}
    assert Category.objects.get(pk=tree["1"].pk).is_leaf
    assert not documents.members(categories.COLLECTION, str(tree["3"].pk))
    with pytest.raises(Refused, match="first"):
        reshaping.put_back(Category.objects.get(pk=tree["3"].pk))
    reshaping.put_back(Category.objects.get(pk=tree["2"].pk))
    assert paths(seller) == {"Одежда", "Обувь", "Одежда > Платья"}


def test_every_deed_of_the_page_is_done_and_written_down(
    seller: Seller, alice: User, client: Client, tree: dict[str, Category]
) -> None:
    client.force_login(alice)
    client.post("/categories/addition", {"parent": tree["1"].pk, "name": " Юбки "})
    added = Category.objects.get(path="Одежда > Юбки")
    client.post(f"/categories/{added.pk}/naming", {"name": "Юбки и шорты", "name_en": "Skirts"})
    client.post(f"/categories/{added.pk}/moving", {"target": ""})
    client.post(f"/categories/{added.pk}/merging", {"target": tree["2"].pk})
    client.post(f"/categories/{added.pk}/return")
    client.post(f"/categories/{added.pk}/removal", {"products": ""})
    done = list(AuditEntry.objects.order_by("pk").values_list("action", flat=True))
    assert done == [
        "category.added", "category.renamed", "category.moved", "category.merged", "category.put_back", "category.removed",
    ]  # fmt: skip


def test_a_foreign_target_is_not_there_and_nothing_changes(
    seller: Seller, other_seller: Seller, alice: User, client: Client, tree: dict[str, Category]
) -> None:
    client.force_login(alice)
    foreign = factories.category("Чужое", seller=other_seller)
    shared = factories.category("Общее")
    for deed in ("moving", "merging"):
        assert client.post(f"/categories/{tree['2'].pk}/{deed}", {"target": foreign.pk}).status_code == 404
        assert client.post(f"/categories/{tree['2'].pk}/{deed}", {"target": shared.pk}).status_code == 403
        assert client.post(f"/categories/{tree['2'].pk}/{deed}", {"target": "x"}).status_code in (404, 302)
    assert client.post("/categories/addition", {"seller": other_seller.pk, "name": "Моё"}).status_code == 404
    assert client.post("/categories/addition", {"parent": foreign.pk, "name": "Моё"}).status_code == 404
    assert client.post(f"/categories/{shared.pk}/removal").status_code == 403
    assert Category.objects.filter(path="Одежда > Платья").exists()


FILE = "id\tname\tparent_id\tsynonyms\n1\tОдежда\t\t\n2\tПлатья летние\t1\tсарафан;туника\n9\tСумки\t\t\n8\tБез родителя\t77\t\n"


def test_a_tree_from_a_file_is_shown_before_it_is_brought_in(
    seller: Seller, alice: User, client: Client, tree: dict[str, Category]
) -> None:
    client.force_login(alice)
    before = paths(seller)
    page = client.post(
        "/categories/tree", {"file": io.BytesIO(FILE.encode()), "seller": seller.pk, "tree": ""}
    )
    changes = page.context["changes"]
    assert (changes.created, changes.renamed, changes.unchanged, changes.missing) == (1, 1, 1, 2)
    assert [refusal.external_id for refusal in changes.refused] == ["8"]
    assert paths(seller) == before
    client.post("/categories/tree/sync", {"token": page.context["token"]})
    run_ready()
    assert paths(seller) == {
        "Одежда", "Одежда > Платья летние", "Одежда > Платья летние > Вечерние", "Обувь", "Сумки",
    }  # fmt: skip


def test_only_what_was_shown_to_this_person_is_brought_in(
    seller: Seller, alice: User, client: Client, charlie: User
) -> None:
    client.force_login(alice)
    file = io.BytesIO(FILE.encode())
    token = client.post("/categories/tree", {"file": file, "seller": seller.pk, "tree": ""}).context["token"]
    assert client.post("/categories/tree/sync", {"token": token[:-2]}).status_code == 302
    client.force_login(charlie)
    assert client.post("/categories/tree/sync", {"token": token}).status_code == 403
    run_ready()
    assert not Category.objects.filter(seller=seller).exists()


@pytest.mark.parametrize("content", [b"", b"\x00\x01\x02", b"{", b"a,b\n1,2\n", b"<html></html>"])
def test_a_file_that_is_no_tree_is_said_on_the_page(
    content: bytes, seller: Seller, alice: User, client: Client
) -> None:
    client.force_login(alice)
    file = io.BytesIO(content)
    file.name = "tree.tsv"
    assert client.post("/categories/tree", {"file": file, "seller": seller.pk}).status_code == 422


def test_the_tree_opens_branch_by_branch_and_finds_by_synonym(
    seller: Seller, alice: User, client: Client, tree: dict[str, Category]
) -> None:
    client.force_login(alice)
    factories.product(seller=seller, category=tree["2"])
    shown = client.get("/categories/").context["categories"]
    assert [(row.name, row.has_children) for row in shown] == [("Обувь", False), ("Одежда", True)]
    branch = client.get(f"/categories/{tree['1'].pk}/branch", headers={"HX-Request": "true"})
    assert [(row.name, row.product_count) for row in branch.context["categories"]] == [("Платья", 1)]
    assert [row.name for row in client.get("/categories/?q=САРАФАН").context["categories"]] == ["Платья"]
    reshaping.take_out(tree["2"])
    assert Product.objects.get().category is None
    assert not client.get("/categories/?q=сарафан").context["categories"]
    assert [row.name for row in client.get("/categories/?q=сарафан&removed=1").context["categories"]] == [
        "Платья"
    ]
