"""The inbox by program: found, read, drafted, answered once, and every refusal in words that a program can act on."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection as database
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from tests import factories

from vitrina.accounts.models import AuditEntry, Seller, User
from vitrina.accounts.roles import Role
from vitrina.channels.models import Connection
from vitrina.channels.ports import Attachment, Kind, Message, Seen, Sender
from vitrina.channels.tests.ozon_shop import chat, talk
from vitrina.inbox import drafting
from vitrina.inbox.models import Draft, Interaction, Reading, Reply, ReplyState, Status
from vitrina.inbox.receiving import receive
from vitrina.inbox.tests.conftest import Desk
from vitrina.inbox.tests.test_sending import TEXT, hurry, standing
from vitrina.jobs.models import Job
from vitrina.jobs.worker import run_ready

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.filterwarnings("ignore::aiohttp.web_exceptions.NotAppKeyWarning"),
]

AT = datetime(2026, 11, 20, 12, tzinfo=UTC)
LIST = "/api/v1/interactions"


class Program:
    """A support operator's program."""

    def __init__(self, user: User) -> None:
        self.user = user
        self._client = Client()
        self._client.force_login(user)

    def get(self, path: str = "", **query: Any) -> Any:
        return self._read(self._client.get(f"{LIST}{path}", query), 200)

    def send(
        self, path: str, body: Any = None, *, status: int = 202, method: str = "POST", **headers: str
    ) -> Any:
        sent = self._client.generic(
            method, f"{LIST}{path}", json.dumps(body or {}), content_type="application/json", headers=headers
        )
        return self._read(sent, status)

    def ids(self, **query: Any) -> list[int]:
        return [row["id"] for row in self.get(**query)["results"]]

    def walk(self, **query: Any) -> list[list[int]]:
        """Every page of a list, on to its end and back again."""
        pages, way, page = [], "next", self.get(**query)
        while True:
            pages.append([row["id"] for row in page["results"]])
            if page[way] is None and way == "previous":
                return pages
            way = way if page[way] else "previous"
            page = self._read(self._client.get(page[way]), 200)

    def _read(self, response: Any, status: int) -> Any:
        said = json.loads(response.content)
        assert response.status_code == status, said
        return said


@pytest.fixture
def program(seller: Seller) -> Program:
    return Program(factories.user("olga", seller=seller, role=Role.SUPPORT_OPERATOR))


@pytest.fixture
def shop(seller: Seller) -> Connection:
    return Connection.objects.create(seller=seller, platform="ozon", credentials="sealed")


def review(number: int, text: str = "", **fields: Any) -> Seen:
    return Seen(
        Kind.REVIEW, f"r{number}", AT - timedelta(minutes=number), True, text=text or f"Платье номер {number} порвалось",
        rating=fields.pop("rating", 2), buyer=f"Анна {number}", **fields,
    )  # fmt: skip


def brought(shop: Connection, *seen: Seen) -> list[Interaction]:
    receive(shop, seen)
    rows = {row.external_id: row for row in Interaction.objects.filter(seller_id=shop.seller_id)}
    return [rows[one.id] for one in seen]


# --- From the buyer's word to the answer that stands there --------------------------------------------------


