"""What the tallies say is what a recount of everything that happened says."""

from __future__ import annotations

import math
import threading
from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vitrina.accounts.models import Seller
from vitrina.inbox.models import ChannelTally, Draft, DraftTally, Interaction, Reply, TimeTally, Visit
from vitrina.inbox.statistics import tallying
from vitrina.inbox.statistics.comparing import LEAST_KEPT, compare
from vitrina.inbox.statistics.feedback import Feedback
from vitrina.inbox.statistics.figures import Drafts, Reception, Work
from vitrina.inbox.statistics.models import Outcome
from vitrina.inbox.statistics.period import MOST_DAYS, Period
from vitrina.inbox.statistics.reading import read
from vitrina.inbox.statistics.slots import LAST_SLOT, middle, percentile, slot
from vitrina.lib.transactions import short_transaction

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
# Around the midnights of zones, and far enough apart that a period leaves some out.
MOMENTS = st.builds(
    lambda days, minutes: NOON - timedelta(days=days, minutes=minutes),
    st.integers(0, 12),
    st.integers(0, 1440),
)
WORDS = st.lists(
    st.sampled_from(["да", "нет", "спасибо", "доброго", "дня", "за", "отзыв", "5"]), max_size=8
).map(" ".join)
MILLISECONDS = st.one_of(st.none(), st.integers(0, 600_000))


@dataclass
class Happened:
    """One thing, with all that its row would hold."""

    what: str
    seller: int
    at: datetime
    platform: str
    kind: str
    priority: int
    intent: str
    prompt: str  # empty: by the offline writer
    outcome: Outcome
    cost: Decimal | None
    ms: int | None
    was_ready: bool | None
    draft: str | None
    sent: str
    due_after: int | None  # minutes from `at` on, less than 0: it was late
    took: int | None  # seconds


HAPPENED = st.builds(
    Happened,
    what=st.sampled_from(["arrival", "draft", "visit", "wait", "answer"]),
    seller=st.integers(0, 1),
    at=MOMENTS,
    platform=st.sampled_from(["ozon", "wildberries"]),
    kind=st.sampled_from(["review", "chat"]),
    priority=st.integers(1, 4),
    intent=st.sampled_from(["defect", "thanks"]),
    prompt=st.sampled_from(["", "p1", "p2"]),
    outcome=st.sampled_from(list(Outcome)),
    cost=st.one_of(st.none(), st.decimals(0, 2, places=6)),
    ms=MILLISECONDS,
    was_ready=st.one_of(st.none(), st.booleans()),
    draft=st.one_of(st.none(), WORDS),
    sent=WORDS,
    due_after=st.one_of(st.none(), st.integers(-5, 5)),
    took=st.one_of(st.none(), st.integers(0, 100_000)),
)


def row(one: Happened, sellers: list[Seller]) -> Interaction:
    return Interaction(
        seller=sellers[one.seller], platform=one.platform, kind=one.kind, priority=one.priority
    )


def draft(one: Happened, sellers: list[Seller]) -> Draft:
    return Draft(
        seller=sellers[one.seller], intent=one.intent, prompt_version=one.prompt, made_at=one.at, cost=one.cost,
        duration_ms=one.ms or 0, source="openai:x" if one.prompt else "offline",
    )  # fmt: skip


def tally(one: Happened, sellers: list[Seller]) -> None:
    seller = sellers[one.seller]
    if one.what == "arrival":
        tallying.arrived([(row(one, sellers), one.at)])
    elif one.what == "draft":
        tallying.drafted(draft(one, sellers), one.outcome)
    elif one.what == "visit":
        visit = Visit(seller=seller, at=one.at, was_ready=one.was_ready, shown_ms=one.ms)
        tallying.visited(visit, row(one, sellers))
    elif one.what == "wait":
        tallying.awaited(seller.pk, one.at, one.ms or 0)
    else:
        reply = Reply(
            seller=seller,
            queued_at=one.at,
            opened_at=None if one.took is None else one.at - timedelta(seconds=one.took),
            due_at=None if one.due_after is None else one.at + timedelta(minutes=one.due_after),
        )
        offered = None if one.draft is None else draft(one, sellers)
        made = None if one.draft is None else compare(one.draft, one.sent)
        tallying.answered(reply, row(one, sellers), Feedback(offered, made, reply.opened_at, reply.due_at))


