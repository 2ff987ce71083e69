"""Today: what it counts, whose money it shows to whom, and that it follows the work without being asked."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import expect
from tests import factories

from vitrina.accounts import quotas
from vitrina.accounts.models import Plan, Seller, UsageCounter, User
from vitrina.catalog.models import Import
from vitrina.console.tests.conftest import Studio
from vitrina.enrichment.models import ProcessingLog


@pytest.mark.django_db
def test_the_rows_behind_the_charts_add_up_to_what_ended(seller: Seller, alice: User, client: Client) -> None:
    now = timezone.now()
    for hours, status in (
        (0, "completed"),
        (1, "moderation"),
        (5, "failed"),
        (30, "completed"),
        (24 * 40, "failed"),
    ):
        ProcessingLog.objects.create(
            product=factories.product(seller=seller), seller=seller, status=status, cost=Decimal("0.25"),
            finished_at=now - timedelta(hours=hours),
        )  # fmt: skip
    client.force_login(alice)
    for span, count, ended, cost in (("day", 24, 3, Decimal("0.75")), ("month", 30, 4, Decimal(1))):
        rows = client.get("/", {"span": span}).context["rows"]
        assert len(rows) == count
        assert sum(row.ended.all for row in rows) == ended
        assert sum(row.ended.cost for row in rows) == cost
    assert client.get("/", {"span": "\x00"}).status_code == 200


@pytest.mark.django_db
def test_broken_rows_of_a_week_wait_with_the_way_to_them(seller: Seller, alice: User, client: Client) -> None:
    factories.product(seller=seller)
    old = Import.objects.create(seller=seller, source="old.csv", broken=9)
    Import.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(days=8))
    Import.objects.create(seller=seller, source="whole.csv", broken=0)
    fresh = Import.objects.create(seller=seller, source="fresh.csv", broken=2)
    client.force_login(alice)
    answer = client.get("/")
    assert answer.context["broken_rows"] == 2
    assert f'href="/imports/{fresh.pk}/"' in answer.content.decode()


@pytest.mark.django_db
def test_each_sees_the_budgets_that_are_theirs(
    seller: Seller, other_seller: Seller, alice: User, charlie: User, client: Client, settings: Any
) -> None:
    settings.AI_MONTHLY_BUDGET_USD = Decimal(100)
    quotas.forget_plans()
    Seller.objects.filter(pk=seller.pk).update(
        plan=Plan.objects.create(name="Малый", limits={"usd": {"month": "20.00"}})
    )
    month = f"{timezone.localtime():%Y-%m}"
    for key, dollars in ((f"seller:{seller.pk}||usd|{month}", 5), (f"installation||usd|{month}", 60)):
        UsageCounter.objects.create(key=key, used=dollars * 10**9)
    factories.product(seller=seller)
    factories.product(seller=other_seller)

    def shown(person: User) -> list[tuple[str, Decimal, Decimal]]:
        client.force_login(person)
        return [
            (one["seller"], one["pace"].used, one["pace"].most) for one in client.get("/").context["budgets"]
        ]

    assert shown(alice) == [("Шляпа", 5, 20)]
    assert shown(charlie) == []
    assert shown(factories.user("chief", is_superuser=True)) == [("", 60, 100)]


@pytest.mark.django_db
def test_a_new_studio_is_shown_the_first_steps_and_a_busy_one_is_not(
    seller: Seller, alice: User, client: Client
) -> None:
    client.force_login(alice)
    assert client.get("/").context["steps"] == [
        ("import", False),
        ("run", False),
        ("decide", False),
        ("export", False),
    ]
    product = factories.product(seller=seller)
    assert client.get("/").context["steps"][0] == ("import", True)
    ProcessingLog.objects.create(product=product, seller=seller, status="completed")
    assert client.get("/").context["steps"] == []


@pytest.mark.browser
def test_charts_are_drawn_and_the_page_follows_the_work(desk: Any, studio: Studio) -> None:
    desk.goto("/")
    expect(desk.locator(".plot canvas")).to_have_count(2)
    painted = "(canvas) => [...canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data].some(Boolean)"
    assert desk.locator(".plot canvas").first.evaluate(painted)
    desk.click("text=30 дней")
    desk.wait_for_url("**span=month")
    expect(desk.locator(".plot canvas")).to_have_count(2)
    expect(desk.locator("#ends tbody tr")).to_have_count(30)
    figure = desk.locator("a.figure[href='/runs/'] .value")
    before = int(figure.inner_text())
    studio.run(
        "from tests import factories; from django.utils import timezone\n"
        "from vitrina.accounts.models import Seller; from vitrina.enrichment.models import ProcessingLog; from vitrina.jobs import events\n"
        "seller = Seller.objects.get(slug='hat'); product = factories.product(seller=seller, external_id='today-live')\n"
        "ProcessingLog.objects.create(product=product, seller=seller, status='completed', finished_at=timezone.now())\n"
        "events.record(f'seller:{seller.pk}', 'state', {'state': 'done'})"
    )
    expect(figure).to_have_text(str(before + 1), timeout=10_000)
    expect(desk.locator("#ends tbody tr")).to_have_count(30)
