"""The list of products: what each filter finds, its chips, the orders by key, and the views that people keep."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.http import QueryDict
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from tests import factories

from vitrina.accounts.models import Seller, User
from vitrina.accounts.roles import Role
from vitrina.catalog.models import Brand, Product, ProductContent
from vitrina.console.models import DefaultView, SavedView
from vitrina.console.product_filter import address, filter_of, stated
from vitrina.console.product_order import ORDERS, order_of, screen
from vitrina.enrichment.models import ProcessingLog

pytestmark = pytest.mark.django_db


@pytest.fixture
def signed(client: Client, alice: User) -> Client:
    client.force_login(alice)
    return client


def found(client: Client, query: str) -> set[int]:
    return set(client.get(f"/products/?{query}").context["slice"].ids)


def test_each_filter_finds_what_it_says(signed: Client, seller: Seller) -> None:
    coats = factories.category("Одежда > Пальто", seller=seller)
    brand = Brand.objects.create(name="Dr. Jart+", key="drjart")
    in_branch = factories.product(
        seller=seller, category=coats, category_source="ai", category_confidence=0.4, brand=brand
    )
    english = factories.product(seller=seller, category=coats, category_source="ai", category_confidence=0.9)
    ProductContent.objects.create(product=english, language="en", title="Coat", description="<p>Coat</p>")
    old = factories.product(seller=seller)
    Product.objects.filter(pk=old.pk).update(updated_at=timezone.now() - timedelta(days=400), changed_in=7)

    assert found(signed, "branch=Одежда") == {in_branch.pk, english.pk}
    assert found(signed, "branch=Пальто") == {in_branch.pk, english.pk}
    assert found(signed, "branch=Нет такой") == set()
    assert found(signed, "brand=DR.JART") == {in_branch.pk}
    assert found(signed, "brand=никто") == set()
    assert found(signed, "language=en") == {english.pk}
    assert found(signed, "language=en&no_description=1") == {in_branch.pk, old.pk}
    assert found(signed, "confidence=low") == {in_branch.pk}
    assert found(signed, "confidence=high") == {english.pk}
    assert found(signed, f"since={timezone.localdate().isoformat()}") == {in_branch.pk, english.pk}
    assert found(signed, "import=7") == {old.pk}
    assert found(signed, "source=wildberries") == set()
    assert found(signed, "source=feed&since=не дата&confidence=?") == {in_branch.pk, english.pk, old.pk}


def test_findings_are_those_of_the_last_run(signed: Client, seller: Seller) -> None:
    grave, mended = factories.product(seller=seller), factories.product(seller=seller)
    for product, gravest in ((grave, ""), (grave, "high"), (mended, "high"), (mended, "warning")):
        ProcessingLog.objects.create(product=product, seller=seller, status="completed", gravest=gravest)
    assert found(signed, "findings=high") == {grave.pk}
    assert found(signed, "findings=warning") == {mended.pk}


def test_every_condition_has_a_chip_that_takes_it_alone_off(signed: Client, seller: Seller) -> None:
    query = "q=платье&status=done&no_category=1&brand=Zara&confidence=low&order=changed&before=3_x"
    chips = signed.get(f"/products/?{query}").context["chips"]
    assert len(chips) == 5
    for chip in chips:
        left = QueryDict(chip.href.removeprefix("?"))
        assert len(left) == 5, chip  # four conditions and the order; the page one stood on is left behind
        assert left["order"] == "changed"
    alone = signed.get("/products/?no_category=1").context["chips"]
    assert [chip.href for chip in alone] == ["?all=1"]


def test_an_address_keeps_what_is_said_and_nothing_else() -> None:
    query = QueryDict("q=&status=done&before=12&view=3&all=1&order=oldest")
    assert stated(query) == "status=done&order=oldest"
    assert stated(QueryDict("q=&view=3")) == ""
    assert address(QueryDict("status=done"), without=["status"]) == "?all=1"


@pytest.mark.parametrize("key", ORDERS)
def test_an_order_lists_everything_once_forward_and_back(key: str, seller: Seller) -> None:
    order = order_of(key)
    prices = [
        None,
        Decimal("5.00"),
        Decimal("5.00"),
        None,
        Decimal("0.50"),
        Decimal("70.00"),
        Decimal("5.00"),
    ]
    made = [factories.product(seller=seller, price=price) for price in prices]
    for number, product in enumerate(made):
        at = timezone.now() - timedelta(days=number % 3)
        Product.objects.filter(pk=product.pk).update(updated_at=at.replace(microsecond=0))
    rows = Product.objects.all()
    whole = screen(rows, order, before=None, after=None, size=100).ids
    assert sorted(whole) == sorted(product.pk for product in made)
    forward: list[int] = []
    at: str | None = None
    while True:
        shown = screen(rows, order, before=at, after=None, size=2)
        forward += shown.ids
        last, at = shown, shown.older
        if at is None:
            break
    assert forward == whole
    back, at = last.ids, last.newer
    while at is not None:
        shown = screen(rows, order, before=None, after=at, size=2)
        back = shown.ids + back
        at = shown.newer
    assert back == whole
    if key in ("cheap", "dear"):
        values = dict(Product.objects.values_list("pk", "price"))
        assert [values[pk] for pk in whole][-2:] == [None, None]


@given(text=st.text(max_size=60), key=st.sampled_from(sorted(ORDERS)))
def test_no_cursor_typed_by_hand_breaks_an_order(text: str, key: str) -> None:
    for cursor in (text, f"7_{text}"):
        screen(Product.objects.none(), order_of(key), before=cursor, after=None, size=2)
        str(Product.objects.filter(pk__lt=5).order_by("pk").query)


def test_a_view_is_kept_found_opened_first_and_deleted(signed: Client, seller: Seller, alice: User) -> None:
    plain = factories.product(seller=seller)
    answer = signed.post(
        "/products/views",
        {
            "name": "  Без  категории ",
            "query": "no_category=1&before=9",
            "seller": seller.pk,
            "default": "on",
        },
    )
    view = SavedView.objects.get()
    assert (view.name, view.query, view.seller_id) == ("Без категории", "no_category=1", seller.pk)
    assert answer.headers["Location"] == f"/products/?no_category=1&view={view.pk}"
    assert signed.get("/products/").headers["Location"] == f"/products/?no_category=1&view={view.pk}"
    assert signed.get("/products/?all=1").status_code == 200
    assert "1" in signed.get(f"/products/views/{view.pk}/count").content.decode()
    signed.post("/products/views", {"name": "Без категории", "query": "status=done"})
    assert SavedView.objects.get().query == "status=done"
    signed.post(f"/products/views/{view.pk}/default")
    assert not DefaultView.objects.exists()
    assert signed.get("/products/").status_code == 200
    signed.post(f"/products/views/{view.pk}/deletion")
    assert not SavedView.objects.exists()
    assert Product.objects.filter(pk=plain.pk).exists()


def test_a_shared_view_is_for_its_seller_and_deleted_by_who_may_edit(
    signed: Client, seller: Seller, alice: User, charlie: User, client: Client
) -> None:
    shared = SavedView.objects.create(user=alice, seller=seller, name="Наш", query="status=done")
    own = SavedView.objects.create(user=alice, name="Мой", query="status=failed")
    reader = factories.user("reader", seller=seller, role=Role.READ_ONLY)
    client.force_login(reader)
    assert [view.name for view in client.get("/products/?all=1").context["views"]] == ["Наш"]
    assert client.post(f"/products/views/{shared.pk}/deletion").status_code == 403
    assert client.post(f"/products/views/{own.pk}/deletion").status_code == 404
    assert client.post("/products/views", {"name": "x", "seller": seller.pk}).status_code == 403
    client.force_login(charlie)
    assert client.get(f"/products/views/{shared.pk}/count").status_code == 404
    assert client.get("/products/?all=1").context["views"] == []
    assert SavedView.objects.count() == 2


def test_a_default_view_of_a_seller_that_one_left_is_no_default(
    client: Client, seller: Seller, alice: User, charlie: User
) -> None:
    shared = SavedView.objects.create(user=alice, seller=seller, name="Наш", query="status=done")
    DefaultView.objects.create(user=charlie, view=shared)
    client.force_login(charlie)
    assert client.get("/products/").status_code == 200


def test_suggestions_for_the_filter(signed: Client, seller: Seller) -> None:
    factories.category("Одежда > Пальто", seller=seller)
    brand = Brand.objects.create(name="Полёт", key="полет")
    factories.product(seller=seller, brand=brand)
    assert "Одежда &gt; Пальто" in signed.get("/products/choices/categories?branch=пальто").content.decode()
    assert "Полёт" in signed.get("/products/choices/brands?brand=Полёт").content.decode()
    assert "option" not in signed.get("/products/choices/brands?brand=Z").content.decode()


def test_what_a_filter_reads_from_junk_is_a_filter() -> None:
    junk: dict[str, Any] = {"q": "\0а", "since": "9999-99-99", "seller": "9" * 30, "category": "1e9"}
    query = QueryDict(mutable=True)
    query.update(junk)
    assert filter_of(query).words == "а"


@pytest.mark.parametrize(
    "query",
    ["since=0001-01-01", "since=9999-12-31", "order=changed&after=7_0001-01-01T00:00:00%2B14:00"],
)
def test_a_moment_at_the_edge_of_the_calendar_is_no_moment(query: str, signed: Client) -> None:
    assert signed.get(f"/products/?{query}").status_code == 200
