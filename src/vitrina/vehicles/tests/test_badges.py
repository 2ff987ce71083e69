"""Brands are recognised as people write them, and each has the badge of its model year."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitrina.vehicles import badges
from vitrina.vehicles.badges import brand, brands, recognized

LONG = [(one.id, name) for one in brands() for name in one.spellings if len(name) >= 6 and name.isalpha()]


def test_ninety_brands_are_known_each_with_names_in_both_languages() -> None:
    assert len(brands()) == 90
    for one in brands():
        assert all((one.spellings, one.russian, one.eras, one.placement))
        assert any(name.isascii() or name == one.name for name in one.spellings)


def test_every_spelling_leads_to_its_own_brand_in_any_case_and_without_marks() -> None:
    for one in brands():
        for name in (one.id, *one.spellings, *one.lines):
            for written in (name, name.upper(), name.lower(), name.replace(" ", ""), name.replace("-", " ")):
                found = recognized(written)
                assert found is not None, written
                assert found.id == one.id, written


@pytest.mark.parametrize(
    ("written", "identity"),
    [
        ("Мерседес", "mercedes-benz"),
        ("mercedes benz", "mercedes-benz"),
        ("Тайота", "toyota"),
        ("Volkswagan", "volkswagen"),
        ("Chevorlet", "chevrolet"),
        ("Шевралет", "chevrolet"),
        ("хёндай", "hyundai"),
        ("Хендэ", "hyundai"),
        ("Мицубиши", "mitsubishi"),
        ("Citroen", "citroen"),
        ("ŠKODA", "skoda"),
        ("lynk & co", "lynk-and-co"),
        ("Range Rover", "land-rover"),
        ("GWM", "great-wall"),
    ],
)
def test_a_brand_is_recognised_from_how_people_write_it(written: str, identity: str) -> None:
    found = recognized(written)
    assert found is not None
    assert found.id == identity


@pytest.mark.parametrize(
    "written", ["", "  ", "Кошка", "BMV", "Kio", "Rocinante", "Клио", "—", "\x00", "ё" * 500]
)
def test_what_is_no_brand_is_told_as_unknown(written: str) -> None:
    assert recognized(written) is None


@given(st.sampled_from(LONG), st.data())
def test_one_wrong_letter_in_a_long_name_leads_to_no_other_brand(
    named: tuple[str, str], data: st.DataObject
) -> None:
    identity, name = named
    place = data.draw(st.integers(0, len(name) - 1))
    letter = data.draw(st.sampled_from("abcdeiouzабвеиоуя"))
    found = recognized(name[:place] + letter + name[place + 1 :])
    assert found is None or found.id == identity


@given(st.text(max_size=40))
def test_no_text_breaks_the_recognising(text: str) -> None:
    recognized(text)


@pytest.mark.parametrize(
    ("identity", "year", "words"),
    [
        ("kia", 2020, "oval"),
        ("kia", 2021, "without any frame"),
        ("peugeot", 2014, "lion standing on its hind legs"),
        ("peugeot", 2021, "roaring lion head"),
        ("renault", 2020, "folded-ribbon"),
        ("renault", 2021, "two parallel interlaced lines"),
        ("citroen", 2022, "vertical oval"),
        ("dacia", 2021, "DACIA on its bar"),
        ("nissan", 2019, "crossed by a horizontal bar"),
        ("nissan", 2020, "thin open ring"),
        ("volkswagen", 2018, "dark-blue"),
        ("volvo", 2021, "flat ring"),
        ("byd", 2021, "red horizontal oval"),
        ("byd", 2022, "without an oval"),
    ],
)
def test_the_badge_is_that_of_the_model_year(identity: str, year: int, words: str) -> None:
    badge = badges.badge_of(brand(identity), year)
    assert words in badge.words
    assert badge.is_year_known


def test_a_year_outside_every_era_takes_the_nearest_and_says_that_it_is_uncertain() -> None:
    genesis = badges.badge_of(brand("genesis"), 2008)
    assert "wings" in genesis.words
    assert not genesis.is_certain
    assert badges.badge_of(brand("genesis"), 2020).is_certain


def test_a_badge_from_memory_is_uncertain_and_so_is_one_without_a_year() -> None:
    assert not badges.badge_of(brand("moskvich"), 2023).is_certain
    newest = badges.badge_of(brand("kia"), None)
    assert "handwritten" in newest.words
    assert not newest.is_certain
    assert not newest.is_year_known


@given(st.sampled_from([one.id for one in brands()]), st.integers(1900, 2100))
def test_every_brand_has_a_badge_in_every_year(identity: str, year: int) -> None:
    assert badges.badge_of(brand(identity), year).words


def test_no_badge_is_told_by_naming_a_brand_that_it_is_confused_with() -> None:
    for one in brands():
        for era in one.eras:
            for rival in one.confused_with:
                assert not badges.is_named(rival, f"{era.badge}, {one.placement}"), (one.id, rival)


def test_a_brand_is_named_as_a_whole_word_alone() -> None:
    assert badges.is_named("Seat", "a SEAT badge")
    assert badges.is_named("Citroën", "citroen badge")
    assert badges.is_named("Mercedes-Benz", "mercedes benz star")
    assert not badges.is_named("Seat", "heated seats")
    assert not badges.is_named("MINI", "minimal")
