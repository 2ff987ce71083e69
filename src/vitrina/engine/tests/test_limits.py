"""Quotas, budgets and rates: the last unit is taken once, and a refusal says what, how much and until when."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st
from tests import factories

from vitrina.accounts import quotas
from vitrina.accounts.models import Plan, UsageCounter
from vitrina.accounts.quota_rules import Limits, budget_refusal, counters, refusal
from vitrina.engine.ask import CallContext, ask
from vitrina.engine.errors import EngineError, LimitReached
from vitrina.engine.models import ModelCall, StoredAnswer
from vitrina.engine.tests.conftest import Listing, wait_until

MOSCOW = ZoneInfo("Europe/Moscow")
PRICES = {"custom:gpt-4o-mini": {"input": "1000", "output": "1000"}}


@pytest.fixture(autouse=True)
def _fresh_plans():
    quotas.forget_plans()


def seller_with(**limits):
    return factories.seller(plan=Plan.objects.create(name="plan", limits=limits))


@pytest.mark.django_db(transaction=True)
def test_two_processes_never_both_take_the_last_unit(model_server, children):
    seller = seller_with(card={"day": 10})
    processes = [
        children.start([f"Платье {n}-{k}" for k in range(15)], seller_id=seller.pk, threads=5)
        for n in range(2)
    ]
    outcomes = [children.finish(process)["outcomes"] for process in processes]
    assert sum(outcome.get("custom:gpt-4o-mini", 0) for outcome in outcomes) == 10
    assert sum(outcome.get("LimitReached", 0) for outcome in outcomes) == 20
    assert model_server.counts()["calls"] == 10


@pytest.mark.django_db(transaction=True)
def test_a_refusal_names_the_limit_its_value_and_when_it_lifts(model_server, generator):
    seller = seller_with(card={"day": 1})
    ask(generator, Listing(title="Платье 1"), context=CallContext(seller_id=seller.pk))
    with pytest.raises(LimitReached) as caught:
        ask(generator, Listing(title="Платье 2"), context=CallContext(seller_id=seller.pk))
    tomorrow = datetime.now(MOSCOW).date() + timedelta(days=1)
    assert (caught.value.limit, caught.value.value) == ("card per day of the seller", "1 calls")
    assert caught.value.lifts_at.astimezone(MOSCOW).date() == tomorrow
    assert model_server.counts()["calls"] == 1


@pytest.mark.django_db(transaction=True)
def test_a_cached_answer_passes_a_spent_quota(model_server, generator, listing):
    seller = seller_with(card={"day": 1})
    context = CallContext(seller_id=seller.pk)
    ask(generator, listing, context=context)
    assert ask(generator, listing, context=context).cached


@pytest.mark.django_db(transaction=True)
def test_a_failed_call_gives_its_unit_back(model_server, generator):
    seller = seller_with(card={"day": 1})
    context = CallContext(seller_id=seller.pk)
    model_server.fails("credit")
    assert ask(generator, Listing(title="Платье 1"), context=context).source == "offline"
    assert ask(generator, Listing(title="Платье 2"), context=context).source == "custom:gpt-4o-mini"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("limits", [{"*": {"month": 1}}, {"per_user": {"card": {"month": 1}}}])
def test_months_people_and_all_features_together_are_counted(model_server, generator, limits, alice):
    seller = seller_with(**limits)
    context = CallContext(seller_id=seller.pk, user_id=alice.pk)
    ask(generator, Listing(title="Платье 1"), context=context)
    with pytest.raises(LimitReached):
        ask(generator, Listing(title="Платье 2"), context=context)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("whose", ["seller", "installation"])
def test_a_spent_budget_refuses_and_the_real_cost_is_what_counts(model_server, settings, generator, whose):
    settings.AI_PRICES = PRICES
    seller = seller_with(**({"usd": {"month": "2.00"}} if whose == "seller" else {}))
    settings.AI_MONTHLY_BUDGET_USD = Decimal("2.00") if whose == "installation" else None
    costs: list[Decimal] = []

    def spend():
        for number in range(50):
            answer = ask(
                generator, Listing(title=f"Платье {number}"), context=CallContext(seller_id=seller.pk)
            )
            costs.append(answer.cost)

    with pytest.raises(LimitReached, match="USD"):
        spend()
    spent = sum(costs)
    assert 0 < spent <= 2
    assert spent == sum(ModelCall.objects.filter(outcome="ok").values_list("cost", flat=True))
    counted = UsageCounter.objects.get(key__startswith=f"seller:{seller.pk}||usd").used
    assert counted == int(spent * 10**9)


@pytest.mark.django_db(transaction=True)
def test_a_budget_is_checked_again_at_the_next_model_of_the_route(model_server, settings, generator, listing):
    settings.AI_PRICES = {
        "custom:dear": {"input": "1000", "output": "1000000"},
        "custom:cheap": {"input": "0.01", "output": "0.01"},
    }
    settings.AI_ROUTES = {"describe": {"steps": [["custom:dear", 5], ["custom:cheap", 5], ["offline"]]}}
    settings.AI_MONTHLY_BUDGET_USD = Decimal(1)
    assert ask(generator, listing, context=CallContext()).source == "custom:cheap"
    settings.AI_ROUTES = {
        "describe": {"steps": [["custom:fault-server_error", 5], ["custom:dear", 5], ["offline"]]}
    }
    with pytest.raises(LimitReached):
        ask(generator, Listing(title="Другое платье"), context=CallContext())
    assert set(model_server.counts()["by_model"]) == {"cheap", "fault-server_error"}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("redis_url", ["", pytest.param("redis://127.0.0.1:6379/4", marks=pytest.mark.redis)])
def test_a_rate_is_shared_by_all_processes(model_server, children, redis_url):
    if redis_url:
        redis = pytest.importorskip("redis").Redis.from_url(redis_url)
        try:
            redis.flushdb()
        except OSError:
            pytest.skip("no Redis server at 127.0.0.1:6379")
        finally:
            redis.close()
    given = {"rates": {"custom": {"rpm": 8}}, "deadline_seconds": 3, "redis_url": redis_url}
    processes = [children.start([f"Платье {n}-{k}" for k in range(10)], **given) for n in range(2)]
    outcomes = [children.finish(process)["outcomes"] for process in processes]
    passed = sum(outcome.get("custom:gpt-4o-mini", 0) for outcome in outcomes)
    assert passed == model_server.counts()["calls"]
    assert passed == 8
    assert sum(outcome.get("LimitReached", 0) for outcome in outcomes) == 12


@pytest.mark.django_db(transaction=True)
def test_a_dead_redis_is_told_and_leaves_no_intent_behind(model_server, settings, generator, listing):
    settings.REDIS_URL, settings.AI_RATES = "redis://127.0.0.1:1/0", {"custom": {"rpm": 8}}
    with pytest.raises(EngineError, match="REDIS_URL"):
        ask(generator, listing, context=CallContext())
    assert not StoredAnswer.objects.exists()
    assert model_server.counts()["calls"] == 0


@pytest.mark.django_db(transaction=True)
def test_no_more_calls_are_under_way_than_the_provider_takes_at_once(model_server, settings, generator):
    settings.AI_RATES = {"custom": {"at_once": 3}}
    model_server.set(latency=0.05)

    def once(number: int) -> str:
        try:
            return ask(generator, Listing(title=f"Платье {number}"), context=CallContext()).source
        finally:
            connection.close()

    with ThreadPoolExecutor(12) as threads:
        sources = list(threads.map(once, range(12)))
    assert set(sources) == {"custom:gpt-4o-mini"}
    counts = model_server.counts()
    assert (counts["calls"], counts["most_in_flight"]) == (12, 3)


@pytest.mark.django_db(transaction=True)
def test_without_a_free_place_within_the_deadline_the_ask_says_so_and_pays_nothing(
    model_server, settings, generator
):
    settings.AI_RATES = {"custom": {"at_once": 1}}
    model_server.set(latency=2)

    def occupy() -> str:
        try:
            return ask(generator, Listing(title="Платье 1"), context=CallContext()).source
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as threads:
        occupied = threads.submit(occupy)
        wait_until(lambda: model_server.counts()["calls"] == 1)
        with pytest.raises(LimitReached) as caught:
            ask(generator, Listing(title="Платье 2"), context=CallContext(deadline_seconds=0.5))
        assert occupied.result(10) == "custom:gpt-4o-mini"
    assert (caught.value.limit, caught.value.value) == ("calls at once of custom", "1")
    assert caught.value.lifts_at is not None
    assert model_server.counts()["calls"] == 1
    assert StoredAnswer.objects.count() == 1


# --- the rules themselves ---------------------------------------------------------------------------------


def sides(**limits):
    return counters(
        seller_id=1,
        user_id=2,
        feature="card",
        limits=Limits(limits),
        now=datetime(2026, 12, 31, 21, 30, tzinfo=UTC),
        zone=MOSCOW,
    )


def test_days_and_months_begin_at_the_installations_midnight():
    calls, money = sides(card={"day": 1, "month": 2})
    assert [counter.key for counter in calls if counter.limit] == [
        "seller:1|card|calls|2027-01-01",
        "seller:1|card|calls|2027-01",
    ]
    assert [counter.limit.lifts_at.isoformat() for counter in calls if counter.limit] == [
        "2027-01-02T00:00:00+03:00",
        "2027-02-01T00:00:00+03:00",
    ]
    assert [counter.limit for counter in money] == [None, None]


@pytest.mark.parametrize(
    "limits",
    [{"card": 7}, {"card": {"day": "x"}}, {"card": {"day": True}}, {"usd": {"month": "many"}}, {"usd": 5}],
)
def test_a_limit_that_makes_no_sense_limits_nothing(limits):
    calls, money = sides(**limits)
    assert all(counter.limit is None for counter in calls + money)


@given(st.integers(0, 100), st.lists(st.integers(1, 9), max_size=60))
def test_what_is_granted_never_exceeds_the_limit(most, amounts):
    calls, _ = sides(card={"day": most})
    used = dict.fromkeys((counter.key for counter in calls), 0)
    for amount in amounts:
        if refusal(calls, used, amount) is None:
            used = {key: value + amount for key, value in used.items()}
    assert max(used.values()) <= most


def test_a_spent_budget_refuses_what_costs_nothing_known():
    _, money = sides(usd={"month": "0.000000005"})
    assert budget_refusal(money, {money[1].key: 4}, 0) is None
    assert budget_refusal(money, {money[1].key: 5}, 0) is not None
