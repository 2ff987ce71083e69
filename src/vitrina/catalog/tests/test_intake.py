from __future__ import annotations

import random
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests import factories

from vitrina.accounts.models import Seller
from vitrina.catalog.intake import ARRIVED, receive_many
from vitrina.catalog.listing import Listing
from vitrina.catalog.models import Brand, ListingChange, Product, ProductContent, ProductImage
from vitrina.jobs.models import Job

pytestmark = pytest.mark.django_db

MUG = Listing(
    external_id="1",
    title="Кружка",
    description="<p>Тёплая</p>",
    brand="Dulevo",
    price=Decimal("490.00"),
    currency="RUB",
    image_urls=("https://a.example/1.jpg", "https://a.example/2.jpg"),
    attributes={"Цвет": "синий"},
    is_available=True,
)


def many(count: int, **fields: Any) -> list[Listing]:
    return [
        replace(MUG, external_id=str(number), title=f"Кружка {number}", **fields) for number in range(count)
    ]


def test_a_new_listing_becomes_a_product_with_its_brand_and_pictures(seller: Seller) -> None:
    received = receive_many(seller, [MUG])
    product = Product.objects.get(pk=received.created[0])
    assert (product.title, product.price, product.currency, product.version) == (
        "Кружка",
        Decimal("490.00"),
        "RUB",
        1,
    )
    assert product.brand is not None
    assert product.brand.name == "Dulevo"
    assert product.search_text == "кружка | 1 | dulevo"
    assert [(image.position, image.url) for image in product.images.all()] == list(enumerate(MUG.image_urls))


def test_the_same_listings_again_change_nothing(seller: Seller) -> None:
    receive_many(seller, many(700))
    before = list(Product.objects.order_by("pk").values())
    received = receive_many(seller, many(700))
    assert (received.created, received.updated, received.unchanged, received.repeated) == ([], {}, 700, [])
    assert list(Product.objects.order_by("pk").values()) == before
    assert ListingChange.objects.count() == 0


def test_what_changed_is_known_before_and_after(seller: Seller) -> None:
    (pk,) = receive_many(seller, [MUG]).created
    dearer = replace(MUG, price=Decimal("590.00"), brand="DULEVO", attributes={"Цвет": "белый"})
    received = receive_many(seller, [dearer])
    assert received.updated == {pk: ["price", "attributes"]}
    change = ListingChange.objects.get()
    assert change.changes == {
        "price": ["490.00", "590.00"],
        "attributes": [{"Цвет": "синий"}, {"Цвет": "белый"}],
    }
    product = Product.objects.get()
    assert (product.price, product.version) == (Decimal("590.00"), 2)


def test_a_picture_that_stays_keeps_its_row(seller: Seller) -> None:
    receive_many(seller, [MUG])
    kept = ProductImage.objects.get(url="https://a.example/2.jpg").pk
    receive_many(seller, [replace(MUG, image_urls=("https://a.example/2.jpg", "https://a.example/3.jpg"))])
    assert list(ProductImage.objects.order_by("position").values_list("url", "position")) == [
        ("https://a.example/2.jpg", 0),
        ("https://a.example/3.jpg", 1),
    ]
    assert ProductImage.objects.get(url="https://a.example/2.jpg").pk == kept


def test_finished_texts_and_categories_are_never_touched(seller: Seller) -> None:
    (pk,) = receive_many(seller, [MUG]).created
    mugs = factories.category("Посуда > Кружки")
    Product.objects.filter(pk=pk).update(
        category=mugs, category_source="person", ai_extracted={"attributes": {"Объём": {"value": "350"}}}
    )
    ProductContent.objects.create(product_id=pk, language="ru", title="Готово", description="<p>Слова</p>")
    receive_many(seller, [replace(MUG, title="Кружка новая", category_hint="Разное")])
    product = Product.objects.get()
    assert product.title == "Кружка новая"
    assert (product.category, product.category_source) == (mugs, "person")
    assert product.ai_extracted == {"attributes": {"Объём": {"value": "350"}}}
    assert ProductContent.objects.get().title == "Готово"


