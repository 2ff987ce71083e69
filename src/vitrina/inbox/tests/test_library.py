"""The answer library: what is learned from whom, what a model is shown, and what happens when an answer is withdrawn."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from tests import factories
from tests.servers import ModelServer

from vitrina.accounts.models import AuditEntry, Seller, User
from vitrina.accounts.roles import Role
from vitrina.channels.models import Connection
from vitrina.channels.ports import Answer, AnswerState, Kind, Message, Seen, Sender
from vitrina.channels.tests.ozon_shop import talk
from vitrina.inbox.drafting import draft
from vitrina.inbox.knowing import known, settings_of
from vitrina.inbox.library import entries, learning
from vitrina.inbox.library.entries import EntryRefused
from vitrina.inbox.library.likeness import Candidate, Sought, likeness, nearest_first
from vitrina.inbox.library.models import LibraryAnswer, LibraryState, Origin
from vitrina.inbox.library.recalling import MOST, recall
from vitrina.inbox.masking import Mask, anonymous
from vitrina.inbox.models import InboxSettings, Interaction, Reply, ReplyState
from vitrina.inbox.receiving import receive
from vitrina.inbox.sending import queue
from vitrina.inbox.standing import holding
from vitrina.inbox.tests.conftest import Desk
from vitrina.inbox.tests.test_sending import hurry
from vitrina.jobs.models import Job
from vitrina.jobs.worker import run_ready
from vitrina.retrieval import index as indexes
from vitrina.retrieval.collections import ANSWERS
from vitrina.retrieval.edge import EdgeIndex
from vitrina.retrieval.models import Document
from vitrina.retrieval.nearest import nearest
from vitrina.retrieval.tests.qdrant_facade import API_KEY, facade

AT = datetime(2026, 11, 20, 12, tzinfo=UTC)
SEAM = "Шов на рукаве разошёлся после первой стирки"
HELP = "Здравствуйте! Жаль, что шов подвёл: оформите возврат в личном кабинете, мы посмотрим партию."


@pytest.fixture
def shop(seller: Seller) -> Connection:
    InboxSettings.objects.create(seller=seller, delay_seconds=0)
    return Connection.objects.create(seller=seller, platform="yandex_market")


def review(
    number: int, text: str, answer: str = "", state: AnswerState = AnswerState.PUBLISHED, **more: Any
) -> Seen:
    answers = (Answer(answer, state, f"a{number}", AT),) if answer else ()
    return Seen(
        Kind.REVIEW, f"r{number}", AT - timedelta(minutes=number), not answer,
        text=text, rating=more.pop("rating", 2), buyer=more.pop("buyer", "Анна"), answers=answers, **more,
    )  # fmt: skip


def brought(shop: Connection, *seen: Seen) -> list[Interaction]:
    receive(shop, seen)
    rows = {row.external_id: row for row in Interaction.objects.filter(seller_id=shop.seller_id)}
    return [rows[one.id] for one in seen]


def learned(shop: Connection, *seen: Seen) -> list[LibraryAnswer]:
    brought(shop, *seen)
    learning.learn_all(shop.seller_id, checkpoint=lambda: None)
    return list(LibraryAnswer.objects.filter(seller_id=shop.seller_id).order_by("pk"))


def recalled(row: Interaction) -> list[int]:
    return [entry.pk for entry in recall(row, known(row).given)]


# --- What is learned --------------------------------------------------------------------------------------


def test_a_reply_that_a_person_sent_is_learned_when_it_is_seen_to_stand(desk: Desk, alice: User) -> None:
    desk.market.add(talk("review", 1, rating=2, text=SEAM))
    desk.sync()
    row = Interaction.objects.get()
    queue(row, HELP, by=alice)
    run_ready()
    assert not LibraryAnswer.objects.exists()  # sent is not seen
    hurry()
    [entry] = LibraryAnswer.objects.all()
    assert (entry.interaction, entry.origin, entry.state, entry.by) == (
        row,
        Origin.SENT,
        LibraryState.ON,
        alice,
    )
    assert (entry.question, entry.answer, entry.kind) == (SEAM, HELP, "review")
    # The same answer, read back from the marketplace, is the same entry.
    desk.sync()
    hurry()
    assert LibraryAnswer.objects.count() == 1
    assert not Interaction.objects.filter(wants_learning=True).exists()
    assert [hit.key for hit in nearest(ANSWERS, SEAM, seller_id=desk.connection.seller_id)] == [str(entry.pk)]


def test_an_answer_given_in_the_cabinet_is_learned_from_a_reading(desk: Desk) -> None:
    desk.market.add(talk("review", 1, rating=2, text=SEAM, answered=HELP))
    desk.sync()
    run_ready()
    [entry] = LibraryAnswer.objects.all()
    assert (entry.origin, entry.question, entry.by) == (Origin.CABINET, SEAM, None)


def test_what_moderation_rejected_is_no_example_and_never_becomes_one(desk: Desk, alice: User) -> None:
    desk.market.add(talk("review", 1, rating=2, text=SEAM))
    desk.market.add(talk("review", 2, rating=2, text="Шов разошёлся в первый день", answered=HELP))
    desk.sync()
    run_ready()
    [stands] = LibraryAnswer.objects.all()
    assert stands.state == LibraryState.ON
    # The very same words are turned down elsewhere: the entry goes, and later ones with them don't come.
    row = Interaction.objects.get(text=SEAM)
    Reply.objects.create(
        seller=row.seller, interaction=row, text=HELP.upper(), version=1, state=ReplyState.REJECTED, by=alice
    )
    learning.learn_later(row)
    run_ready()
    stands.refresh_from_db()
    assert stands.state == LibraryState.REJECTED
    desk.market.add(talk("review", 3, rating=2, text="Разошёлся шов на спине", answered=HELP))
    desk.sync()
    run_ready()
    assert not LibraryAnswer.objects.filter(state=LibraryState.ON).exists()
    assert nearest(ANSWERS, SEAM, seller_id=row.seller_id) == []
    assert not entries.switch(stands, on=True, by=alice)
    with pytest.raises(EntryRefused):
        entries.add(row.seller, question=SEAM, answer=HELP, kind="review", by=alice)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "seen",
    [
        review(1, SEAM, "Пишите нам в телеграм @lavka, всё решим"),  # the guardrails block it
        review(1, SEAM, HELP, AnswerState.MODERATION),
        review(1, SEAM, HELP, AnswerState.REJECTED),
        review(1, SEAM, "Спасибо!"),  # teaches nothing
        review(1, "", HELP, rating=5),  # nothing was said
        review(1, "После крема ожог на лице, скорая приезжала", HELP),  # for a person alone
    ],
)
def test_what_is_no_example_is_not_kept(shop: Connection, seen: Seen) -> None:
    assert [entry for entry in learned(shop, seen) if entry.state == LibraryState.ON] == []


@pytest.mark.django_db
def test_what_a_rule_sent_is_not_what_a_person_approved(shop: Connection, alice: User) -> None:
    [row] = brought(shop, review(1, SEAM))
    ours: dict[str, Any] = {
        "seller": row.seller,
        "interaction": row,
        "version": 1,
        "state": ReplyState.CONFIRMED,
    }
    Reply.objects.create(text=HELP, by=None, by_rule=True, **ours)
    # Also where it is read back from the marketplace.
    assert learned(shop, review(1, SEAM, HELP)) == []
    Reply.objects.update(by_rule=False, by=alice)
    learning.want_all(shop.seller_id)
    [entry] = learned(shop)
    assert entry.origin == Origin.SENT


@pytest.mark.django_db
def test_of_a_chat_the_last_words_of_the_shop_are_learned_with_what_they_answered(shop: Connection) -> None:
    lines = [
        (Sender.BUYER, "Здравствуйте"), (Sender.SELLER, "Добрый день, слушаем вас"), (Sender.BUYER, "Шов разошёлся"),
        (Sender.BUYER, "на рукаве, после стирки"), (Sender.PLATFORM, "Оцените чат"), (Sender.SELLER, "Сейчас посмотрим партию."),
        (Sender.SELLER, "Заявка на возврат создаётся в кабинете."), (Sender.BUYER, "Спасибо"),
    ]  # fmt: skip
    said = tuple(
        Message(f"m{n}", AT + timedelta(minutes=n), sender, text) for n, (sender, text) in enumerate(lines)
    )
    [entry] = learned(shop, Seen(Kind.CHAT, "c1", AT, True, messages=said))
    assert entry.question == "Шов разошёлся\nна рукаве, после стирки"
    assert entry.answer == "Сейчас посмотрим партию.\nЗаявка на возврат создаётся в кабинете."


@pytest.mark.django_db
def test_nothing_kept_tells_who_a_buyer_is(shop: Connection) -> None:
    text = "Это Анна Покупателева, заказ 4567890123, телефон 8 916 123-45-67: шов разошёлся"
    answer = "Здравствуйте, Анна! Жаль, что шов подвёл. Ольга Петровна из поддержки передала партию мастерам, Анна."
    [entry] = learned(shop, review(1, text, answer, buyer="Анна Покупателева", order_id="4567890123"))
    for told in ("Анна", "Покупателева", "4567890123", "916"):
        assert told not in entry.question + entry.answer
    assert entry.answer.startswith("Здравствуйте! Жаль")
    document = Document.objects.get(collection=ANSWERS)
    assert document.text == entry.question


def test_whoever_is_greeted_is_left_out_though_they_are_not_this_buyer() -> None:
    mask = Mask(buyer="Пётр")
    assert anonymous("Добрый день, Ольга Петровна! Проверим.", mask) == "Добрый день! Проверим."
    assert anonymous("Здравствуйте! Платье маломерит.", mask) == "Здравствуйте! Платье маломерит."


@pytest.mark.django_db
def test_another_answer_to_the_same_buyer_takes_the_place_and_a_deleted_one_stays_deleted(
    shop: Connection, alice: User
) -> None:
    [entry] = learned(shop, review(1, SEAM, HELP))
    other = "Здравствуйте! Передали швеям, что рукав слабый, и усилили строчку."
    [changed] = learned(shop, review(1, SEAM, other))
    assert (changed.pk, changed.answer) == (entry.pk, other)
    entries.delete(changed, by=alice)
    [gone] = learned(shop, review(1, SEAM, HELP))
    assert (gone.state, gone.question, gone.answer) == (LibraryState.DELETED, "", "")
    assert Document.objects.get(collection=ANSWERS).text == ""


@pytest.mark.django_db
def test_the_oldest_make_room_and_those_of_persons_stay(
    shop: Connection, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(entries, "MOST", 2)
    by_hand = entries.add(
        shop.seller,
        question="Как стирать шёлк?",
        answer="Стирайте при 30 градусах.",
        kind="question",
        by=alice,
    )
    answers = [f"Здравствуйте! Передали мастерам, строчку номер {n} усилили." for n in range(4)]
    seen = [
        Seen(Kind.REVIEW, f"r{n}", AT, False, text=f"{SEAM} {n}", rating=2, answers=(Answer(text, AnswerState.PUBLISHED, "", AT + timedelta(days=n)),))
        for n, text in enumerate(answers)
    ]  # fmt: skip
    left = learned(shop, *seen)
    assert [entry.answer for entry in left] == [by_hand.answer, answers[2], answers[3]]
    assert {hit.key for hit in nearest(ANSWERS, SEAM, seller_id=shop.seller_id)} <= {
        str(entry.pk) for entry in left
    }


@pytest.mark.django_db
def test_all_of_it_is_made_anew_from_the_rows(
    shop: Connection, alice: User, capsys: pytest.CaptureFixture[str]
) -> None:
    kept, off = learned(shop, review(1, SEAM, HELP), review(2, "Молния сломалась сразу", HELP + " Спасибо."))
    entries.switch(off, on=False, by=alice)
    Document.objects.filter(collection=ANSWERS).delete()
    LibraryAnswer.objects.filter(pk=kept.pk).delete()
    call_command("rebuild_library", seller=shop.seller.slug)
    assert "2 interactions looked at, 1 answers learned, 1 in use" in capsys.readouterr().out
    [hit] = nearest(ANSWERS, "молния или шов", seller_id=shop.seller_id)
    assert hit.text == SEAM
    call_command("init_qdrant", rebuild=True)
    assert "answers: 1 documents" in capsys.readouterr().out


# --- What a model is shown --------------------------------------------------------------------------------


@pytest.fixture(params=["memory", "edge", "facade"])
def index(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[None]:
    """Each side of the index; the tests' own is the one in memory."""
    if request.param == "memory":
        yield
    elif request.param == "edge":
        edge = EdgeIndex(tmp_path)
        former = indexes.use(edge)
        yield
        indexes.use(former)
        edge.close()
    else:
        pytest.importorskip("qdrant_client")
        from vitrina.retrieval.server import QdrantServerIndex

        with facade() as server:
            adapter = QdrantServerIndex("127.0.0.1", server.port, API_KEY)
            former = indexes.use(adapter)
            yield
            indexes.use(former)
            adapter.close()


