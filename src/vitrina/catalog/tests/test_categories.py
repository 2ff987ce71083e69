from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st
from tests import factories

from vitrina.accounts.models import Seller
from vitrina.catalog import categories
from vitrina.catalog.category_tree import Node, NotATree, from_json, from_table, in_order
from vitrina.catalog.models import Category
from vitrina.catalog.tree_file import read_tree
from vitrina.retrieval.models import Document

TREE = [
    Node("3", "Вечерние платья", "2", synonyms=("платье в пол",)),
    Node("1", "Женская одежда"),
    Node("2", "Платья", "1", name_en="Dresses"),
]


def paths() -> dict[str, str]:
    return dict(Category.objects.values_list("external_id", "path"))


@pytest.mark.django_db
def test_a_tree_comes_in_with_paths_and_leaves_whatever_its_order() -> None:
    report = categories.sync(TREE)
    assert (report.created, report.refused, report.documents) == (3, [], 3)
    assert paths() == {
        "1": "Женская одежда",
        "2": "Женская одежда > Платья",
        "3": "Женская одежда > Платья > Вечерние платья",
    }
    assert dict(Category.objects.values_list("external_id", "is_leaf")) == {"1": False, "2": False, "3": True}


@pytest.mark.django_db
def test_the_same_tree_again_changes_nothing() -> None:
    categories.sync(TREE)
    before = list(Category.objects.values())
    report = categories.sync(TREE)
    assert (report.created, report.updated, report.unchanged, report.documents) == (0, 0, 3, 0)
    assert list(Category.objects.values()) == before


@pytest.mark.django_db
def test_what_retrieval_finds_a_category_by_holds_name_path_and_synonyms() -> None:
    categories.sync(TREE)
    evening = Category.objects.get(external_id="3")
    document = Document.objects.get(collection="categories", key=str(evening.pk))
    assert document.text.splitlines() == [
        "Вечерние платья",
        "Женская одежда > Платья > Вечерние платья",
        "платье в пол",
    ]
    assert document.payload["tree"] == ""
    assert document.payload["is_leaf"] is True
    # Confirmed products of a category join its group.
    assert document.group == str(evening.pk)


@pytest.mark.django_db
def test_a_persons_synonyms_and_name_stay_over_a_sync() -> None:
    categories.sync(TREE)
    evening = Category.objects.get(external_id="3")
    categories.edit(evening, name="Платья на выпускной", synonyms=["бальное платье"])
    news = [Node("3", "Вечерние платья", "2", synonyms=("платье в пол", "коктейльное платье")), *TREE[1:]]
    categories.sync(news)
    evening.refresh_from_db()
    assert evening.name == "Платья на выпускной"
    assert evening.synonyms == ["бальное платье", "коктейльное платье"]
    assert evening.path == "Женская одежда > Платья > Платья на выпускной"


@pytest.mark.django_db
def test_a_renamed_category_renames_the_paths_below_it_and_their_documents() -> None:
    categories.sync(TREE)
    categories.edit(Category.objects.get(external_id="1"), name="Одежда")
    assert paths()["3"] == "Одежда > Платья > Вечерние платья"
    evening = Category.objects.get(external_id="3")
    assert "Одежда > Платья" in Document.objects.get(key=str(evening.pk)).text


@pytest.mark.django_db
def test_a_category_that_the_source_forgot_stays_unless_asked_to_go() -> None:
    categories.sync(TREE)
    report = categories.sync(TREE[1:])
    assert (report.missing, report.retired) == (1, 0)
    assert Category.objects.get(external_id="3").is_active
    report = categories.sync(TREE[1:], retire_missing=True)
    assert (report.missing, report.retired) == (1, 1)
    assert not Category.objects.get(external_id="3").is_active
    assert not Document.objects.filter(
        removed=False, key=str(Category.objects.get(external_id="3").pk)
    ).exists()


@pytest.mark.django_db
def test_trees_and_sellers_live_apart(seller: Seller, other_seller: Seller) -> None:
    for owner in (None, seller, other_seller):
        assert categories.sync(TREE, seller=owner).created == 3
    assert categories.sync(TREE, tree="ozon").created == 3
    categories.edit(Category.objects.get(seller=seller, external_id="1"), name="Своё")
    assert Category.objects.filter(path__startswith="Своё").count() == 3


def test_a_loop_is_refused_in_words_with_all_that_hangs_on_it() -> None:
    ordered, refused = in_order(
        [Node("1", "А", "2"), Node("2", "Б", "1"), Node("3", "В", "2"), Node("4", "Г")]
    )
    assert [node.external_id for node in ordered] == ["4"]
    said = {refusal.external_id: str(refusal.reason) for refusal in refused}
    assert said["1"] == "the category 1 is its own ancestor: 1 → 2 → 1"
    assert said["3"] == "the category 3 stands below 2, which was refused"


def test_a_parent_that_is_not_there_is_refused_in_words() -> None:
    ordered, refused = in_order([Node("1", "А", "9"), Node("2", "Б", "1")])
    assert ordered == []
    assert {str(refusal.reason) for refusal in refused} == {
        "the category 1 names a parent 9 that the file doesn't hold",
        "the category 2 stands below 1, which was refused",
    }


