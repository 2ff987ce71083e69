"""Approving several at once: what may be ticked, each sent once and as it was shown, whatever happens beside it."""

from __future__ import annotations

import re
import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections
from django.test import Client
from django.utils import timezone
from tests import factories

from vitrina.accounts.models import AuditEntry, Membership, Seller, User
from vitrina.accounts.roles import Role
from vitrina.channels.models import Connection
from vitrina.channels.ports import Kind, Message, Seen, Sender
from vitrina.channels.tests.ozon_shop import talk
from vitrina.inbox import bulk_approving, sending
from vitrina.inbox.bulk_approving import Item, approve, review
from vitrina.inbox.drafting import draft
from vitrina.inbox.models import Draft, Interaction, Reply, ReplyState
from vitrina.inbox.presence import beat
from vitrina.inbox.priority import Priority
from vitrina.inbox.receiving import receive
from vitrina.inbox.tests.conftest import Desk
from vitrina.inbox.tests.test_pages import AT, brought, drafted, form, olga, page, shop
from vitrina.inbox.tests.test_pages import review as seen
from vitrina.inbox.tests.test_sending import standing
from vitrina.jobs.models import Job
from vitrina.jobs.worker import run_ready

__all__ = ["olga", "shop"]  # fixtures
pytestmark = pytest.mark.django_db


def one(row: Interaction, by: User) -> Item:
    [item] = review([row.pk], by=by)
    return item


def good(number: int, **more: Any) -> Seen:
    """A review that the offline writer answers cleanly; no two answers sound alike."""
    return seen(number, f"Платье номер {number} чудесное, ношу каждый день", rating=5, **more)


def ready(shop: Connection, *numbers: int) -> list[Interaction]:
    rows = brought(shop, *[good(number) for number in numbers])
    words = [
        "Рады, что платье пришлось впору!",
        "Спасибо за тёплые слова о ткани!",
        "Носите с удовольствием, ждём снова!",
    ]
    for row, text in zip(rows, words, strict=False):
        made = drafted(row)
        Draft.objects.filter(pk=made.pk).update(text=f"Здравствуйте! {text}")
    return [Interaction.objects.get(pk=row.pk) for row in rows]


# --- What may be ticked -----------------------------------------------------------------------------------


def test_a_clean_one_may_be_approved_and_a_grave_one_only_by_itself(shop: Connection, olga: User) -> None:
    [row] = ready(shop, 1)
    assert (one(row, olga).why_not, one(row, olga).is_clean) == ("", True)
    Interaction.objects.filter(pk=row.pk).update(priority=Priority.HIGH)
    assert (one(row, olga).why_not, one(row, olga).is_clean) == ("", False)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda row: Interaction.objects.filter(pk=row.pk).update(escalations=["health"]),
        lambda row: Interaction.objects.filter(pk=row.pk).update(
            text="Передумала: платье порвалось"
        ),  # stale
        lambda row: Interaction.objects.filter(pk=row.pk).update(draft=None),
        lambda row: Interaction.objects.filter(pk=row.pk).update(needs_response=False, draft=None),
        lambda row: Interaction.objects.filter(pk=row.pk).update(connection=None),
        lambda row: Interaction.objects.filter(pk=row.pk).update(closes_at=timezone.now()),
        lambda row: Draft.objects.update(is_beginning=True),
        lambda row: Draft.objects.update(text="Напишите нам в телеграм @lavka"),  # the guardrails block it
        lambda row: Reply.objects.create(seller=row.seller, interaction=row, text="уже", version=1),
    ],
)
def test_what_may_not_is_shown_with_the_reason_and_can_neither_be_ticked_nor_sent(
    spoil: Any, shop: Connection, olga: User, client: Client
) -> None:
    [row] = ready(shop, 1)
    seal = one(row, olga).seal
    spoil(row)
    before = Reply.objects.count()
    item = one(row, olga)
    assert item.why_not
    assert not item.is_clean
    words = page(client, f"/inbox/approval?ids={row.pk}")
    assert "data-unfit" in words
    assert 'name="ids"' not in words
    # A form that was open before, or was made by hand.
    for said in (seal, item.seal):
        [outcome] = approve({row.pk: said}, by=olga)
        assert (outcome.reply, bool(outcome.words)) == (None, True)
    assert Reply.objects.count() == before


