"""A product's attributes in a marketplace's words: names, units, dictionaries, and what is doubtful."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitrina.enrichment.placement.mapping import DOUBTFUL, SURE, mapped, missing


def attribute(name: str, kind: str = "text", **more: Any) -> dict[str, Any]:
    return {"key": "7", "name": name, "kind": kind, "most": 1, **more}


COLOURS = [
    {"value": "белый", "id": "61"},
    {"value": "синий", "id": "62"},
    {"value": "тёмно-синий", "id": "63"},
]


@pytest.mark.parametrize(
    ("row", "source", "value", "expected", "state"),
    [
        (attribute("Объем (мл)", "number", unit="мл"), "Объём", "350 мл", "350", SURE),
        (attribute("Объем (мл)", "number", unit="мл"), "Объём, л", "0,35", "350", SURE),
        (attribute("Объем, мл", "number"), "Объем", "0.5 л", "500", SURE),
        (attribute("Вес товара, г", "number"), "Вес", "1,2 кг", "1200", SURE),
        (attribute("Материал изделия"), "Материал", "керамика", "керамика", SURE),
        (attribute("Страна-изготовитель"), "Страна производства", "Россия", "Россия", SURE),
        (attribute("Цвет товара", "multiple", most=5, choices=COLOURS), "Цвет", "Белый", "белый", SURE),
        (attribute("Цвет", "choice", choices=COLOURS), "Цвет", "темно-синий", "тёмно-синий", SURE),
        (attribute("Цвет", "choice", choices=COLOURS), "Цвет", "темносиний", "тёмно-синий", DOUBTFUL),
        (attribute("Комплектация набора"), "Комплектация наборов", "кружка", "кружка", DOUBTFUL),
    ],
)
def test_a_value_is_said_in_the_marketplaces_words(
    row: dict[str, Any], source: str, value: str, expected: str, state: str
) -> None:
    found = mapped([row], {source: value})["7"]
    assert [text for _key, text in found.values] == [expected]
    assert found.state == state
    assert found.evidence == (source, value)


@pytest.mark.parametrize(
    ("row", "source", "value"),
    [
        (attribute("Объем (мл)", "number", unit="мл"), "Объём", "350"),  # of what, nobody says
        (attribute("Объем (мл)", "number", unit="мл"), "Объём", "350 г"),
        (attribute("Объем (мл)", "number", unit="мл"), "Объём", "300–350 мл"),
        (attribute("Цвет", "choice", choices=COLOURS), "Цвет", "малиновый"),
        (attribute("Бренд", is_long=True), "Бренд", "Маяк"),
        (attribute("Сезон"), "Цвет", "белый"),
        (attribute("Рисунок", most=2), "Рисунок", "полоска, клетка, горох"),
    ],
)
def test_what_can_not_be_said_is_left_out_and_not_guessed(
    row: dict[str, Any], source: str, value: str
) -> None:
    assert mapped([row], {source: value}) == {}


def test_the_dictionarys_numbers_go_with_their_words() -> None:
    row = attribute("Цвет", "multiple", most=2, choices=COLOURS)
    assert mapped([row], {"Цвет": "синий, белый"})["7"].values == (("62", "синий"), ("61", "белый"))


def test_a_part_that_no_dictionary_has_makes_the_rest_doubtful() -> None:
    row = attribute("Цвет", "multiple", most=3, choices=COLOURS)
    found = mapped([row], {"Цвет": "синий, малиновый"})["7"]
    assert (found.values, found.state) == ((("62", "синий"),), DOUBTFUL)


def test_what_is_required_and_has_no_value_is_named() -> None:
    schema = [attribute("Состав", required=True), {**attribute("Цвет"), "key": "8"}]
    assert missing(schema, {}) == ["7"]
    assert missing(schema, {"7": {"values": []}}) == ["7"]
    assert missing(schema, {"7": {"values": [{"id": "", "text": "хлопок"}]}}) == []


JUNK = st.text("ОбъемЦвтМариалёbс (мл),;/0359.-«»\n\u202e🧿", max_size=20)


@given(st.dictionaries(JUNK, JUNK, max_size=6))
def test_junk_never_breaks_it_and_every_value_has_its_evidence(attributes: dict[str, str]) -> None:
    schema = [
        attribute("Объем (мл)", "number", unit="мл"),
        {**attribute("Цвет", "multiple", most=2, choices=COLOURS), "key": "8"},
        {**attribute("Материал", most=0), "key": "9"},
    ]
    for one in mapped(schema, attributes).values():
        name, value = one.evidence
        assert attributes[name] == value
        assert one.values