def test_an_empty_answer_of_a_source_empties_nothing(seller: Seller) -> None:
    receive_many(seller, many(3))
    received = receive_many(seller, [])
    assert (received.unchanged, Product.objects.count()) == (0, 3)


def test_an_id_that_comes_twice_keeps_its_first_listing(seller: Seller) -> None:
    received = receive_many(seller, [MUG, replace(MUG, title="Другая"), replace(MUG, external_id="2")])
    assert received.repeated == [1]
    assert len(received.created) == 2
    assert Product.objects.get(external_id="1").title == "Кружка"


def test_an_id_that_comes_again_in_a_later_chunk_of_one_import_is_repeated(seller: Seller) -> None:
    listings = [*many(600), replace(MUG, external_id="0", title="Другая")]
    received = receive_many(seller, listings, import_id=7)
    assert (len(received.created), received.repeated) == (600, [600])
    assert Product.objects.get(external_id="0").title == "Кружка 0"


def test_two_sellers_with_the_same_ids_live_apart(seller: Seller, other_seller: Seller) -> None:
    receive_many(seller, [MUG])
    receive_many(other_seller, [replace(MUG, title="Чужая")])
    receive_many(seller, [replace(MUG, title="Своя")])
    assert dict(Product.objects.values_list("seller__slug", "title")) == {"hat": "Своя", "rabbit": "Чужая"}
    assert Brand.objects.count() == 1


def test_every_new_or_changed_product_asks_for_its_enrichment_once(seller: Seller) -> None:
    receive_many(seller, many(3), enrich=True)
    receive_many(seller, many(3), enrich=True)
    jobs = list(Job.objects.filter(kind=ARRIVED).order_by("pk"))
    assert [job.payload for job in jobs] == [
        {"product_id": pk} for pk in Product.objects.order_by("pk").values_list("pk", flat=True)
    ]
    assert {job.seller_id for job in jobs} == {seller.pk}


def test_nothing_is_asked_for_when_nobody_wants_it(seller: Seller) -> None:
    receive_many(seller, [MUG])
    assert not Job.objects.exists()


def test_no_query_is_made_for_a_single_row(seller: Seller) -> None:
    with CaptureQueriesContext(
        connection,
    ) as first:
        receive_many(seller, many(100))
    with CaptureQueriesContext(connection) as again:
        receive_many(seller, many(100))
    with CaptureQueriesContext(connection) as changed:
        receive_many(seller, many(100, price=Decimal("1.00")))
    # SQLite takes 999 variables in one statement, so that inserts of wide rows come in parts.
    assert (len(first) < 20, len(again) < 6, len(changed) < 20) == (True, True, True)


def test_a_model_of_the_catalogue_and_the_intake_agree_over_many_days(seller: Seller) -> None:
    """Any sequence of feeds leaves the catalogue as the last say on each id."""
    rng = random.Random(7)
    truth: dict[str, Listing] = {}
    for _ in range(12):
        day = [
            replace(
                MUG,
                external_id=str(rng.randrange(30)),
                price=rng.choice([None, Decimal("1.00"), Decimal("2.50")]),
                image_urls=tuple(rng.sample(["https://a/1", "https://a/2", "https://a/3"], rng.randrange(4))),
                brand=rng.choice(["", "Dulevo", "Bork"]),
                attributes=rng.choice([{}, {"Цвет": "синий"}]),
            )
            for _ in range(20)
        ]
        first: dict[str, Listing] = {}
        for listing in day:
            first.setdefault(listing.external_id, listing)
        received = receive_many(seller, day)
        new = set(first) - set(truth)
        changed = {key for key in set(first) & set(truth) if first[key] != truth[key]}
        assert (len(received.created), len(received.updated)) == (len(new), len(changed))
        truth |= first
    stored = {
        product.external_id: (
            product.price,
            [image.url for image in product.images.all()],
            product.brand.name if product.brand else "",
            product.attributes,
        )
        for product in Product.objects.select_related("brand").prefetch_related("images")
    }
    assert stored == {
        key: (listing.price, list(listing.image_urls), listing.brand, listing.attributes)
        for key, listing in truth.items()
    }
