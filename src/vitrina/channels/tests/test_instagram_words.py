"""What a caption says: a title, hashtags, and a price only where it can't be anything else."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitrina.channels.cards import AttributeSeen, CardBroken, CardSeen
from vitrina.channels.instagram_words import (
    IS_VIDEO,
    NO_PICTURE,
    WORDLESS,
    card_of,
    hashtags_in,
    price_in,
    title_in,
)
from vitrina.lib.money import Money

PRICES = [
    ("Кружка «Мыс» 990 ₽, доставка 300 ₽", "990", "RUB"),
    ("Цена: 1 990 руб. Было 2500 руб.", "1990", "RUB"),
    ("Цена 1500 р.", "1500", "RUB"),
    ("Всего 990 ₽!", "990", "RUB"),
    ("Сумка с карманом 2 490,50 ₽", "2490.50", "RUB"),
    ("Стоимость — 2\u00a0490 ₽ (2 490 ₽)", "2490", "RUB"),
    ("Кроссовки, 200 000 тг", "200000", "KZT"),
    ("Mug, $25", "25", "USD"),
]
NO_PRICES = [
    "от 500 ₽ до 900 ₽",
    "с 990 ₽",
    "Скидка 500 ₽ всем",
    "Кружка 990 ₽\nТарелка 1200 ₽",
    "1990–2990 ₽",
    "Платье, р. 42 р, 46 р",
    "990 ₽/шт",
    "Цена 990 ₽ за 2 шт",
    "цена 1990",
    "доставка по городу 300 ₽",
    "Экономия 300 ₽",
    "Вместо 1990 ₽",
    "0 ₽",
    "",
]


@pytest.mark.parametrize(("caption", "amount", "currency"), PRICES)
def test_a_price_that_is_said(caption: str, amount: str, currency: str) -> None:
    assert price_in(caption) == Money(Decimal(amount), currency)


@pytest.mark.parametrize("caption", NO_PRICES)
def test_a_price_that_is_not_said_for_sure_is_unknown(caption: str) -> None:
    assert price_in(caption) is None


@pytest.mark.parametrize(
    ("caption", "title"),
    [
        ("💛 Новая кружка из керамики. Держит тепло!", "Новая кружка из керамики"),
        ("#новинка #кружки\n\nНовая #кружка @mayak.shop\nЦена 990 ₽", "Новая кружка"),
        ("Сумка-шопер — лён, 40×35 см!\nВторая строка", "Сумка-шопер — лён, 40×35 см"),
        ("#новинка", ""),
        ("🔥🔥🔥\n990 ₽", ""),
        ("", ""),
    ],
)
def test_the_first_sentence_names_the_product(caption: str, title: str) -> None:
    assert title_in(caption) == title


def test_hashtags_stand_once_each_and_are_no_parts_of_addresses() -> None:
    assert hashtags_in("#Кружка и #кружка, #для_дома, a#b, https://x.example/#part") == ("Кружка", "для_дома")


def row(**changed: Any) -> dict[str, Any]:
    return {
        "id": "17",
        "caption": "Кружка. #дом",
        "media_type": "IMAGE",
        "media_url": "https://scontent.example/17.jpg?oe=1",
        "permalink": "https://www.instagram.com/p/17/",
        "timestamp": "2026-04-01T10:00:00+0000",
    } | changed


def test_a_post_is_a_draft_of_a_listing() -> None:
    seen = card_of(row())
    assert isinstance(seen, CardSeen)
    assert (seen.id, seen.title, seen.description) == ("17", "Кружка", "Кружка. #дом")
    assert seen.image_urls == ("https://scontent.example/17.jpg?oe=1",)
    assert seen.attributes == (AttributeSeen("Хештеги", ("дом",)),)
    assert seen.address == "https://www.instagram.com/p/17/"
    assert (seen.price, seen.currency) == (None, "")


def test_of_an_album_the_pictures_come_in_their_order_and_videos_are_left_aside() -> None:
    parts = [("IMAGE", "a"), ("VIDEO", "b"), ("IMAGE", "c")]
    children = [
        {"id": name, "media_type": kind, "media_url": f"https://s.example/{name}"} for kind, name in parts
    ]
    seen = card_of(row(media_type="CAROUSEL_ALBUM", children={"data": children}))
    assert isinstance(seen, CardSeen)
    assert seen.image_urls == ("https://s.example/a", "https://s.example/c")


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"media_type": "VIDEO"}, IS_VIDEO),
        ({"caption": "#дом 🔥"}, WORDLESS),
        ({"caption": None}, WORDLESS),
        ({"media_url": None}, NO_PICTURE),
        (
            {"media_type": "CAROUSEL_ALBUM", "children": {"data": [{"id": "1", "media_type": "VIDEO"}]}},
            IS_VIDEO,
        ),
    ],
)
def test_a_post_that_is_no_listing_is_told_with_its_reason(changed: dict[str, Any], reason: str) -> None:
    assert card_of(row(**changed)) == CardBroken("17", reason, {"id": "17"})


@given(st.text(max_size=300) | st.from_regex(r"(цена|от|\d{1,4}|₽|руб|-|\s|#а){0,12}", fullmatch=True))
def test_any_caption_is_borne(caption: str) -> None:
    title = title_in(caption)
    assert "\n" not in title
    price = price_in(caption)
    assert price is None or (price.amount > 0 and price.currency)
    assert all(f"#{tag}" in caption for tag in hashtags_in(caption))


ODD = st.none() | st.integers() | st.text(max_size=8) | st.lists(st.none() | st.text(max_size=3), max_size=2)


@given(st.dictionaries(st.sampled_from([*row(), "children"]), ODD | st.just({"data": [None, {"id": 1}]})))
def test_any_row_is_a_draft_or_told_to_be_none(given_row: dict[str, Any]) -> None:
    one = card_of(given_row)
    if isinstance(one, CardSeen):
        assert one.id
        assert one.title
        assert one.image_urls
    else:
        assert one.reason % one.values