def test_a_program_reads_asks_for_a_draft_sends_it_once_and_sees_it_confirmed(
    desk: Desk, program: Program
) -> None:
    desk.market.add(talk("review", 1, rating=2))
    desk.market.add(chat(2, ("buyer", "Есть M?"), ("seller", "Есть"), ("buyer", "А синий?")))
    [job] = program.send("/sync", {"seller": desk.connection.seller_id})["jobs"]
    assert (job["kind"], job["state"]) == ("inbox.sync", "queued")
    run_ready()
    [told] = program.get("/readings")["results"]
    assert (told["connection"], told["trouble"]) == (desk.connection.pk, "")
    read = {one["kind"]: one for one in told["channels"]}
    assert {one["access"] for one in read.values()} == {"open"}
    assert read["review"]["read_at"]
    assert (read["review"]["new"], read["chat"]["new"]) == (1, 1)

    [pk] = program.ids(kind="review", needs_response="true", order="most_pressing")
    asked = program.send(f"/{pk}/ai-draft")
    assert (asked["draft"], asked["job"]["kind"]) == (None, "inbox.draft")
    assert program.get(f"/{pk}")["draft_job"] == asked["job"]["id"]
    run_ready()
    draft = program.send(f"/{pk}/ai-draft", status=200)["draft"]
    assert draft["holds"]
    one = program.get(f"/{pk}")
    assert (one["newest_draft"], one["draft_job"], one["is_ready"]) == (draft, None, True)

    body = {"text": draft["text"], "draft": draft["id"], "seen": one["seal"]}
    sent = program.send(f"/{pk}/reply", body, **{"Idempotency-Key": "answer-1"})
    assert program.send(f"/{pk}/reply", body, **{"Idempotency-Key": "answer-1"}) == sent
    assert (sent["reply"]["state"], sent["reply"]["kept_share"]) == ("queued", 1.0)
    run_ready()
    [reply] = program.get(f"/{pk}/reply")["results"]
    assert (reply["id"], reply["state"]) == (sent["reply"]["id"], "sent")
    hurry()
    one = program.get(f"/{pk}")
    assert (one["status"], one["needs_response"], one["replies"][0]["state"]) == (
        "responded",
        False,
        "confirmed",
    )
    assert standing(desk) == [draft["text"]]
    again = program.send(f"/{pk}/reply", {"text": TEXT}, status=409)
    assert "снова" in again["detail"]
    assert standing(desk) == [draft["text"]]


def test_another_draft_is_made_where_it_is_wished(shop: Connection, program: Program) -> None:
    [row] = brought(shop, review(1))
    drafting.draft(row, by_model=False)
    job = program.send(f"/{row.pk}/ai-draft", {"remark": "короче"})["job"]
    assert Job.objects.get(pk=job["id"]).payload == {"interaction": row.pk, "force": True, "remark": "короче"}
    # While it is at work it is that one.
    assert program.send(f"/{row.pk}/ai-draft", {"force_regenerate": True})["job"]["id"] == job["id"]


def test_the_history_says_which_draft_holds(shop: Connection, program: Program) -> None:
    [row] = brought(shop, review(1))
    made = [drafting.draft(row, by_model=False, force=True) for _time in range(2)]
    assert [(one["id"], one["holds"]) for one in program.get(f"/{row.pk}/ai-draft")["results"]] == [
        (made[1].pk, True), (made[0].pk, False),
    ]  # fmt: skip
    Interaction.objects.filter(pk=row.pk).update(text="Передумала: платье хорошее")
    assert [one["holds"] for one in program.get(f"/{row.pk}/ai-draft")["results"]] == [False, False]
    assert program.get(f"/{row.pk}")["is_ready"] is False


def test_what_a_person_must_write_is_begun_and_never_sent_as_it_was_begun(
    shop: Connection, program: Program
) -> None:
    [row] = brought(shop, review(1))
    Interaction.objects.filter(pk=row.pk).update(escalations=["health"])
    program.send(f"/{row.pk}/ai-draft", {"force_regenerate": True}, status=409)
    assert not Job.objects.filter(kind="inbox.draft").exists()
    row.refresh_from_db()
    drafting.draft(row)
    begun = program.send(f"/{row.pk}/ai-draft", status=200)["draft"]
    assert begun["is_beginning"]
    assert program.get(f"/{row.pk}")["checklist"]
    program.send(f"/{row.pk}/reply", {"text": begun["text"], "draft": begun["id"]}, status=422)
    assert not Reply.objects.exists()


# --- What isn't sent --------------------------------------------------------------------------------------


