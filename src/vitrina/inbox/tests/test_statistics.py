"""The numbers of the inbox as people, programs and machines see them: whose they are, of which time, and in how many queries."""

from __future__ import annotations

import csv
import io
import json
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection as database
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from tests import factories

from vitrina.accounts.models import Membership, Seller, User
from vitrina.accounts.roles import Role
from vitrina.channels.models import Connection
from vitrina.channels.ports import Kind, Seen
from vitrina.inbox.receiving import receive
from vitrina.inbox.statistics.models import ChannelTally, DraftTally, TimeTally, Visit
from vitrina.inbox.statistics.slots import slot
from vitrina.inbox.tests.test_pages import brought, review
from vitrina.jobs.enqueue import enqueue
from vitrina.jobs.worker import run_ready

pytestmark = pytest.mark.django_db

PAGE = "/inbox/statistics/"
API = "/api/v1/interactions/stats"


@pytest.fixture
def olga(seller: Seller, client: Client) -> User:
    """A support operator who is signed in."""
    user = factories.user("olga", seller=seller, role=Role.SUPPORT_OPERATOR)
    client.force_login(user)
    return user


@pytest.fixture
def today() -> date:
    return timezone.localdate()


def worked(seller: Seller, day: date, **amounts: Any) -> None:
    """What was done on a day about urgent chats at Ozon."""
    ChannelTally.objects.create(seller=seller, day=day, platform="ozon", kind="chat", priority=1, **amounts)


def drafted(seller: Seller, day: date, **amounts: Any) -> None:
    DraftTally.objects.create(seller=seller, day=day, **{"intent": "defect", "prompt_version": ""} | amounts)


def shown(client: Client, **asked: Any) -> Any:
    return client.get(PAGE, asked).context


def told(client: Client, status: int = 200, **asked: Any) -> Any:
    response = client.get(API, asked)
    assert response.status_code == status, response.content
    return json.loads(response.content)


def test_everybody_sees_the_numbers_of_their_own_sellers(
    seller: Seller, other_seller: Seller, olga: User, client: Client, today: date
) -> None:
    worked(seller, today, arrived=3)
    worked(other_seller, today, arrived=40)

    def arrived(**asked: Any) -> list[int]:
        return [shown(client, **asked)["found"].work.arrived, told(client, **asked)["work"]["arrived"]]

    assert arrived() == [3, 3]
    assert arrived(seller=seller.pk) == [3, 3]
    assert arrived(seller=other_seller.pk) == [0, 0]
    Membership.objects.create(user=olga, seller=other_seller, role=Role.READ_ONLY)
    assert arrived() == [43, 43]
    assert arrived(seller=other_seller.pk) == [40, 40]
    client.force_login(factories.user("chief", is_superuser=True))
    assert arrived() == [43, 43]
    client.logout()
    assert client.get(PAGE).status_code == 302
    assert client.get(API).status_code == 401


def test_the_time_that_is_asked_for_is_shown(seller: Seller, olga: User, client: Client, today: date) -> None:
    for days, arrived in ((0, 1), (6, 2), (7, 4), (29, 8), (30, 16), (89, 32), (90, 64)):
        worked(seller, today - timedelta(days=days), arrived=arrived)

    def arrived_in(**asked: Any) -> int:
        found: int = shown(client, **asked)["found"].work.arrived
        assert told(client, **asked)["work"]["arrived"] == found
        return found

    assert arrived_in(days=7) == 3
    assert arrived_in() == arrived_in(days=30) == 15
    assert arrived_in(days=90) == 63
    a_week_ago = today - timedelta(days=7)
    assert arrived_in(since=a_week_ago - timedelta(days=80), until=a_week_ago) == 28
    assert arrived_in(since=a_week_ago) == 7


