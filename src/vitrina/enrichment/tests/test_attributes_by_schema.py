"""A category's own attributes, filled without a model: typed, converted, from its lists, each with its place, or left out."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests import factories

from vitrina.accounts.models import Seller
from vitrina.catalog import schema_editing
from vitrina.catalog.attribute_schema import attributes_of
from vitrina.catalog.facts import ProductFacts
from vitrina.enrichment import runs
from vitrina.enrichment.generators.attributes.fitting import fitted, missing
from vitrina.enrichment.generators.attributes.offline import extract
from vitrina.enrichment.generators.attributes.schema import (
    AttributesInput,
    AttributesOutput,
    AttributeSpec,
    AttributeValue,
    Evidence,
    EvidenceKind,
)
from vitrina.enrichment.models import ProcessingLog, Status
from vitrina.enrichment.options import RunOptions
from vitrina.enrichment.pipeline import process
from vitrina.enrichment.steps.attributes import specs

ML = AttributeSpec(key="volume", name="Объём", kind="number", unit="мл")
HOOD = AttributeSpec(key="hood", name="Капюшон", kind="boolean")
COLOUR = AttributeSpec(
    key="colour", name="Цвет", kind="choice", values=("белый", "чёрный", "светло-голубой", "голубой"),
    also=((), ("смоль",), (), ()),
)  # fmt: skip
FABRIC = AttributeSpec(key="fabric", name="Ткань", kind="multiple", values=("хлопок", "эластан", "шерсть"))


def filled(
    spec: AttributeSpec, title: str, description: str = "", language: Any = "ru", **attributes: str
) -> AttributesOutput:
    facts = ProductFacts(external_id="1", title=title, description=description, attributes=attributes)
    return extract(AttributesInput(facts=facts, attribute_schema=(spec,), language=language))


def said(spec: AttributeSpec, title: str, description: str = "", **attributes: str) -> str | None:
    values = filled(spec, title, description, **attributes).values
    return values[0].value if values else None


@pytest.mark.parametrize(
    ("unit", "title", "value", "number"),
    [
        ("мл", "Кружка 0,5 л", "500 мл", 500.0),
        ("л", "Канистра объёмом 1500 мл", "1,5 л", 1.5),
        ("мл", "Набор, объём: 200-300 мл", "200–300 мл", None),
        ("мл", "Пятилитровая канистра", "5000 мл", 5000.0),
    ],
)
def test_a_number_comes_in_the_unit_of_the_schema(
    unit: str, title: str, value: str, number: float | None
) -> None:
    (found,) = filled(ML.model_copy(update={"unit": unit}), title).values
    assert (found.value, found.number) == (value, number)


@pytest.mark.parametrize(
    ("spec", "title", "attributes"),
    [
        (ML, "Кружка 300 г", {}),  # another dimension
        (ML, "Кружка", {"Объём": "500"}),  # whose unit nobody knows
        (ML, "Кружка", {"Объём": "нет данных"}),
        (
            AttributeSpec(key="l", name="Длина", kind="number", unit="см"),
            "Коробка 20х30х5 см",
            {},
        ),  # which side?
        (AttributeSpec(key="l", name="Длина", kind="number", unit="см"), "Кабель для стен до 3 м", {}),
        (AttributeSpec(key="w", name="Вес", kind="number", unit="кг"), "Гиря", {"Описание": "Вес: тяжёлая"}),
        (AttributeSpec(key="s", name="Цвет подошвы"), "Ботинки чёрные", {}),  # a part's own
        (AttributeSpec(key="p", name="Вес упаковки", kind="number", unit="кг"), "Гиря", {"Вес, кг": "5"}),
        (HOOD, "Куртка, сушилка для капюшона", {}),
        (COLOUR, "Кружка не белая", {}),
        (FABRIC, "Платье без хлопка", {}),
        (FABRIC, "Платье «Стрекоза»", {}),
    ],
)
def test_what_the_listing_does_not_say_is_left_out(
    spec: AttributeSpec, title: str, attributes: dict[str, str]
) -> None:
    assert said(spec, title, **attributes) is None


def test_a_label_that_names_its_unit_makes_a_bare_number_known() -> None:
    assert said(ML, "Кружка", **{"Объём, л": "0.5"}) == "500 мл"
    assert said(ML, "Кружка", "Объём (мл): 350. Посуда") == "350 мл"


def test_two_names_in_one_breath_are_told_apart_by_their_units() -> None:
    watts = AttributeSpec(key="w", name="Мощность (W)", kind="number", unit="W")
    amperes = AttributeSpec(key="va", name="Мощность (VA)", kind="number", unit="VA")
    text = "Мощность: 1 600 VA / 900 W. Форм-фактор: Tower"
    assert (said(watts, "ИБП", text), said(amperes, "ИБП", text)) == ("900 W", "1600 VA")


@pytest.mark.parametrize(
    ("name", "title", "value"),
    [
        ("Ширина", "Полка 60х20х2 см (ДхШхВ)", "20 см"),
        ("Высота", "Полка 600x200x20 мм (длина х ширина х высота)", "2 см"),
    ],
)
def test_a_side_is_known_where_letters_say_their_order(name: str, title: str, value: str) -> None:
    assert said(AttributeSpec(key="side", name=name, kind="number", unit="см"), title) == value


@pytest.mark.parametrize(
    ("spec", "title", "value"),
    [
        (COLOUR, "Кружка белая", "белый"),
        (COLOUR, "Футболка цвета смоль", "чёрный"),
        (COLOUR, "Чернила Canon black", "чёрный"),
        (COLOUR, "Чернила светло-голубые", "светло-голубой"),
        (FABRIC, "Платье 95% хлопок, 5% эластан", "хлопок, эластан"),
        (FABRIC, "Хлопковая рубашка", "хлопок"),
    ],
)
def test_a_value_of_a_list_is_met_in_any_form(spec: AttributeSpec, title: str, value: str) -> None:
    assert said(spec, title) == value


def test_two_values_where_one_is_asked_for_are_left_to_a_person() -> None:
    found = filled(COLOUR, "Кружка белая, внутри чёрная")
    assert found.values == []
    (doubt,) = found.doubts
    assert [value.value for value in doubt.values] == ["белый", "чёрный"]
    # The supplier's own field decides before any text is read.
    assert said(COLOUR, "Кружка белая, внутри чёрная", Цвет="Чёрный") == "чёрный"


@pytest.mark.parametrize(
    ("title", "description", "attributes", "value"),
    [
        ("Куртка с капюшоном", "", {}, "да"),
        ("Куртка с большим съёмным капюшоном", "", {}, "да"),
        ("Куртка без капюшона", "", {}, "нет"),
        ("Куртка", "Капюшон: есть. Карманы", {}, "да"),
        ("Куртка", "Капюшон отсутствует", {}, "нет"),
        ("Куртка", "", {"Капюшон": "нет"}, "нет"),
    ],
)
def test_yes_and_no(title: str, description: str, attributes: dict[str, str], value: str) -> None:
    assert said(HOOD, title, description, **attributes) == value


def test_an_adjective_says_yes_and_its_denial_no() -> None:
    proof = AttributeSpec(key="p", name="Водонепроницаемый", kind="boolean")
    assert said(proof, "Часы водонепроницаемые") == "да"
    assert said(proof, "Часы не водонепроницаемые") == "нет"


def test_each_value_points_at_its_words() -> None:
    title = "Кружка белая 0,5 л"
    facts = ProductFacts(external_id="1", title=title)
    volume, colour = extract(AttributesInput(facts=facts, attribute_schema=(ML, COLOUR))).values
    assert title[volume.evidence.start : volume.evidence.end] == "0,5 л"
    assert title[colour.evidence.start : colour.evidence.end] == "белая"


# --- A model's values -------------------------------------------------------------------------------------


def value(key: str, text: str, **more: Any) -> AttributeValue:
    return AttributeValue(
        key=key, name=key, value=text, evidence=Evidence(kind=EvidenceKind.INFERRED), **more
    )


def test_a_models_values_are_held_to_the_schema() -> None:
    given_values = [
        value("volume", "0,5 л", number=0.5, unit="l"), value("colour", "Белая"), value("hood", "есть"),
        value("fabric", "хлопок и вискоза"), value("taste", "сладкий"), value("volume", "9 л"),
    ]  # fmt: skip
    found = fitted(AttributesOutput(values=given_values), (ML, COLOUR, HOOD, FABRIC), "ru")
    assert [(one.key, one.value, one.number) for one in found.values] == [
        ("volume", "500 мл", 500.0), ("colour", "белый", None), ("hood", "да", None), ("fabric", "хлопок", None),
    ]  # fmt: skip


def test_a_value_outside_of_the_list_or_the_unit_is_a_doubt_and_the_required_one_missing() -> None:
    required = COLOUR.model_copy(update={"required": True})
    found = fitted(
        AttributesOutput(values=[value("colour", "лиловый"), value("volume", "5 кг")]), (ML, required), "ru"
    )
    assert found.values == []
    assert [doubt.key for doubt in found.doubts] == ["colour", "volume"]
    assert missing(found, (ML, required)) == [required]


words = st.sampled_from(
    [
        "белый",
        "не",
        "без",
        "с",
        "капюшоном",
        "0,5",
        "л",
        "20х30",
        "см",
        "объём",
        ":",
        "да",
        "Цвет",
        ",",
        "хлопок",
    ]
)


@given(st.lists(words, max_size=12), st.lists(words, max_size=12))
@settings(max_examples=60, deadline=None)
def test_any_listing_gives_values_of_the_schema_alone_with_evidence_within_it(
    one: list[str], two: list[str]
) -> None:
    facts = ProductFacts(external_id="1", title=" ".join(one), description=" ".join(two))
    found = extract(AttributesInput(facts=facts, attribute_schema=(ML, COLOUR, HOOD, FABRIC)))
    assert {item.key for item in found.values}.isdisjoint({doubt.key for doubt in found.doubts})
    for item in found.values:
        text = {"title": facts.title, "description": facts.description}[item.evidence.field]
        assert 0 <= item.evidence.start < item.evidence.end <= len(text)
        if item.key == "colour":
            assert item.value in COLOUR.values
        if item.key == "volume":
            assert item.value.endswith(" мл")


# --- In a run ---------------------------------------------------------------------------------------------

SCHEMA = [
    {"name": "Объём", "name_en": "Volume", "kind": "number", "unit": "мл", "required": True},
    {
        "name": "Цвет",
        "name_en": "Colour",
        "kind": "choice",
        "choices": [{"value": "белый", "value_en": "white"}],
        "required": True,
    },
]


def test_an_english_card_gets_english_names_and_values() -> None:
    schema = specs(attributes_of(SCHEMA), "en")
    facts = ProductFacts(external_id="1", title="Кружка белая")
    (found,) = extract(AttributesInput(facts=facts, attribute_schema=schema, language="en")).values
    assert (found.key, found.name, found.value) == ("Цвет", "Colour", "white")


def run(seller: Seller, title: str, **options: Any) -> ProcessingLog:
    mugs = factories.category("Посуда > Кружки", seller=seller)
    assert mugs.parent is not None
    schema_editing.put(mugs.parent, SCHEMA[:1])
    schema_editing.put(mugs, SCHEMA[1:])
    product = factories.product(seller=seller, title=title, category=mugs, price="990", currency="RUB")
    log = runs.start(product, RunOptions(describe=False, categorize=True, use_images=False, **options))
    ProcessingLog.objects.filter(pk=log.pk).update(
        options=log.options | {"categorize": False, "describe": True}
    )
    return process(
        ProcessingLog.objects.select_related("product__seller", "product__category").get(pk=log.pk)
    )


@pytest.mark.django_db
def test_a_product_that_has_its_place_is_filled_by_what_the_place_inherits(seller: Seller) -> None:
    log = run(seller, "Кружка белая 0,5 л для чая и кофе")
    found = (log.result or {})["attributes"]
    assert (found["Объём"]["value"], found["Цвет"]["value"]) == ("500 мл", "белый")
    assert found["Объём"]["evidence"]["field"] == "title"


@pytest.mark.django_db
def test_a_missing_one_is_a_finding_and_a_reason_only_when_asked_for(seller: Seller) -> None:
    silent = run(seller, "Кружка белая для чая и кофе")
    assert (silent.result or {})["attributes_missing"] == ["Объём"]
    codes = [finding["code"] for finding in (silent.result or {})["findings"]]
    assert "attribute.missing" not in codes
    asked = run(seller, "Кружка белая для кофе и чая", require_attributes=True)
    reasons = (asked.result or {})["decision"]["reasons"]
    assert [reason["detail"] for reason in reasons if reason["code"] == "attribute.missing"] == [
        {"name": "Объём"}
    ]
    assert asked.status == Status.MODERATION
