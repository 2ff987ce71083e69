from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from PIL import Image
from tests import factories

from vitrina.accounts.models import Seller
from vitrina.catalog.models import Product, ProductImage
from vitrina.catalog.pictures import fetching, hosts, troubles
from vitrina.catalog.pictures.fetching import Told, fetch
from vitrina.catalog.pictures.models import ImageState, Picture
from vitrina.catalog.pictures.tests.site import Answer, Site, picture
from vitrina.lib import files

pytestmark = pytest.mark.django_db


def product(seller: Seller, *urls: str) -> Product:
    made = factories.product(seller=seller)
    ProductImage.objects.bulk_create(
        ProductImage(product=made, url=url, position=position) for position, url in enumerate(urls)
    )
    return made


def places(*products: Product) -> list[tuple[str, bool, str]]:
    """(state, whether there is a picture, the trouble) of each place, in order."""
    rows = ProductImage.objects.filter(product__in=products).order_by("product", "position")
    return [(row.state, row.picture_id is not None, row.trouble) for row in rows]


STORED = ("stored", True, "")


def test_a_picture_is_kept_in_three_sizes_and_shown_at_its_place(seller: Seller, site: Site) -> None:
    data = picture("red", (1600, 1200))
    site.pages["/1.jpg"] = data
    dress = product(seller, f"{site.url}/1.jpg")
    assert fetch(seller.pk, [dress.pk]) == Told(stored=1)
    kept = Picture.objects.get()
    place = dress.images.get()
    assert (place.picture, place.state, place.trouble) == (kept, ImageState.STORED, "")
    assert place.fetched_at is not None
    assert (kept.seller, kept.media_type, kept.size, kept.width, kept.height) == (
        seller, "image/jpeg", len(data), 1600, 1200,
    )  # fmt: skip
    with files.storage().open(kept.original_name) as file:
        assert file.read() == data
    for name, kind, longest in ((kept.processed_name, "JPEG", 1024), (kept.thumb_name, "WEBP", 320)):
        with files.storage().open(name) as file, Image.open(file) as opened:
            assert (opened.format, max(opened.size)) == (kind, longest)


def test_the_same_bytes_are_stored_once_and_the_same_address_is_asked_once(
    seller: Seller, site: Site
) -> None:
    site.pages["/1.jpg"] = site.pages["/copy.jpg"] = picture()
    one = product(seller, f"{site.url}/1.jpg", f"{site.url}/copy.jpg")
    other = product(seller, f"{site.url}/1.jpg")
    assert fetch(seller.pk, [one.pk, other.pk]).stored == 3
    assert places(one, other) == [STORED] * 3
    assert Picture.objects.count() == 1
    assert site.asked == {"/1.jpg": 1, "/copy.jpg": 1}


def test_another_seller_keeps_its_own_copy(seller: Seller, other_seller: Seller, site: Site) -> None:
    site.pages["/1.jpg"] = picture()
    for one in (seller, other_seller):
        fetch(one.pk, [product(one, f"{site.url}/1.jpg").pk])
    assert set(Picture.objects.values_list("seller", flat=True)) == {seller.pk, other_seller.pk}


def test_products_of_another_seller_are_left_alone(seller: Seller, other_seller: Seller, site: Site) -> None:
    theirs = product(other_seller, f"{site.url}/1.jpg")
    assert fetch(seller.pk, [theirs.pk]) == Told()
    assert not site.asked
    assert places(theirs) == [("waiting", False, "")]


def test_a_second_time_nothing_is_asked(seller: Seller, site: Site) -> None:
    site.pages["/1.jpg"] = picture()
    dress = product(seller, f"{site.url}/1.jpg", f"{site.url}/none.jpg")
    fetch(seller.pk, [dress.pk])
    assert fetch(seller.pk, [dress.pk]) == Told()
    assert site.asked == {"/1.jpg": 1, "/none.jpg": 1}