def counted(happened: list[Happened]) -> tuple[Work, Drafts, Reception]:
    """The recount: by hand, from everything."""
    work, drafts, reception = Work(), Drafts(), Reception()
    for one in happened:
        if one.what == "arrival":
            work.arrived += 1
        elif one.what == "visit" and one.was_ready is not None:
            work.visited += 1
            work.ready += one.was_ready
        elif one.what == "draft":
            setattr(drafts, one.outcome.value, getattr(drafts, one.outcome.value) + 1)
            drafts.cost += one.cost or 0
            drafts.unpriced += one.cost is None and one.outcome in (Outcome.BY_MODEL, Outcome.FAILED)
        elif one.what == "answer":
            work.answered += 1
            work.due += one.due_after is not None
            work.in_time += one.due_after is not None and one.due_after >= 0
            if one.draft is None:
                continue
            made = compare(one.draft, one.sent)
            if one.draft.split() == one.sent.split():
                reception.as_it_was += 1
            elif made.kept < LEAST_KEPT:
                reception.discarded += 1
            else:
                reception.edited += 1
                reception.words_changed += made.words_changed
                reception.share_changed += 1 - made.kept
    return work, drafts, reception


def timed(happened: list[Happened]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {"drafting": [], "shown": [], "awaited": [], "handling": []}
    for one in happened:
        if one.what == "draft" and one.outcome is Outcome.BY_MODEL:
            found["drafting"].append(one.ms or 0)
        elif one.what == "visit" and one.was_ready and one.ms is not None:
            found["shown"].append(one.ms)
        elif one.what == "wait":
            found["awaited"].append(one.ms or 0)
        elif one.what == "answer" and one.took is not None:
            found["handling"].append(one.took)
    return found


def same(one: Any, other: Any) -> bool:
    return type(one) is type(other) and all(
        math.isclose(getattr(one, field.name), getattr(other, field.name), abs_tol=1e-9)
        for field in fields(one)
    )


@pytest.fixture(params=["Europe/Moscow", "America/St_Johns"])
def zone(request: Any, settings: Any) -> Iterator[ZoneInfo]:
    settings.TIME_ZONE = request.param
    timezone.get_default_timezone.cache_clear()
    yield ZoneInfo(request.param)
    timezone.get_default_timezone.cache_clear()


@pytest.mark.django_db
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    happened=st.lists(HAPPENED, max_size=30),
    back=st.integers(1, 14),
    whose=st.sampled_from([[0], [1], [0, 1]]),
)
def test_tallies_say_what_a_recount_says(
    zone: ZoneInfo,
    seller: Seller,
    other_seller: Seller,
    happened: list[Happened],
    back: int,
    whose: list[int],
) -> None:
    for tallies in (ChannelTally, DraftTally, TimeTally):
        tallies.objects.all().delete()
    sellers = [seller, other_seller]
    for one in happened:
        tally(one, sellers)
    period = Period.back(back, NOON.astimezone(zone).date())
    found = read([sellers[at].pk for at in whose], period)

    def day(one: Happened) -> date:
        return one.at.astimezone(zone).date()

    within = [one for one in happened if one.seller in whose and period.first <= day(one) <= period.last]
    work, drafts, reception = counted(within)
    assert same(found.work, work)
    assert same(found.drafts, drafts)
    assert same(found.reception, reception)
    assert same(found.pressing, counted([one for one in within if one.priority <= 2])[0])
    for (platform, kind), shown in found.channels.items():
        of_it = [one for one in within if (one.platform, one.kind) == (platform, kind)]
        assert same(shown, counted(of_it)[0])
    for intent, shown in found.intents.items():
        assert same(shown, counted([one for one in within if one.intent == intent])[2])
    for prompt, shown in found.prompts.items():
        assert same(shown, counted([one for one in within if one.prompt == prompt])[2])
    for at, shown_day in found.days.items():
        of_day = [one for one in within if day(one) == at]
        assert same(shown_day.work, counted(of_day)[0])
        assert same(shown_day.drafts, counted(of_day)[1])
        assert same(shown_day.reception, counted(of_day)[2])
    for clock, durations in timed(within).items():
        times = found.timed(clock)
        assert times.count == len(durations)
        for share, shown_time in ((0.5, times.p50), (0.95, times.p95)):
            if not durations:
                assert shown_time is None
                continue
            exact = sorted(durations)[max(0, math.ceil(share * len(durations)) - 1)]
            assert shown_time is not None
            assert shown_time == pytest.approx(max(exact, 1), rel=0.06)


