"""What is asked for before it is opened: it tells nothing that is told once, and is known again as long as it stands."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from tests import factories

from vitrina.accounts.models import Seller, User
from vitrina.accounts.roles import Role
from vitrina.channels.models import Connection
from vitrina.channels.ports import Kind, Message, Seen, Sender
from vitrina.inbox import drafting
from vitrina.inbox.models import InboxSettings, Interaction, Reply
from vitrina.inbox.receiving import receive
from vitrina.inbox.tests.test_pages import AT, brought, drafted, form, review

pytestmark = pytest.mark.django_db
PART = {"HX-Request": "true"}
AHEAD = PART | {"X-Ahead": "1"}


@pytest.fixture
def shop(seller: Seller) -> Connection:
    return Connection.objects.create(seller=seller, platform="ozon")


@pytest.fixture
def olga(seller: Seller, client: Client) -> User:
    user = factories.user("olga", seller=seller, role=Role.SUPPORT_OPERATOR)
    client.force_login(user)
    return user


def imprint(client: Client, row: Interaction) -> str:
    return str(client.get(f"/inbox/{row.pk}/", headers=AHEAD).context["imprint"])


def stands(client: Client, row: Interaction, known: str) -> bool:
    answer = client.get(f"/inbox/{row.pk}/", headers=PART | {"X-Stands": known})
    assert answer.status_code in (200, 204)
    return answer.status_code == 204


def test_the_one_beside_comes_at_once_with_its_address(
    shop: Connection,
    olga: User,
    client: Client,
) -> None:
    first, second = brought(shop, review(1), review(2))
    answer = client.get(f"/inbox/{first.pk}/next?kind=review", headers=AHEAD)
    assert answer.status_code == 200
    assert answer.headers["HX-Push-Url"] == f"/inbox/{second.pk}/?kind=review"
    assert second.text in answer.content.decode()
    # There is none before the first, and nobody asked yet: nothing is said of it on the next page.
    assert client.get(f"/inbox/{first.pk}/next?back=1", headers=AHEAD).status_code == 204
    assert "Другого" not in client.get(f"/inbox/{first.pk}/").content.decode()


def test_what_is_told_once_waits_for_the_page_that_is_opened(
    shop: Connection,
    olga: User,
    client: Client,
) -> None:
    row, other = brought(shop, review(1), review(2))
    client.post(f"/inbox/{row.pk}/reply", form(row, "Спасибо за отзыв!"))
    client.get(f"/inbox/{other.pk}/", headers=AHEAD)
    opened = client.get(f"/inbox/{row.pk}/", headers=PART)
    assert len(list(get_messages(opened.wsgi_request))) == 1


def test_it_stands_until_anything_is_said_or_done(shop: Connection, olga: User, client: Client) -> None:
    said = Message("m1", AT, Sender.BUYER, "Есть размер M?")
    [chat] = brought(shop, Seen(Kind.CHAT, "c1", AT, True, messages=(said,)))
    drafted(chat)
    known = imprint(client, chat)
    assert stands(client, chat, known)
    assert not stands(client, chat, "of another time")

    more = Message("m2", AT + timedelta(minutes=1), Sender.BUYER, "А синий?")
    receive(shop, [Seen(Kind.CHAT, "c1", AT, True, messages=(more,))])
    assert not stands(client, chat, known)

    changes = {
        "a draft": lambda: drafting.draft(Interaction.objects.get(pk=chat.pk), by_model=False),
        "a note": lambda: client.post(f"/inbox/{chat.pk}/note", {"note": "ждём склад"}),
        "a reply": lambda: Reply.objects.create(seller=chat.seller, interaction=chat, text="Да", version=2),
        "how it stands": lambda: Reply.objects.update(state="failed"),
        "the seller's rules": lambda: InboxSettings.objects.create(seller=chat.seller, rules="30 дней"),
    }
    for what, change in changes.items():
        known = imprint(client, chat)
        assert stands(client, chat, known), what
        change()
        assert not stands(client, chat, known), what