def test_a_very_deep_chain_is_refused_by_the_length_of_its_path() -> None:
    nodes = [Node(str(n), "к" * 20, str(n - 1) if n else "") for n in range(5000)]
    ordered, refused = in_order(nodes)
    assert len(ordered) + len(refused) == 5000
    assert "the limit is 1000" in str(refused[0].reason)


@given(
    st.lists(
        st.builds(
            Node,
            external_id=st.text("abc", max_size=2),
            name=st.text(max_size=3),
            parent_id=st.text("abc", max_size=2),
        )
    )
)
def test_any_nodes_are_placed_or_refused(nodes: list[Node]) -> None:
    ordered, refused = in_order(nodes)
    seen: set[str] = set()
    for node in ordered:
        assert not node.parent_id or node.parent_id in seen
        seen.add(node.external_id)
    assert len(ordered) + len(refused) >= len({node.external_id for node in nodes})
    assert all(str(refusal.reason) for refusal in refused)


@pytest.mark.parametrize(
    "table",
    [
        "id\tparent_id\tname\tsynonyms\n1\t\tПосуда\t\n2\t1\tКружки\tчашка; бокал\n",
        "id;parent_id;name_ru;name_en;synonyms\n2;1;Кружки;;чашка|бокал\n1;;Посуда;;\n",
        "category_id;path;synonyms\n1;Посуда;\n2;Посуда > Кружки;чашка|бокал\n",
        "category_id,path,synonyms\n2,Посуда > Кружки,чашка;бокал\n1,Посуда,\n",
    ],
)
def test_tables_of_nodes_and_of_paths_are_read(table: str) -> None:
    ordered, refused = in_order(from_table(table))
    assert refused == []
    assert {node.external_id: (node.name, node.parent_id, node.synonyms) for node in ordered} == {
        "1": ("Посуда", "", ()),
        "2": ("Кружки", "1", ("чашка", "бокал")),
    }


def test_json_is_read_nested_and_flat() -> None:
    nested = '[{"id": 1, "name": "Посуда", "children": [{"id": 2, "name": "Кружки", "synonyms": ["чашка"]}]}]'
    flat = '{"categories": [{"id": "2", "name": "Кружки", "parent_id": "1", "synonyms": ["чашка"]}, {"id": "1", "name": "Посуда"}]}'
    for text in (nested, flat):
        ordered, _refused = in_order(from_json(text))
        assert ordered == [Node("1", "Посуда"), Node("2", "Кружки", "1", synonyms=("чашка",))]


@pytest.mark.parametrize("text", ["просто текст\n", "a,b\n1,2\n"])
def test_a_table_without_names_is_refused_in_words(text: str) -> None:
    with pytest.raises(NotATree, match="The first line must name the columns id and name, or path"):
        from_table(text)


def test_the_categories_of_a_feed_are_read(tmp_path: Path) -> None:
    path = tmp_path / "feed.yml"
    path.write_text(
        '<?xml version="1.0"?><yml_catalog><shop><categories><category id="1">Посуда</category>'
        '<category id="2" parentId="1">Кружки</category></categories><offers>'
        '<offer id="1"><name>К</name></offer></offers></shop></yml_catalog>',
        encoding="utf-8",
    )
    assert read_tree(path) == [Node("1", "Посуда"), Node("2", "Кружки", "1")]


@pytest.mark.django_db
def test_the_command_tells_what_it_did_and_refuses_in_words(tmp_path: Path) -> None:
    path = tmp_path / "tree.tsv"
    path.write_text("id\tparent_id\tname\n1\t\tПосуда\n2\t3\tКружки\n3\t2\tЧашки\n", encoding="utf-8")
    out = io.StringIO()
    call_command("sync_categories", str(path), stdout=out)
    assert out.getvalue().startswith(
        "1 new, 0 changed, 0 unchanged, 0 not in the file (0 put out of use), 2 refused"
    )
    assert "is its own ancestor" in out.getvalue()
    again = io.StringIO()
    call_command("sync_categories", stdout=again)
    assert again.getvalue() == "1 categories, 0 search documents changed.\n"
    with pytest.raises(CommandError, match="can't be read"):
        call_command("sync_categories", str(tmp_path / "none.tsv"))


@pytest.mark.django_db
def test_a_category_can_not_be_put_below_itself() -> None:
    categories.sync(TREE)
    top, below = Category.objects.get(external_id="1"), Category.objects.get(external_id="3")
    top.parent = below
    with pytest.raises(ValidationError):
        top.full_clean()


@pytest.mark.django_db
def test_forgotten_categories_take_their_documents_with_them(seller: Seller) -> None:
    categories.sync(TREE)
    product: Any = factories.product(seller=seller, category=Category.objects.get(external_id="3"))
    categories.forget([Category.objects.get(external_id="2")])
    assert paths() == {"1": "Женская одежда"}
    assert Document.objects.filter(collection="categories", removed=False).count() == 1
    product.refresh_from_db()
    assert product.category is None