def test_what_the_guardrails_block_is_told_with_its_places(shop: Connection, program: Program) -> None:
    [row] = brought(shop, review(1))
    text = "Жаль, что так вышло! Напишите нам в телеграм @lavka"
    refused = program.send(f"/{row.pk}/reply", {"text": text}, status=422)
    [block] = [one for one in refused["findings"] if one["severity"] == "block" and "@lavka" in one["quote"]]
    assert text[block["start"] : block["end"]] == block["quote"]
    assert block["words"] in refused["errors"]["text"][0]
    assert block["hint"]
    assert not Reply.objects.exists()


def test_a_text_of_a_length_that_the_marketplace_does_not_take_is_refused_with_its_limit(
    shop: Connection, program: Program
) -> None:
    [row] = brought(shop, review(1))
    most = program.get(f"/{row.pk}")["limits"]["most"]
    refused = program.send(f"/{row.pk}/reply", {"text": "много слов " * 3000}, status=422)
    assert refused["findings"] == []
    [words] = refused["errors"]["text"]
    assert "32999" in words.replace("\xa0", "")
    assert str(most) in words.replace("\xa0", "")


def test_one_reply_is_under_way_and_it_answers_what_was_read(shop: Connection, program: Program) -> None:
    said = Message("m1", AT, Sender.BUYER, "Есть размер M?")
    [row] = brought(shop, Seen(Kind.CHAT, "c1", AT, True, messages=(said,)))
    seal = program.get(f"/{row.pk}")["seal"]
    more = Message("m2", AT + timedelta(minutes=1), Sender.BUYER, "А синий?")
    receive(shop, [Seen(Kind.CHAT, "c1", AT, True, messages=(more,))])
    program.send(f"/{row.pk}/reply", {"text": "Да, есть.", "seen": seal}, status=409)
    assert not Reply.objects.exists()
    seal = program.get(f"/{row.pk}")["seal"]
    program.send(f"/{row.pk}/reply", {"text": "Да, и синий.", "seen": seal})
    program.send(f"/{row.pk}/reply", {"text": "И зелёный."}, status=409)
    Reply.objects.update(state=ReplyState.SENT)
    # A chat takes more than one, and still none that was written before the first was seen.
    program.send(f"/{row.pk}/reply", {"text": "И зелёный.", "seen": seal}, status=409)
    program.send(f"/{row.pk}/reply", {"text": "И зелёный."})
    assert Reply.objects.count() == 2


@pytest.mark.parametrize(("field", "value"), [("draft", 10**9), ("seen", "yesterday"), ("seen", "1-")])
def test_what_a_reply_names_must_be_there(shop: Connection, program: Program, field: str, value: Any) -> None:
    [row] = brought(shop, review(1))
    refused = program.send(f"/{row.pk}/reply", {"text": TEXT, field: value}, status=422)
    assert list(refused["errors"]) == [field]
    assert not Reply.objects.exists()


# --- The list ---------------------------------------------------------------------------------------------


def test_every_page_is_reached_by_key_and_back_in_both_orders(shop: Connection, program: Program) -> None:
    rows = brought(shop, *[review(number) for number in range(11)])
    for row, priority in zip(rows, [2, 3, 1, 3, 3, 2, 4, 3, 1, 2, 3], strict=True):
        Interaction.objects.filter(pk=row.pk).update(priority=priority)
    Interaction.objects.filter(pk=rows[4].pk).update(needs_response=False)
    for order, keys in (("newest", ("-occurred_at",)), ("most_pressing", ("priority", "-occurred_at"))):
        found = Interaction.objects.order_by(*keys, "-pk")
        wanted = list((found if order == "newest" else found.open()).values_list("pk", flat=True))
        onward = [wanted[start : start + 4] for start in range(0, len(wanted), 4)]
        assert program.walk(order=order, limit=4) == [*onward, *onward[-2::-1]], order


