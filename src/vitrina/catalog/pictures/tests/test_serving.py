from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from tests import factories

from vitrina.accounts.models import Seller, User
from vitrina.catalog.models import Product
from vitrina.catalog.pictures import asking, troubles
from vitrina.catalog.pictures.addresses import address, api_address
from vitrina.catalog.pictures.models import ImageState, Picture
from vitrina.jobs.models import Job
from vitrina.lib import files
from vitrina.lib.picture_files import Size

pytestmark = pytest.mark.django_db


@pytest.fixture
def product(seller: Seller) -> Product:
    return factories.product(seller=seller, title='Платье "лето" <b>')


@pytest.fixture
def picture(product: Product) -> Picture:
    return factories.picture(product)


@pytest.mark.parametrize(
    ("size", "media_type"), [("thumb", "image/webp"), ("processed", "image/jpeg"), ("original", "image/jpeg")]
)
def test_whoever_sees_the_seller_gets_the_file_and_may_keep_it(
    client: Client, bob: User, picture: Picture, size: str, media_type: str
) -> None:
    client.force_login(bob)
    answer: Any = client.get(address(picture, Size(size)))
    assert answer.status_code == 200
    assert b"".join(answer.streaming_content)[:3] in (b"RIF", b"\xff\xd8\xff")
    for close in answer._resource_closers:
        close()
    assert answer.headers["Content-Type"] == media_type
    assert answer.headers["Cache-Control"] == "private, max-age=31536000, immutable"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"


@pytest.mark.parametrize("digest", ["0" * 64, "..", "x"])
def test_what_is_not_there_is_not_there(client: Client, bob: User, picture: Picture, digest: str) -> None:
    client.force_login(bob)
    for seller_id, digest_asked, size in (
        (picture.seller_id, digest, "thumb"),
        (picture.seller_id + 7, picture.digest, "thumb"),
        (picture.seller_id, picture.digest, "huge"),
    ):
        assert client.get(f"/media/products/{seller_id}/{digest_asked}/{size}").status_code == 404


def test_a_lost_file_is_a_404_and_no_traceback(client: Client, bob: User, picture: Picture) -> None:
    files.storage().delete(picture.thumb_name)
    client.force_login(bob)
    assert client.get(address(picture, Size.THUMB)).status_code == 404


def test_with_a_public_address_pages_lead_there(picture: Picture, settings: Any) -> None:
    settings.PICTURES_URL = "https://img.shop.example/"
    assert address(picture, Size.THUMB) == f"https://img.shop.example/{picture.thumb_name}"
    assert api_address(picture, Size.PROCESSED) == f"https://img.shop.example/{picture.processed_name}"


def test_a_private_bucket_is_reached_by_a_signed_link_after_our_door(
    client: Client, bob: User, charlie: User, picture: Picture, settings: Any
) -> None:
    settings.R2_BUCKET_NAME, settings.R2_ENDPOINT_URL = "shop", "https://files.example"
    settings.R2_ACCESS_KEY_ID = settings.R2_SECRET_ACCESS_KEY = "key"
    client.force_login(charlie)
    assert client.get(address(picture, Size.THUMB)).status_code == 404
    client.force_login(bob)
    answer = client.get(address(picture, Size.THUMB))
    assert answer.status_code == 302
    assert answer.headers["Location"].split("?")[0].endswith(picture.thumb_name)
    assert "Signature=" in answer.headers["Location"]
    assert answer.headers["Cache-Control"] == "private, max-age=1800"


def test_pages_show_thumbnails_of_our_own_and_nothing_from_outside(
    client: Client, bob: User, product: Product, picture: Picture
) -> None:
    client.force_login(bob)
    for page in (reverse("products"), reverse("product", args=[product.pk])):
        html = client.get(page).content.decode()
        assert f'<img src="{address(picture, Size.THUMB)}"' in html
        assert 'loading="lazy"' in html
        assert "Платье &quot;лето&quot; &lt;b&gt;" in html
        assert 'src="http' not in html


def test_why_there_is_none_is_said_and_it_may_be_asked_for_again(
    client: Client, alice: User, bob: User, product: Product, settings: Any
) -> None:
    settings.FETCH_PICTURES = True
    product.images.create(
        url="https://pictures.example/1.jpg",
        state=ImageState.FAILED,
        trouble=troubles.GONE,
        trouble_values={"host": "pictures.example", "status": 404},
    )
    page, renewal = reverse("product", args=[product.pk]), reverse("pictures_renewal", args=[product.pk])
    client.force_login(bob)  # may look, not import
    shown = client.get(page).content.decode()
    assert "«pictures.example» ответил кодом 404" in shown
    assert renewal not in shown
    assert client.post(renewal).status_code == 403
    client.force_login(alice)
    assert renewal in client.get(page).content.decode()
    assert client.post(renewal).status_code == 302
    assert product.images.get().state == ImageState.WAITING
    assert Job.objects.get(kind=asking.KIND).payload == {"product_ids": [product.pk]}
    client.post(renewal)
    assert Job.objects.filter(kind=asking.KIND).count() == 1
