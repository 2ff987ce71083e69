"""Lists over several sellers: the same rows in the same order, however they are found."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.db.models import F, Q
from tests import factories

from vitrina.accounts.models import Seller, User
from vitrina.accounts.walking import MOST_WALKS, sellers_to_walk, walk
from vitrina.catalog.models import Product, ProductContent
from vitrina.console.counting import counted_by_walking
from vitrina.console.product_order import ORDERS, order_of, screen
from vitrina.enrichment import product_filter
from vitrina.enrichment.models import ModerationItem, ProcessingLog
from vitrina.enrichment.product_filter import ProductFilter, Shown

pytestmark = pytest.mark.django_db


@pytest.fixture
def shops(seller: Seller, other_seller: Seller) -> list[Seller]:
    """Two shops with products in turns, an empty one; and one whose products nobody here asks for."""
    stranger = Seller.objects.create(name="Чужой", slug="stranger")
    empty = Seller.objects.create(name="Пустой", slug="empty")
    prices = [None, Decimal("5.00"), Decimal("0.50")]
    for number in range(12):
        shop = (seller, other_seller, stranger)[number % 3]
        factories.product(seller=shop, title=f"Платье {number}", price=prices[number // 3 % 3])
    return [seller, other_seller, empty]


IN_ORDER: dict[str, list[Any]] = {
    "": ["-pk"],
    "oldest": ["pk"],
    "changed": ["-updated_at", "-pk"],
    "cheap": [F("price").asc(nulls_last=True), "-pk"],
    "dear": [F("price").desc(nulls_last=True), "-pk"],
}


@pytest.mark.parametrize("key", ORDERS)
@pytest.mark.parametrize("size", [1, 3, 7, 100])
def test_walks_merge_to_the_list_that_one_question_gives(key: str, size: int, shops: list[Seller]) -> None:
    ids = [shop.pk for shop in shops]
    whole = Product.objects.filter(seller_id__in=ids).order_by(*IN_ORDER[key])
    assert whole.count() == 8
    assert list(walk(Product.objects.all(), ids, IN_ORDER[key], size=size)) == list(whole[:size])
    rows = Product.objects.filter(~Q(search_text__contains="4"))
    kept = list(whole.filter(~Q(search_text__contains="4")).values_list("pk", flat=True)[:size])
    assert [one.pk for one in walk(rows, ids, IN_ORDER[key], size=size)] == kept
    shown = screen(rows, order_of(key), before=None, after=None, size=size, sellers=ids)
    assert shown.ids == kept


def test_a_walk_is_one_question_and_none_where_nothing_can_be(
    shops: list[Seller], django_assert_num_queries: pytest.FixtureRequest
) -> None:
    ids = [shop.pk for shop in shops]
    with django_assert_num_queries(1):  # type: ignore[operator]
        assert counted_by_walking(Product.objects.all(), ids) == 8
    with django_assert_num_queries(0):  # type: ignore[operator]
        assert list(walk(Product.objects.none(), ids, ["-pk"], size=5)) == []
        assert list(walk(Product.objects.all(), [], ["-pk"], size=5)) == []


def test_of_more_sellers_than_are_walked_the_rows_are_the_same(shops: list[Seller]) -> None:
    many = [shop.pk for shop in shops] + [-number for number in range(1, MOST_WALKS)]
    few = [shop.pk for shop in shops]
    assert len(many) > MOST_WALKS
    walked, asked = (list(walk(Product.objects.all(), ids, ["-pk"], size=9)) for ids in (few, many))
    assert walked == asked


def test_whose_rows_are_walked(shops: list[Seller], alice: User) -> None:
    root = User.objects.create(username="root", is_superuser=True)
    assert sellers_to_walk(alice) == [shops[0].pk]
    assert sellers_to_walk(alice, only=shops[0].pk) == [shops[0].pk]
    assert sellers_to_walk(alice, only=shops[1].pk) == []
    assert sellers_to_walk(root, only=shops[1].pk) == [shops[1].pk]
    assert set(sellers_to_walk(root) or []) == set(Seller.objects.values_list("pk", flat=True))


def test_the_first_screen_says_how_many_there_are(shops: list[Seller]) -> None:
    ids = [shop.pk for shop in shops]
    first = screen(
        Product.objects.all(), order_of(""), before=None, after=None, size=2, sellers=ids, count_up_to=6
    )
    assert (len(first.ids), first.found) == (2, 6)
    second = screen(
        Product.objects.all(),
        order_of(""),
        before=first.older,
        after=None,
        size=2,
        sellers=ids,
        count_up_to=6,
    )
    assert (len(second.ids), second.found) == (2, None)
    whole = screen(Product.objects.all(), order_of("dear"), before=None, after=None, size=20, sellers=ids)
    assert whole.found == 8


@pytest.mark.parametrize("few", [0, 100])
def test_what_waits_is_found_both_ways(
    few: int, shops: list[Seller], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sought from the queue while it is short, met among the products when it is long."""
    monkeypatch.setattr(product_filter, "FEW", few)
    ids = [shop.pk for shop in shops]
    waiting = []
    for number, product in enumerate(Product.objects.order_by("pk")):
        if number % 4 == 3:
            continue
        log = ProcessingLog.objects.create(product=product, seller_id=product.seller_id, status="moderation")
        is_open = number % 4 != 2
        ModerationItem.objects.create(
            log=log, seller_id=product.seller_id, resolution="" if is_open else "approved"
        )
        if is_open and product.seller_id in ids:
            waiting.append(product.pk)
    asked = ProductFilter(shown=Shown.MODERATION)
    rows, walked = asked.to_walk(ids)
    assert (walked is None) is bool(few)
    assert [product.pk for product in walk(rows, walked, ["pk"], size=100)] == waiting
    assert set(asked.narrow(Product.objects.all(), ids).values_list("pk", flat=True)) == set(waiting)


