"""A product's pictures as people arrange them on its page, and drawn pictures that become a product's."""

from __future__ import annotations

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image
from tests import factories

from vitrina.accounts.models import Seller, User
from vitrina.catalog.models import Product, ProductImage

pytestmark = pytest.mark.django_db(transaction=True)


def file(name: str = "чайник.png", colour: str = "teal") -> SimpleUploadedFile:
    stream = io.BytesIO()
    Image.new("RGB", (300, 400), colour).save(stream, "PNG")
    return SimpleUploadedFile(name, stream.getvalue(), "image/png")


@pytest.fixture
def product(seller: Seller) -> Product:
    return factories.product(seller=seller)


@pytest.fixture
def desk(alice: User, client: Client) -> Client:
    client.force_login(alice)
    client.cookies["django_language"] = "en"
    return client


def test_of_several_files_the_good_ones_are_taken_and_the_bad_one_is_named(
    desk: Client, product: Product
) -> None:
    bad = SimpleUploadedFile("price.pdf", b"%PDF-1.7 nothing", "application/pdf")
    given = {"files": [file(), bad, file("b.png", "olive")]}
    answer = desk.post(f"/products/{product.pk}/pictures/addition", given, follow=True)
    words = answer.content.decode()
    assert "2 pictures were added." in words
    assert "price.pdf: The file is of the kind PDF" in words
    assert [image.origin for image in product.images.all()] == ["upload", "upload"]


def test_pictures_are_moved_taken_away_and_put_back(desk: Client, product: Product) -> None:
    desk.post(f"/products/{product.pk}/pictures/addition", {"files": [file(), file("b.png", "olive")]})
    first, second = product.images.all()
    desk.post(f"/products/pictures/{second.pk}/move", {"to": "0"})
    assert list(product.images.all()) == [second, first]
    desk.post(f"/products/pictures/{second.pk}/removal")
    assert list(product.images.all()) == [first]
    assert "1 picture was taken away" in desk.get(f"/products/{product.pk}/").content.decode()
    desk.post(f"/products/pictures/{second.pk}/return")
    assert list(product.images.all()) == [second, first]


def test_a_drawn_picture_becomes_the_products_own_copy(
    desk: Client, seller: Seller, product: Product
) -> None:
    image = factories.generated_image(seller, is_marked=False, subject=f"product:{product.pk}")
    assert "Use as product picture" in desk.get(f"/pictures/{image.pk}/").content.decode()
    choice = desk.get(f"/products/pictures/from/{image.pk}/")
    assert choice.context["products"][0] == product
    desk.post(f"/products/pictures/from/{image.pk}/", {"product": product.pk})
    own = product.images.get()
    assert own.picture is not None
    assert (own.origin, own.picture.digest) == ("drawn", image.digest)
    desk.post(f"/pictures/{image.pk}/deletion")
    shown = desk.get(f"/media/products/{seller.pk}/{own.picture.digest}/original")
    assert len(shown.getvalue()) == own.picture.size


def test_a_marked_picture_is_refused_in_words(desk: Client, seller: Seller, product: Product) -> None:
    image = factories.generated_image(seller, is_marked=True)
    assert "buyers would take it for the product" in desk.get(f"/pictures/{image.pk}/").content.decode()
    desk.post(f"/products/pictures/from/{image.pk}/", {"product": product.pk})
    assert not ProductImage.every.filter(product=product).exists()


def test_a_product_of_another_seller_gets_no_picture(desk: Client, seller: Seller) -> None:
    other = factories.product(seller=Seller.objects.create(name="Чужой", slug="strange"))
    image = factories.generated_image(seller, is_marked=False)
    answer = desk.post(f"/products/pictures/from/{image.pk}/", {"product": other.pk})
    assert answer.status_code == 404
    assert not ProductImage.every.filter(product=other).exists()
