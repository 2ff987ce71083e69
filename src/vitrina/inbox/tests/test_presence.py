"""Who has an interaction open: several windows of one person, browsers that died, and how little is written for it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection as database
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from tests import factories

from vitrina.accounts.models import Seller, User
from vitrina.accounts.roles import Role
from vitrina.channels.models import Connection
from vitrina.channels.ports import Kind, Seen
from vitrina.inbox import presence
from vitrina.inbox.models import Interaction, Presence
from vitrina.inbox.receiving import receive
from vitrina.jobs.models import JobEvent

pytestmark = pytest.mark.django_db


@pytest.fixture
def rows(seller: Seller) -> list[Interaction]:
    shop = Connection.objects.create(seller=seller, platform="ozon")
    at = datetime(2026, 11, 20, 12, tzinfo=UTC)
    receive(shop, [Seen(Kind.REVIEW, f"r{n}", at, True, text="Порвалось", rating=2) for n in range(2)])
    return list(Interaction.objects.order_by("pk"))


@pytest.fixture
def olga(seller: Seller) -> User:
    return factories.user("olga", seller=seller, role=Role.SUPPORT_OPERATOR)


@pytest.fixture
def petr(seller: Seller) -> User:
    return factories.user("petr", seller=seller, role=Role.READ_ONLY)


def told() -> list[dict[str, Any]]:
    return [event.data for event in JobEvent.objects.filter(kind="presence").order_by("pk")]


def names(row: Interaction, besides: User | None = None) -> list[str]:
    return [one["name"] for one in presence.colleagues([row.pk], besides=besides).get(row.pk, [])]


def ago(**time: float) -> None:
    """As if all that stands there had been told so long ago."""
    past = timezone.now() - timedelta(**time)
    Presence.objects.update(seen_at=past)
    Presence.objects.exclude(typed_at=None).update(typed_at=past)


def test_two_windows_of_one_person_are_one_and_no_colleague_of_theirs(
    rows: list[Interaction], olga: User, petr: User
) -> None:
    presence.beat(olga, "a", rows[0])
    presence.beat(olga, "b", rows[0], types=True)
    assert names(rows[0]) == ["olga"]
    assert names(rows[0], besides=olga) == []
    [seen] = presence.colleagues([rows[0].pk], besides=petr)[rows[0].pk]
    assert seen["types"]
    presence.beat(olga, "b", None)
    assert names(rows[0], besides=petr) == ["olga"]  # the other window still has it open
    presence.beat(olga, "a", None)
    assert names(rows[0], besides=petr) == []
    assert told()[-1] == {"interaction": rows[0].pk, "people": []}


def test_walking_to_another_one_is_told_of_both(rows: list[Interaction], olga: User) -> None:
    presence.beat(olga, "a", rows[0])
    presence.beat(olga, "a", rows[1])
    assert [(one["interaction"], len(one["people"])) for one in told()] == [
        (rows[0].pk, 1),
        (rows[1].pk, 1),
        (rows[0].pk, 0),
    ]


def test_a_beat_without_news_tells_nobody_and_seldom_writes(rows: list[Interaction], olga: User) -> None:
    presence.beat(olga, "a", rows[0])
    before = JobEvent.objects.count()
    with CaptureQueriesContext(database) as caught:
        presence.beat(olga, "a", rows[0])
    assert [one["sql"].split()[0] for one in caught] == ["SELECT", "SELECT"]
    ago(seconds=30)
    presence.beat(olga, "a", rows[0])
    assert JobEvent.objects.count() == before
    assert names(rows[0]) == ["olga"]
    presence.beat(olga, "a", rows[0], types=True)
    presence.beat(olga, "a", rows[0], types=True)
    assert [one["people"][0]["types"] for one in told()[before:]] == [True]
    ago(seconds=15)  # the window that typed says nothing more of it
    assert not presence.colleagues([rows[0].pk])[rows[0].pk][0]["types"]


def test_a_browser_that_died_is_swept_by_anybody_and_told_once(
    rows: list[Interaction], olga: User, petr: User
) -> None:
    presence.beat(olga, "a", rows[0], types=True)
    ago(minutes=1)
    assert names(rows[0]) == []
    presence.beat(petr, "p", rows[1])
    presence.beat(petr, "p", None)
    assert [one for one in told() if one["interaction"] == rows[0].pk][1:] == [
        {"interaction": rows[0].pk, "people": []}
    ]
    assert not Presence.objects.exists()


def test_pages_say_who_else_is_there(
    rows: list[Interaction], olga: User, petr: User, client: Client, other_seller: Seller
) -> None:
    client.force_login(petr)
    asked = f"/inbox/{rows[0].pk}/presence"
    assert client.post(asked, {"window": "p1"}).json() == {"people": []}
    presence.beat(olga, "a", rows[0])
    assert [one["name"] for one in client.post(asked, {"window": "p1"}).json()["people"]] == ["olga"]
    page = client.get(f"/inbox/{rows[0].pk}/").content.decode()
    assert (
        page.count("&quot;name&quot;: &quot;olga&quot;") == 2
    )  # the row of the list, and the one that is open
    assert client.post("/inbox/absence", {"window": "p1"}).json() == {}
    assert names(rows[0], besides=olga) == []
    stranger = factories.user("stranger", seller=other_seller, role=Role.ADMIN)
    client.force_login(stranger)
    assert client.post(asked, {"window": "s1"}).status_code == 404
    for wrong in ("", "х", "a b", "a" * 41):
        client.post("/inbox/absence", {"window": wrong})
    assert names(rows[0]) == ["olga"]
