from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from tests import factories

from vitrina.accounts.models import Seller, User
from vitrina.accounts.roles import Right
from vitrina.catalog import search
from vitrina.catalog.currency import rate, to_rub
from vitrina.catalog.intake import receive_many
from vitrina.catalog.listing import Listing
from vitrina.catalog.models import CurrencyRate, Export, Import, Product, ProductContent
from vitrina.catalog.search import ProductFilter, by_code, find, page

pytestmark = pytest.mark.django_db

DRESS = Listing("A-1", "Платье Летнее Жёлтое", brand="Dulevo", barcode="4601234567893")
MUG = Listing("B-2", "Кружка 100%_ная", is_available=True)


@pytest.fixture
def products(seller: Seller) -> None:
    receive_many(seller, [DRESS, MUG], import_id=5)


def found(**wanted: object) -> list[str]:
    return sorted(find(Product.objects.all(), ProductFilter(**wanted)).values_list("external_id", flat=True))  # type: ignore[arg-type]


@pytest.mark.usefixtures("products")
@pytest.mark.parametrize("text", ["желтое", "ЖЁЛТОЕ плат", "a-1", "dulevo", "460123", "  летнее   платье "])
def test_every_word_of_the_question_is_found_in_any_order_and_case(text: str) -> None:
    assert found(text=text) == ["A-1"]


@pytest.mark.usefixtures("products")
def test_signs_of_a_pattern_are_plain_letters() -> None:
    assert (found(text="100%_"), found(text="%"), found(text="_"), found(text="платье кружка")) == (
        ["B-2"],
        ["B-2"],
        ["B-2"],
        [],
    )


@pytest.mark.usefixtures("products")
def test_filters_narrow(seller: Seller) -> None:
    dresses = factories.category("Одежда > Платья")
    dress = Product.objects.get(external_id="A-1")
    Product.objects.filter(pk=dress.pk).update(category=dresses)
    ProductContent.objects.create(product=dress, language="ru", title="Т", description="<p>Слова</p>")
    assert found(has_category=False) == ["B-2"]
    assert found(has_category=True) == ["A-1"]
    assert found(has_description=False) == ["B-2"]
    assert found(has_description=True) == ["A-1"]
    assert found(has_description=True, language="en") == []
    assert found(category_id=dresses.parent_id) == ["A-1"]
    assert found(category_id=999_999) == []
    assert found(is_available=True) == ["B-2"]
    assert found(import_id=5) == ["A-1", "B-2"]
    assert found(brand_id=dress.brand_id) == ["A-1"]


@pytest.mark.usefixtures("products")
def test_a_scanned_code_is_found_exactly() -> None:
    assert [product.external_id for product in by_code(Product.objects.all(), " 4601234567893\n")] == ["A-1"]
    assert not by_code(Product.objects.all(), "460").exists()


def test_a_branch_too_big_to_be_named_finds_the_same(seller: Seller, monkeypatch: pytest.MonkeyPatch) -> None:
    inside, outside = (
        factories.category(path, seller=seller) for path in ("Одежда > Пальто", "Обувь > Туфли")
    )
    made = [
        factories.product(seller=seller, category=category)
        for category in (inside, inside.parent, outside, None)
    ]
    assert inside.parent_id is not None

    def found() -> set[int]:
        wanted = ProductFilter(category_id=inside.parent_id)
        return {product.pk for product in find(Product.objects.all(), wanted)}

    named = found()
    monkeypatch.setattr(search, "LISTED", 0)
    assert found() == named == {made[0].pk, made[1].pk}


@pytest.mark.usefixtures("products")
def test_nobody_finds_what_is_not_theirs(alice: User, charlie: User) -> None:
    assert find(Product.objects.reachable_by(alice), ProductFilter(text="платье")).count() == 1
    assert find(Product.objects.reachable_by(charlie), ProductFilter(text="платье")).count() == 0


def test_imports_and_exports_are_reached_by_their_own_seller_only(
    seller: Seller, other_seller: Seller, alice: User, bob: User, charlie: User
) -> None:
    for model, fields in (
        (Import, {"source": "x"}),
        (Export, {"target": "ozon", "format": "csv", "language": "ru"}),
    ):
        own = model.objects.create(seller=seller, **fields)
        model.objects.create(seller=other_seller, **fields)
        assert list(model.objects.reachable_by(alice)) == [own]
        assert list(model.objects.reachable_by(bob, Right.VIEW)) == [own]
        assert not model.objects.reachable_by(bob, Right.IMPORT).exists()
        assert not model.objects.reachable_by(charlie).filter(pk=own.pk).exists()


def test_pages_lead_through_everything_and_back(seller: Seller) -> None:
    receive_many(seller, [replace(MUG, external_id=str(number)) for number in range(25)])
    queryset = Product.objects.all()
    first = page(queryset, size=10)
    second = page(queryset, before=first.before, size=10)
    third = page(queryset, before=second.before, size=10)
    seen = [item.pk for shown in (first, second, third) for item in shown.items]
    assert seen == list(Product.objects.order_by("-pk").values_list("pk", flat=True))
    assert (first.after, third.before) == (None, None)
    back = page(queryset, after=third.after, size=10)
    assert [item.pk for item in back.items] == [item.pk for item in second.items]
    front = page(queryset, after=back.after, size=10)
    assert [item.pk for item in front.items] == [item.pk for item in first.items]
    assert front.after is None


def test_a_page_costs_one_query(seller: Seller, django_assert_num_queries: object) -> None:
    receive_many(seller, [replace(MUG, external_id=str(number)) for number in range(25)])
    with django_assert_num_queries(1):  # type: ignore[operator]
        page(Product.objects.all(), size=10)


# --- Currencies ---------------------------------------------------------------------------------------------


def test_roubles_are_roubles_and_the_unknown_stays_unknown() -> None:
    assert to_rub(Decimal("99.50"), "RUB") == Decimal("99.50")
    assert to_rub(None, "RUB") is None
    assert to_rub(Decimal(5), "") is None
    assert to_rub(Decimal(5), "XXX") is None


def test_the_shipped_rate_is_marked_approximate_and_the_operators_beats_it() -> None:
    shipped = rate("KZT")
    assert shipped is not None
    assert shipped.is_approximate
    CurrencyRate.objects.create(code="KZT", rubles=Decimal("0.2"))
    assert to_rub(Decimal(1000), "kzt") == Decimal("200.00")
    own = rate("KZT")
    assert own is not None
    assert not own.is_approximate
