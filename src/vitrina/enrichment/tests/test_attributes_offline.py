"""Attributes without a model: typed values, each with where it stands."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vitrina.catalog.facts import ProductFacts
from vitrina.engine.core.prompts import load
from vitrina.enrichment.generators.attributes.generator import GENERATOR
from vitrina.enrichment.generators.attributes.offline import extract
from vitrina.enrichment.generators.attributes.schema import (
    AttributesInput,
    AttributeSpec,
    AttributeValue,
    Evidence,
    EvidenceKind,
)
from vitrina.enrichment.generators.attributes.verification import verified


def read(
    title: str, description: str = "", language: str = "ru", **attributes: str
) -> dict[str, AttributeValue]:
    facts = ProductFacts(external_id="1", title=title, description=description, attributes=attributes)
    return {value.key: value for value in extract(AttributesInput(facts=facts, language=language)).values}


@pytest.mark.parametrize(
    ("title", "key", "value"),
    [
        ("Кружка белая 350 мл", "volume", "350 мл"),
        ("Кружка белая 350 мл", "colour", "белый"),
        ("Платок из шёлка", "material", "шёлк"),
        ("Монитор 27 дюймов", "diagonal", "27 дюймов"),
        ("Ботинки зимние мужские", "season", "зима"),
        ("Ботинки зимние мужские", "gender", "мужской"),
        ("Плед 150х200 см", "dimensions", "150×200 см"),
        ("Пряжа 95% хлопок, 5% эластан", "composition", "95 % хлопок, 5 % эластан"),
        ("Чернила голубые, 65 мл", "colour", "голубой"),
    ],
)
def test_a_value_of_the_title_is_typed(title: str, key: str, value: str) -> None:
    assert read(title)[key].value == value


def test_each_value_points_at_its_place() -> None:
    title = "Кружка белая 350 мл"
    volume = read(title)["volume"]
    assert (volume.number, volume.unit) == (350.0, "ml")
    assert volume.evidence.kind is EvidenceKind.TEXT
    assert title[volume.evidence.start : volume.evidence.end] == "350 мл"


def test_the_suppliers_own_attribute_wins_and_is_named() -> None:
    colour = read("Кружка белая", Цвет="Тёмно-синий")["colour"]
    assert colour.value == "тёмно-синий"
    assert (colour.evidence.kind, colour.evidence.source) == (EvidenceKind.ATTRIBUTE, "Цвет")


def test_a_number_of_unknown_unit_is_not_known() -> None:
    assert "weight" not in read("Кружка", Вес="0.3")
    assert read("Кружка", **{"Вес, кг": "0.3"})["weight"].value == "0.3 кг"


def test_warranty_yield_and_compatibility_are_read_from_running_text() -> None:
    found = read(
        "Тонер-картридж Katun (совместимый)",
        "Гарантия: 12 мес. Ресурс до 24 500 страниц. Подходит для Canon iR 2202 / 2204.",
    )
    assert found["warranty"].value == "12 мес."
    assert found["yield"].value == "24 500 страниц"
    assert found["original"].value == "Совместимый"
    assert found["compatibility"].value.startswith("Canon iR 2202")


def test_names_and_values_follow_the_language() -> None:
    found = read("Красная кружка из стекла", language="en")
    assert (found["colour"].name, found["colour"].value) == ("Colour", "red")
    assert found["material"].value == "glass"


def test_a_categorys_own_schema_decides_what_is_filled_and_with_which_values() -> None:
    schema = (
        AttributeSpec(key="clr", name="Цвет", kind="choice", values=("белый", "чёрный")),
        AttributeSpec(key="kind", name="Вид", kind="choice", values=("капельная", "рожковая")),
        AttributeSpec(key="none", name="Обжарка", kind="choice", values=("тёмная",)),
    )
    facts = ProductFacts(external_id="1", title="Рожковая кофеварка белая 900 Вт")
    values = extract(AttributesInput(facts=facts, attribute_schema=schema)).values
    assert [(value.key, value.value) for value in values] == [("clr", "белый"), ("kind", "рожковая")]


def test_shown_values_serve_the_writer() -> None:
    facts = ProductFacts(external_id="1", title="Кружка белая 350 мл")
    assert extract(AttributesInput(facts=facts)).shown()["Объём"] == "350 мл"


def test_the_prompt_loads_and_fences_the_listing() -> None:
    rendered = load(GENERATOR.prompt, GENERATOR.input).render(
        AttributesInput(facts=ProductFacts(external_id="1", title="Кружка"))
    )
    assert "Кружка" in rendered.user
    assert len(rendered.system.splitlines()) < 25


@given(title=st.text(max_size=80), description=st.text(max_size=160))
@settings(max_examples=80, deadline=None)
def test_any_listing_is_read_without_error_and_evidence_lies_within_it(title: str, description: str) -> None:
    facts = ProductFacts(external_id="1", title=title, description=description)
    for value in extract(AttributesInput(facts=facts)).values:
        if value.evidence.kind is EvidenceKind.TEXT:
            text = {"title": title, "description": description}[value.evidence.field]
            assert 0 <= value.evidence.start < value.evidence.end <= len(text)


def test_a_models_evidence_is_verified_and_false_evidence_is_said_to_be_inferred() -> None:
    facts = ProductFacts(external_id="1", title="Кружка белая 350 мл", attributes={"Материал": "керамика"})

    def value(text: str, **evidence: object) -> AttributeValue:
        return AttributeValue(key="k", name="К", value=text, evidence=Evidence.model_validate(evidence))

    right, moved, converted, supplied, invented = verified(
        [
            value("белая", kind="text", field="title", start=7, end=12),
            value("350 мл", kind="text", field="title", start=0, end=3),
            value("0,35 л", kind="text", field="description", start=0, end=90),
            value("керамика", kind="attribute", source="Материал"),
            value("фарфор", kind="attribute", source="Материал"),
        ],
        facts,
    )
    assert (right.evidence.start, right.evidence.end) == (7, 12)
    assert facts.title[moved.evidence.start : moved.evidence.end] == "350 мл"
    assert facts.title[converted.evidence.start : converted.evidence.end] == "350 мл"
    assert supplied.evidence.source == "Материал"
    assert invented.evidence.kind is EvidenceKind.INFERRED