def test_what_a_colleague_has_in_hand_is_not_ticked_with_the_others(
    shop: Connection, seller: Seller, olga: User, client: Client
) -> None:
    first, second, third = ready(shop, 1, 2, 3)
    pavel = factories.user("pavel", seller=seller, role=Role.SUPPORT_OPERATOR)
    beat(pavel, "a" * 16, first)
    Interaction.objects.filter(pk=second.pk).update(assignee=pavel)
    items = review([first.pk, second.pk, third.pk], by=olga)
    assert [(item.why_not, item.is_clean) for item in items] == [("", False), ("", False), ("", True)]
    words = page(client, f"/inbox/approval?ids={first.pk}&ids={second.pk}&ids={third.pk}")
    assert words.count("data-clean") == 1
    assert " checked" not in words  # nothing is ticked by itself
    assert "pavel" in words


def test_the_page_shows_what_the_buyer_wrote_the_draft_and_what_the_guardrails_say(
    shop: Connection, olga: User, client: Client
) -> None:
    said = tuple(
        Message(f"m{n}", AT + timedelta(minutes=n), sender, text)
        for n, (sender, text) in enumerate(
            [
                (Sender.BUYER, "Здравствуйте"),
                (Sender.SELLER, "Слушаем"),
                (Sender.BUYER, "Есть M?"),
                (Sender.BUYER, "Синее"),
            ]
        )
    )
    [chat] = brought(shop, Seen(Kind.CHAT, "c1", AT, True, buyer="Пётр", messages=said))
    drafted(chat)
    Draft.objects.update(text="ЗДРАВСТВУЙТЕ, Пётр! УТОЧНИМ наличие <b>M</b>.")
    words = page(client, f"/inbox/approval?ids={chat.pk}")
    assert "Есть M?\nСинее" in words
    assert "Слушаем" not in words
    assert "наличие &lt;b&gt;M&lt;/b&gt;." in words
    assert 'class="finding warning"' in words


def test_at_most_fifty_are_looked_at_and_those_of_others_are_left_out(
    shop: Connection, other_seller: Seller, olga: User, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk_approving, "MOST", 2)
    monkeypatch.setattr("vitrina.inbox.bulk_views.MOST", 2)
    [foreign] = ready(Connection.objects.create(seller=other_seller, platform="ozon"), 9)
    rows = ready(shop, 1, 2, 3)
    ids = [foreign.pk, *(row.pk for row in rows)]
    response = client.get("/inbox/approval", {"ids": [*ids, "x", "9" * 30]})
    assert [shown.item.it.pk for shown in response.context["shown"]] == [rows[0].pk]
    assert (response.context["left_out"], response.context["beyond"]) == (1, 2)
    seals = {f"seal_{foreign.pk}": f"{foreign.draft_id}-1-0"}
    assert client.post("/inbox/approvals", {"ids": foreign.pk} | seals).context["outcomes"] == []
    Membership.objects.create(user=olga, seller=other_seller, role=Role.READ_ONLY)
    assert client.post("/inbox/approvals", {"ids": foreign.pk} | seals).context["outcomes"] == []
    assert Reply.objects.count() == 0
    client.force_login(factories.user("boris", seller=shop.seller, role=Role.MODERATOR))
    assert client.get("/inbox/approval").status_code == 403


# --- Sending ----------------------------------------------------------------------------------------------


def posted(client: Client, rows: list[Interaction]) -> dict[str, Any]:
    """The form of a page that was just opened, all ticked."""
    ids = [row.pk for row in rows]
    words = client.get("/inbox/approval", {"ids": ids}).content.decode()
    seals = dict(re.findall(r'name="(seal_\d+)" value="([^"]*)"', words))
    return {"ids": ids} | seals


