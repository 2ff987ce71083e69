"""Ozon's JSON in our shapes: whatever comes, nothing falls over and nothing is guessed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitrina.channels.errors import Unreadable
from vitrina.channels.ozon_paging import Place, items_of
from vitrina.channels.ozon_words import (
    is_true,
    is_with_buyer,
    moment_of,
    number_of,
    plain,
    products_by_sku,
    seen_chat,
    seen_question,
    seen_review,
    words_of,
)
from vitrina.channels.ports import Kind, Seen, Sender

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)

anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(
        ["true", "2026-04-01T10:00:00Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59Z", "PROCESSED"]
    )
    | st.sampled_from(
        ["Customer", "\u0421ustomer", "Seller", "![](https://x.example/a.jpg)", "https://[", "CLOSED"]
    ),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)


def rows(*names: str) -> st.SearchStrategy[dict[str, Any]]:
    """Objects with some of these fields, each of them anything, and fields that nobody knows."""
    known = st.fixed_dictionaries({}, optional=dict.fromkeys(names, anything))
    return st.builds(
        lambda more, some: {**more, **some}, st.dictionaries(st.text(max_size=6), anything, max_size=2), known
    )


REVIEWS = rows(
    "id", "sku", "text", "rating", "status", "order_status", "published_at", "photos_amount", "videos_amount", "photos", "videos"
)  # fmt: skip
COMMENTS = rows("id", "text", "is_owner", "is_official", "published_at")
QUESTIONS = rows("id", "sku", "text", "author_name", "status", "published_at", "answers_count")
MESSAGES = rows("message_id", "created_at", "data", "is_image", "user", "context")
CHATS = rows("chat_id", "chat_status", "chat_type", "created_at")


@given(REVIEWS, st.lists(COMMENTS, max_size=3))
def test_any_review_is_borne(item: dict[str, Any], comments: list[dict[str, Any]]) -> None:
    _check(seen_review(item, comments, now=NOW), item, "id", "text")


@given(QUESTIONS, st.lists(COMMENTS, max_size=3))
def test_any_question_is_borne(item: dict[str, Any], answers: list[dict[str, Any]]) -> None:
    seen = seen_question(item, answers, now=NOW)
    _check(seen, item, "id", "text")
    assert seen is None or len(seen.answers) == len(answers)


@given(CHATS, st.lists(MESSAGES, max_size=5))
def test_any_chat_is_borne(chat: dict[str, Any], history: list[dict[str, Any]]) -> None:
    is_with_buyer(chat)
    seen = seen_chat(chat, history, now=NOW)
    _check(seen, chat, "chat_id", "")
    if seen is not None:
        assert len(seen.messages) == sum(bool(words_of(row.get("message_id"))) for row in history)
        assert [message.at for message in seen.messages] == sorted(message.at for message in seen.messages)


@given(st.lists(rows("sku", "offer_id", "name", "sources"), max_size=3))
def test_any_product_is_borne(products: list[dict[str, Any]]) -> None:
    assert all(product.sku == sku for sku, product in products_by_sku(products).items())


def test_a_product_is_known_by_each_of_its_numbers() -> None:
    product = {"sku": 1, "offer_id": "Л-7", "name": "Лампа", "sources": [{"sku": 2}, {"sku": "3"}, {}]}
    assert {
        sku: (one.offer_id, one.name) for sku, one in products_by_sku([product]).items()
    } == dict.fromkeys("123", ("Л-7", "Лампа"))


@given(anything)
def test_any_body_is_a_list_or_unreadable(body: Any) -> None:
    try:
        found = items_of(body, "reviews", beside=("has_next",))
    except Unreadable:
        return
    assert isinstance(body, dict)
    assert all(isinstance(row, dict) for row in found)


@given(st.text())
def test_any_cursor_is_a_place(cursor: str) -> None:
    place = Place.of(cursor)
    assert Place.of(place.cursor) == place


def _check(seen: Seen | None, item: dict[str, Any], id_field: str, text_field: str) -> None:
    assert (seen is None) is (words_of(item.get(id_field)) == "")
    if seen is None:
        return
    assert seen.id == words_of(item.get(id_field))
    assert seen.at.tzinfo is not None
    assert seen.rating in (None, 1, 2, 3, 4, 5)
    if isinstance(item.get(text_field), str):
        assert seen.text == item[text_field]
    for attachment in (*seen.attachments, *(one for message in seen.messages for one in message.attachments)):
        assert attachment.url.startswith(("http://", "https://")) or not attachment.url


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        (True, True),
        ("true", True),
        ("True ", True),
        (False, False),
        ("false", False),
        (1, False),
        (None, False),
        ("", False),
    ],
)
def test_a_yes_may_be_a_word(given: Any, meant: bool) -> None:
    assert is_true(given) is meant


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        (3000000000118021931, 3000000000118021931),
        ("30000000001280042740", 30000000001280042740),
        (" 7 ", 7),
        ("7.0", None),
        (7.0, 7),
        (True, None),
        ("٣", None),
        ("9" * 5000, None),
        (float("inf"), None),
        (None, None),
    ],
)
def test_a_number_may_be_a_word(given: Any, meant: int | None) -> None:
    assert number_of(given) == meant


@pytest.mark.parametrize(
    "word", ["BUYER_SELLER", "Buyer_Seller", "buyer_seller", "BuyerSeller", "ВUYЕR_SЕLLЕR"]
)
def test_the_spelling_of_a_word_is_no_matter(word: str) -> None:
    assert plain(word) == "buyerseller"


@pytest.mark.parametrize("kind", ["SELLER_SUPPORT", "UNSPECIFIED", "", None, 7, []])
def test_other_chats_are_not_with_a_buyer(kind: Any) -> None:
    assert not is_with_buyer({"chat_type": kind})


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("2024-10-08T10:09:29.099284Z", datetime(2024, 10, 8, 10, 9, 29, 99284, tzinfo=UTC)),
        ("2024-10-08T10:09:29.123456789Z", datetime(2024, 10, 8, 10, 9, 29, 123456, tzinfo=UTC)),
        ("2024-10-08T13:09:29+03:00", datetime(2024, 10, 8, 10, 9, 29, tzinfo=UTC)),
        ("2024-10-08T10:09:29", datetime(2024, 10, 8, 10, 9, 29, tzinfo=UTC)),
        ("0001-01-01T00:00:00+03:00", None),
        ("yesterday", None),
        ("", None),
        (1728382169, None),
        (None, None),
    ],
)
def test_a_moment_is_told_or_unknown(given: Any, meant: datetime | None) -> None:
    assert moment_of(given) == meant


@pytest.mark.parametrize(
    ("status", "answers", "wants"),
    [
        ("UNPROCESSED", [], True),
        ("Unprocessed", [{"is_owner": True, "text": "Да"}], True),
        ("PROCESSED", [], False),
        ("SOMETHING_NEW", [], True),
        ("SOMETHING_NEW", [{"is_official": "true", "text": "Да"}], False),
        (None, [{"is_owner": False, "text": "Слово другого покупателя"}], True),
    ],
)
def test_whether_a_review_wants_an_answer(status: Any, answers: list[dict[str, Any]], wants: bool) -> None:
    seen = seen_review({"id": "1", "status": status}, answers, now=NOW)
    assert seen is not None
    assert (seen.kind, seen.wants_answer) == (Kind.REVIEW, wants)


@pytest.mark.parametrize(
    ("status", "answers", "wants"),
    [
        ("NEW", [], True),
        ("viewed", [], True),
        ("UNPROCESSED", [], True),
        ("PROCESSED", [], False),
        (None, [], True),
        (None, [{"text": "Да"}], False),
    ],
)
def test_whether_a_question_wants_an_answer(status: Any, answers: list[dict[str, Any]], wants: bool) -> None:
    seen = seen_question({"id": "1", "status": status}, answers, now=NOW)
    assert seen is not None
    assert seen.wants_answer is wants


@pytest.mark.parametrize(
    ("word", "sender"),
    [
        ("Customer", Sender.BUYER),
        ("\u0421ustomer", Sender.BUYER),
        ("customer", Sender.BUYER),
        ("Seller", Sender.SELLER),
        ("Crm", Sender.PLATFORM),
        ("Courier", Sender.PLATFORM),
        ("Support", Sender.PLATFORM),
        ("NotificationUser", Sender.PLATFORM),
        ("SomebodyNew", Sender.PLATFORM),
    ],
)
def test_who_speaks_in_a_chat(word: str, sender: Sender) -> None:
    seen = seen_chat({"chat_id": "1"}, [_said(1, word)], now=NOW)
    assert seen is not None
    assert [message.sender for message in seen.messages] == [sender]
    assert seen.wants_answer is (sender is Sender.BUYER)


def test_what_the_platform_adds_leaves_the_buyer_waiting() -> None:
    seen = seen_chat({"chat_id": "1"}, [_said(1, "Customer"), _said(2, "Crm")], now=NOW)
    assert seen is not None
    assert seen.wants_answer
    assert seen.closes_at == NOW + timedelta(minutes=1, hours=48)


def test_a_closed_chat_takes_no_answer() -> None:
    seen = seen_chat({"chat_id": "1", "chat_status": "Closed"}, [_said(1, "Customer")], now=NOW)
    assert seen is not None
    assert not seen.wants_answer
    assert seen.closes_at == NOW + timedelta(minutes=1)


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,x", "//x.example/a", "https://[", "", None, 7]
)
def test_only_addresses_of_the_web_are_opened(url: Any) -> None:
    seen = seen_review({"id": "1", "photos": [{"url": url}]}, [], now=NOW)
    assert seen is not None
    assert [file.url for file in seen.attachments] == [""]


def test_a_picture_of_a_chat_keeps_its_address_where_anybody_may_open_it() -> None:
    row = _said(1, "Customer") | {
        "is_image": "true",
        "data": ["![чек](https://cdn.example/a/чек.png?x=1)", "Вот"],
    }
    seen = seen_chat({"chat_id": "1"}, [row], now=NOW)
    assert seen is not None
    assert seen.messages[0].text == "Вот"
    assert [(file.name, file.url) for file in seen.messages[0].attachments] == [
        ("чек.png", "https://cdn.example/a/чек.png?x=1")
    ]


def _said(minute: int, who: str) -> dict[str, Any]:
    return {
        "message_id": str(minute),
        "created_at": (NOW + timedelta(minutes=minute)).isoformat(),
        "data": ["Слова"],
        "user": {"id": 1, "type": who},
    }
