"""What is heard in a text, and what is denied, feared or only asked in it."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vitrina.inbox.hearing.listening import HEARD_CHARACTERS, groups_of, hear
from vitrina.inbox.hearing.stems import STEMS, TURNS
from vitrina.lib.text import fold


def _meant(text: str) -> set[str]:
    heard = hear(text)
    return {hit.group for hit in heard.hits if heard.has(hit.group)}


@pytest.mark.parametrize(
    "text",
    [
        "без брака",
        "Без брака и царапин",
        "ничего не сломалось",
        "не порвалось ни разу",
        "брака нет",
        "брака не обнаружила",
        "ни одной дырки",
        "не сломан",
        "никаких дефектов",
    ],
)
def test_what_is_denied_is_not_meant(text: str) -> None:
    assert "defect" not in _meant(text)
    assert hear(text).denied("defect")


@pytest.mark.parametrize(
    "text",
    [
        "сломалось",
        "не только сломалось",
        "пришло с браком",
        "сломался не сразу",
        "не знаю как, но порвалось",
        "шов разошелся",
    ],
)
def test_what_is_not_denied_is_meant(text: str) -> None:
    assert "defect" in _meant(text)


@pytest.mark.parametrize(
    "text", ["не понравилось", "непонравилось", "не очень удобно", "мне это совсем не понравилось"]
)
def test_a_denied_praise_is_no_praise(text: str) -> None:
    assert not _meant(text) & {"good", "great"}
    assert hear(text).denied("good")


def test_a_fear_that_did_not_come_true() -> None:
    assert "sizing" in _meant("маломерят")
    heard = hear("Боялась, что маломерят, но сели идеально")
    assert [hit.feared for hit in heard.hits if hit.words == "маломерят"] == [True]


def test_a_question_of_what_may_be_tells_of_nothing_and_one_of_what_was_does() -> None:
    assert "defect" not in _meant("Не линяет? Быстро рвется?")
    assert "defect" in _meant("Порвался, а гарантия есть?")
    assert "counterfeit" not in _meant("Это не подделка?")
    assert "counterfeit" in _meant("Зачем продаете подделки?")


@pytest.mark.parametrize(
    ("mistaken", "group"),
    [
        ("спосибо", "thanks"),
        ("бракованый", "defect"),
        ("отличний", "great"),
        ("большимерит", "sizing"),
        ("сломмался", "defect"),
    ],
)
def test_mistaken_letters_are_understood(mistaken: str, group: str) -> None:
    assert group in _meant(mistaken)


@pytest.mark.parametrize(
    "word",
    ["машинка", "кровать", "стол", "неделя", "судя", "козинак", "безопасный", "поток", "обходительный"],
)
def test_words_that_only_look_alike_mean_nothing_of_it(word: str) -> None:
    assert not groups_of(word) & {"bad", "health", "legal", "danger", "defect", "spam"}


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=400))
def test_any_text_is_heard_the_same_twice(text: str) -> None:
    assert hear(text) == hear(text)


@pytest.mark.parametrize(
    "piece",
    [
        "не ",
        "заказала ",
        "вместо ",
        "в описании ",
        "пиши телеграм ",
        "мой номер ",
        "а",
        "?",
        "((",
        "без\n",
        "очень не ",
    ],
)
def test_no_text_takes_long(piece: str) -> None:
    text = piece * (2 * HEARD_CHARACTERS // len(piece))
    started = time.thread_time()
    hear(text)
    assert time.thread_time() - started < 3


@pytest.mark.parametrize("group", STEMS)
def test_stems_are_folded_in_one_alphabet_and_said_once(group: str) -> None:
    stems = STEMS[group].split()
    assert len(set(stems)) == len(stems)
    for stem in stems:
        assert stem == fold(stem)
        assert not (re.search("[а-я]", stem) and re.search("[a-z]", stem)), stem


@pytest.mark.parametrize("group", TURNS)
def test_turns_are_bounded_so_that_no_text_makes_them_slow(group: str) -> None:
    for expression in TURNS[group]:
        assert not re.search(r"(?<!\\)(?:\*|\+)|\{\d+,\}", re.sub(r"\[[^\]]*\]|\\[+*]", "x", expression)), (
            expression
        )


def test_what_stands_behind_but_is_known() -> None:
    heard = hear("Красивая сумка, но молния заедает")
    assert {hit.words: hit.turned for hit in heard.hits if hit.group in {"good", "defect"}} == {
        "красивая": False,
        "заедает": True,
    }