def test_a_page_says_how_the_goals_are_met_and_leads_to_what_it_counts(
    seller: Seller, olga: User, client: Client, today: date
) -> None:
    worked(seller, today, arrived=12, visited=10, ready=7, answered=8, due=8, in_time=6)
    drafted(
        seller, today, by_model=5, offline=2, failed=1, cost=Decimal("0.25"), as_it_was=5, edited=4, discarded=1,
        words_changed=10, share_changed=0.6,
    )  # fmt: skip
    for clock, duration in (("shown", 240), ("handling", 75), ("drafting", 1900)):
        TimeTally.objects.create(seller=seller, day=today, clock=clock, slot=slot(duration), times=3)
    words = client.get(PAGE, {"seller": seller.pk}).content.decode()
    for said in (
        "70 %",
        "7 из 10 срочных и важных",
        "цель: больше 80 %",
        "цель: меньше 100 мс",
        "50 %",
        "75 %",
        "2,5",
    ):
        assert said.replace(" %", "\N{NO-BREAK SPACE}%") in words, said
    assert words.count('class="figure wait"') == 2  # both goals are missed
    assert f'href="/inbox/?state=all&amp;priority=1&amp;seller={seller.pk}"' in words
    assert f'href="/inbox/?state=all&amp;platform=ozon&amp;kind=chat&amp;seller={seller.pk}"' in words
    assert f'href="/calls/?route=reply&amp;since={today - timedelta(days=29)}&amp;until={today}' in words
    assert client.get("/inbox/", {"state": "all", "priority": "1"}).status_code == 200


def test_where_nothing_happened_the_page_says_what_to_do(
    seller: Seller, olga: User, client: Client, today: date
) -> None:
    words = client.get(PAGE).content.decode()
    assert "За это время ничего не было" in words
    assert "data-chart" not in words
    worked(seller, today - timedelta(days=40), arrived=1)
    assert "ничего не было" in client.get(PAGE).content.decode()
    assert "ничего не было" not in client.get(PAGE, {"days": 90}).content.decode()
    long = client.get(PAGE, {"since": today - timedelta(days=800)}).content.decode()
    assert "Сразу видно не больше 366 дней" in long
    assert client.get(PAGE, {"seller": "x", "days": "\0", "since": "tomorrow"}).status_code == 200


def test_a_file_has_a_line_for_each_day(seller: Seller, olga: User, client: Client, today: date) -> None:
    worked(seller, today, arrived=3, answered=2, due=2, in_time=1)
    drafted(
        seller, today - timedelta(days=1), by_model=2, cost=Decimal("0.000310"), edited=1, words_changed=4
    )
    answer = client.get(f"{PAGE}csv", {"days": 7})
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="inbox-')
    text = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert [row["day"] for row in rows] == [str(today - timedelta(days=back)) for back in reversed(range(7))]
    assert (rows[-1]["arrived_chat"], rows[-1]["answered_chat"], rows[-1]["in_time"]) == ("3", "2", "1")
    assert (rows[-2]["by_model"], rows[-2]["cost"], rows[-2]["words_changed"]) == ("2", "0.000310", "4")
    assert (rows[0]["arrived_review"], rows[0]["cost"]) == ("0", "0.000000")


def test_the_numbers_cost_the_same_however_many_interactions_there_are(
    seller: Seller, olga: User, client: Client
) -> None:
    shop = Connection.objects.create(seller=seller, platform="ozon")
    brought(shop, review(1))

    def queries(address: str) -> list[str]:
        with CaptureQueriesContext(database) as caught:
            assert client.get(address).status_code == 200
        return [query["sql"] for query in caught.captured_queries]

    client.get(PAGE)
    few = len(queries(PAGE)), len(queries(API))
    at = timezone.now()
    receive(
        shop,
        [Seen(Kind.CHAT, f"c{n}", at - timedelta(days=n % 20), True, text="Где заказ?") for n in range(300)],
    )
    assert (len(queries(PAGE)), len(queries(API))) == few
    # The rail counts what waits, as on every page; besides that no interaction is read.
    counted = [sql for sql in queries(API) if "inbox_interaction" in sql or "inbox_reply" in sql]
    assert counted == []


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"days": "0"}, "days"),
        ({"days": "367"}, "days"),
        ({"days": "7", "since": "2026-01-01"}, "days"),
        ({"until": "2026-01-01"}, "until"),
        ({"since": "2026-02-01", "until": "2026-01-01"}, "since"),
        ({"since": "2024-01-01", "until": "2026-01-01"}, "since"),
        ({"since": "1999-01-01", "until": "1999-01-02"}, "since"),
        ({"since": "9999-12-31"}, "since"),
        ({"since": "01.02.2026"}, "since"),
        ({"seller": "x"}, "seller"),
        ({"day": "7"}, "day"),
    ],
)
def test_a_program_is_refused_what_a_page_would_bend_into_shape(
    olga: User, client: Client, asked: dict[str, str], field: str
) -> None:
    assert list(told(client, 422, **asked)["errors"]) == [field]