def test_what_came_at_once_is_added_as_one_by_one(seller: Seller) -> None:
    rows = [Interaction(seller=seller, platform="ozon", kind="review", priority=1 + n % 2) for n in range(7)]
    tallying.arrived((row, NOON) for row in rows)
    for one in rows:
        tallying.arrived([(one, NOON)])
    assert dict(ChannelTally.objects.values_list("priority", "arrived")) == {1: 8, 2: 6}
    tallying.arrived([])


@pytest.mark.django_db(transaction=True)
def test_nothing_is_lost_between_those_who_add_at_once(seller: Seller) -> None:
    def add(reverse: bool) -> None:
        try:
            for number in range(20):
                rows = [
                    Interaction(seller=seller, platform="ozon", kind=kind, priority=1)
                    for kind in ("chat", "review")
                ]
                with short_transaction():
                    tallying.arrived((row, NOON) for row in (rows[::-1] if reverse else rows))
                    tallying.awaited(seller.pk, NOON, 900 + number % 2)
        finally:
            connection.close()

    threads = [threading.Thread(target=add, args=[number % 2 == 1]) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    found = read([seller.pk], Period.back(1, NOON.date()))
    assert {kind: work.arrived for (_platform, kind), work in found.channels.items()} == {
        "chat": 120,
        "review": 120,
    }
    assert found.timed("awaited").count == 120


@given(st.floats(0, 1e9))
def test_a_slot_is_as_exact_as_it_says(duration: float) -> None:
    place = slot(duration)
    assert 0 <= place <= LAST_SLOT
    if duration >= 1 and place < LAST_SLOT:
        assert middle(place) == pytest.approx(duration, rel=0.06)


def test_percentiles_of_nothing_and_of_one() -> None:
    assert percentile({}, 0.5) is None
    assert percentile({3: 1}, 0.5) == percentile({3: 1}, 0.95) == middle(3)
    assert percentile({0: 95, 9: 5}, 0.95) == middle(0)
    assert percentile({0: 94, 9: 6}, 0.95) == middle(9)


@given(WORDS, WORDS)
def test_a_comparison_is_a_distance(one: str, other: str) -> None:
    there, back = compare(one, other), compare(other, one)
    assert there == back
    assert 0 <= there.kept <= 1
    assert (there.words_changed == 0) == (one.split() == other.split())


@pytest.mark.parametrize(
    ("sent", "verdict"),
    [
        ("Спасибо за отзыв!\r\nНосите с радостью.  ", "as_it_was"),
        ("Спасибо за отзыв, Анна! Носите с радостью.", "edited"),
        ("Жаль, что так вышло: напишите нам в чат, мы во всём разберёмся.", "discarded"),
    ],
)
def test_what_became_of_a_draft(sent: str, verdict: str) -> None:
    assert compare("Спасибо за отзыв!\nНосите с радостью.", sent).verdict == verdict


TODAY = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        ({}, date(2026, 10, 22), TODAY),
        ({"days": "7"}, date(2026, 11, 14), TODAY),
        ({"days": "8"}, date(2026, 11, 13), TODAY),
        ({"days": "0"}, date(2026, 10, 22), TODAY),
        ({"days": "9" * 5000}, date(2026, 10, 22), TODAY),
        ({"since": "2026-11-01", "until": "2026-11-03"}, date(2026, 11, 1), date(2026, 11, 3)),
        ({"since": "2026-11-03", "until": "2026-11-01"}, date(2026, 11, 1), date(2026, 11, 3)),
        ({"since": "2026-11-01"}, date(2026, 11, 1), TODAY),
        ({"since": "2027-01-01"}, TODAY, TODAY),
        ({"until": "2026-11-03"}, date(2026, 10, 5), date(2026, 11, 3)),
        ({"since": "2001-01-01"}, TODAY - timedelta(days=MOST_DAYS - 1), TODAY),
        ({"since": "yesterday", "until": "9999-99-99"}, date(2026, 10, 22), TODAY),
    ],
)
def test_a_period_is_what_was_asked_for(asked: dict[str, str], first: date, last: date) -> None:
    assert Period.of(asked, TODAY) == Period(first, last)


def test_a_long_period_goes_by_weeks() -> None:
    assert all(len(step) == 1 for step in Period.back(90, TODAY).steps)
    long = Period.back(MOST_DAYS, TODAY)
    assert [day for step in long.steps for day in step] == long.days
    assert {step[0].weekday() for step in long.steps[1:]} == {0}
    assert len(long.steps) <= 54
