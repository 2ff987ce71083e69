"""What attributes a category has: typed, checked in words, inherited, edited, in and out of files."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st
from tests import factories

from vitrina.accounts.models import AuditEntry, Seller, User
from vitrina.catalog import categories, schema_editing, tree_out
from vitrina.catalog.attribute_schema import (
    KINDS,
    AttributeChoice,
    CategoryAttribute,
    SchemaRefused,
    attributes_of,
    checked,
    inherited,
)
from vitrina.catalog.attribute_words import (
    choices_as_text,
    choices_from_text,
    schema_as_cell,
    schema_from_cell,
)
from vitrina.catalog.category_tree import from_json, from_table, in_order
from vitrina.catalog.models import Category
from vitrina.catalog.tree_changes import compare
from vitrina.lib.text import fold

VOLUME = {"name": "Объём", "name_en": "Volume", "kind": "number", "unit": "мл", "required": True}
COLOUR = {"name": "Цвет", "kind": "choice", "choices": ["белый", {"value": "чёрный", "synonyms": ["смоль"]}]}


def problems(*rows: Any) -> list[str]:
    with pytest.raises(SchemaRefused) as refused:
        checked(rows)
    return [str(remark) for _place, remark in refused.value.problems]


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"kind": "text"}, "needs a name"),
        ({"name": "Вес", "kind": "weight"}, "of the kind «weight»"),
        ({"name": "Цвет", "unit": "мл"}, "only a number has a unit"),
        ({"name": "Цвет", "kind": "choice"}, "needs choices"),
        ({"name": "Вес", "kind": "number", "choices": ["1"]}, "its kind has none"),
        ({"name": "Цвет", "kind": "choice", "choices": ["белый", " "]}, "has no word"),
        ({"name": "Цвет", "kind": "choice", "choices": ["белый", "Белый"]}, "which one is meant"),
        (
            {"name": "Цвет", "kind": "multiple", "choices": ["б", {"value": "в", "synonyms": ["б"]}]},
            "two choices",
        ),
        ({"name": "х" * 121}, "the limit is 120"),
        ({"name": "Цвет", "colour": "red"}, "nothing that an attribute has"),
        ("Цвет", "must be an object"),
    ],
)
def test_what_can_not_be_meant_is_refused_in_words(row: Any, words: str) -> None:
    assert any(words in problem for problem in problems(row))


def test_all_that_is_wrong_is_said_at_once_and_each_with_its_place() -> None:
    with pytest.raises(SchemaRefused) as refused:
        checked([VOLUME, {"name": ""}, {"name": "объем"}])
    assert [place for place, _remark in refused.value.problems] == [1, 2]


def test_a_child_adds_to_what_stands_above_and_replaces_what_has_its_name() -> None:
    found = inherited(
        [[VOLUME, COLOUR], [], [{"name": "объем", "kind": "number", "unit": "л"}, {"name": "Крой"}]]
    )
    assert [(one.name, one.unit) for one in found] == [("объем", "л"), ("Цвет", ""), ("Крой", "")]


names = st.text("абвXYё =/,;:()|[]{}", min_size=1, max_size=8)
choices = st.builds(
    AttributeChoice, names, names | st.just(""), st.lists(names, max_size=3, unique_by=fold).map(tuple)
)
attributes = st.builds(
    CategoryAttribute, key=names, name=names, name_en=names | st.just(""), kind=st.sampled_from(KINDS),
    unit=names | st.just(""), choices=st.lists(choices, max_size=4).map(tuple), required=st.booleans(),
    synonyms=st.lists(names, max_size=3, unique_by=fold).map(tuple),
)  # fmt: skip


@given(st.lists(attributes, max_size=4))
def test_what_is_stored_and_what_a_cell_holds_is_read_back_as_it_was(schema: list[CategoryAttribute]) -> None:
    read = attributes_of([one.row for one in schema])
    assert attributes_of([one.row for one in read]) == read
    assert attributes_of(schema_from_cell(schema_as_cell(read))) == read


@given(st.text(max_size=200))
def test_a_cell_of_any_words_is_rows_that_can_be_refused(text: str) -> None:
    rows = schema_from_cell(text)
    with contextlib.suppress(SchemaRefused):
        assert attributes_of(checked(rows)) == attributes_of(rows)


def test_a_cell_is_written_as_a_person_would_write_it() -> None:
    cell = schema_as_cell(attributes_of([VOLUME, COLOUR]))
    assert cell == "Объём / Volume: number, мл, required\nЦвет: choice: белый; чёрный = смоль"
    assert [one.name for one in attributes_of(schema_from_cell("Крой\nДлина: см"))] == ["Крой", "Длина"]


def test_choices_are_one_a_line() -> None:
    rows = choices_from_text("хлопок / cotton = х/б, коттон\n\nлён")
    (one,) = attributes_of([{"name": "Ткань", "kind": "choice", "choices": rows}])
    assert one.choices == (AttributeChoice("хлопок", "cotton", ("х/б", "коттон")), AttributeChoice("лён"))
    assert choices_as_text(one.choices) == "хлопок / cotton = х/б, коттон\nлён"


# --- Of a category ----------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_person_adds_changes_orders_and_takes_away(seller: Seller, alice: User) -> None:
    category = factories.category("Посуда > Кружки", seller=seller)
    schema_editing.put_one(category, "", VOLUME, by=alice)
    schema_editing.put_one(category, "", COLOUR, by=alice)
    schema_editing.put_one(category, "Объём", {**VOLUME, "name": "Вместимость"}, by=alice)
    schema_editing.shift(category, "Цвет", down=False, by=alice)
    category.refresh_from_db()
    assert [(one.key, one.name) for one in attributes_of(category.attribute_schema)] == [
        ("Цвет", "Цвет"),
        ("Объём", "Вместимость"),
    ]
    schema_editing.take_away(category, "Цвет", by=alice)
    with pytest.raises(schema_editing.AttributeGone):
        schema_editing.take_away(category, "Цвет", by=alice)
    assert AuditEntry.objects.filter(action="category.attributes", user=alice).count() == 5


@pytest.mark.django_db
def test_a_refused_change_changes_nothing(seller: Seller) -> None:
    category = factories.category("Кружки", seller=seller, attribute_schema=[VOLUME])
    with pytest.raises(SchemaRefused):
        schema_editing.put_one(category, "", {"name": "объём"})
    category.refresh_from_db()
    assert category.attribute_schema == [VOLUME]


@pytest.mark.django_db
def test_a_persons_attributes_stay_over_a_sync_and_a_files_come_in(seller: Seller) -> None:
    table = 'id,name,attributes\n1,Кружки,"Объём: number, мл"\n2,Ложки,"Цвет: choice"\n3,Вилки,\n'
    report = categories.sync(from_table(table), seller=seller)
    assert [refusal.external_id for refusal in report.refused] == ["2"]
    assert "needs choices" in str(report.refused[0].reason)
    mugs = Category.objects.get(external_id="1")
    assert mugs.attribute_schema == [{"name": "Объём", "kind": "number", "unit": "мл"}]
    news = from_table(table.replace("мл", "л"))
    assert compare(news, seller=seller, tree="").renamed == 1
    categories.sync(news, seller=seller)
    mugs.refresh_from_db()
    assert mugs.attribute_schema[0]["unit"] == "л"
    schema_editing.put(mugs, [COLOUR])
    assert compare(from_table(table), seller=seller, tree="").renamed == 0
    categories.sync(from_table(table), seller=seller)
    mugs.refresh_from_db()
    assert [row["name"] for row in mugs.attribute_schema] == ["Цвет"]


@pytest.mark.django_db
def test_a_tree_written_to_a_file_is_the_same_tree_when_it_is_read(seller: Seller) -> None:
    factories.category(
        "=Посуда > Кружки",
        seller=seller,
        attribute_schema=checked([VOLUME, COLOUR]),
        synonyms=["чашка", "бокал"],
    )
    rows = Category.objects.filter(seller=seller).select_related("parent").order_by("path")
    table, refused = in_order(from_table("".join(tree_out.as_csv(rows))))
    as_json, also_refused = in_order(from_json(tree_out.as_json(rows)))
    assert (refused, also_refused) == ([], [])
    assert table == as_json
    assert [(node.name, node.synonyms) for node in table] == [("=Посуда", ()), ("Кружки", ("чашка", "бокал"))]
    assert attributes_of(table[1].attribute_schema) == attributes_of([VOLUME, COLOUR])


# --- Doors ------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_page_keeps_what_was_typed_and_says_what_is_wrong(
    client: Client, seller: Seller, alice: User
) -> None:
    category = factories.category("Кружки", seller=seller, attribute_schema=[VOLUME])
    client.force_login(alice)
    address = reverse("category_attribute_writing", kwargs={"pk": category.pk})
    with translation.override("en"):
        response = client.post(
            address, {"name": "Цвет", "kind": "choice", "choices": "белый\nБелый"}, HTTP_ACCEPT_LANGUAGE="en"
        )
    assert response.status_code == 422
    page = response.content.decode()
    assert "белый\nБелый</textarea>" in page
    assert 'role="alert"' in page
    assert client.post(address, {"name": "Цвет", "kind": "choice", "choices": "белый"}).status_code == 302
    category.refresh_from_db()
    assert [row["name"] for row in category.attribute_schema] == ["Объём", "Цвет"]


@pytest.mark.django_db
def test_programs_set_and_read_the_whole(client: Client, seller: Seller, alice: User) -> None:
    mugs = factories.category("Посуда > Кружки", seller=seller)
    schema_editing.put(mugs.parent, [VOLUME])  # type: ignore[arg-type]
    client.force_login(alice)
    address = reverse("api_category_attributes", kwargs={"pk": mugs.pk})
    given = {"attributes": [{"name": "Цвет", "kind": "choice", "choices": [{"value": "белый"}]}]}
    response = client.put(address, json.dumps(given), content_type="application/json")
    assert response.status_code == 200, response.content
    told = response.json()
    assert [one["name"] for one in told["attributes"]] == ["Цвет"]
    assert [one["name"] for one in told["whole"]] == ["Объём", "Цвет"]
    wrong = client.put(
        address,
        json.dumps({"attributes": [{"name": "Цвет", "kind": "choice"}]}),
        content_type="application/json",
    )
    assert wrong.status_code == 422
    assert "attributes.0" in wrong.json()["errors"]