def test_filters_hold_together(shop: Connection, program: Program) -> None:
    two, five, question, closed = brought(
        shop,
        review(1),
        review(2, "Отличная КРУЖКА", rating=5),
        Seen(Kind.QUESTION, "q1", AT, True, text="Какой размер?"),
        review(3),
    )
    Interaction.objects.filter(pk=closed.pk).update(
        needs_response=False, status=Status.CLOSED, assignee=program.user
    )
    drafting.draft(two, by_model=False)
    for query, wanted in (
        ({}, [question, two, five, closed]),
        ({"kind": "question"}, [question]),
        ({"rating": 5}, [five]),
        ({"status": "closed"}, [closed]),
        ({"needs_response": "false"}, [closed]),
        ({"is_mine": "true"}, [closed]),
        ({"assignee": program.user.pk}, [closed]),
        ({"is_mine": "false", "kind": "review"}, [two, five]),
        ({"has_draft": "true"}, [two]),
        ({"priority": "high", "has_draft": "false"}, [question, closed]),
        ({"intent": "sizing"}, [question]),
        ({"words": "кружка"}, [five]),
        ({"words": "порвалось", "needs_response": "true"}, [two]),
        ({"occurred_from": two.occurred_at.isoformat()}, [question, two]),
        ({"occurred_to": two.occurred_at.isoformat(), "order": "most_pressing"}, [five]),
        ({"platform": "wildberries"}, []),
        ({"seller": shop.seller_id + 1}, []),
    ):
        assert program.ids(**query) == [row.pk for row in wanted], query


def test_what_contradicts_itself_or_is_unknown_is_refused(program: Program) -> None:
    for query in (
        {"order": "most_pressing", "needs_response": "false"},
        {"priority": "1"},
        {"platform": "shop"},
        {"state": "answered"},
        {"cursor": "abc"},
    ):
        response = program._client.get(LIST, query)
        assert response.status_code == 422, query


def test_a_page_costs_the_same_however_many_rows_it_has(shop: Connection, program: Program) -> None:
    def queries() -> int:
        with CaptureQueriesContext(database) as caught:
            program.get(limit=50)
        return len(caught)

    for row in brought(shop, *[review(number) for number in range(2)]):
        drafting.draft(row, by_model=False)
    program.get()
    few = queries()
    for row in brought(shop, *[review(number) for number in range(10, 20)]):
        drafting.draft(row, by_model=False)
    assert queries() == few


# --- One of them ------------------------------------------------------------------------------------------


def test_a_chat_is_told_with_its_last_messages_and_listed_with_all(
    shop: Connection, program: Program
) -> None:
    pieces = (Attachment("вид", "https://a.example/1.jpg"), Attachment("зло", "javascript:alert(1)"))
    said = [
        Message(f"m{number}", AT + timedelta(minutes=number), Sender.BUYER, f"слово {number}", pieces)
        for number in range(103)
    ]
    [row] = brought(shop, Seen(Kind.CHAT, "c1", AT, True, messages=tuple(said)))
    one = program.get(f"/{row.pk}")
    assert one["messages_total"] == 103
    assert [one["messages"][0]["text"], one["messages"][-1]["text"]] == ["слово 3", "слово 102"]
    assert [file["url"] for file in one["messages"][0]["files"]] == ["https://a.example/1.jpg", ""]
    first = program.get(f"/{row.pk}/messages", limit=60)
    rest = program._read(program._client.get(first["next"]), 200)
    texts = [message["text"] for page in (first, rest) for message in page["results"]]
    assert texts == [f"слово {number}" for number in reversed(range(103))]


