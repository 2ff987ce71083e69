"""Prices, budget, plans and running values: what a page takes is what the engine counts by."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from tests import factories

from vitrina.accounts import planning, quotas, runtime_settings, used
from vitrina.accounts.budget import MONTHLY_BUDGET, monthly_budget
from vitrina.accounts.models import AuditEntry, Plan, RuntimeSetting, Seller, UsageCounter, User
from vitrina.accounts.quota_rules import Limit
from vitrina.accounts.quotas import Taker
from vitrina.accounts.runtime_settings import NotAllowed, value
from vitrina.engine.models import PriceOverride
from vitrina.engine.pricing import price_of
from vitrina.enrichment import confidence, running_values

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
FEATURES = ["categorize", "describe"]
MONEY = st.one_of(st.just(""), st.integers(0, 999_999).map(lambda cents: f"{cents // 100}.{cents % 100:02d}"))
NUMBERS = st.one_of(st.just(""), st.integers(0, planning.MOST_CALLS).map(str))


@pytest.fixture
def root(db: None) -> User:
    return factories.user("root", is_superuser=True)


@pytest.fixture
def desk(root: User, client: Client) -> Client:
    client.force_login(root)
    return client


@given(
    st.fixed_dictionaries(
        {
            f"{whose}.{feature}.{period}": NUMBERS
            for whose in ("seller", "person")
            for feature in ("*", *FEATURES)
            for period in planning.PERIODS
            if (whose, feature) != ("person", "*")
        }
        | {f"usd.{period}": MONEY for period in planning.PERIODS}
    )
)
def test_limits_come_out_of_the_form_as_they_went_in(typed: dict[str, str]) -> None:
    limits = planning.limits_of(typed, FEATURES, before={})
    shown = planning.fields_of(limits, FEATURES)
    assert {name: text for name, text in shown.items() if text} == {
        name: text for name, text in typed.items() if text
    }
    assert planning.limits_of(shown, FEATURES, before=limits) == limits


@given(
    st.dictionaries(
        st.sampled_from(["seller.*.day", "usd.month", "person.describe.day"]), st.text(max_size=20)
    )
)
def test_rubbish_in_a_limit_is_refused_or_read_and_never_breaks(typed: dict[str, str]) -> None:
    wrong = ""
    try:
        planning.limits_of(typed, FEATURES, before={})
    except planning.Refused as refusal:
        wrong = refusal.field
    assert wrong in ("", *typed)


def test_what_a_plan_limits_beyond_the_form_stays() -> None:
    before = {
        "pictures": {"month": 50},
        "per_user": {"pictures": {"day": 2}, "describe": {"day": 1}},
        "describe": {"day": 9},
    }
    assert planning.limits_of({"seller.describe.day": "10"}, FEATURES, before=before) == {
        "pictures": {"month": 50}, "per_user": {"pictures": {"day": 2}}, "describe": {"day": 10},
    }  # fmt: skip


def test_a_plan_says_how_many_pictures_at_once_and_by_which_services(
    desk: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(planning, "picture_services", [lambda: [("swift", "Swift"), ("solid", "Solid")]])
    fields = {
        "name": "BASIC",
        "seller.pictures.month": "50",
        "pictures.at_once": "3",
        "pictures.services": "shown",
        "pictures.service.solid": "on",
    }
    assert desk.post("/settings/plans/new/", fields).status_code == 302
    plan = Plan.objects.get()
    assert plan.limits == {"pictures": {"month": 50, "at_once": 3, "services": ["solid"]}}
    page = desk.get(f"/settings/plans/{plan.pk}/")
    assert page.context["services"] == [("swift", "Swift", False), ("solid", "Solid", True)]
    assert "Solid" in desk.get("/settings/plans/").content.decode()
    both = fields | {"pictures.service.swift": "on", "pictures.at_once": ""}
    desk.post(f"/settings/plans/{plan.pk}/", both)
    plan.refresh_from_db()
    assert plan.limits == {"pictures": {"month": 50}}
    refused = desk.post(f"/settings/plans/{plan.pk}/", fields | {"pictures.at_once": "0"})
    assert refused.status_code == 422
    desk.post(f"/settings/plans/{plan.pk}/", {"name": "BASIC", "pictures.services": "shown"})
    plan.refresh_from_db()
    assert plan.limits == {"pictures": {"services": []}}  # placeholders only


def test_the_first_plans_are_made_once(db: None) -> None:
    planning.make_first_plans()
    Plan.objects.filter(name="FREE").delete()
    planning.make_first_plans()
    assert sorted(Plan.objects.values_list("name", flat=True)) == ["BASIC", "PRO"]
    for plan in Plan.objects.all():
        typed = planning.fields_of(plan.limits, ["pictures"])
        assert planning.limits_of(typed, ["pictures"], before=plan.limits) == plan.limits


def test_a_plan_from_the_page_limits_and_its_usage_is_shown(
    desk: Client, alice: User, seller: Seller
) -> None:
    fields = {
        "name": "Малый",
        "seller.describe.day": "2",
        "seller.*.month": "1 000",
        "usd.day": "0,50",
        "person.describe.day": "1",
    }
    assert desk.post("/settings/plans/new/", fields).status_code == 302
    plan = Plan.objects.get()
    assert plan.limits == {
        "describe": {"day": 2}, "*": {"month": 1000}, "usd": {"day": "0.50"}, "per_user": {"describe": {"day": 1}},
    }  # fmt: skip
    assert AuditEntry.objects.get(action="plan.create").after == {"name": "Малый", "limits": plan.limits}
    assert desk.post("/settings/plans/new/", fields).status_code == 422  # the name is taken
    Seller.objects.filter(pk=seller.pk).update(plan=plan)
    quotas.forget_plans()
    taken = [quotas.take(Taker(seller.pk, None, "describe"), nano_usd=1_000_000) for _ in range(3)]
    refused = taken[-1]
    assert isinstance(refused, Limit)
    assert refused.value == "2 calls"
    client = Client()
    client.force_login(alice)
    page = client.get("/settings/usage/")
    words = page.content.decode()
    shown = {(one.feature, one.period): one for one in page.context["sellers"][0]["standings"]}
    assert (shown["describe", "day"].used, shown["describe", "day"].most, shown["describe", "day"].tone) == (
        2,
        2,
        "bad",
    )
    assert shown["*", "month"].used == 2
    assert shown["", "day"].used == Decimal("0.002")
    assert shown["", "day"].most == Decimal("0.50")
    assert "installation" not in {one.subject for one in page.context["sellers"][0]["standings"]}
    assert page.context["budget"] is None  # what the house spends is not a member's business
    told = client.get("/api/v1/usage").json()["quotas"]
    assert [[row[name] for name in ("whose", "feature", "period", "limit", "used")] for row in told] == [
        ["seller", "*", "month", 1000, 2],
        ["seller", "describe", "day", 2, 2],
        ["person", "describe", "day", 1, 0],
    ]
    assert "Малый" in words
    assert page.context["sellers"][0]["people"][0][0] == "alice"
    assert desk.post(f"/settings/plans/{plan.pk}/deletion").headers["Location"].endswith(f"/{plan.pk}/")
    assert Plan.objects.exists()  # while a seller has it
    Seller.objects.update(plan=None)
    desk.post(f"/settings/plans/{plan.pk}/deletion")
    assert not Plan.objects.exists()


def test_a_daily_budget_of_a_seller_refuses_and_lifts_at_midnight(seller: Seller) -> None:
    Seller.objects.filter(pk=seller.pk).update(
        plan=Plan.objects.create(name="p", limits={"usd": {"day": "0.01"}})
    )
    quotas.forget_plans()
    taken = quotas.take(Taker(seller.pk, None, "describe"), nano_usd=9_000_000)
    assert not isinstance(taken, Limit)
    refused = quotas.take(Taker(seller.pk, None, "describe"), nano_usd=2_000_000)
    assert isinstance(refused, Limit)
    assert (refused.name, refused.value) == ("the seller's daily budget", "0.01 USD")
    quotas.settle(taken, cost=Decimal("0.001"))
    assert not isinstance(quotas.take(Taker(seller.pk, None, "describe"), nano_usd=2_000_000), Limit)


def test_a_stranger_sees_no_usage_of_others(seller: Seller, charlie: User, bob: User, client: Client) -> None:
    UsageCounter.objects.create(key=f"seller:{seller.pk}|describe|calls|2026-11", used=77)
    client.force_login(charlie)
    assert seller.name not in client.get("/settings/usage/").content.decode()
    client.force_login(bob)
    assert seller.name in client.get("/settings/usage/").content.decode()


def test_the_budget_of_the_page_is_the_one_that_refuses(desk: Client, settings: Any) -> None:
    settings.AI_MONTHLY_BUDGET_USD = Decimal(9)
    assert monthly_budget() == Decimal(9)
    assert desk.post("/settings/plans/", {"budget": "-1"}).status_code == 422
    assert desk.post("/settings/plans/", {"budget": "0,01"}).status_code == 302
    assert monthly_budget() == Decimal("0.01")
    refused = quotas.take(Taker(None, None, "describe"), nano_usd=20_000_000)
    assert isinstance(refused, Limit)
    assert refused.value == "0.01 USD"
    desk.post("/settings/plans/", {"budget": ""})
    assert monthly_budget() is None  # no limit, although the environment has one
    desk.post("/settings/runtime/", {"name": MONTHLY_BUDGET.name, "reset": "1"})
    assert monthly_budget() == Decimal(9)
    actions = list(AuditEntry.objects.order_by("pk").values_list("action", flat=True))
    assert actions == ["setting.change", "setting.change", "setting.reset"]
    assert used.installation_budget(now=NOW).most == Decimal(9)


def test_a_price_of_the_page_prices_the_next_call(desk: Client) -> None:
    assert price_of("vllm", "qwen") is None
    assert (
        desk.post("/settings/prices/", {"model": "vllm:qwen", "input": "0,1", "output": "x"}).status_code
        == 422
    )
    desk.post(
        "/settings/prices/", {"model": "vllm:qwen", "input": "0,1", "output": "0.4", "cached_input": ""}
    )
    price = price_of("vllm", "qwen")
    assert price is not None
    assert (price.input, price.output, price.cached_input) == (Decimal("0.1"), Decimal("0.4"), None)
    assert AuditEntry.objects.get(action="price.set").after == {
        "model": "vllm:qwen", "input": "0.1", "output": "0.4", "cached_input": None,
    }  # fmt: skip
    page = desk.get("/settings/prices/")
    assert next(row for row in page.context["rows"] if row.name == "vllm:qwen").source == "here"
    assert next(row for row in page.context["rows"] if row.name == "openai:gpt-4o-mini").source == "library"
    desk.post("/settings/prices/removal", {"model": "vllm:qwen"})
    assert not PriceOverride.objects.exists()
    assert desk.post("/settings/prices/removal", {"model": "vllm:qwen"}).status_code == 404


def test_a_running_value_changes_what_the_program_does(desk: Client, seller: Seller) -> None:
    before = confidence.threshold_of(seller.pk, "offline", "Одежда > Платья")
    assert desk.post("/settings/runtime/", {"name": "autoapply.fallback", "value": "81,5"}).status_code == 302
    after = confidence.threshold_of(seller.pk, "offline", "Одежда > Платья")
    assert (before.value, after.value) == (0.75, 0.815)
    row = RuntimeSetting.objects.get(name="autoapply.fallback")
    assert (row.value, row.changed_by is not None) == (0.815, True)
    refused = desk.post("/settings/runtime/", {"name": "autoapply.fallback", "value": "101"})
    assert refused.status_code == 422
    assert value(running_values.FALLBACK) == 0.815
    assert desk.post("/settings/runtime/", {"name": "no.such", "value": "1"}).status_code == 404


@given(st.text(max_size=30))
def test_every_running_value_reads_what_it_takes_or_says_why_not(text: str) -> None:
    for setting in runtime_settings.registered():
        try:
            found = runtime_settings.parsed(setting, text)
        except NotAllowed:
            continue
        stored = str(found) if isinstance(found, Decimal) else found
        assert runtime_settings.restored(setting, stored) == found


def test_a_stored_value_that_is_out_of_bounds_by_now_gives_way_to_the_default(db: None) -> None:
    RuntimeSetting.objects.create(name="autoapply.fallback", value=7)
    runtime_settings.forget()
    assert value(running_values.FALLBACK) == 0.75
