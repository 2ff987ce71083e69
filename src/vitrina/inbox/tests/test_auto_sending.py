"""A seller's rule sends what it may: once, marked, within the day's limit, and not a moment after it was stopped."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections
from django.test import Client
from django.utils import timezone
from tests import factories
from tests.servers import ModelServer

from vitrina.accounts import runtime_settings
from vitrina.accounts.models import AuditEntry, Seller, User
from vitrina.accounts.roles import Role
from vitrina.channels.models import Connection
from vitrina.channels.ports import Kind, Seen
from vitrina.channels.tests.ozon_shop import talk
from vitrina.inbox import auto_sending, drafting, presence, sending
from vitrina.inbox.jobs import enqueue_round
from vitrina.inbox.models import Draft, InboxSettings, Interaction, Reply, ReplyState
from vitrina.inbox.receiving import receive
from vitrina.inbox.running_values import AUTO_SENDS
from vitrina.inbox.tests.conftest import Desk
from vitrina.inbox.tests.test_sending import hurry, standing
from vitrina.jobs.models import Job
from vitrina.jobs.worker import run_ready
from vitrina.lib.transactions import short_transaction

pytestmark = pytest.mark.filterwarnings("ignore::aiohttp.web_exceptions.NotAppKeyWarning")

RULE = {"pregenerates": True, "auto_sends": True, "auto_platforms": ["ozon"], "auto_wait_minutes": 0}


@pytest.fixture(autouse=True)
def _fresh() -> Any:
    runtime_settings.forget()
    yield
    runtime_settings.forget()


def go(seller: Seller) -> dict[str, Any]:
    return auto_sending.send_by_rule(seller.pk, checkpoint=lambda: None).as_json()


def rounds(seller: Seller) -> None:
    """As after a reading: drafts, then what the rule sends, then the outbox."""
    with short_transaction():
        enqueue_round(seller.pk)
    run_ready()


# --- Through the jobs and the marketplace -------------------------------------------------------------------


def test_off_by_default_and_then_once_however_often_it_runs(
    desk: Desk, seller: Seller, client: Client
) -> None:
    desk.market.add(talk("review", 1, rating=5, text=""))
    InboxSettings.objects.update(pregenerates=True)
    desk.sync()
    rounds(seller)
    assert Draft.objects.count() == 1
    assert not Reply.objects.exists()
    assert not Job.objects.filter(kind=auto_sending.AUTO_SEND).exists()
    InboxSettings.objects.update(**RULE)
    for _time in range(3):
        rounds(seller)
        desk.sync()
        hurry()
    [reply] = Reply.objects.all()
    draft = Draft.objects.get()
    assert (reply.by, reply.by_rule, reply.text, reply.draft, reply.kept_share) == (
        None,
        True,
        draft.text,
        draft,
        None,
    )
    assert reply.state == ReplyState.CONFIRMED
    assert standing(desk) == [draft.text]
    [entry] = AuditEntry.objects.filter(action__startswith="inbox.reply")
    assert (entry.action, entry.user, entry.seller) == ("inbox.reply_by_rule", None, seller)
    client.force_login(factories.user("olga", seller=seller, role=Role.SUPPORT_OPERATOR))
    listed = client.get("/inbox/", {"state": "by_rule"})
    assert [row.it.pk for row in listed.context["rows"]] == [reply.interaction_id]
    assert "отправлено правилом" in client.get(f"/inbox/{reply.interaction_id}/").content.decode()
    assert client.get("/inbox/", {"state": "by_rule", "stars": "4"}).context["rows"] == []


def _off_for_the_seller(desk: Desk, alice: User) -> None:
    InboxSettings.objects.update(auto_sends=False)


def _off_for_all(desk: Desk, alice: User) -> None:
    runtime_settings.change(AUTO_SENDS, "0", by=alice)


def _answered_there(desk: Desk, alice: User) -> None:
    desk.market.state.reply(desk.market.state.talks["review:1"], "Спасибо от хозяйки!")


@pytest.mark.parametrize(
    ("stops", "is_open"), [(_off_for_the_seller, True), (_off_for_all, True), (_answered_there, False)]
)
def test_what_is_queued_and_has_not_left_is_stopped(
    desk: Desk, seller: Seller, alice: User, stops: Callable[[Desk, User], None], is_open: bool
) -> None:
    desk.market.add(talk("review", 1, rating=5, text=""))
    desk.sync()
    row = Interaction.objects.get()
    drafting.draft(row, by_model=False)
    InboxSettings.objects.update(**RULE)
    assert go(seller) == {"sent": 1, "held": {}}
    stops(desk, alice)
    run_ready()
    [reply] = Reply.objects.all()
    row.refresh_from_db()
    assert (reply.state, row.needs_response) == (ReplyState.FAILED, is_open)
    assert reply.words
    assert reply.text not in standing(desk)
    # It is a person's now, also when the rule is on again.
    InboxSettings.objects.update(auto_sends=True)
    runtime_settings.change(AUTO_SENDS, "1", by=alice)
    assert go(seller) == {"sent": 0, "held": {}}


def test_what_may_have_left_already_is_looked_up_and_not_given_up(desk: Desk, seller: Seller) -> None:
    desk.market.add(talk("review", 1, rating=5, text=""))
    desk.sync()
    drafting.draft(Interaction.objects.get(), by_model=False)
    InboxSettings.objects.update(**RULE)
    desk.market.fails("lost", on="/v1/review/comment/create")
    go(seller)
    run_ready()
    InboxSettings.objects.update(auto_sends=False)
    hurry()
    hurry()
    [reply] = Reply.objects.all()
    assert reply.state in (ReplyState.SENT, ReplyState.CONFIRMED)
    assert standing(desk) == [reply.text]


def test_words_of_thanks_are_answered_by_a_models_draft(
    desk: Desk, seller: Seller, model_server: ModelServer
) -> None:
    desk.market.add(talk("review", 1, rating=5, text="Отличная лампа, спасибо, всё очень понравилось!"))
    desk.market.add(talk("review", 2, rating=5, text="Лампа пришла разбитая, верните деньги"))
    InboxSettings.objects.update(pregenerates=True)
    desk.sync()
    rounds(seller)
    assert len(Draft.objects.exclude(source="offline")) == 2
    # The simulated model tells of the product whatever it is asked; these are the words of a real one.
    Draft.objects.update(text="Спасибо за тёплые слова, очень рады!", intent="thanks", sentiment="positive")
    InboxSettings.objects.update(**RULE)
    assert go(seller) == {"sent": 0, "held": {"words": 2}}
    InboxSettings.objects.update(auto_with_text=True)
    assert go(seller) == {"sent": 1, "held": {"not_thanks": 1}}
    assert "спасибо" in Reply.objects.get().interaction.text
    run_ready()
    assert standing(desk) == ["Спасибо за тёплые слова, очень рады!"]


# --- What it decides ----------------------------------------------------------------------------------------


@pytest.fixture
def shop(seller: Seller) -> Connection:
    InboxSettings.objects.create(seller=seller, **RULE)
    return Connection.objects.create(seller=seller, platform="ozon")


def stars(shop: Connection, count: int, **fields: Any) -> list[Interaction]:
    """Ratings of five stars without words, each with its draft."""
    at = timezone.now() - timedelta(hours=1)
    receive(shop, [Seen(Kind.REVIEW, f"r{number}", at, True, rating=5, **fields) for number in range(count)])
    rows = list(Interaction.objects.order_by("pk"))
    for row in rows:
        drafting.draft(row, by_model=False)
    return rows


def _presence(row: Interaction, alice: User) -> None:
    presence.beat(alice, "w1", row)


def _tried(row: Interaction, alice: User) -> None:
    Reply.objects.create(
        seller=row.seller, interaction=row, text="Спасибо", version=1, state=ReplyState.FAILED
    )


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("deed", "why"),
    [
        (lambda row, alice: row.objects_update(assignee=alice), None),
        (lambda row, alice: row.objects_update(note="ждём склад"), "person"),
        (_presence, "person"),
        (lambda row, alice: row.objects_update(status="in_progress"), None),
        (lambda row, alice: row.objects_update(priority=2), None),
        (lambda row, alice: row.objects_update(escalations=["health"]), "pressing"),
        (lambda row, alice: row.objects_update(answers=[{"text": "Спасибо", "state": "published"}]), "answered"),
        (lambda row, alice: row.objects_update(attachments=[{"name": "1", "url": "https://a.example/1.jpg"}]), "pictures"),
        (lambda row, alice: row.objects_update(text="Хорошо"), "words"),
        (lambda row, alice: row.objects_update(rating=4), None),
        (_tried, None),
        (lambda row, alice: InboxSettings.objects.update(signature="Иначе"), "no_draft"),
        (lambda row, alice: InboxSettings.objects.update(auto_wait_minutes=30), "too_soon"),
        (lambda row, alice: InboxSettings.objects.update(auto_platforms=["wildberries"]), None),
        (lambda row, alice: Draft.objects.update(text="СПАСИБО БОЛЬШОЕ ВАМ!!!"), "findings"),
        (lambda row, alice: Draft.objects.update(is_beginning=True), None),
        (lambda row, alice: Draft.objects.update(was_ahead=False), "person"),
        (lambda row, alice: InboxSettings.objects.update(auto_daily_limit=0), "limit"),
        (lambda row, alice: InboxSettings.objects.update(auto_sends=False), None),
    ],
)  # fmt: skip
def test_it_is_left_to_a_person(
    shop: Connection, seller: Seller, alice: User, deed: Callable[[Any, User], Any], why: str | None
) -> None:
    """`why` None: it isn't even looked at."""
    [row] = stars(shop, 1)
    row.objects_update = lambda **values: Interaction.objects.update(**values)  # type: ignore[attr-defined]
    deed(row, alice)
    assert go(seller) == {"sent": 0, "held": {why: 1} if why else {}}
    assert not Reply.objects.filter(by_rule=True).exists()
    assert not Job.objects.filter(kind=sending.SEND).exists()


