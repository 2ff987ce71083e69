"""A person's value of an attribute: typed by the schema, kept over every run, refused in words."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from tests import factories

from vitrina.accounts.models import AuditEntry, Seller, User
from vitrina.catalog import schema_editing
from vitrina.catalog.models import Product
from vitrina.enrichment.apply import apply
from vitrina.enrichment.attribute_editing import ValueRefused, typed, write
from vitrina.enrichment.tests.runs_made import ended

pytestmark = pytest.mark.django_db

SCHEMA = [
    {"name": "Объём", "name_en": "Volume", "kind": "number", "unit": "мл", "required": True},
    {"name": "Цвет", "kind": "choice", "choices": ["белый", {"value": "чёрный", "synonyms": ["смоль"]}]},
    {"name": "Ткань", "kind": "multiple", "choices": ["хлопок", "лён"]},
    {"name": "Крышка", "kind": "boolean"},
    {"name": "Серия"},
]


@pytest.fixture
def product(seller: Seller) -> Product:
    mugs = factories.category("Кружки", seller=seller)
    schema_editing.put(mugs, SCHEMA)
    return factories.product(seller=seller, title="Кружка", category=mugs)


def kept(product: Product) -> dict[str, Any]:
    product.refresh_from_db()
    return dict(product.ai_extracted.get("attributes") or {})


@pytest.mark.parametrize(
    ("key", "said", "value", "number"),
    [
        ("Объём", ["500"], "500 мл", 500.0),
        ("Объём", ["0,5 л"], "500 мл", 500.0),
        ("Объём", ["1 200,5"], "1200,5 мл", 1200.5),
        ("Цвет", ["Смоль"], "чёрный", None),
        ("Ткань", ["лён", "хлопок"], "лён, хлопок", None),
        ("Крышка", ["нет"], "нет", None),
        ("Серия", ["  Утро  "], "Утро", None),
    ],
)
def test_a_value_is_typed_as_the_category_has_it(
    product: Product, alice: User, key: str, said: list[str], value: str, number: float | None
) -> None:
    assert write(product, key, said, by=alice)
    entry = kept(product)[key]
    assert (entry["value"], entry["number"], entry["author"]) == (value, number, "person")
    assert write(product, key, said, by=alice) is False
    assert AuditEntry.objects.filter(action="product.attribute", user=alice).count() == 1


@pytest.mark.parametrize(
    ("key", "said"),
    [("Объём", "полный"), ("Объём", "5 кг"), ("Цвет", "лиловый"), ("Цвет", "белый, чёрный"), ("Ткань", "лён и шёлк"),
     ("Крышка", "может быть"), ("Серия", "х" * 501)],
)  # fmt: skip
def test_what_can_not_be_the_value_is_refused_and_nothing_changes(
    product: Product, alice: User, key: str, said: str
) -> None:
    with pytest.raises(ValueRefused):
        write(product, key, [said], by=alice)
    assert kept(product) == {}
    assert not AuditEntry.objects.filter(action="product.attribute").exists()


def test_an_attribute_that_the_category_has_not_is_no_attribute(product: Product, alice: User) -> None:
    with pytest.raises(LookupError):
        write(product, "Вкус", ["сладкий"], by=alice)


def test_a_run_in_any_language_never_writes_over_a_persons_value(product: Product, alice: User) -> None:
    write(product, "Объём", ["500"], by=alice)
    product.refresh_from_db()
    found = {
        name: {
            "key": key,
            "value": "1 мл",
            "number": 1.0,
            "number_unit": "ml",
            "evidence": {"kind": "inferred"},
        }
        for name, key in (("Объём", "Объём"), ("Volume", "Объём"), ("Серия", "Серия"))
    }
    log = ended(product, attributes=found)
    with transaction.atomic():
        apply(log)
    assert {name: entry["value"] for name, entry in kept(product).items()} == {
        "Объём": "500 мл",
        "Серия": "1 мл",
    }


def test_an_empty_value_takes_it_away_and_it_is_missing_again(product: Product, alice: User) -> None:
    write(product, "Объём", ["500"], by=alice)
    assert write(product, "Объём", [""], by=alice)
    product.refresh_from_db()
    rows = typed(product, "ru")
    assert [row.spec.name for row in rows if row.is_missing] == ["Объём"]


def test_a_value_that_left_the_list_is_said_to_stand_outside(product: Product, alice: User) -> None:
    write(product, "Цвет", ["белый"], by=alice)
    assert product.category is not None
    schema_editing.put_one(
        product.category, "Цвет", {"name": "Цвет", "kind": "choice", "choices": ["чёрный"]}
    )
    product.refresh_from_db()
    assert [row.spec.name for row in typed(product, "ru") if row.is_outside] == ["Цвет"]


def test_the_page_shows_and_takes_them(client: Client, product: Product, alice: User) -> None:
    client.force_login(alice)
    page = client.get(reverse("product", args=[product.pk])).content.decode()
    assert 'id="typed"' in page
    assert ">лён</label>" in page
    client.post(
        reverse("product_attribute_writing", args=[product.pk]), {"key": "Ткань", "value": ["лён", "хлопок"]}
    )
    assert kept(product)["Ткань"]["value"] == "лён, хлопок"
    client.post(reverse("product_attribute_writing", args=[product.pk]), {"key": "Цвет", "value": "лиловый"})
    assert "Цвет" not in kept(product)
    assert (
        client.post(reverse("product_attribute_writing", args=[product.pk]), {"key": "Вкус"}).status_code
        == 404
    )


def test_a_program_writes_all_or_none(client: Client, product: Product, alice: User) -> None:
    client.force_login(alice)
    address = reverse("api_product_attributes", args=[product.pk])

    def put(values: dict[str, str]) -> Any:
        return client.put(address, json.dumps({"values": values}), content_type="application/json")

    refused = put({"Объём": "500", "Цвет": "лиловый", "Вкус": "сладкий"})
    assert refused.status_code == 422
    assert set(refused.json()["errors"]) == {"values.Цвет", "values.Вкус"}
    assert kept(product) == {}
    told = put({"Объём": "0,5 л", "Цвет": "белый"}).json()["attributes"]
    assert [(one["key"], one["value"], one["is_person"]) for one in told[:3]] == [
        ("Объём", "500 мл", True), ("Цвет", "белый", True), ("Ткань", None, False),
    ]  # fmt: skip