def test_a_program_gets_every_number(seller: Seller, olga: User, client: Client, today: date) -> None:
    worked(seller, today, arrived=12, visited=10, ready=7, answered=8, due=8, in_time=6)
    drafted(
        seller, today, by_model=5, cost=Decimal("0.25"), as_it_was=5, edited=4, discarded=1, words_changed=10,
        share_changed=0.6,
    )  # fmt: skip
    TimeTally.objects.create(seller=seller, day=today, clock="handling", slot=slot(75), times=3)
    found = told(client, days=2)
    work = found["pressing"]
    assert found["by_priority"] == [{"priority": "urgent"} | work]
    assert found["by_channel"] == [{"platform": "ozon", "kind": "chat"} | work]
    assert (work["ready_share"], work["in_time_share"]) == (0.7, 0.75)
    assert found["by_intent"] == [{"intent": "defect"} | found["reception"]]
    assert found["by_prompt"] == [{"prompt_version": ""} | found["reception"]]
    assert found["reception"] == {
        "as_it_was": 5, "edited": 4, "discarded": 1, "accepted_share": 0.5, "mean_words_changed": 2.5,
        "mean_share_changed": 0.15,
    }  # fmt: skip
    assert found["drafts"]["cost_usd"] == "0.250000"
    assert found["times"]["handling_seconds"]["p50"] == pytest.approx(75, rel=0.06)
    assert found["times"]["shown_ms"] == {"count": 0, "p50": None, "p95": None}
    assert [one["day"] for one in found["by_day"]] == [str(today - timedelta(days=1)), str(today)]
    assert found["by_day"][1]["arrived"] == {"review": 0, "question": 0, "chat": 12}


def test_machines_read_the_numbers_of_this_day(
    seller: Seller, other_seller: Seller, client: Client, today: date
) -> None:
    client.force_login(factories.user("chief", is_superuser=True))
    brought(Connection.objects.create(seller=seller, platform="ozon"), review(1))
    ChannelTally.objects.all().delete()
    worked(seller, today, arrived=3, visited=2, ready=1)
    worked(seller, today - timedelta(days=1), arrived=70)
    worked(other_seller, today, arrived=4)
    drafted(seller, today, by_model=5, cost=Decimal("0.25"), discarded=1)
    TimeTally.objects.create(seller=seller, day=today, clock="shown", slot=slot(64), times=3)
    lines = client.get("/metrics").content.decode().splitlines()
    for line in (
        'vitrina_inbox_waiting{priority="high"} 1.0',
        'vitrina_inbox_waiting{priority="urgent"} 0.0',
        'vitrina_inbox_arrived_total{priority="urgent"} 7.0',
        'vitrina_inbox_ready_total{priority="urgent"} 1.0',
        'vitrina_inbox_drafts_total{outcome="by_model"} 5.0',
        "vitrina_inbox_drafts_cost_usd_total 0.25",
        'vitrina_inbox_feedback_total{verdict="discarded"} 1.0',
    ):
        assert line in lines
    [shown_line] = [
        line for line in lines if line.startswith('vitrina_inbox_seconds{clock="shown",quantile="0.95"}')
    ]
    assert float(shown_line.split()[-1]) == pytest.approx(0.064, rel=0.06)


@pytest.mark.django_db(transaction=True)
def test_old_numbers_and_visits_go(seller: Seller, alice: User) -> None:
    shop = Connection.objects.create(seller=seller, platform="ozon")
    [row] = brought(shop, review(1))
    today, now = timezone.localdate(), timezone.now()
    ChannelTally.objects.all().delete()
    for days in (400, 401):
        worked(seller, today - timedelta(days=days), arrived=1)
        drafted(seller, today - timedelta(days=days), offline=1)
        TimeTally.objects.create(seller=seller, day=today - timedelta(days=days), clock="shown", slot=1)
    for version, days in ((1, 89), (2, 91)):
        Visit.objects.create(
            interaction=row,
            seller=seller,
            version=version,
            by=alice,
            priority=1,
            at=now - timedelta(days=days),
        )
    enqueue("inbox.clean_up", {})
    run_ready()
    assert [tally.objects.count() for tally in (ChannelTally, DraftTally, TimeTally)] == [1, 1, 1]
    assert [visit.version for visit in Visit.objects.all()] == [1]