@pytest.mark.django_db
@pytest.mark.usefixtures("index")
def test_a_draft_knows_the_answers_of_its_own_seller_alone(
    shop: Connection, other_seller: Seller, alice: User
) -> None:
    foreign = Connection.objects.create(seller=other_seller, platform="yandex_market")
    [theirs] = learned(foreign, review(1, SEAM, HELP))
    [row] = brought(shop, review(2, "Разошёлся шов на рукаве"))
    assert recalled(row) == []
    [entry] = learned(shop, review(3, SEAM, HELP))
    assert recalled(row) == [entry.pk]
    entries.switch(entry, on=False, by=alice)
    assert recalled(row) == []
    entries.switch(entry, on=True, by=alice)
    assert recalled(row) == [entry.pk]
    [other] = brought(foreign, review(4, "Разошёлся шов на рукаве"))
    assert recalled(other) == [theirs.pk]


@pytest.mark.django_db
def test_at_most_three_of_different_words_and_nothing_that_is_not_alike(shop: Connection) -> None:
    answers = [HELP, HELP, *(f"Здравствуйте! Усилили строчку, партия номер {n} проверена." for n in range(4))]
    learned(shop, *(review(n, f"{SEAM}, номер {n}", answer) for n, answer in enumerate(answers)))
    learned(shop, review(20, "Когда привезут заказ в Казань?", "Здравствуйте! Срок виден в личном кабинете."))
    [row] = brought(shop, review(30, "Шов на рукаве разошёлся сразу после стирки"))
    found = LibraryAnswer.objects.in_bulk(recalled(row))
    assert len({entry.digest for entry in found.values()}) == MOST
    assert all("рукаве" in entry.question for entry in found.values())
    [other] = brought(shop, review(31, "Отличная кастрюля, не пригорает"))
    assert recalled(other) == []