@pytest.mark.parametrize(
    ("answer", "state", "sentence"),
    [
        ((404, {}, b""), "failed", troubles.GONE),
        ((410, {}, b""), "failed", troubles.GONE),
        ((403, {}, b""), "failed", troubles.FORBIDDEN),
        ((500, {}, b""), "failed", troubles.STATUS),
        ((302, {"Location": "http://10.0.0.1/x.jpg"}, b""), "refused", troubles.REFUSED),
    ],
)
def test_what_the_other_side_says_is_told_in_words(
    seller: Seller, site: Site, answer: Answer, state: str, sentence: str
) -> None:
    site.pages["/1.jpg"] = lambda headers: answer
    dress = product(seller, f"{site.url}/1.jpg")
    told = fetch(seller.pk, [dress.pk])
    assert (told.stored, told.left) == (0, 0)
    assert places(dress) == [(state, False, sentence)]
    place = dress.images.get()
    assert place.trouble % place.trouble_values  # every value of the sentence is there


@pytest.mark.parametrize(
    "data", [b"", b"<html><form action='/login'>", picture()[:200], b"<svg xmlns='http://www.w3.org/2000/svg'/>"]
)  # fmt: skip
def test_what_is_no_picture_is_refused_in_words_and_leaves_no_file(
    seller: Seller, site: Site, data: bytes
) -> None:
    site.pages["/1.jpg"] = data
    dress = product(seller, f"{site.url}/1.jpg")
    assert fetch(seller.pk, [dress.pk]) == Told(refused=1)
    place = dress.images.get()
    assert place.state == ImageState.REFUSED
    assert place.trouble % place.trouble_values
    assert not Picture.objects.exists()
    assert list(files.storage().walk("products")) == []


@pytest.mark.parametrize(
    "url", ["http://127.0.0.2/1.jpg", "http://[::1]/1.jpg", "ftp://a.example/1.jpg", "http://"]
)
def test_a_private_address_is_refused(seller: Seller, url: str) -> None:
    dress = product(seller, url)
    assert fetch(seller.pk, [dress.pk]) == Told(refused=1)
    assert places(dress) == [("refused", False, troubles.REFUSED)]


def test_what_may_pass_is_left_for_another_try_with_its_trouble_told(seller: Seller, site: Site) -> None:
    site.pages["/1.jpg"] = lambda headers: (503, {"Retry-After": "7"}, b"")
    site.pages["/2.jpg"] = picture()
    dress = product(seller, f"{site.url}/1.jpg", f"{site.url}/2.jpg")
    assert fetch(seller.pk, [dress.pk], is_last_try=False) == Told(stored=1, left=1, retry_after=7.0)
    assert places(dress) == [("waiting", False, troubles.STATUS), STORED]
    site.pages["/1.jpg"] = picture("red")
    assert fetch(seller.pk, [dress.pk], is_last_try=False) == Told(stored=1)
    assert places(dress) == [STORED, STORED]
    assert site.asked == {"/1.jpg": 2, "/2.jpg": 1}


def test_a_host_that_only_fails_is_left_alone_after_some_times(seller: Seller, site: Site) -> None:
    count = 80
    for number in range(count):
        site.pages[f"/{number}.jpg"] = lambda headers: (500, {}, b"")
    dress = product(seller, *[f"{site.url}/{number}.jpg" for number in range(count)])
    assert fetch(seller.pk, [dress.pk], is_last_try=False).left == count
    # Those that were under way when it had failed eight times.
    assert sum(site.asked.values()) <= fetching.UNDER_WAY + hosts.TIRED_AFTER
    assert {sentence for _state, _stored, sentence in places(dress)} == {troubles.STATUS, troubles.TIRED}


def test_the_first_pictures_of_every_product_come_first(seller: Seller) -> None:
    one, other = (
        product(seller, *[f"http://a.example/{name}/{number}" for number in range(7)]) for name in "ab"
    )
    asked = [address.url[-3:] for address in fetching.waiting(seller.pk, [one.pk, other.pk])]
    assert asked == [f"{name}/{n}" for name in "ab" for n in range(5)] + [
        f"{name}/{n}" for name in "ab" for n in (5, 6)
    ]


