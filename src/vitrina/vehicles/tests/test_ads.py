"""An ad that is pasted fills the fields of a car."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitrina.vehicles import ads, paints, wording
from vitrina.vehicles.ads import AdFields


def read(text: str) -> AdFields:
    return ads.read(text, newest_year=2027)


def test_a_russian_ad_gives_everything_that_it_tells_of_the_looks() -> None:
    found = read(
        "Продам Renault Clio 2021 года, хэтчбек, цвет синий металлик, литые диски R16,\n"
        "пробег 45 000 км, один владелец, 1 250 000 руб."
    )
    assert found == AdFields(
        brand="Renault",
        brand_key="renault",
        model="Clio",
        year=2021,
        color="синий",
        color_hex="#1f4fbf",
        body_type="хэтчбек",
        details="литые диски, 16-дюймовые колёса",
    )


def test_an_english_ad_is_answered_in_english() -> None:
    found = read("Great Wall H6 2022 white crossover SUV, panoramic roof, roof rails")
    assert (found.brand_key, found.model, found.year) == ("great-wall", "H6", 2022)
    assert (found.color, found.body_type) == ("white", "crossover SUV")
    assert found.details == "panoramic glass roof, roof rails"


@pytest.mark.parametrize(
    ("text", "brand", "model", "year"),
    [
        ("Mercedes-Benz E-Class, 2019 г., чёрный седан", "mercedes-benz", "E-Class", 2019),
        ("BMW X5 3.0 AT 2020 красный", "bmw", "X5", 2020),
        ("Peugeot 308 2014, хэтчбек белый", "peugeot", "308", 2014),
        ("Пежо 2008 2019 года серый", "peugeot", "2008", 2019),
        ("Peugeot 2008 серый", "peugeot", "2008", None),
        ("BMW 2019 X5", "bmw", "", 2019),
        ("Продаю Ладу Гранту, 2015 г.в., белая", "lada", "Гранту", 2015),
        ("ГАЗ Соболь 2010", "gaz", "Соболь", 2010),
        ("Лада Веста 2018, на газе", "lada", "Веста", 2018),
        ("Range Rover Sport 2018", "land-rover", "Range Rover Sport", 2018),
        ("Chery Tiggo 7 Pro Max 2023 белый", "chery", "Tiggo 7 Pro Max", 2023),
        ("Тайота Камри 2016 черный седан", "toyota", "Камри", 2016),
        ("Форд Фокус, пробег 2015 км", "ford", "Фокус", None),
        ("Отдам кота", "", "", None),
    ],
)
def test_brand_model_and_year_are_found(text: str, brand: str, model: str, year: int | None) -> None:
    found = read(text)
    assert (found.brand_key, found.model, found.year) == (brand, model, year)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Peugeot 308 белый, салон черный кожаный", "белый"),
        ("Kia Rio, чёрная кожа, цвет красный", "красный"),
        ("Kia Rio, сервисная книжка, серая", "серый"),
        ("Kia Rio, официальный сервис", ""),
        ("Лада, мокрый асфальт", "тёмно-серый"),
        ("Лада тёмно-синяя", "тёмно-синий"),
    ],
)
def test_the_color_is_that_of_the_body(text: str, value: str) -> None:
    assert read(text).color == value


@given(st.text(max_size=300))
def test_no_text_breaks_the_reading(text: str) -> None:
    found = read(text)
    assert found.year is None or 1900 <= found.year <= 2027


def test_a_long_ad_is_read_in_time() -> None:
    found = read("слово Камри 2019 красный " * 5_000)
    assert found.year == 2019


def test_equipment_told_in_russian_is_read_back_as_the_same() -> None:
    for term in wording.EQUIPMENT:
        assert wording.equipment_of(term.russian) == (term.english,)
        assert wording.equipment_of(term.english) == (term.english,)
    assert wording.equipment_of(wording.in_russian(("17-inch wheels",))[0]) == ("17-inch wheels",)


def test_every_body_type_and_paint_is_found_by_both_of_its_names() -> None:
    for body in wording.BODY_TYPES:
        assert wording.body_type_of(body.russian) == body
        assert wording.body_type_of(body.english) == body
    for paint in paints.PAINTS:
        assert paints.paint_of(paint.russian) == paint
        assert paints.paint_of(paint.english) == paint


@pytest.mark.parametrize(
    ("name", "latin"),
    [
        ("Клио", "Clio"),
        ("Гранту", "Granta"),
        ("Октавия A7", "Octavia A7"),
        ("Е-класс", "E-Class"),
        ("Кораблик", "Korablik"),
        ("H6", "H6"),
    ],
)
def test_a_model_in_russian_letters_is_told_in_latin_ones(name: str, latin: str) -> None:
    assert wording.latin(name) == latin