def listed(asked: ProductFilter, ids: list[int], *, is_walked: bool) -> list[int]:
    """What the list shows, which is what a job over the same filter takes."""
    rows, walked = asked.to_walk(ids)
    assert (walked is not None) is is_walked
    shown = [product.pk for product in walk(rows, walked, ["pk"], size=100)]
    assert set(asked.narrow(Product.objects.all(), ids).values_list("pk", flat=True)) == set(shown)
    return shown


@pytest.mark.parametrize(("few", "many"), [(0, 0), (3, 0), (100, 0), (100, 100)])
def test_a_text_in_a_language_is_found_both_ways(
    few: int, many: int, shops: list[Seller], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sought from the texts where few are in it and the products are many, which PostgreSQL decides by itself."""
    monkeypatch.setattr(product_filter, "FEW", few)
    monkeypatch.setattr(product_filter, "MANY", many)
    ids = [shop.pk for shop in shops]
    for number, product in enumerate(Product.objects.order_by("pk")):
        ProductContent.objects.create(product=product, language="ru", description="Слова")
        if number < 6:  # an empty text is none, nor is that of a stranger's product one of ours
            ProductContent.objects.create(product=product, language="en", description="Words" * (number > 0))
    english = list(Product.objects.order_by("pk").values_list("pk", flat=True)[:6])
    own = set(Product.objects.filter(seller_id__in=ids).values_list("pk", flat=True))
    is_sought = connection.vendor == "sqlite" and few == 100 and many == 0
    shown = listed(ProductFilter(language="en"), ids, is_walked=not is_sought)
    assert shown == [pk for pk in english[1:] if pk in own]
    assert len(shown) == 3
    missing = listed(ProductFilter(language="en", no_description=True), ids, is_walked=True)
    assert set(missing) == own - set(shown)


def test_products_that_were_never_run_are_those_without_a_run(shops: list[Seller]) -> None:
    ids = [shop.pk for shop in shops]
    for product in Product.objects.order_by("pk")[:7]:
        for status in ("failed", "completed"):
            ProcessingLog.objects.create(product=product, seller_id=product.seller_id, status=status)
    left = Product.objects.filter(seller_id__in=ids).order_by("pk").values_list("pk", "title")
    untouched = [pk for pk, title in left if int(title.split()[-1]) >= 7]
    assert listed(ProductFilter(shown=Shown.UNTOUCHED), ids, is_walked=True) == untouched
    assert len(untouched) == 3


def test_a_category_is_walked_and_a_branch_sought(shops: list[Seller]) -> None:
    inside = factories.category("Одежда > Платья")
    assert inside.parent_id is not None
    ids = [shop.pk for shop in shops]
    Product.objects.exclude(title="Платье 0").update(category=inside)
    own = list(
        Product.objects.filter(seller_id__in=ids, category=inside).order_by("pk").values_list("pk", flat=True)
    )
    assert len(own) == 7
    assert listed(ProductFilter(category_id=inside.pk), ids, is_walked=True) == own
    assert listed(ProductFilter(category_id=inside.parent_id), ids, is_walked=False) == own
