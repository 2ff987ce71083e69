"""A person's pictures of a product: added, taken away, put back, moved; and what the next listing makes of it."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pytest
from PIL import Image
from tests import factories

from vitrina.accounts.models import AuditEntry, Seller
from vitrina.catalog import intake
from vitrina.catalog.cards import card
from vitrina.catalog.listing import Listing
from vitrina.catalog.models import Product, ProductImage
from vitrina.catalog.pictures import arranging
from vitrina.catalog.pictures.checking import check, let_unseen_go
from vitrina.lib import files
from vitrina.lib.pictures import PictureRefused

pytestmark = pytest.mark.django_db

A, B, C = (f"https://supplier.example/{name}.jpg" for name in "abc")


def drawn(colour: str = "teal") -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (300, 400), colour).save(stream, "PNG")
    return stream.getvalue()


def listed(seller: Seller, *urls: str) -> Product:
    intake.receive_many(seller, [Listing(external_id="7", title="Чайник", image_urls=urls)])
    return Product.objects.get(seller=seller, external_id="7")


def urls(product: Product) -> list[str]:
    return [image.url for image in product.images.all()]


def image(product: Product, url: str) -> ProductImage:
    return ProductImage.every.get(product=product, url=url)


@pytest.fixture
def seller() -> Seller:
    return factories.seller()


def test_an_uploaded_picture_is_stored_whole_and_shown_last(seller: Seller) -> None:
    product = listed(seller, A)
    added = arranging.add(product, drawn(), by=None, name="чайник.png")
    assert urls(product) == [A, added.url]
    assert added.picture is not None
    assert (added.picture.width, added.picture.height, added.origin) == (300, 400, "upload")
    with files.storage().open(added.picture.original_name) as stream:
        assert stream.read() == drawn()
    assert check().is_whole
    entry = AuditEntry.objects.get(action="product.picture_add")
    assert entry.object_id == str(product.pk)


def test_what_is_no_picture_is_refused_and_nothing_is_kept(seller: Seller) -> None:
    product = listed(seller, A)
    with pytest.raises(PictureRefused):
        arranging.add(product, b"<html>not a picture</html>", by=None)
    assert urls(product) == [A]
    assert check().files == 0


def test_the_same_picture_twice_is_once(seller: Seller) -> None:
    product = listed(seller, A)
    first = arranging.add(product, drawn(), by=None)
    assert arranging.add(product, drawn(), by=None).pk == first.pk
    assert len(urls(product)) == 2


def test_the_next_listing_leaves_what_a_person_added_and_arranged(seller: Seller) -> None:
    product = listed(seller, A, B)
    own = arranging.add(product, drawn(), by=None)
    arranging.move(own, 0, by=None)
    arranging.move(image(product, B), 1, by=None)
    assert urls(product) == [own.url, B, A]
    listed(seller, A, B, C)
    assert urls(product) == [own.url, B, A, C]
    listed(seller, C, A)
    assert urls(product) == [own.url, A, C]


def test_a_listing_that_says_the_same_changes_nothing_however_a_person_arranged_it(seller: Seller) -> None:
    product = listed(seller, A, B)
    arranging.move(image(product, B), 0, by=None)
    arranging.take_away(image(product, A), by=None)
    version = Product.objects.get(pk=product.pk).version
    listed(seller, A, B)
    assert urls(product) == [B]
    assert Product.objects.get(pk=product.pk).version == version


def test_where_a_person_changed_nothing_the_order_is_the_listings(seller: Seller) -> None:
    product = listed(seller, A, B)
    listed(seller, B, C, A)
    assert urls(product) == [B, C, A]


def test_what_was_taken_away_comes_back_where_it_stood(seller: Seller) -> None:
    product = listed(seller, A, B, C)
    arranging.take_away(image(product, B), by=None)
    assert urls(product) == [A, C]
    arranging.put_back(image(product, B), by=None)
    arranging.put_back(image(product, B), by=None)
    assert urls(product) == [A, B, C]
    assert AuditEntry.objects.filter(action="product.picture_return").count() == 1


def test_a_picture_that_was_taken_away_keeps_its_files(seller: Seller, monkeypatch: Any) -> None:
    product = listed(seller, A)
    own = arranging.add(product, drawn(), by=None)
    arranging.take_away(own, by=None)
    monkeypatch.setattr("vitrina.catalog.pictures.checking.UNSEEN_KEPT", timedelta(days=-1))
    assert let_unseen_go() == 0
    assert check().is_whole


def test_a_product_has_no_more_pictures_than_a_listing_may_name(seller: Seller, monkeypatch: Any) -> None:
    monkeypatch.setattr(arranging, "MOST_PICTURES", 1)
    product = listed(seller, A)
    with pytest.raises(arranging.ArrangingRefused, match="1"):
        arranging.add(product, drawn(), by=None)
    assert urls(product) == [A]


def test_a_card_names_a_picture_by_hand_only_where_others_can_fetch_it(seller: Seller, settings: Any) -> None:
    product = listed(seller, A)
    arranging.add(product, drawn(), by=None)
    made = card(product, None, "ru")
    assert (made.image_urls, made.unreachable) == ((A,), 1)
    settings.PICTURES_URL = "https://cdn.example/"
    made = card(product, None, "ru")
    assert made.unreachable == 0
    assert made.image_urls[1].startswith("https://cdn.example/products/original/")
