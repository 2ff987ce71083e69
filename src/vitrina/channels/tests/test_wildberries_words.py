"""What Wildberries may say, whole or in pieces, becomes our shapes: nothing fails, and what can be read is kept."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitrina.channels import wildberries_words as words
from vitrina.channels.ports import AnswerState, Kind, Seen, Sender

NOW = datetime(2026, 3, 1, tzinfo=UTC)

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
MOMENTS = st.sampled_from(
    ["2026-02-01T11:18:08.769513469Z", "2026-02-26T10:20:48+03:00", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z",
     "2026-02-01", "вчера", ""]
)  # fmt: skip
STAMPS = st.sampled_from([0, -1, 1698037340000, 10**18, 10**400, 1.5])
ODD = JSON | MOMENTS | STAMPS
PRODUCT = st.dictionaries(st.sampled_from(["nmId", "supplierArticle", "productName", "size"]), ODD) | ODD
ANSWER = st.fixed_dictionaries(
    {},
    optional={
        "text": ODD,
        "state": st.sampled_from(["none", "wbRu", "reviewRequired", "rejected", "brandNew"]) | ODD,
        "editable": ODD,
        "createDate": ODD,
    },
)
ROW = st.fixed_dictionaries(
    {},
    optional={
        "id": ODD, "text": ODD, "pros": ODD, "cons": ODD, "productValuation": ODD, "createdDate": ODD,
        "answer": ANSWER | ODD, "state": st.sampled_from(["none", "wbRu", "new"]) | ODD,
        "productDetails": PRODUCT, "photoLinks": st.lists(st.fixed_dictionaries({"fullSize": ODD})) | ODD,
        "video": ODD, "userName": ODD, "matchingSize": ODD, "bables": ODD, "lastOrderShkId": ODD, "color": ODD,
        "parentFeedbackId": ODD, "unheardOf": ODD,
    },
)  # fmt: skip
EVENT = st.fixed_dictionaries(
    {},
    optional={
        "chatID": st.sampled_from(["1:a", "1:b"]) | ODD, "eventID": st.sampled_from(["x", "y", "z"]) | ODD,
        "eventType": ODD, "isNewChat": ODD, "addTimestamp": ODD, "addTime": ODD, "replySign": ODD,
        "sender": st.sampled_from(["client", "seller", "wb", "robot"]) | ODD, "clientName": ODD,
        "message": st.fixed_dictionaries(
            {},
            optional={
                "text": ODD,
                "attachments": st.fixed_dictionaries(
                    {}, optional={"goodCard": ODD | st.fixed_dictionaries({"nmID": ODD}), "files": ODD, "images": ODD}
                ) | ODD,
            },
        ) | ODD,
    },
)  # fmt: skip


def check(seen: Seen) -> None:
    """What every reader of a Seen may count on."""
    texts = [seen.id, seen.text, seen.pros, seen.cons, seen.buyer, seen.order_id, seen.replaces, *seen.tags]
    texts += [
        seen.product.sku,
        seen.product.offer_id,
        seen.product.name,
        seen.product.size,
        seen.product.color,
    ]
    texts += [*seen.address, *seen.address.values()]
    texts += [part for file in seen.attachments for part in (file.name, file.url, file.media_type)]
    assert all(isinstance(text, str) for text in texts)
    assert seen.id
    assert seen.at.tzinfo is not None
    assert seen.rating is None or 1 <= seen.rating <= 5
    assert isinstance(seen.wants_answer, bool)
    for answer in seen.answers:
        assert answer.text
        assert answer.may_be_edited in (True, False, None)
        assert isinstance(answer.state, AnswerState)


@pytest.mark.parametrize("read", [words.review, words.question])
@given(row=ROW | ODD, is_open=st.booleans() | st.none())
def test_any_row_can_be_read(read: Any, row: Any, is_open: bool | None) -> None:
    seen = read(row, now=NOW, is_open=is_open)
    id_ = row.get("id") if isinstance(row, dict) else None
    is_id = isinstance(id_, str | int) and not isinstance(id_, bool) and id_ != ""
    assert (seen is not None) == is_id
    if seen is not None:
        check(seen)
        assert seen.text == (row["text"] if isinstance(row.get("text"), str) else seen.text)
        assert is_open is None or seen.wants_answer == is_open


@given(events=st.lists(EVENT | ODD, max_size=6))
def test_any_events_can_be_read(events: list[Any]) -> None:
    chats = words.chats(events, now=NOW)
    for seen in chats:
        check(seen)
        assert seen.messages
        assert len({message.id for message in seen.messages}) == len(seen.messages)
        assert [message.at for message in seen.messages] == sorted(message.at for message in seen.messages)
    assert len({seen.id for seen in chats}) == len(chats)


@given(chat=ODD | st.fixed_dictionaries({"chatID": st.just("1:a"), "goodCard": ODD, "lastMessage": ODD}))
def test_any_chat_can_be_read(chat: Any) -> None:
    seen = words.chat_of(chat, None, now=NOW)
    assert seen.kind is Kind.CHAT
    assert seen.messages == ()


@given(body=ODD | st.fixed_dictionaries({"result": st.dictionaries(st.sampled_from(["events", "next", "totalEvents"]), ODD)}))  # fmt: skip
def test_any_batch_can_be_read(body: Any) -> None:
    batch = words.batch(body)
    assert batch is None or isinstance(batch.events, list)


@given(token=st.text() | st.builds("{}.{}.{}".format, st.text(), st.text(), st.text()))
def test_any_token_can_be_looked_at(token: str) -> None:
    assert words.token_of(token).allowed in ({}, dict.fromkeys(Kind, True), dict.fromkeys(Kind, False))


@pytest.mark.parametrize(
    ("state", "stands"),
    [
        ("none", AnswerState.MODERATION),
        ("reviewRequired", AnswerState.MODERATION),
        ("wbRu", AnswerState.PUBLISHED),
        ("rejected", AnswerState.REJECTED),
        ("brandNew", AnswerState.UNKNOWN),
        (None, AnswerState.UNKNOWN),
    ],
)
def test_how_an_answer_stands(state: str | None, stands: AnswerState) -> None:
    row = {
        "id": "a",
        "answer": {"text": "Спасибо", "state": state, "editable": True},
        "createdDate": NOW.isoformat(),
    }
    seen = words.review(row, now=NOW)
    assert seen is not None
    assert [(answer.state, answer.may_be_edited) for answer in seen.answers] == [(stands, True)]
    assert seen.wants_answer == (stands is AnswerState.REJECTED)


def test_a_review_looked_at_alone_is_closed_after_thirty_days() -> None:
    row = {"id": "a", "createdDate": (NOW - timedelta(days=30)).isoformat(), "state": "none", "answer": None}
    late = words.review(row, now=NOW)
    fresh = words.review(row, now=NOW - timedelta(seconds=1))
    assert (late and late.wants_answer, fresh and fresh.wants_answer) == (False, True)
    undated = words.review(row | {"createdDate": None}, now=NOW)
    assert undated is not None
    assert (undated.at, undated.closes_at, undated.wants_answer) == (NOW, None, True)


@pytest.mark.parametrize(
    ("fit", "tags"),
    [
        ("ok", ("цена", "соответствует размеру")),
        ("ок", ("цена", "соответствует размеру")),  # Cyrillic
        ("smaller", ("цена", "маломерит")),
        ("bigger", ("цена", "большемерит")),
        ("new", ("цена", "new")),
        (" ", ("цена",)),
        (None, ("цена",)),
    ],
)
def test_tags_and_how_it_fits(fit: str | None, tags: tuple[str, ...]) -> None:
    seen = words.review({"id": "a", "bables": ["цена", None, ""], "matchingSize": fit}, now=NOW)
    assert seen is not None
    assert seen.tags == tags


def test_a_question_that_the_seller_turned_down_wants_no_answer() -> None:
    states = ["suppliersPortalSynch", "wbRu", "none", "unheardOf"]
    seen = [words.question({"id": "a", "state": state, "answer": None}, now=NOW) for state in states]
    assert [one and one.wants_answer for one in seen] == [True, False, False, True]


def test_only_addresses_of_the_web_become_addresses() -> None:
    photos = [
        {"fullSize": "javascript:alert(1)", "miniSize": None},
        {"fullSize": "https://a.example/p/fs.jpg?x=1"},
    ]
    seen = words.review({"id": "a", "photoLinks": photos, "video": {"link": "file:///etc/passwd"}}, now=NOW)
    assert seen is not None
    assert [(file.name, file.url) for file in seen.attachments] == [
        ("fs.jpg", "https://a.example/p/fs.jpg?x=1")
    ]


def test_an_event_counts_once_and_strangers_are_the_platform() -> None:
    event = {"chatID": "1:a", "eventID": "x", "addTimestamp": 1698037340000, "sender": "robot"}
    (seen,) = words.chats([event, event, event | {"eventID": "y", "sender": "client"}], now=NOW)
    assert [message.sender for message in seen.messages] == [Sender.PLATFORM, Sender.BUYER]
    assert seen.wants_answer
