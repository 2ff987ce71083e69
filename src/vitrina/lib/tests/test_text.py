from __future__ import annotations

import threading
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitrina.lib.text import (
    analyser,
    estimate_tokens,
    fold,
    language_of,
    lemma,
    normalise,
    sentences,
    stem,
    trim_to_tokens,
    words,
)


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("  Мышь \t серая\r\n тихая ", "Мышь серая тихая"),
        ("Ёж", "Ёж"),
        ("Е\u0308ж й", "Ёж й"),
        ("a\u202eevil\u202c b", "aevil b"),
        ("при\u200bвет\ufeff со\u00adбака", "привет собака"),
        ("a\x00b\x07c", "abc"),
        ("тег\U000e0041\U000e0042\U000e007f", "тег"),
        ("скрыто\U000e0100\U000e01ef", "скрыто"),
        ("a\ud800b\ue000c", "abc"),
        ("👩\u200d🔬 ❤\ufe0f", "👩\u200d🔬 ❤\ufe0f"),
        ("a\u200db", "ab"),
        ("1\xa0990\u202f₽", "1 990 ₽"),
    ],
)
def test_text_is_cleaned_and_loses_no_letter(text: str, clean: str) -> None:
    assert normalise(text) == clean


def test_lines_are_kept_when_asked_for() -> None:
    assert normalise(" a  b \r\n\r\n\n\n c\u2028d ", lines=True) == "a b\n\nc\nd"


def test_folding_makes_spellings_equal() -> None:
    assert fold(" ЁЛКА  зелёная") == "елка зеленая"


@given(st.text())
def test_cleaning_twice_changes_nothing_and_leaves_nothing_invisible(text: str) -> None:
    for lines in (False, True):
        clean = normalise(text, lines=lines)
        assert normalise(clean, lines=lines) == clean
        clean.encode("utf-8")
        for character in clean.replace("\u200d", ""):
            assert character == "\n" or unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Co")


def test_every_invisible_character_of_unicode_is_removed() -> None:
    for code in range(0x110000):
        character = chr(code)
        if unicodedata.category(character) in ("Cc", "Cf", "Cs", "Co"):
            assert normalise(f"a{character}b") in ("ab", "a b"), hex(code)


def test_words_keep_their_hyphens() -> None:
    assert words("Ярко-красный чайник, 1,7 л — it's «T-100»!") == [
        "Ярко-красный",
        "чайник",
        "1",
        "7",
        "л",
        "it's",
        "T-100",
    ]


def test_forms_of_a_word_share_their_stem_and_their_lemma() -> None:
    assert stem("чайники", "ru") == stem("Чайником", "ru")
    assert stem("kettles", "en") == stem("kettle", "en") == stem("Kettles")
    assert lemma("чайниками") == "чайник"
    assert lemma("Ёлки") == "елка"
    assert lemma("USB") == "usb"


@pytest.mark.parametrize("word", ["\U00017000а", "а\U00017000", "\u0378б-дом"])
def test_letters_without_a_name_don_t_stop_the_dictionary(word: str) -> None:
    assert lemma(word)
    assert analyser().parse(word)


def test_stems_may_be_asked_for_by_many_threads_at_once() -> None:
    wrong: list[str] = []

    def ask(number: int) -> None:
        wrong.extend(
            word
            for word in ("кошками", "чайников", "лампы") * 50
            if stem(f"{word}", "ru") not in ("кошк", "чайник", "ламп")
        )

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Беспроводная мышь Logitech M185, серая", "ru"),
        ("Смартфон Samsung Galaxy S21 Ultra 5G 128GB Phantom Black", ""),
        ("Смартфон Samsung Galaxy S21 чёрный", "ru"),
        ("Чехол", "ru"),
        ("Wireless mouse", "en"),
        ("The mouse is quiet and works for a year from one battery.", "en"),
        ("Bluetooth speaker with café sound", "en"),
        ("Бездротова миша для дітей та дорослих", ""),
        ("Бесправадная мыш для дзяцей, ціхая і зручная, з доўгім тэрмінам", ""),
        ("Балаларға арналған сымсыз тінтуір", ""),
        ("Болалар учун симсиз сичқонча, қулай ва сифатли ўйинчоқ", ""),
        ("Бежични миш за децу и одрасле, љубичасте боје", ""),
        ("Това е много добър продукт, който ще ви хареса, защото държи дълго и е лек за употреба навсякъде", ""),
        ("Kabellose Maus mit USB-Empfänger für Kinder", ""),
        ("Die Maus ist leise und gut", ""),
        ("Souris sans fil pour les enfants et les adultes", ""),
        ("El mouse es para los niños y la casa", ""),
        ("无线鼠标适合办公室使用", ""),
        ("", ""),
        ("12 345 — 67 %", ""),
    ],
)  # fmt: skip
def test_russian_english_and_others_are_told_apart(text: str, language: str) -> None:
    assert language_of(text) == language


def test_sentences_end_where_they_end() -> None:
    assert sentences("Объём 1,7 л. Мощность 2 кВт! Цвет и др. детали — белые.") == [
        "Объём 1,7 л.",
        "Мощность 2 кВт!",
        "Цвет и др. детали — белые.",
    ]


def test_a_text_is_trimmed_after_a_whole_sentence() -> None:
    text = "Первое предложение. Второе предложение. Третье предложение."
    assert trim_to_tokens(text, 1000) == (text, False)
    trimmed, was_trimmed = trim_to_tokens(text, estimate_tokens(text) - 1)
    assert (trimmed, was_trimmed) == ("Первое предложение. Второе предложение.", True)


def test_a_sentence_that_is_too_long_is_trimmed_after_a_whole_word() -> None:
    trimmed, was_trimmed = trim_to_tokens("слово " * 100, 10)
    assert was_trimmed
    assert set(trimmed.split()) == {"слово"}
    assert 0 < estimate_tokens(trimmed) <= 10


@given(st.text(), st.integers(0, 50))
def test_trimming_keeps_a_beginning_within_the_limit(text: str, limit: int) -> None:
    trimmed, was_trimmed = trim_to_tokens(text, limit)
    assert text.startswith(trimmed)
    assert was_trimmed == (trimmed != text)
    assert estimate_tokens(trimmed) <= limit


@given(st.text())
def test_any_text_is_taken(text: str) -> None:
    assert language_of(text) in ("ru", "en", "")
    assert estimate_tokens(text) >= 0
    for word in words(text):
        stem(word)
        lemma(word)
    sentences(text)
