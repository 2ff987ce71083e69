"""Names in a book: declined forms are one, everyday capitals are none, places are told from people."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vitrina.books.names import names_in, names_of

STORY = (
    "Однажды Германн пришёл в Петербург. Никто не знал Германна, и с Германном никто не говорил. "
    "Там жила Лизавета Ивановна; он увидел Лизавету Ивановну у окна. Лизавете Ивановне было скучно в Петербурге. "
    "К Гавриле Афанасьевичу приехал гость, а Гаврила Афанасьевич спал. Гаврилу Афанасьевича разбудили. "
    "Старый дом стоял у реки. Роза стояла в вазе, и роза пахла. Надежда умерла."
)


def test_declined_forms_are_one_name() -> None:
    names = {name.name: name for name in names_in(STORY, "ru")}
    assert set(names) == {"Германн", "Петербург", "Лизавета Ивановна", "Гаврила Афанасьевич"}
    assert names["Германн"].mentions == 3
    assert {name for name, one in names.items() if one.is_place} == {"Петербург"}


@pytest.mark.parametrize(
    ("passage", "there"),
    [
        ("Он поклонился Германну.", ("Германн",)),
        ("В Петербурге у Лизаветы Ивановны было темно.", ("Петербург", "Лизавета Ивановна")),
        ("Старый дом стоял у реки.", ()),
        ("Ивановна вышла к Гавриле Афанасьевичу.", ("Гаврила Афанасьевич",)),
    ],
)
def test_a_passage_tells_whom_it_names(passage: str, there: tuple[str, ...]) -> None:
    assert names_of(passage, names_in(STORY, "ru"), "ru") == there


def test_english_names_are_capitals_inside_sentences() -> None:
    text = (
        "Then Alice met the White Rabbit in London. The White Rabbit looked at Alice. “Oh!” said Alice’s sister. "
        "Presently the garden was quiet. Suddenly Mr Green came from London, and Mr Green sat down."
    )
    names = {name.name: name.is_place for name in names_in(text, "en")}
    assert names == {"Alice": False, "White Rabbit": False, "London": True, "Mr Green": False}
    assert names_of("Alice’s eyes were on the White Rabbit.", names_in(text, "en"), "en") == (
        "Alice",
        "White Rabbit",
    )


def test_the_book_spells_its_names_as_it_likes() -> None:
    text = "Там стоял Петр. Он увидел Петра и подошёл с Петром к окну, а Петр молчал."
    assert [name.name for name in names_in(text, "ru")] == ["Петр"]


@settings(deadline=None)
@given(st.text(max_size=300), st.sampled_from(["ru", "en", ""]))
def test_any_text_is_borne(text: str, language: str) -> None:
    for name in names_in(text, language):
        assert name.name.strip()
        assert name.mentions >= 1
