"""Character sheets: the first good description of each name, and never over what a person confirmed."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from vitrina.books.generators.portrait.offline import portray
from vitrina.books.generators.portrait.schema import MOST_LOOK_WORDS, MOST_PASSAGES, Portrait, PortraitInput
from vitrina.books.names import names_in
from vitrina.books.recipe import Look
from vitrina.books.sheets import Sheet, first_looks, looks_for, merged, to_portray

STORY = [
    "Марфа Петровна вышла на крыльцо. Было тихо.",
    "Марфа Петровна была высокая женщина. У Марфы Петровны было бледное лицо, густые чёрные брови и серый шерстяной "
    "платок на широких плечах. Она улыбалась.",
    "Захар сидел у печи. Его седая борода и красный нос блестели, потёртый тулуп висел на худых плечах. Захар молчал.",
    "Марфа Петровна увидела Захара. У Марфы Петровны были голубые глаза и чёрные волосы.",
    "В Заречье стояла белая церковь с высокой колокольней, у тёмной реки зеленели старые ивы. Из Заречья шла дорога.",
    "Марфа Петровна уехала с Павлом, а Павел молчал; на стене висел новый мундир и синий плащ.",
]
NAMES = names_in("\n".join(STORY), "ru")


def test_the_first_good_description_makes_the_look() -> None:
    sheets = {sheet.name: sheet for sheet in first_looks(STORY, NAMES, "ru")}
    assert (
        sheets["Марфа Петровна"].look
        == "pale face, thick black eyebrows, grey woollen headscarf, wide shoulders"
    )
    assert sheets["Марфа Петровна"].source == 1
    assert sheets["Захар"].look == "grey beard, red nose, worn sheepskin coat, thin shoulders"
    assert sheets["Заречье"].look == "white church, tall bell tower, dark river, old willows"
    assert sheets["Заречье"].is_place


def test_a_name_that_nobody_describes_has_an_empty_look() -> None:
    # The coats hang on a wall, and the sentence names two people.
    (павел,) = [sheet for sheet in first_looks(STORY, NAMES, "ru") if sheet.name == "Павел"]
    assert (павел.look, павел.source) == ("", None)


def test_english_looks_stay_in_the_books_words() -> None:
    text = "Then came Mr Grim. Mr Grim had small grey eyes, a crooked nose and a long black cloak. “Fine white teeth, red lips!” he said."
    (sheet,) = first_looks([text], names_in(f"{text} It was Mr Grim.", "en"), "en")
    assert sheet.look == "small grey eyes, crooked nose, long black cloak"


def test_a_long_description_is_kept_in_whole_groups() -> None:
    parts = ", ".join(
        f"{color} {thing}"
        for color in ("red", "blue", "green", "white")
        for thing in ("cloak", "hat", "gloves", "boots", "nose", "beard", "hair")
    )
    text = f"Old Mr Grim had {parts}. There was Mr Grim."
    (sheet,) = first_looks([text], names_in(text, "en"), "en")
    assert len(sheet.look.split()) <= MOST_LOOK_WORDS
    assert sheet.look.startswith("red cloak, red hat")


looks = st.text(alphabet="ab ", max_size=5).map(str.strip)
sheet_lists = st.lists(
    st.builds(Sheet, st.sampled_from("ABC"), look=looks, is_confirmed=st.booleans()),
    unique_by=lambda sheet: sheet.name,
    max_size=3,
)


@given(sheet_lists, sheet_lists)
def test_what_stands_or_is_confirmed_is_never_changed(known: list[Sheet], found: list[Sheet]) -> None:
    after = {sheet.name: sheet for sheet in merged(known, found)}
    assert set(after) == {sheet.name for sheet in [*known, *found]}
    for sheet in known:
        if sheet.is_confirmed or sheet.look:
            assert after[sheet.name] == sheet
        else:
            assert after[sheet.name].look in {"", *(one.look for one in found if one.name == sheet.name)}


def test_a_prompt_tells_the_looks_of_whom_it_names() -> None:
    sheets = {"Германн": "young officer", "Лиза": "", "Графиня": "old lady"}
    assert looks_for(["Графиня", "Лиза", "Германн", "Графиня", "Томский"], sheets) == [
        Look("Графиня", "old lady"),
        Look("Германн", "young officer"),
    ]


def test_without_a_model_a_portrait_is_the_first_good_description() -> None:
    asked = {one.name: one for one in to_portray(STORY, NAMES, "ru")}
    assert asked["Марфа Петровна"].passages == tuple(text for text in STORY if "Марф" in text)
    assert portray(asked["Марфа Петровна"]).look.startswith("pale face, thick black eyebrows")
    assert portray(asked["Павел"]).look == ""
    many = to_portray([STORY[1]] * 10, NAMES, "ru")
    assert len(many[0].passages) == MOST_PASSAGES


@settings(max_examples=50, deadline=None)
@given(
    st.lists(st.sampled_from(STORY) | st.text(min_size=1, max_size=80), min_size=1, max_size=4),
    st.sampled_from(["Захар", "Mr Grim", "ыы"]),
    st.sampled_from(["ru", "en"]),
)
def test_any_passages_give_a_valid_portrait(passages: list[str], name: str, language: str) -> None:
    made = portray(PortraitInput(name=name, language=language, passages=tuple(passages)))
    assert Portrait.model_validate(made.model_dump()) == made


@pytest.mark.parametrize("look", ["чёрные глаза", "black eyes " * 30])
def test_a_look_that_no_prompt_could_hold_is_refused(look: str) -> None:
    with pytest.raises(ValidationError):
        Portrait(look=look)
