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
from vitrina.catalog.models import Import, ProductContent
from vitrina.console import today
from vitrina.console.tests.conftest import Studio
from vitrina.enrichment.models import ModerationItem, ProcessingLog


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
def test_a_text_is_missed_among_the_newest_products_and_the_page_says_so_where_there_are_more(
    seller: Seller, other_seller: Seller, alice: User, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def with_text(**text: str) -> None:
        ProductContent.objects.create(product=factories.product(seller=seller), language="ru", **text)

    with_text(description="", short_description="")
    with_text(description="<p>Из хлопка.</p>", short_description="")
    with_text(description="", short_description="Из хлопка.")
    factories.product(seller=seller)
    factories.product(seller=other_seller)
    client.force_login(alice)

    def shown() -> tuple[int, str]:
        answer = client.get("/")
        words = answer.content.decode().split("?no_description=1", 1)[1].split("</a>", 1)[0]
        return answer.context["without_text"], words

    monkeypatch.setattr(today, "LOOK_AT", 5)
    missed, words = shown()
    assert missed == 2
    assert "из 4 товаров" in words
    monkeypatch.setattr(today, "LOOK_AT", 3)
    missed, words = shown()
    assert missed == 1
    assert "из 3 новейших товаров" in words


@pytest.mark.django_db
def test_the_oldest_of_what_waits_says_for_how_long(seller: Seller, alice: User, client: Client) -> None:
    client.force_login(alice)
    assert client.get("/").context["moderation_oldest"] is None
    now = timezone.now()
    for hours, resolution in ((9, "approved"), (5, ""), (2, "")):
        log = ProcessingLog.objects.create(
            product=factories.product(seller=seller), seller=seller, status="moderation"
        )
        item = ModerationItem.objects.create(log=log, seller=seller, resolution=resolution)
        ModerationItem.objects.filter(pk=item.pk).update(created_at=now - timedelta(hours=hours))
    context = client.get("/").context
    assert (context["moderation"], context["moderation_oldest"]) == (2, now - timedelta(hours=5))


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
