"""The health of providers: tallies agree with the ledger, a failing model is seen, a day of calls is read quickly."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from vitrina.accounts.models import Seller
from vitrina.engine import health, tallying
from vitrina.engine.core.tallies import LAST_SLOT, MIDDLES, Tally, slot
from vitrina.engine.models import CallTally, ModelCall
from vitrina.engine.tests.calls_made import call, many

NOW = datetime(2026, 11, 21, 12, 2, 30, tzinfo=UTC)


@given(st.integers(0, 10_000_000))
def test_a_latency_has_one_slot_and_its_middle_is_near(milliseconds: int) -> None:
    place = slot(milliseconds)
    assert 0 <= place <= LAST_SLOT
    assert slot(milliseconds + 1) in (place, place + 1)
    if place < LAST_SLOT:
        assert abs(MIDDLES[place] - milliseconds) <= max(25, milliseconds * 0.13)


@given(st.lists(st.integers(0, 130_000), min_size=1, max_size=60), st.floats(0.01, 1))
def test_a_percentile_keeps_its_promise_to_the_width_of_a_slot(latencies: list[int], share: float) -> None:
    tally = Tally(calls=len(latencies))
    tally.slots.update(slot(latency) for latency in latencies)
    found = tally.percentile(share)
    assert found is not None
    within = sum(slot(latency) <= MIDDLES.index(found) for latency in latencies)
    assert within / len(latencies) >= share - 1e-9


@pytest.mark.django_db
def test_sql_and_python_put_latencies_into_the_same_slots() -> None:
    latencies = [
        0,
        9,
        10,
        199,
        200,
        249,
        250,
        999,
        1_000,
        1_249,
        9_999,
        10_000,
        12_499,
        119_999,
        120_000,
        500_000,
    ]
    ModelCall.objects.bulk_create([call(at=NOW, latency_ms=latency) for latency in latencies])
    found = tallying.counted(NOW - timedelta(minutes=1))["openai", "gpt-4o-mini"]
    expected = Tally()
    expected.slots.update(slot(latency) for latency in latencies)
    assert found.slots == expected.slots


@pytest.mark.django_db
def test_tallies_and_the_ledger_say_the_same(seller: Seller) -> None:
    many(3_000, over=timedelta(hours=20), until=NOW, sellers=[seller.pk])
    ModelCall.objects.bulk_create([call(at=NOW, outcome="cached"), call(at=NOW, kind="offline", provider="")])
    before = health.summary(now=NOW)
    assert tallying.tally_what_is_settled(NOW) > 200
    assert tallying.tally_what_is_settled(NOW) == 0  # again, it adds nothing
    after = health.summary(now=NOW)
    assert after == before
    assert after.day.calls == 3_000
    assert {model.name for model in after.models} == {"openai:gpt-4o-mini", "openrouter:gpt-4.1-mini"}
    assert 0 < after.day.failed < 120
    assert after.day.unpriced == after.day.failed
    assert after.day.p50_ms is not None
    assert 1_000 < after.day.p50_ms < 2_000 < (after.day.p95_ms or 0)
    late = CallTally.objects.order_by("-begin")[0]
    assert late.begin + tallying.BUCKET <= NOW - tallying.SETTLED + tallying.BUCKET
    assert tallying.clear_old(NOW + timedelta(days=41)) > 200


@pytest.mark.django_db
def test_a_model_that_fails_in_a_row_rests_until_its_cool_down_ends(settings: Any) -> None:
    ModelCall.objects.bulk_create(
        [
            call(at=NOW - timedelta(seconds=20 - n), latency_ms=100, outcome="error", error_class="server")
            for n in range(5)
        ]
        + [call(at=NOW - timedelta(minutes=2), model="gpt-4.1-mini")]
    )
    first, second = health.summary(now=NOW).models
    assert (first.name, first.verdict, first.rests) == ("openai:gpt-4o-mini", "down", True)
    assert first.recent.by_class == [("server", 5)]
    assert (second.verdict, second.recent.failed) == ("ok", 0)
    rested = health.summary(now=NOW + timedelta(seconds=60)).models[0]
    assert rested.rests is False
    ModelCall.objects.bulk_create([call(at=NOW + timedelta(seconds=61)) for _ in range(60)])
    assert health.summary(now=NOW + timedelta(seconds=70)).troubled == ()


@pytest.mark.django_db
def test_a_rate_limit_is_told_and_is_no_ill_health_of_the_breaker() -> None:
    ModelCall.objects.bulk_create(
        [call(at=NOW, outcome="error", error_class="rate", status=429) for _ in range(8)]
    )
    model = health.summary(now=NOW).models[0]
    assert (model.limited, model.rests, model.verdict) == (8, False, "down")
    assert health.summary(now=NOW + timedelta(hours=2)).models[0].verdict == "quiet"
    assert health.summary(now=NOW + timedelta(hours=30)).models == ()


@pytest.mark.django_db
def test_a_busy_day_is_read_in_milliseconds(seller: Seller) -> None:
    many(20_000, over=timedelta(hours=24), until=NOW, sellers=[seller.pk])
    tallying.tally_what_is_settled(NOW)
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    took = []
    for _ in range(5):
        began = time.process_time()
        assert health.summary(now=NOW).day.calls > 19_000
        took.append(time.process_time() - began)
    assert min(took) < 0.020, took
