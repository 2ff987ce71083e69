"""A passage in English without a model: whole words by their dictionary form, what shows nothing left away."""

from __future__ import annotations

import re

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from vitrina.books.generators.translation.generator import GENERATOR
from vitrina.books.generators.translation.glossing import gloss
from vitrina.books.generators.translation.offline import PLAIN, translate
from vitrina.books.generators.translation.plural import plural
from vitrina.books.generators.translation.schema import MOST_WORDS, PassageInput, SceneText
from vitrina.books.models import PassageType
from vitrina.books.vocabulary import russian
from vitrina.engine.checks import prompts_fit
from vitrina.lib.text import analyser, fold


def told(text: str, *names: str) -> str:
    return ", ".join(gloss(text, names).phrases)


@pytest.mark.parametrize(
    ("text", "english"),
    [
        ("в тёмном замке", "in dark castle"),
        ("в темном замке", "in dark castle"),
        ("В тёмном замке стояла старая женщина в чёрном платье.", "in dark castle, old woman standing in black dress"),
        ("Стены старого замка", "walls of old castle"),
        ("старые стены", "old walls"),
        ("на каменных стенах и на круглом столе", "on stone walls and on round table"),
        ("с тёмными волосами и глазами", "with dark hair and eyes"),
        ("Покрытая снегом равнина", "plain covered with snow"),
        ("комната, освещённая луной", "room, lit by moon"),
        ("Дрожащий свет озарял кровать.", "trembling light lighting up bed"),
        ("Женщина сидела у окна, держала веер.", "woman sitting by window, holding fan"),
        ("Над камином висел портрет в золочёной раме.", "above fireplace, portrait hanging in gilded frame"),
        ("Он вышел из дома с палкой.", "coming from house with stick"),
        ("кольцо из золота", "ring of gold"),
        ("шёлковое, белое платье", "silk white dress"),
    ],
)  # fmt: skip
def test_declined_words_become_their_english_in_order(text: str, english: str) -> None:
    assert told(text) == english


@pytest.mark.parametrize(
    ("text", "absent", "there"),
    [
        ("На голове не было шляпы, а в руке горела свеча.", "hat", "candle"),
        ("Старик без бороды в сером плаще.", "beard", "cloak"),
        ("Не мраморный, а деревянный стол.", "marble", "wooden table"),
        ("Нет ни луны, ни звёзд; дорога пуста.", "moon", "road"),
    ],
)
def test_what_is_denied_is_not_named(text: str, absent: str, there: str) -> None:
    english = told(text)
    assert absent not in english
    assert there in english


def test_names_stay_and_are_written_in_latin_letters() -> None:
    english = told(
        "У окна стоял Германн. Он увидел Лизавету Ивановну в белом платье.", "Германн", "Лизавета Ивановна"
    )
    assert english == "by window, Germann standing, Lizaveta Ivanovna in white dress"


def test_unknown_words_are_told() -> None:
    found = gloss("Ярлыки лежали на стеклянном столе, рядом — катафалк.")
    assert "table" in " ".join(found.phrases)
    assert set(found.untranslated) == {"ярлыки", "катафалк"}


KNOWN = sorted({word for word, part in russian() if part in {"noun", "adjective"}})
LETTERS = "абвгдежзийклмнопрстуфхцчшщъыьэюя"


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(KNOWN),
    st.text(alphabet=LETTERS, min_size=1, max_size=4),
    st.text(alphabet=LETTERS, min_size=1, max_size=4),
)
def test_nothing_is_replaced_inside_other_words(word: str, before: str, after: str) -> None:
    whole = before + word + after
    forms = {fold(parse.normal_form) for parse in analyser().parse(whole)}
    assume(not forms & {known for known, _ in russian()})  # the letters happen to make a form of another word
    assert gloss(whole).phrases == ()


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.sampled_from([*KNOWN, "и", "не", "без", "в", "под", "с", ",", ".", "стоял", "его", "—", "покрытый", "Германн"])
        | st.text(max_size=12),
        max_size=40,
    ),
    st.sampled_from(["ru", "en"]),
)  # fmt: skip
def test_any_passage_gives_a_valid_description(words: list[str], language: str) -> None:
    text = " ".join(words)
    assume(text.strip())
    made = translate(PassageInput(text=text, language=language, names=("Германн",)))
    assert SceneText.model_validate(made.model_dump()) == made
    assert 1 <= len(made.description.split()) <= MOST_WORDS


def test_a_long_passage_is_shortened_at_a_phrase_and_says_so() -> None:
    first = "В тёмном замке стояла старая женщина в чёрном платье у круглого стола."
    colors = ("белой", "красной", "синей", "серой", "чёрной", "жёлтой", "зелёной", "голубой")
    more = [f"На {color} стене висел {color} ковёр и блестел серебряный меч." for color in colors]
    made = translate(PassageInput(text=" ".join([first, *more])))
    assert made.is_shortened
    assert len(made.description.split()) <= MOST_WORDS
    assert made.description.startswith("in dark castle, old woman standing")


def test_an_english_passage_keeps_its_most_visible_sentences() -> None:
    seen = "A narrow path of yellow gravel ran between low mossy walls to a round pond."
    thought = "He had never known what they wanted of him and he did not ask. " * 8
    made = translate(PassageInput(text=f"{thought}\n{seen} “Come here at once,” she said.", language="en"))
    assert seen in made.description
    assert "Come here" not in made.description
    assert made.is_shortened


@pytest.mark.parametrize("type_", PassageType.values)
def test_a_passage_without_a_known_word_is_told_by_its_type(type_: str) -> None:
    made = translate(PassageInput(text="Ыыы эээ ююю.", type=type_))
    assert made.description == PLAIN[type_]


def test_a_description_in_russian_letters_is_refused() -> None:
    with pytest.raises(ValidationError, match="Latin"):
        SceneText(description="Германн by a window")
    with pytest.raises(ValidationError, match="empty"):
        SceneText(description="   ")


def test_the_prompt_fits_its_input() -> None:
    assert prompts_fit(None) == []
    assert GENERATOR.name == "translate_passage"


@pytest.mark.parametrize(
    ("one", "many"),
    [("old man", "old men"), ("leaf", "leaves"), ("puff of smoke", "puffs of smoke"), ("snow", "snow"), ("lady", "ladies"),
     ("torch", "torches"), ("gates", "gates"), ("box", "boxes"), ("key", "keys"), ("strand of hair", "strands of hair")],
)  # fmt: skip
def test_glosses_have_their_plural(one: str, many: str) -> None:
    assert plural(one) == many


def test_every_gloss_is_a_word_that_could_stand_in_a_prompt() -> None:
    for sight in russian().values():
        assert re.fullmatch(r"[a-zA-Z' -]+", plural(sight.english))
