"""What tells who a buyer is goes to no outside model, and comes back only where nobody else reads it."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vitrina.inbox.guardrails.reading import read_all
from vitrina.inbox.masking import PLACEHOLDER, Mask, unmask
from vitrina.inbox.personal import marks


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("Мой телефон 8 916 123-45-67, жду", "Мой телефон [phone 1], жду"),
        ("Звоните +375 29 123-45-67", "Звоните [phone 1]"),
        ("+7 (701) 234-56-78 Алматы", "[phone 1] Алматы"),
        ("Пишите anna.k@mail.ru или anna.k@mail.ru", "Пишите [email 1] или [email 1]"),
        ("Почта anna собака mail точка ру", "Почта [email 1]"),
        ("Карта 4276 1234 5678 9012", "Карта [card 1]"),
        ("Заказ 12345678-0001-1 не пришёл", "Заказ [order 1] не пришёл"),
        ("Номер заказа 4567890123", "Номер заказа [order 1]"),
        ("Живу: ул. Садовая, д. 12, кв. 5", "Живу: [address 1]"),
        ("Мой ник @anna_k", "Мой ник [nick 1]"),
        ("т е р м о с 500 мл", "т е р м о с 500 мл"),
        ("Артикул 12345678, размер 42-44", "Артикул 12345678, размер 42-44"),
        ("Штрихкод 4601234567890", "Штрихкод 4601234567890"),
        ("Трек 80082912345678 завис", "Трек [order 1] завис"),
    ],
)
def test_what_is_recognised_is_hidden_and_nothing_else(text: str, hidden: str) -> None:
    mask = Mask()
    assert mask.hide(text) == hidden
    assert unmask(hidden, mask.kept, is_public=False) == text


def test_the_buyers_own_name_is_hidden_in_every_case() -> None:
    mask = Mask(buyer="Иванова Мария П.")
    assert mask.hide("Это Мария Иванова, для Марии. Мариинский театр") == (
        "Это [name 1] [name 2], для [name 3]. Мариинский театр"
    )


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("Это Ефросинья, заказ где?", "Это [name 1], заказ где?"),
        ("Меня зовут Анна Кулебякина. Анне не пришло", "Меня зовут [name 1] [name 2]. [name 3] не пришло"),
        ("Жду. С уважением, Игорь", "Жду. С уважением, [name 1]"),
        ("Hello, my name is Ann Lee", "Hello, my name is [name 1] [name 2]"),
        ("Это Шляпа? Я Покупатель", "Это Шляпа? Я Покупатель"),
        ("это лампа, я довольна", "это лампа, я довольна"),
    ],
)
def test_a_name_with_which_somebody_introduces_themself_is_hidden(text: str, hidden: str) -> None:
    mask = Mask()
    assert mask.hide(text) == hidden
    assert unmask(hidden, mask.kept, is_public=False) == text


def test_whoever_introduced_themself_is_known_from_then_on() -> None:
    mask = Mask()
    mask.hide("Это Мария")
    assert mask.hide("Напишите Марии") == "Напишите [name 2]"


def test_a_buyer_without_a_name_hides_nothing() -> None:
    assert Mask(buyer="Покупатель").hide("Я покупатель") == "Я покупатель"


def test_one_mask_serves_all_messages() -> None:
    mask = Mask(order_id="77-88")
    assert mask.hide("Заказ 77-88, телефон 89161234567") == "Заказ [order 1], телефон [phone 1]"
    assert mask.hide("Повторю: 89161234567 и 89161234568") == "Повторю: [phone 1] и [phone 2]"


def test_a_public_answer_gets_nothing_back() -> None:
    mask = Mask()
    draft = mask.hide("Перезвоним на 89161234567")
    assert unmask(draft, mask.kept, is_public=True) == "Перезвоним на [phone 1]"


def test_a_placeholder_that_the_buyer_wrote_means_nothing() -> None:
    mask = Mask()
    hidden = mask.hide("[phone 1] и 89161234567")
    assert hidden == "[mark 1] и [phone 1]"
    assert unmask(hidden, mask.kept, is_public=False) == "[phone 1] и 89161234567"


PIECES = st.sampled_from(
    [
        "89161234567", "+7 916 123-45-67", "anna@mail.ru", "@anna_k", "4276 1234 5678 9012", "заказ 4567890123", "ул. Мира, д. 5",
        "Мария", "Марии", "[phone 1]", "восемь девятьсот двенадцать триста сорок пять шестьдесят семь восемьдесят девять", "привет",
        " ", ", ", "\n", "\u200b", "😀", "12", "-", "ё", "и\u0306", "a", "wа.me/x1x", "12345678-0001-1",
    ]
)  # fmt: skip
TEXTS = st.lists(PIECES, max_size=12).map("".join) | st.text(max_size=200)


@settings(max_examples=300, deadline=None)
@given(texts=st.lists(TEXTS, min_size=1, max_size=3))
def test_nothing_hidden_remains_the_rest_is_unchanged_and_all_comes_back(texts: list[str]) -> None:
    mask = Mask(buyer="Мария Иванова")
    hidden = [mask.hide(text) for text in texts]
    for text, masked in zip(texts, hidden, strict=True):
        assert unmask(masked, mask.kept, is_public=False) == text
        bare = PLACEHOLDER.sub("\n", masked)
        for placeholder in PLACEHOLDER.findall(masked):
            assert placeholder in mask.kept
        assert not re.search(r"(?<![\w-])мари(?:[яиюе]|ей|ею)(?![\w-])", read_all(bare).folded)
        rest = PLACEHOLDER.split(masked)
        assert len("".join(rest)) + sum(len(mask.kept[one]) for one in PLACEHOLDER.findall(masked)) == len(
            text
        )
        left = [one for one in marks(read_all(masked)) if not PLACEHOLDER.search(masked)]
        assert left == []


@pytest.mark.parametrize("piece", ["8", "8 ", "а", "@a", "девять ", "ул. а 1 ", "[", "\u200b", "a.", "1-"])
def test_a_long_text_takes_no_long_time(piece: str) -> None:
    text = (piece * (100_000 // len(piece) + 1))[:100_000]
    mask = Mask(buyer="Мария")
    mask.hide("разогрев")
    started = time.process_time()
    hidden = mask.hide(text)
    assert time.process_time() - started < 2
    assert unmask(hidden, mask.kept, is_public=False) == text