def test_what_a_person_adds_is_changed_and_written_down(
    shop: Connection, program: Program, seller: Seller
) -> None:
    [row] = brought(shop, review(1))
    colleague = factories.user("petr", seller=seller, role=Role.SUPPORT_OPERATOR)
    given = {"assignee": colleague.pk, "note": "ждём склад", "status": "closed"}
    one = program.send(f"/{row.pk}", given, status=200, method="PATCH")
    assert {name: one[name] for name in given} == given
    assert one["needs_response"] is False
    # The same once more is nothing new.
    program.send(f"/{row.pk}", given, status=200, method="PATCH")
    one = program.send(f"/{row.pk}", {"assignee": None, "status": "new"}, status=200, method="PATCH")
    assert (one["assignee"], one["status"], one["needs_response"], one["note"]) == (
        None,
        "new",
        True,
        "ждём склад",
    )
    deeds = AuditEntry.objects.filter(action__startswith="inbox.").order_by("pk")
    assert [(deed.action, deed.user) for deed in deeds] == [
        (f"inbox.{deed}", program.user) for deed in ("assign", "note", "close", "assign", "open")
    ]


def test_what_does_not_fit_changes_nothing_of_it(shop: Connection, program: Program, seller: Seller) -> None:
    [row] = brought(shop, review(1))
    reader = factories.user("reader", seller=seller, role=Role.READ_ONLY)
    for assignee in (reader.pk, factories.user("stranger").pk, 10**9):
        refused = program.send(f"/{row.pk}", {"note": "x", "assignee": assignee}, status=422, method="PATCH")
        assert list(refused["errors"]) == ["assignee"]
    Interaction.objects.filter(pk=row.pk).update(
        needs_response=False, status=Status.RESPONDED, closes_at=timezone.now()
    )
    for status in ("closed", "new"):
        program.send(f"/{row.pk}", {"note": "x", "status": status}, status=409, method="PATCH")
    row.refresh_from_db()
    assert (row.note, row.assignee, row.status) == ("", None, Status.RESPONDED)
    assert not AuditEntry.objects.filter(action__startswith="inbox.").exists()


# --- Reading the marketplaces -----------------------------------------------------------------------------


def test_only_connections_of_the_seller_that_are_in_use_are_read(
    shop: Connection, other_seller: Seller, program: Program
) -> None:
    foreign = Connection.objects.create(seller=other_seller, platform="ozon", credentials="sealed")
    body = {"seller": shop.seller_id}
    assert list(
        program.send("/sync", body | {"connection": foreign.pk}, status=422)["errors"]
    ) == ["connection"]  # fmt: skip
    program.send("/sync", {"seller": other_seller.pk}, status=404)
    [job] = program.send("/sync", body | {"connection": shop.pk})["jobs"]
    assert [job] == program.send("/sync", body)["jobs"]
    Connection.objects.filter(pk=shop.pk).update(is_on=False)
    program.send("/sync", body, status=409)
    assert Job.objects.filter(kind="inbox.sync").count() == 1


def test_a_reading_that_broke_off_says_why(shop: Connection, program: Program) -> None:
    shop.access = {"chat": {"state": "needs_plan", "needs": "Premium Plus"}}
    shop.save(update_fields=["access"])
    Reading.objects.create(
        connection=shop, kind="review", since=AT, begun_at=AT, tried_at=AT, trouble="It hangs."
    )
    [told] = program.get("/readings", seller=shop.seller_id)["results"]
    read = {one["kind"]: one for one in told["channels"]}
    assert (read["review"]["trouble"], read["review"]["read_at"], read["review"]["is_under_way"]) == (
        "It hangs.",
        None,
        False,
    )
    assert (read["chat"]["access"], read["chat"]["needs"], read["chat"]["new"]) == (
        "needs_plan", "Premium Plus", None,
    )  # fmt: skip
    assert read["question"]["access"] == "unknown"


def test_drafts_of_another_interaction_are_none_of_this_one(shop: Connection, program: Program) -> None:
    one, other = brought(shop, review(1), review(2))
    made: Draft = drafting.draft(other, by_model=False)
    program.send(f"/{one.pk}/reply", {"text": TEXT, "draft": made.pk}, status=422)