@pytest.mark.django_db
def test_what_the_guardrails_would_block_today_is_not_shown(shop: Connection) -> None:
    InboxSettings.objects.update(may_promise_refunds=True)
    promise = "Здравствуйте! Жаль, что шов подвёл. Вернём вам деньги за рукав полностью."
    [entry] = learned(shop, review(1, SEAM, promise))
    [row] = brought(shop, review(2, "Разошёлся шов на рукаве"))
    assert recalled(row) == [entry.pk]
    InboxSettings.objects.update(may_promise_refunds=False)
    assert recalled(row) == []


@pytest.mark.django_db(transaction=True)
def test_a_model_gets_them_masked_and_the_page_says_which(
    shop: Connection, seller: Seller, model_server: ModelServer, client: Client
) -> None:
    source = review(1, f"{SEAM}. Мой телефон 8 916 123-45-67", HELP.replace("!", ", Анна!"))
    [entry] = learned(shop, source)
    [row] = brought(shop, review(2, "Шов разошёлся на рукаве", buyer="Пётр"))
    made = draft(row)
    assert not made.is_offline
    prompt = str(model_server.requests[-1]["messages"])
    assert "Жаль, что шов подвёл" in prompt
    assert "Анна" not in prompt
    assert "916" not in prompt
    entry.refresh_from_db()
    assert (list(made.examples.all()), entry.uses) == ([entry], 1)
    client.force_login(factories.user("olga", seller=seller, role=Role.SUPPORT_OPERATOR))
    words = client.get(f"/inbox/{row.pk}/").content.decode()
    assert f'href="/inbox/{entry.interaction_id}/"' in words
    assert "Шов на рукаве разошёлся после первой стирки" in words


