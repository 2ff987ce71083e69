"""What ended when: the same figures from the runs alone, from tallies, and from both together."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.db.models import Sum
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from tests import factories

from vitrina.accounts.models import Seller
from vitrina.enrichment import run_tallies
from vitrina.enrichment.models import ProcessingLog, RunTally, Status
from vitrina.enrichment.run_tallies import Ended, Ends, Totals, read, tally_days_over, totals

pytestmark = pytest.mark.django_db

STATUSES = ("completed", "moderation", "approved", "rejected", "superseded", "failed", "processing")


@pytest.fixture(
    params=[
        ("Europe/Moscow", 21),
        ("Asia/Kolkata", 21),
        ("America/St_Johns", 21),
        ("America/New_York", 1),  # the clock was put back this morning
        ("America/New_York", 2),
    ]
)
def now(request: Any, settings: Any) -> Iterator[datetime]:
    settings.TIME_ZONE, day = request.param
    timezone.get_default_timezone.cache_clear()
    yield datetime(2026, 11, day, 15, 40, tzinfo=UTC)
    timezone.get_default_timezone.cache_clear()


def make_runs(now: datetime, *sellers: Seller) -> list[ProcessingLog]:
    rng = random.Random(7)
    made = []
    for number in range(120):
        seller = sellers[number % len(sellers)]
        status = rng.choice(STATUSES)
        made.append(
            ProcessingLog(
                product=factories.product(seller=seller), seller=seller, status=status,
                finished_at=now - timedelta(seconds=rng.randrange(4 * 86_400)),
                cost=rng.choice([None, Decimal("0.000420"), Decimal("1.5")]),
                confidence=rng.choice([None, 0.25, 0.75]), duration_ms=rng.choice([None, 900, 41_000]),
                tokens_prompt=rng.randrange(2000), tokens_completion=rng.randrange(900),
            )
        )  # fmt: skip
    return ProcessingLog.objects.bulk_create(made)


def expected(runs: list[ProcessingLog], sellers: set[int], key: Any) -> dict[Any, Ended]:
    found: dict[Any, Ended] = {}
    for run in runs:
        if run.seller_id not in sellers or run.status == "processing":
            continue
        ended = found.setdefault(key(run.finished_at), Ended())
        name = (
            "moderated"
            if run.status in run_tallies.MODERATED
            else "failed"
            if run.status == "failed"
            else "completed"
        )
        setattr(ended, name, getattr(ended, name) + 1)
        ended.cost += run.cost or 0
        ended.unpriced += run.cost is None
    return found


def test_figures_are_the_same_before_and_after_the_days_are_tallied(
    now: datetime, seller: Seller, other_seller: Seller
) -> None:
    runs = make_runs(now, seller, other_seller)
    zone = timezone.get_default_timezone()

    def hour(at: datetime) -> datetime:
        return at.astimezone(zone).replace(minute=0, second=0, microsecond=0).astimezone(UTC)

    first_hour = hour(now) - timedelta(hours=23)
    for tallied_at in (None, now - timedelta(days=2), now - timedelta(days=1), now):
        if tallied_at is not None:
            tally_days_over(tallied_at)
            assert RunTally.objects.exists()
        for sellers in ({seller.pk}, {seller.pk, other_seller.pk}):
            found = read(sellers, now=now, days=30, hours=24)
            assert found.days == expected(runs, sellers, lambda at: at.astimezone(zone).date())
            assert found.hours == {
                at: ended for at, ended in expected(runs, sellers, hour).items() if at >= first_hour
            }
            assert read(sellers, now=now, days=30, hours=0) == Ends({}, found.days)
        assert read(None, now=now, days=30, hours=24) == read(
            {seller.pk, other_seller.pk}, now=now, days=30, hours=24
        )
    assert read(set(), now=now, days=30, hours=24).days == {}


def test_totals_are_the_same_before_and_after_the_days_are_tallied(
    now: datetime, seller: Seller, other_seller: Seller
) -> None:
    runs = make_runs(now, seller, other_seller)
    zone = timezone.get_default_timezone()
    decided = next(run for run in runs if run.status == Status.MODERATION)
    for tallied_at in (None, now - timedelta(days=1), now):
        if tallied_at is not None:
            tally_days_over(tallied_at)
            # A person decides on a day long over.
            decided.status = Status.APPROVED if tallied_at == now else Status.REJECTED
            decided.save()
        for days in (2, 30):
            first = now.astimezone(zone).date() - timedelta(days=days - 1)
            ended = [run for run in runs if run.status != "processing" and _day(run, zone) >= first]
            for sellers in ({seller.pk}, None):
                own = [run for run in ended if sellers is None or run.seller_id in sellers]
                found = totals(sellers, now=now, days=days)
                assert found.by_status == Counter(run.status for run in own)
                assert found.cost == sum(run.cost or 0 for run in own)
                assert found.unpriced == sum(run.cost is None for run in own)
                assert found.sure == sum(run.confidence is not None for run in own)
                assert found.confidence == sum(run.confidence or 0 for run in own)
                assert found.timed == sum(run.duration_ms is not None for run in own)
                assert found.ms == sum(run.duration_ms or 0 for run in own)
                assert found.tokens_prompt == sum(run.tokens_prompt for run in own)
                assert found.tokens_completion == sum(run.tokens_completion for run in own)
    assert totals(set(), now=now, days=30) == Totals()


def _day(run: ProcessingLog, zone: Any) -> date:
    assert run.finished_at is not None
    return run.finished_at.astimezone(zone).date()


def test_a_day_is_tallied_once_and_old_tallies_go(now: datetime, seller: Seller) -> None:
    make_runs(now, seller)
    assert tally_days_over(now) in (3, 4)
    rows = list(RunTally.objects.values())
    assert tally_days_over(now) == 0
    assert list(RunTally.objects.values()) == rows
    RunTally.objects.filter(pk=rows[0]["id"]).update(day=rows[0]["day"] - timedelta(days=500))
    make_runs(now + timedelta(days=9), seller)
    tally_days_over(now + timedelta(days=9))
    assert not RunTally.objects.filter(pk=rows[0]["id"]).exists()


def test_a_month_costs_three_queries_and_reads_no_run(now: datetime, seller: Seller) -> None:
    make_runs(now, seller)
    tally_days_over(now)
    with CaptureQueriesContext(connection) as asked:
        read({seller.pk}, now=now, days=31, hours=24)
    assert len(asked) == 3
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("EXPLAIN QUERY PLAN " + asked.captured_queries[-1]["sql"].replace("%", "%%"))
            plan = " ".join(str(row[-1]) for row in cursor.fetchall())
        assert "COVERING INDEX log_by_end" in plan


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL knows its tables without being told")
def test_without_statistics_a_product_is_asked_for_its_runs_and_a_window_for_its_ends() -> None:
    runs = ProcessingLog.objects.filter(product=1).ended_since(timezone.now(), status=Status.APPROVED)
    ended = ProcessingLog.objects.filter(status__in=Status.values, finished_at__gt=timezone.now())
    assert "log_history_of_product" in runs.explain()
    assert "COVERING INDEX log_by_end" in ended.values("status").annotate(Sum("cost")).order_by().explain()