def test_no_host_is_asked_by_more_at_a_time_than_is_polite(seller: Seller, site: Site) -> None:
    site.seconds = 0.02
    for number in range(40):
        site.pages[f"/{number}.jpg"] = picture(size=(20, 20 + number))
    dress = product(seller, *[f"{site.url}/{number}.jpg" for number in range(40)])
    assert fetch(seller.pk, [dress.pk]).stored == 40
    assert 2 <= site.most_at_once <= hosts.AT_ONCE


def test_killed_in_the_middle_the_next_try_asks_only_for_the_rest(
    seller: Seller, site: Site, monkeypatch: Any
) -> None:
    class Killed(BaseException):
        pass

    def die_after_some(done: int, total: int) -> None:
        if done:
            raise Killed

    monkeypatch.setattr(fetching, "WRITE_AT_MOST", 5)
    monkeypatch.setattr(fetching, "UNDER_WAY", 5)
    for number in range(20):
        site.pages[f"/{number}.jpg"] = picture(size=(20, 20 + number))
    dress = product(seller, *[f"{site.url}/{number}.jpg" for number in range(20)])
    with pytest.raises(Killed):
        fetch(seller.pk, [dress.pk], on_progress=die_after_some)
    kept = dress.images.filter(state=ImageState.STORED).count()
    assert 5 <= kept < 20
    assert fetch(seller.pk, [dress.pk]).stored == 20 - kept
    assert places(dress) == [STORED] * 20
    assert Picture.objects.count() == 20


def test_without_time_the_rest_is_left(seller: Seller, site: Site) -> None:
    dress = product(seller, f"{site.url}/1.jpg")
    assert fetch(seller.pk, [dress.pk], has_time=lambda: False) == Told(left=1)
    assert not site.asked


def test_a_picture_that_did_not_change_is_not_sent_again(seller: Seller, site: Site) -> None:
    def page(headers: dict[str, str]) -> Answer:
        if headers.get("if-none-match") == '"v1"':
            return 304, {}, b""
        return 200, {"ETag": '"v1"'}, picture()

    site.pages["/1.jpg"] = page
    dress = product(seller, f"{site.url}/1.jpg")
    fetch(seller.pk, [dress.pk])
    before = dress.images.get()
    dress.images.update(state=ImageState.WAITING)
    assert fetch(seller.pk, [dress.pk]) == Told(stored=1)
    after = dress.images.get()
    assert (after.state, after.picture_id) == ("stored", before.picture_id)
    assert after.fetched_at > before.fetched_at  # type: ignore[operator]
    assert site.asked == {"/1.jpg": 2}


def test_a_place_that_was_settled_or_deleted_meanwhile_is_left_alone(seller: Seller, site: Site) -> None:
    dress = product(seller, f"{site.url}/1.jpg", f"{site.url}/2.jpg")

    def page(headers: dict[str, str]) -> Answer:
        return 200, {}, picture()

    site.pages["/1.jpg"] = site.pages["/2.jpg"] = page

    def change(done: int, total: int) -> None:
        if not done:
            ProductImage.objects.filter(url=f"{site.url}/1.jpg").delete()
            ProductImage.objects.filter(url=f"{site.url}/2.jpg").update(state=ImageState.REFUSED)

    fetch(seller.pk, [dress.pk], on_progress=change)
    assert places(dress) == [("refused", False, "")]


def test_a_full_disk_leaves_the_pictures_waiting(seller: Seller, site: Site, tmp_path: Path) -> None:
    site.pages["/1.jpg"] = picture()
    dress = product(seller, f"{site.url}/1.jpg")
    root = Path(django_settings.MEDIA_ROOT)
    root.mkdir()
    (root / "products").write_bytes(io.BytesIO(b"a file where the folder should be").getvalue())
    with pytest.raises(OSError):
        fetch(seller.pk, [dress.pk])
    assert places(dress) == [("waiting", False, "")]
    assert not Picture.objects.exists()