def test_all_that_are_ticked_are_sent_once_however_often_the_form_is(
    shop: Connection, olga: User, client: Client
) -> None:
    rows = ready(shop, 1, 2, 3)
    given, other_tab = posted(client, rows), posted(client, rows)
    given["ids"] = [rows[0].pk, rows[2].pk]  # the second isn't ticked
    answer = client.post("/inbox/approvals?kind=review", given)
    assert [(outcome.it.pk, outcome.reply is not None) for outcome in answer.context["outcomes"]] == [
        (rows[0].pk, True), (rows[2].pk, True),
    ]  # fmt: skip
    for again in (given, other_tab):
        outcomes = client.post("/inbox/approvals", again).context["outcomes"]
        assert all(outcome.reply is None for outcome in outcomes if outcome.it.pk != rows[1].pk)
    replies = list(Reply.objects.order_by("interaction_id"))
    assert sorted(reply.interaction_id for reply in replies) == sorted(row.pk for row in rows)
    assert all((reply.by, reply.text) == (olga, reply.draft.text) for reply in replies if reply.draft)
    assert Job.objects.filter(kind=sending.SEND).count() == 3
    assert AuditEntry.objects.filter(action="inbox.reply", user=olga).count() == 3


def test_one_that_is_refused_holds_up_no_other(shop: Connection, olga: User, client: Client) -> None:
    first, second, third = ready(shop, 1, 2, 3)
    given = posted(client, [first, second, third])
    # Meanwhile: the buyer of the first wrote something else, and somebody answers the second by hand.
    receive(shop, [good(1, pros="Ещё и не мнётся")])
    drafted(Interaction.objects.get(pk=first.pk))
    client.post(f"/inbox/{second.pk}/reply", form(second, "Здравствуйте! Спасибо, что выбрали нас."))
    answer = client.post("/inbox/approvals", given)
    assert [bool(outcome.words) for outcome in answer.context["outcomes"]] == [True, True, False]
    assert all(outcome.words in answer.content.decode() for outcome in answer.context["outcomes"])
    assert [reply.interaction_id for reply in Reply.objects.exclude(interaction=second)] == [third.pk]


def test_two_that_sound_alike_are_not_both_sent_where_the_marketplace_minds(
    shop: Connection, olga: User, client: Client
) -> None:
    first, second, _third = ready(shop, 1, 2, 3)
    Draft.objects.update(text="Здравствуйте! Спасибо за тёплый отзыв, носите с удовольствием и радостью.")
    outcomes = client.post("/inbox/approvals", posted(client, [first, second])).context["outcomes"]
    assert [outcome.reply is not None for outcome in outcomes] == [True, False]
    assert outcomes[1].words


def test_nothing_ticked_sends_nothing(shop: Connection, olga: User, client: Client) -> None:
    [row] = ready(shop, 1)
    given = posted(client, [row]) | {"ids": []}
    assert "ничего не отправлено" in client.post("/inbox/approvals", given).content.decode()
    assert "Ничего не выбрано" in page(client, "/inbox/approval")
    assert Reply.objects.count() == 0


def test_the_list_offers_only_those_that_want_an_answer(shop: Connection, olga: User, client: Client) -> None:
    first, second = ready(shop, 1, 2)
    Interaction.objects.filter(pk=second.pk).update(needs_response=False)
    words = page(client, "/inbox/?state=all")
    assert f'name="ids" value="{first.pk}"' in words
    assert f'name="ids" value="{second.pk}"' not in words
    client.force_login(factories.user("reader", seller=shop.seller, role=Role.READ_ONLY))
    assert 'name="ids"' not in page(client, "/inbox/?state=all")


@pytest.mark.django_db(transaction=True)
def test_they_arrive_at_the_marketplace_once_each(desk: Desk, alice: User) -> None:
    for number in (1, 2, 3):
        desk.market.add(talk("review", number, rating=5, text=f"Лампа номер {number} хорошая"))
    desk.sync()
    rows = list(Interaction.objects.order_by("pk"))
    words = [
        "Рады, что лампа пригодилась!",
        "Спасибо за добрые слова о свете!",
        "Пусть служит долго, ждём снова!",
    ]
    for row, text in zip(rows, words, strict=True):
        made = draft(row, by_model=False)
        Draft.objects.filter(pk=made.pk).update(text=f"Здравствуйте! {text}")
    items = review([row.pk for row in rows], by=alice)
    seals = {item.it.pk: item.seal for item in items}
    started = threading.Barrier(2)

    def tab() -> None:
        started.wait(10)
        approve(seals, by=alice)
        connections.close_all()

    tabs = [threading.Thread(target=tab) for _ in range(2)]
    for thread in tabs:
        thread.start()
    for thread in tabs:
        thread.join(60)
    run_ready()
    assert Reply.objects.filter(state=ReplyState.SENT).count() == 3
    for number in (1, 2, 3):
        assert len(standing(desk, f"review:{number}")) == 1
