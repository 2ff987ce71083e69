"""Every spelling of a private address in the three ways it can come: the picture is refused, nothing is connected to."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from tests import factories
from tests.private_addresses import PRIVATE_ADDRESSES, PRIVATE_NAMES, PRIVATE_URLS

from vitrina.accounts.models import Seller
from vitrina.catalog.models import Product, ProductImage
from vitrina.catalog.pictures import fetching, troubles
from vitrina.catalog.pictures.fetching import Told, fetch
from vitrina.catalog.pictures.models import Picture
from vitrina.catalog.pictures.tests.site import Site, picture
from vitrina.lib import fetch as lib_fetch
from vitrina.lib import guarded
from vitrina.lib.fetch import Fetcher

pytestmark = pytest.mark.django_db
SITE_ADDRESS = "127.0.0.77"  # loopback too, but the only one that the operator allowed


@pytest.fixture(autouse=True)
def connected(monkeypatch: pytest.MonkeyPatch, site: Site, settings: Any) -> list[str]:
    """The addresses that were connected to; the supplier's site stands behind one of them."""
    settings.FETCH_ALLOWED_NETWORKS = [f"{SITE_ADDRESS}/32"]
    seen: list[str] = []
    genuine = socket.create_connection
    port = urlsplit(site.url).port

    def watched(address: tuple[str, int], timeout: float) -> socket.socket:
        seen.append(address[0])
        assert address == (SITE_ADDRESS, port), "nothing but the supplier's site may be reached"
        return genuine(("127.0.0.1", address[1]), timeout)

    monkeypatch.setattr(lib_fetch.socket, "create_connection", watched)
    return seen


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> dict[str, Iterator[list[str]] | list[str]]:
    """What the name server says: always the same, or one answer after the other."""
    told: dict[str, Iterator[list[str]] | list[str]] = {"shop.example": [SITE_ADDRESS], **PRIVATE_NAMES}

    def resolve(host: str, port: int) -> list[str]:
        known = told.get(host, ["93.184.216.34"])
        return known if isinstance(known, list) else next(known)

    monkeypatch.setattr(fetching, "fetcher", lambda: Fetcher(guarded.guard(), resolve=resolve))
    return told


def product(seller: Seller, *urls: str) -> Product:
    made = factories.product(seller=seller)
    ProductImage.objects.bulk_create(
        ProductImage(product=made, url=url, position=position) for position, url in enumerate(urls)
    )
    return made


def refused(dress: Product) -> bool:
    return all(place.trouble == troubles.REFUSED and place.picture_id is None for place in dress.images.all())


@pytest.mark.usefixtures("names")
def test_named_by_the_feed_itself(seller: Seller, connected: list[str]) -> None:
    dress = product(seller, *PRIVATE_URLS)
    assert fetch(seller.pk, [dress.pk]) == Told(refused=len(PRIVATE_URLS))
    assert refused(dress)
    assert connected == []


@pytest.mark.usefixtures("names")
def test_named_by_a_redirect_of_the_shop(seller: Seller, site: Site, connected: list[str]) -> None:
    starts = []
    for number, url in enumerate(PRIVATE_URLS):
        location = url.encode().decode("latin-1")
        site.pages[f"/{number}.jpg"] = lambda headers, location=location: (302, {"Location": location}, b"")
        starts.append(f"http://shop.example:{urlsplit(site.url).port}/{number}.jpg")
    dress = product(seller, *starts)
    assert fetch(seller.pk, [dress.pk]) == Told(refused=len(PRIVATE_URLS))
    assert refused(dress)
    assert connected == [SITE_ADDRESS] * len(PRIVATE_URLS)


def test_told_by_the_second_answer_of_a_name_server(
    seller: Seller, site: Site, connected: list[str], names: dict[str, Any]
) -> None:
    site.pages["/start.jpg"] = lambda headers: (301, {"Location": "/again.jpg"}, b"")
    site.pages["/again.jpg"] = picture()
    starts = []
    for number, private in enumerate(PRIVATE_ADDRESSES):
        names[f"rebind{number}.example"] = iter([[SITE_ADDRESS], [SITE_ADDRESS, private]])
        starts.append(f"http://rebind{number}.example:{urlsplit(site.url).port}/start.jpg")
    dress = product(seller, *starts)
    assert fetch(seller.pk, [dress.pk]) == Told(refused=len(PRIVATE_ADDRESSES))
    assert refused(dress)
    assert connected == [SITE_ADDRESS] * len(PRIVATE_ADDRESSES)
    assert not Picture.objects.exists()


@pytest.mark.usefixtures("names")
def test_an_honest_shop_is_reached(seller: Seller, site: Site, connected: list[str]) -> None:
    site.pages["/new.jpg"] = picture()
    site.pages["/old.jpg"] = lambda headers: (302, {"Location": "/new.jpg"}, b"")
    at = f"http://shop.example:{urlsplit(site.url).port}"
    dress = product(seller, f"{at}/new.jpg", f"{at}/old.jpg")
    assert fetch(seller.pk, [dress.pk]) == Told(stored=2)
    assert connected == [SITE_ADDRESS] * 3
