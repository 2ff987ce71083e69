"""Reading: what a text states, with spans that lie within it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vitrina.enrichment.reading.inflection import PLURAL, agreeing, counted, phrase, singular
from vitrina.enrichment.reading.mention import Kind
from vitrina.enrichment.reading.mentions import read
from vitrina.enrichment.reading.pairs import features_in, pairs_in
from vitrina.enrichment.reading.quantities import code_key, readings
from vitrina.enrichment.reading.units import unit_of

LISTING = st.text(
    alphabet='абвгдежзийклмнопрстуфхцчшщъыьэюя АБВXSMLabc0123456789.,-–/×х%"«»():°²\n', max_size=160
)


@given(text=st.one_of(LISTING, st.text(max_size=120)))
@settings(max_examples=150, deadline=None)
def test_reading_never_raises_and_spans_lie_within_the_text(text: str) -> None:
    for mention in read(text):
        assert 0 <= mention.start < mention.end <= len(text)
        assert text[mention.start : mention.end] == mention.text
    for pair in pairs_in(text):
        assert text[pair.start : pair.end] == pair.value
    features_in(text)


@pytest.mark.parametrize(
    ("text", "kind", "value", "unit"),
    [
        ("объём 1,5 л", "quantity", "1.5", "l"),
        ("80мкм", "quantity", "80", "um"),
        ("65-дюймовый экран", "quantity", "65", "in"),
        ("8 тыс. страниц", "quantity", "8000", "страница"),
        ("двадцать пять капсул", "quantity", "25", "капсула"),
        ("12 сменных насадок", "quantity", "12", "насадка"),
        ("трёхслойный картон", "number", "3", ""),
        ("220 В", "quantity", "220", "v"),
        ("450 граммов на квадратный метр", "quantity", "450", "gsm"),
    ],
)
def test_a_quantity_is_read_with_its_unit(text: str, kind: str, value: str, unit: str) -> None:
    assert (kind, value, unit) in [(mention.kind, mention.value, mention.unit) for mention in read(text)]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("25х25 см", "25x25"),
        ("1920x1080", "1920x1080"),
        ("70 на 140 см", "70x140"),
        ("формат А4", "a4"),
        ("размеры S-XL", "XL"),
        ("XXXL", "3XL"),
    ],
)
def test_a_size_is_read_as_one_value(text: str, value: str) -> None:
    assert value in [mention.value for mention in read(text) if mention.kind == "size"]


def test_a_year_a_preposition_and_a_quote_are_no_units() -> None:
    units = {mention.unit for mention in read('В 2014 г. вышла книга «Размер "42"», 3 в 1')}
    assert units.isdisjoint({"g", "v", "in"})


def test_skin_is_no_leather_and_imitation_is_not_the_real_thing() -> None:
    assert "leather" not in {mention.value for mention in read("Крем для сухой кожи рук")}
    assert "leather" in {mention.value for mention in read("Сумка из натуральной кожи")}


def test_a_written_number_may_mean_two_things() -> None:
    assert readings("1 000") == ("1000",)
    assert readings("14,000") == ("14000", "14")
    assert readings("0,216") == ("0.216",)


def test_codes_compare_across_alphabets_and_separators() -> None:
    assert code_key("PFI-120") == code_key("РFI 120".replace(" ", ""))
    assert code_key("А4") == code_key("A4")


def test_units_are_known_by_case_and_by_word() -> None:
    assert unit_of("В") is not None
    assert unit_of("в") is None
    litre = unit_of("литров")
    assert litre is not None
    assert litre.id == "l"


def test_phrases_are_declined_with_their_adjectives() -> None:
    board = phrase("интерактивная доска")
    assert board is not None
    assert board.forms["accs"] == "интерактивную доску"
    container = phrase("контейнер для отработанного тонера")
    assert container is not None
    assert container.forms["gent"] == "контейнера для отработанного тонера"
    ink = phrase("чернила")
    assert ink is not None
    assert ink.number == PLURAL


def test_a_category_name_becomes_one_thing() -> None:
    assert singular("компьютерные швейные машины") == "компьютерная швейная машина"


def test_adjectives_and_counts_agree() -> None:
    assert agreeing("оригинальный", PLURAL) == "оригинальные"
    assert [counted(number, "месяц", "месяца", "месяцев") for number in ("1", "3", "12", "21")] == [
        "месяц",
        "месяца",
        "месяцев",
        "месяц",
    ]


@pytest.mark.parametrize("text", ["2 части", "2 футляра", "5 пробников", "10 luxury soaps", "1280\nVoltage"])
def test_words_that_begin_like_units_are_none(text: str) -> None:
    assert {mention.unit for mention in read(text)}.isdisjoint({"h", "ft", "proof", "lx", "v"})


@pytest.mark.parametrize("text", ["Сумка из искусственной кожи", "Сумка из эко-кожи", "A faux leather bag"])
def test_imitation_leather_is_not_taken_for_leather(text: str) -> None:
    assert {mention.value for mention in read(text) if mention.kind == "material"} == {"ecoleather"}


@pytest.mark.parametrize(
    "text",
    [
        "Отпариватель для утюжки и обработки изделий из кожи, одежды, ковров.",
        "Аппарат для чистки вещей из замши.",
        "Придаёт объём и ворсистость трикотажным изделиям.",
        "Фломастеры легко смываются с кожи и одежды.",
    ],
)
def test_what_the_goods_are_for_is_not_what_they_are_made_of(text: str) -> None:
    assert not [one for one in read(text) if one.kind is Kind.MATERIAL]


def test_goods_of_a_material_keep_it() -> None:
    assert [one.text for one in read("Набор изделий из кожи") if one.kind is Kind.MATERIAL] == ["кожи"]