@pytest.mark.django_db(transaction=True)
def test_a_new_answer_makes_no_draft_stale_and_a_withdrawn_one_those_that_were_written_after_it(
    shop: Connection, alice: User, model_server: ModelServer
) -> None:
    first, second = learned(
        shop,
        review(1, SEAM, HELP),
        review(2, "Молния сломалась сразу", "Здравствуйте! Передали, что молния слабая."),
    )
    seam, zip_fastener = brought(
        shop, review(3, "Разошёлся шов на рукаве"), review(4, "Сломалась молния в первый день")
    )
    assert [list(draft(row).examples.all()) for row in (seam, zip_fastener)] == [[first], [second]]

    def holds(row: Interaction) -> bool:
        fresh = Interaction.objects.select_related("draft", "product", "seller").get(pk=row.pk)
        return holding(fresh, settings_of(fresh.seller_id)) is not None

    learned(shop, review(5, SEAM + " и карман", "Здравствуйте! Строчку на кармане тоже усилили."))
    assert (holds(seam), holds(zip_fastener)) == (True, True)
    entries.switch(first, on=False, by=alice)
    assert (holds(seam), holds(zip_fastener)) == (False, True)
    seam.refresh_from_db()
    again = draft(seam)
    assert first not in again.examples.all()
    assert holds(seam)