@pytest.mark.django_db(transaction=True)
def test_so_many_in_one_go_and_so_many_a_day(
    shop: Connection, seller: Seller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(auto_sending, "MOST_SENT", 3)
    InboxSettings.objects.update(auto_daily_limit=5)
    stars(shop, 8)
    assert [go(seller)["sent"] for _time in range(3)] == [3, 2, 0]
    assert go(seller)["held"] == {"limit": 1}
    assert Reply.objects.count() == 5
    Reply.objects.update(queued_at=timezone.now() - timedelta(days=1))
    assert go(seller)["sent"] == 3


@pytest.mark.django_db(transaction=True)
def test_neighbours_get_wordings_of_their_own_so_that_sameness_holds_up_nothing(
    shop: Connection, seller: Seller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(auto_sending, "MOST_SENT", 100)
    stars(shop, 40)
    assert go(seller) == {"sent": 40, "held": {}}
    assert len({reply.text for reply in Reply.objects.all()}) == 40


@pytest.mark.django_db(transaction=True)
def test_run_twice_at_once_it_sends_each_once(shop: Connection, seller: Seller) -> None:
    stars(shop, 6)
    begin = threading.Barrier(3)
    sent: list[int] = []

    def run() -> None:
        try:
            begin.wait()
            sent.append(go(seller)["sent"])
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(sent) == 3
    assert sum(sent) == Reply.objects.count() == 6
    assert Reply.objects.values("interaction").distinct().count() == 6
    assert Job.objects.filter(kind=sending.SEND).count() == 6
