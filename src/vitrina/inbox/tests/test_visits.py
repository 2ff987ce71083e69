"""What an open page tells of a visit, what an answer says of its draft, and that nothing of it is counted twice."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone
from tests import factories
from tests.servers import ModelServer

from vitrina.accounts.models import Seller, User
from vitrina.accounts.roles import Role
from vitrina.channels.models import Connection
from vitrina.inbox import drafting, sending
from vitrina.inbox.models import ChannelTally, Draft, Interaction, Reply, ReplyState, Visit
from vitrina.inbox.receiving import receive
from vitrina.inbox.statistics.figures import Drafts, Figures
from vitrina.inbox.statistics.period import Period
from vitrina.inbox.statistics.reading import read
from vitrina.inbox.tests.test_pages import brought, drafted, form, review

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop(seller: Seller) -> Connection:
    return Connection.objects.create(seller=seller, platform="ozon")


@pytest.fixture
def olga(seller: Seller, client: Client) -> User:
    """A support operator who is signed in."""
    user = factories.user("olga", seller=seller, role=Role.SUPPORT_OPERATOR)
    client.force_login(user)
    return user


@pytest.fixture
def row(shop: Connection, olga: User) -> Interaction:
    """A review of two stars: high."""
    return brought(shop, review(1))[0]


def told(client: Client, row: Interaction, **more: object) -> int:
    said = {"version": row.version} | more
    return client.post(f"/inbox/{row.pk}/visit", said).status_code


def figures(seller: Seller) -> Figures:
    return read([seller.pk], Period.back(366, timezone.localdate()))


def test_a_draft_that_stood_ready_is_counted_once_with_its_time(
    row: Interaction, olga: User, client: Client
) -> None:
    made = drafted(row)
    assert told(client, row, draft=made.pk, shown_ms=64) == 204
    [visit] = Visit.objects.all()
    assert (visit.was_ready, visit.shown_ms, visit.by, visit.priority) == (True, 64, olga, 2)
    # Opened once more, or told twice.
    assert told(client, row, draft=made.pk, shown_ms=9000) == 204
    assert Visit.objects.count() == 1
    found = figures(row.seller)
    assert (found.pressing.visited, found.pressing.ready_share) == (1, 1.0)
    assert found.timed("shown").count == 1
    assert found.timed("shown").p95 == pytest.approx(64, rel=0.06)
    assert found.timed("awaited").count == 0


def test_a_draft_that_came_later_is_waited_for_and_was_not_ready(row: Interaction, client: Client) -> None:
    assert told(client, row) == 204
    made = drafted(row)
    assert told(client, row, draft=made.pk, shown_ms=4000, late=1) == 204
    assert told(client, row, draft=made.pk, shown_ms=8000, late=1) == 204
    [visit] = Visit.objects.all()
    assert (visit.was_ready, visit.shown_ms) == (False, 4000)
    found = figures(row.seller)
    assert (found.pressing.visited, found.pressing.ready) == (1, 0)
    assert (found.timed("shown").count, found.timed("awaited").count) == (0, 1)


def test_a_draft_that_no_longer_holds_or_is_not_shown_is_not_ready(row: Interaction, client: Client) -> None:
    made = drafted(row)
    Interaction.objects.filter(pk=row.pk).update(text="Передумала: платье хорошее")
    told(client, row, draft=made.pk, shown_ms=64)
    assert Visit.objects.get().was_ready is False
    assert Visit.objects.get().shown_ms is None
    Visit.objects.all().delete()
    fresh = drafted(Interaction.objects.get())
    told(client, row, draft=fresh.pk + 1)
    assert Visit.objects.get().was_ready is False


def test_what_a_person_must_write_is_no_visit_without_a_draft(row: Interaction, client: Client) -> None:
    Interaction.objects.filter(pk=row.pk).update(escalations=["health"])
    told(client, row)
    assert Visit.objects.get().was_ready is None
    assert figures(row.seller).pressing.visited == 0


@pytest.mark.parametrize(
    "said",
    [
        {"version": ""},
        {"version": "x"},
        {"version": "1", "draft": "1", "shown_ms": "-1"},
        {"version": "1", "draft": "1", "shown_ms": "600001"},
        {"version": "1", "draft": "", "shown_ms": "5"},
        {"version": "1", "draft": "9" * 30},
        {"version": "1", "draft": "٣"},
    ],
)
def test_what_no_page_of_ours_tells_is_refused(
    row: Interaction, client: Client, said: dict[str, str]
) -> None:
    assert client.post(f"/inbox/{row.pk}/visit", said).status_code == 400
    assert not Visit.objects.exists()


def test_only_what_wants_an_answer_as_it_stands_is_visited(row: Interaction, client: Client) -> None:
    assert told(client, row, version=row.version + 1) == 204
    Interaction.objects.filter(pk=row.pk).update(needs_response=False)
    assert told(client, row) == 204
    assert not Visit.objects.exists()


def test_whoever_only_reads_or_is_a_stranger_visits_nothing(
    row: Interaction, seller: Seller, charlie: User, client: Client
) -> None:
    client.force_login(charlie)
    assert told(client, row) == 404
    client.force_login(factories.user("reader", seller=seller))
    assert told(client, row) == 403
    assert f'data-visit="/inbox/{row.pk}/visit"' not in client.get(f"/inbox/{row.pk}/").content.decode()
    assert not Visit.objects.exists()


# --- What became of a draft -------------------------------------------------------------------------------


def sent(client: Client, row: Interaction, text: str, **more: str) -> Reply:
    assert client.post(f"/inbox/{row.pk}/reply", form(row, text, **more)).status_code == 302
    return Reply.objects.latest("pk")


def at(row: Interaction, moment: datetime) -> None:
    Visit.objects.filter(interaction=row).update(at=moment)


def test_an_answer_in_time_with_its_draft_as_it_was(row: Interaction, client: Client) -> None:
    made = drafted(row)
    due = timezone.now() + timedelta(minutes=5)
    Interaction.objects.filter(pk=row.pk).update(due_at=due)
    told(client, row, draft=made.pk, shown_ms=64)
    at(row, timezone.now() - timedelta(minutes=10))
    reply = sent(client, row, made.text.replace("\n", "\r\n"), draft=str(made.pk))
    assert (reply.verdict, reply.kept_share, reply.words_changed, reply.due_at) == ("as_it_was", 1.0, 0, due)
    found = figures(row.seller)
    assert found.reception.accepted_share == 1.0
    assert list(found.intents) == [made.intent]
    assert list(found.prompts) == [""]  # the offline writer
    assert found.work.in_time_share == 1.0
    assert found.timed("handling").p50 == pytest.approx(600, rel=0.06)
    assert found.channels["ozon", "review"].answered == 1


def test_a_late_answer_with_a_few_other_words(row: Interaction, client: Client) -> None:
    made = drafted(row)
    Interaction.objects.filter(pk=row.pk).update(due_at=timezone.now() - timedelta(minutes=5))
    reply = sent(client, row, f"{made.text} Ждём вас снова!", draft=str(made.pk))
    assert (reply.verdict, reply.words_changed, reply.opened_at) == ("edited", 3, None)
    found = figures(row.seller)
    assert (found.reception.edited, found.reception.mean_words) == (1, 3)
    assert found.reception.mean_share == pytest.approx(1 - (reply.kept_share or 0), abs=0.001)
    assert (found.work.due, found.work.in_time) == (1, 0)
    assert found.timed("handling").count == 0


def test_a_draft_that_was_written_past_is_discarded(row: Interaction, client: Client) -> None:
    drafted(row)
    reply = sent(client, row, "Передали мастерам: шов слабый.")
    assert (reply.draft, reply.verdict) == (None, "discarded")
    assert figures(row.seller).reception.discarded_share == 1.0


def test_without_a_draft_there_is_nothing_to_judge(row: Interaction, client: Client) -> None:
    reply = sent(client, row, "Передали мастерам: шов слабый.")
    assert (reply.verdict, reply.kept_share, reply.words_changed) == ("", None, None)
    assert figures(row.seller).reception.decided == 0
    assert figures(row.seller).work.answered == 1


def test_an_answer_that_came_to_nothing_ends_the_visits_before_it(
    row: Interaction, client: Client, seller: Seller
) -> None:
    told(client, row)
    at(row, timezone.now() - timedelta(hours=1))
    first = sent(client, row, "Передали мастерам: шов слабый.")
    assert first.opened_at is not None
    sending.fail(first, "The marketplace said: no.")
    assert Reply.objects.get().state == ReplyState.FAILED
    other = factories.user("oleg", seller=seller, role=Role.SUPPORT_OPERATOR)
    client.force_login(other)
    told(client, row)
    second = sent(client, row, "Передали мастерам: шов слабый. Извините нас.")
    assert second.opened_at == Visit.objects.get(by=other).at


# --- What came in, and how it was drafted -----------------------------------------------------------------


def test_what_is_read_twice_arrives_once(shop: Connection, olga: User) -> None:
    brought(shop, review(1), review(2))
    receive(shop, [review(1), review(2)])
    assert sum(ChannelTally.objects.values_list("arrived", flat=True)) == 2
    receive(shop, [review(1, "Нет, всё-таки порвалось")])
    days = dict(ChannelTally.objects.order_by("day").values_list("day", "arrived"))
    assert sum(days.values()) == 3
    assert days[timezone.localdate()] == 1  # what was edited arrives when it is read


@pytest.mark.django_db(transaction=True)
def test_drafts_are_counted_by_how_they_came_about(
    shop: Connection, olga: User, seller: Seller, model_server: ModelServer
) -> None:
    one, other, third = brought(shop, review(1), review(2), review(3))
    made = drafting.draft(one)
    assert drafting.draft(one) == made  # the one that holds is not made again
    Draft.objects.all().delete()
    assert drafting.draft(one).text == made.text  # a stored answer serves it
    drafting.draft(other, by_model=False)
    model_server.fails(always="bad_key")
    drafting.draft(third)
    found = figures(seller)
    assert found.drafts == Drafts(by_model=1, from_cache=1, offline=1, failed=1, cost=Decimal(0), unpriced=2)
    assert found.timed("drafting").count == 1