@pytest.mark.django_db(transaction=True)
def test_an_answer_that_was_withdrawn_while_a_draft_was_written_makes_it_stale(
    shop: Connection, alice: User, model_server: ModelServer
) -> None:
    [entry] = learned(shop, review(1, SEAM, HELP))
    [row] = brought(shop, review(2, "Разошёлся шов на рукаве"))
    made = draft(row, on_partial=lambda answer: entries.delete(entry, by=alice))
    assert list(made.examples.all()) == [entry]
    fresh = Interaction.objects.select_related("draft", "product", "seller").get(pk=row.pk)
    assert holding(fresh, settings_of(fresh.seller_id)) is None


@pytest.mark.django_db(transaction=True)
def test_an_index_that_cannot_be_searched_holds_up_no_draft(
    shop: Connection, model_server: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    learned(shop, review(1, SEAM, HELP))
    [row] = brought(shop, review(2, "Разошёлся шов на рукаве"))
    adapter = indexes.opened()

    def broken(*args: object, **more: object) -> Any:
        raise indexes.RetrievalError("The vector index is away.")

    monkeypatch.setattr(adapter, "query_sparse", broken)
    assert not draft(row).is_offline


# --- What is alike ----------------------------------------------------------------------------------------


def test_the_same_intent_and_channel_come_first_of_equally_alike_ones() -> None:
    asked = Sought("Шов на рукаве разошёлся", "review", "defect")
    candidates = [
        Candidate(1, "Шов разошёлся", "question", "other"),
        Candidate(2, "Шов разошёлся", "review", "defect"),
        Candidate(3, "Шов разошёлся", "review", "other"),
        Candidate(4, "Когда приедет заказ?", "review", "defect"),
        Candidate(5, "нитки торчат отовсюду", "review", "defect", closeness=0.8),
    ]
    assert nearest_first(asked, candidates) == [2, 3, 1, 5]


@given(st.text(max_size=60), st.text(max_size=60))
def test_likeness_is_a_share_and_the_same_both_ways(one: str, other: str) -> None:
    assert 0 <= likeness(one, other) <= 1
    assert likeness(one, other) == likeness(other, one)


# --- Added by hand ----------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_one_that_is_added_by_hand_is_masked_and_found(shop: Connection, alice: User) -> None:
    added = entries.add(
        shop.seller, question="Шов на рукаве разошёлся", answer="Здравствуйте, Ольга! Посмотрим партию рукавов.",
        kind="review", by=alice,
    )  # fmt: skip
    assert (added.answer, added.intent, added.language) == (
        "Здравствуйте! Посмотрим партию рукавов.",
        "defect",
        "ru",
    )
    [row] = brought(shop, review(2, "Разошёлся шов на рукаве"))
    assert recalled(row) == [added.pk]
    for wrong in ({"question": "Шов"}, {"answer": "Ясно"}):
        with pytest.raises(EntryRefused):
            entries.add(shop.seller, **{"question": SEAM, "answer": HELP, "kind": "review"} | wrong, by=alice)
    assert AuditEntry.objects.filter(action="library.add").count() == 1


@pytest.mark.django_db
def test_a_full_queue_holds_up_no_reading(shop: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    from vitrina.jobs.enqueue import QueueFull

    def full(*args: object, **more: object) -> Any:
        raise QueueFull(1, 1, 30.0)

    monkeypatch.setattr(learning, "enqueue", full)
    brought(shop, review(1, SEAM, HELP))
    learning.enqueue_waiting()
    monkeypatch.undo()
    assert not Job.objects.filter(kind=learning.LEARN).exists()
    learning.enqueue_waiting()
    assert Job.objects.filter(kind=learning.LEARN).count() == 1
