"""What a reading shows becomes rows: in any order, as often as one likes, and nothing of the house's is lost."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests import factories

from vitrina.accounts.models import Seller, User
from vitrina.channels.models import Connection
from vitrina.channels.ports import Answer, AnswerState, Kind, Message, ProductSeen, Seen, Sender
from vitrina.inbox.models import Interaction, Status
from vitrina.inbox.priority import Priority
from vitrina.inbox.receiving import receive

pytestmark = pytest.mark.django_db

AT = datetime(2026, 11, 20, 12, tzinfo=UTC)
REVIEW = Seen(
    Kind.REVIEW, "r1", AT, True, text="Порвалось через день", rating=2, buyer="Анна",
    product=ProductSeen(sku="555", offer_id="SKU-1", name="Платье"),
)  # fmt: skip


@pytest.fixture
def connection(seller: Seller) -> Connection:
    return Connection.objects.create(seller=seller, platform="wildberries")


def the_row() -> Interaction:
    return Interaction.objects.get()


def said(number: int, sender: Sender, text: str = "") -> Message:
    return Message(f"m{number}", AT + timedelta(minutes=number), sender, text or f"текст {number}")


def chat(*messages: Message, **fields: Any) -> Seen:
    return Seen(Kind.CHAT, "c1", messages[0].at, True, messages=messages, **fields)


def test_a_review_becomes_a_row_once(connection: Connection, seller: Seller) -> None:
    product = factories.product(seller=seller, external_id="SKU-1")
    first = receive(connection, [REVIEW])
    assert (first.new, first.changed, first.ids) == (1, 0, {"r1"})
    row = the_row()
    assert first.news == (row.pk,)
    assert (row.text, row.rating, row.buyer, row.product) == ("Порвалось через день", 2, "Анна", product)
    assert (row.status, row.needs_response, row.version) == (Status.NEW, True, 1)
    again = receive(connection, [REVIEW, REVIEW])
    assert (again.new, again.changed, again.news) == (0, 0, ())
    assert the_row().changed_at == row.changed_at


def test_what_the_house_added_survives(connection: Connection, alice: User) -> None:
    receive(connection, [REVIEW])
    Interaction.objects.update(assignee=alice, note="Звонил склад", status=Status.IN_PROGRESS)
    receive(connection, [replace(REVIEW, tags=("брак",))])
    row = the_row()
    assert (row.assignee, row.note, row.status) == (alice, "Звонил склад", Status.IN_PROGRESS)
    assert (row.tags, row.version) == (["брак"], 1)


def test_an_edited_review_is_news(connection: Connection) -> None:
    receive(connection, [REVIEW])
    Interaction.objects.update(status=Status.IN_PROGRESS)
    found = receive(connection, [replace(REVIEW, text="Порвалось. Вернула деньги", rating=1)])
    row = the_row()
    assert found.news == (row.pk,)
    assert (row.version, row.status, row.rating) == (2, Status.NEW, 1)


def test_an_answer_from_the_cabinet_ends_it_and_a_rejected_one_does_not(connection: Connection) -> None:
    receive(connection, [REVIEW])
    rejected = replace(REVIEW, answers=(Answer("Купите ещё", AnswerState.REJECTED),))
    receive(connection, [rejected])
    assert the_row().needs_response
    answered = replace(
        REVIEW, wants_answer=False, answers=(Answer("Просим прощения", AnswerState.PUBLISHED),)
    )
    receive(connection, [answered])
    row = the_row()
    assert (row.status, row.needs_response, row.version) == (Status.RESPONDED, False, 1)
    assert row.answers[0]["text"] == "Просим прощения"


def test_what_it_is_and_how_soon_is_known_when_it_arrives(connection: Connection) -> None:
    receive(connection, [REVIEW, chat(said(1, Sender.BUYER, "Пришло порванное платье, нитки торчат"))])
    review, talk = Interaction.objects.order_by("kind")[1], Interaction.objects.order_by("kind")[0]
    assert (review.priority, review.due_at) == (Priority.HIGH, AT + timedelta(hours=1))
    assert (talk.intent, talk.priority) == ("defect", Priority.URGENT)
    receive(connection, [chat(said(2, Sender.BUYER, "Спасибо, разобрались!"))])
    talk.refresh_from_db()
    assert (talk.intent, talk.priority) == ("thanks", Priority.LOW)


def test_a_chat_is_judged_by_all_that_is_unanswered(connection: Connection) -> None:
    receive(connection, [chat(said(1, Sender.BUYER, "Чайник протекает, пришёл с трещиной"))])
    receive(connection, [chat(said(2, Sender.BUYER, "Что мне делать?"))])
    assert (the_row().intent, the_row().priority) == ("defect", Priority.URGENT)
    receive(connection, [chat(said(3, Sender.SELLER, "Оформите возврат"), said(4, Sender.BUYER, "Спасибо!"))])
    assert the_row().priority == Priority.LOW


def test_what_harms_health_is_for_a_person(connection: Connection) -> None:
    receive(connection, [replace(REVIEW, text="После крема у ребёнка аллергия, вызывали скорую")])
    assert the_row().escalations
    assert the_row().priority == Priority.HIGH


def test_a_review_that_was_edited_after_the_answer_wants_another(connection: Connection) -> None:
    answer = Answer("Просим прощения", AnswerState.PUBLISHED)
    receive(connection, [replace(REVIEW, wants_answer=False, answers=(answer,))])
    assert not the_row().needs_response
    receive(connection, [replace(REVIEW, text="Заменили, но и новая порвалась", answers=(answer,))])
    assert (the_row().needs_response, the_row().status) == (True, Status.NEW)


def test_an_answer_that_moderation_has_is_waited_for(connection: Connection) -> None:
    receive(connection, [replace(REVIEW, answers=(Answer("Просим прощения", AnswerState.MODERATION),))])
    assert not the_row().needs_response


def test_a_chat_keeps_what_a_later_page_does_not_say_again(connection: Connection) -> None:
    first = chat(said(1, Sender.BUYER), buyer="Анна", order_id="55", address={"reply_sign": "x"})
    receive(connection, [first])
    receive(connection, [chat(said(2, Sender.BUYER))])
    row = the_row()
    assert (row.buyer, row.order_id, row.address) == ("Анна", "55", {"reply_sign": "x"})
    assert row.messages.count() == 2


def test_what_can_no_longer_be_answered_is_closed(connection: Connection) -> None:
    receive(connection, [replace(REVIEW, closes_at=AT - timedelta(days=900))])
    assert (the_row().status, the_row().needs_response) == (Status.CLOSED, False)


def test_a_supplemented_review_closes_the_first_one(connection: Connection) -> None:
    receive(connection, [REVIEW])
    receive(connection, [replace(REVIEW, id="r2", text="И нитки торчат", replaces="r1")])
    first, second = Interaction.objects.order_by("pk")
    assert (first.status, first.needs_response) == (Status.CLOSED, False)
    assert (second.status, second.needs_response) == (Status.NEW, True)


def test_a_chat_stands_as_its_newest_message_says(connection: Connection) -> None:
    receive(connection, [chat(said(1, Sender.BUYER, "Есть M?"))])
    assert (the_row().text, the_row().needs_response) == ("Есть M?", True)
    receive(connection, [chat(said(2, Sender.SELLER))])
    assert (the_row().status, the_row().needs_response) == (Status.RESPONDED, False)
    receive(connection, [chat(said(3, Sender.PLATFORM))])
    assert not the_row().needs_response
    found = receive(connection, [chat(said(4, Sender.BUYER, "А доставка?"))])
    row = the_row()
    assert (row.text, row.status, row.needs_response, row.version) == ("А доставка?", Status.NEW, True, 2)
    assert found.news == (row.pk,)
    assert row.messages.count() == 4


def test_an_old_message_that_comes_late_changes_no_state(connection: Connection) -> None:
    receive(connection, [chat(said(5, Sender.SELLER))])
    receive(connection, [chat(said(1, Sender.BUYER, "Здравствуйте"))])
    row = the_row()
    assert (row.status, row.needs_response, row.text) == (Status.RESPONDED, False, "Здравствуйте")


def test_another_seller_with_the_same_ids_has_rows_of_its_own(
    connection: Connection, other_seller: Seller
) -> None:
    receive(connection, [REVIEW])
    receive(Connection.objects.create(seller=other_seller, platform="wildberries"), [REVIEW])
    receive(connection, [replace(REVIEW, kind=Kind.QUESTION)])
    assert Interaction.objects.count() == 3


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    senders=st.lists(st.sampled_from(Sender), min_size=1, max_size=8),
    cuts=st.lists(st.integers(1, 3), min_size=8, max_size=8),
    seed=st.integers(0, 10**6),
)
def test_a_chat_ends_the_same_however_its_messages_arrive(
    connection: Connection, senders: list[Sender], cuts: list[int], seed: int
) -> None:
    Interaction.objects.all().delete()
    messages = [said(number, sender) for number, sender in enumerate(senders)]
    receive(connection, [chat(*messages)])
    whole = _state(the_row())

    Interaction.objects.all().delete()
    parts, rest = [], messages
    for size in cuts:
        parts.append(rest[:size])
        rest = rest[size:]
    parts = [part for part in [*parts, rest] if part]
    chance = random.Random(seed)
    chance.shuffle(parts)
    for part in [*parts, chance.choice(parts)]:
        receive(connection, [chat(*part)])
    assert _state(the_row()) == whole


def _state(row: Interaction) -> dict[str, Any]:
    spoken = row.messages.filter(sender="buyer").exists()
    return {
        "status": row.status,
        "needs_response": row.needs_response,
        "text": row.text,
        "at": row.occurred_at if spoken else None,
        "messages": list(row.messages.values_list("external_id", "text")),
    }


def test_a_chat_is_about_the_product_that_its_number_or_its_order_was_told_of(
    connection: Connection, seller: Seller
) -> None:
    dress = factories.product(seller=seller, external_id="SKU-1")
    hat = factories.product(seller=seller, external_id="SKU-2")
    receive(
        connection,
        [
            replace(REVIEW, order_id="77"),
            replace(REVIEW, id="r2", order_id="78"),
            replace(REVIEW, id="r3", order_id="78", product=ProductSeen(sku="556", offer_id="SKU-2")),
        ],
    )
    asks = said(1, Sender.BUYER)
    by_sku = replace(chat(asks, product=ProductSeen(sku="555")), id="by number")
    by_order = replace(chat(asks, order_id="77"), id="by order")
    of_two = replace(chat(asks, order_id="78"), id="an order of two")
    unknown = replace(chat(asks, product=ProductSeen(sku="999"), order_id="77"), id="another number")
    receive(connection, [by_sku, by_order, of_two, unknown])
    found = dict(Interaction.objects.filter(kind="chat").values_list("external_id", "product_id"))
    assert found == {
        "by number": dress.pk,
        "by order": dress.pk,
        "an order of two": None,
        "another number": None,
    }
    assert hat.pk not in found.values()


def test_another_seller_s_words_say_nothing_of_a_product(
    connection: Connection, seller: Seller, other_seller: Seller
) -> None:
    factories.product(seller=other_seller, external_id="SKU-1")
    theirs = Connection.objects.create(seller=other_seller, platform="wildberries")
    receive(theirs, [REVIEW])
    receive(connection, [chat(said(1, Sender.BUYER), product=ProductSeen(sku="555"))])
    assert Interaction.objects.get(seller=seller).product is None
