"""Looks through connections: the simulated marketplaces' products and an account's posts come into the catalogue."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from tests.servers import Marketplace

from vitrina.accounts.models import Seller
from vitrina.catalog.intake import receive_many
from vitrina.catalog.listing import Listing
from vitrina.catalog.models import ListingChange, Product
from vitrina.catalog.sources import changing, looking
from vitrina.catalog.sources.models import Look, LookState, Source
from vitrina.channels import connecting, instagram, ozon_products, wildberries_cards, yandex_market_products
from vitrina.channels.marketplaces import PLATFORMS
from vitrina.channels.models import Connection
from vitrina.channels.throttle import Throttle
from vitrina.simulators import instagram as simulated_instagram
from vitrina.simulators import ozon as simulated_ozon
from vitrina.simulators import wildberries as simulated_wildberries
from vitrina.simulators import yandex_market as simulated_yandex
from vitrina.simulators.instagram import FEED, USER, Post
from vitrina.simulators.ozon_products import STORE, offer
from vitrina.simulators.wildberries_cards import SHELF, card
from vitrina.simulators.yandex_market_products import STORE as PRODUCTS
from vitrina.simulators.yandex_market_products import offer as product

pytestmark = pytest.mark.django_db(transaction=True)


def _token(seller: str) -> str:
    """One that says whose it is."""
    claims = base64.urlsafe_b64encode(json.dumps({"sid": seller}).encode()).decode().rstrip("=")
    return f"e30.{claims}.sign"


GIVEN = {
    "wildberries": {"token": _token("1")},
    "ozon": {"client_id": "12345", "api_key": "sim-key"},
    "yandex_market": {"api_key": "sim-key"},
    "instagram": {"token": "sim-key", "user_id": USER},
}
OTHERS = {
    "wildberries": {"token": _token("2")},
    "ozon": {"client_id": "9"},
    "yandex_market": {"business_id": "7654321"},
    "instagram": {"user_id": f"{USER}9"},
}
MUG = {17596: ["Керамика"], 14177460: 330}


@dataclass
class Place:
    """A simulated place with `put(number, title)`, and the source that leads to it."""

    name: str
    server: Marketplace
    put: Callable[[int, str], None]
    source: Source


def _wildberries(app: Any) -> Callable[[int, str], None]:
    """A change moves the card to the end of its list, as the marketplace has it."""
    moments = iter(range(10_000))

    def put(number: int, title: str) -> None:
        at = datetime(2026, 4, 1, tzinfo=UTC) + timedelta(minutes=next(moments))
        app[SHELF].add(card(100 + number, f"MX-{number}", title, characteristics=MUG, at=at))

    return put


def _ozon(app: Any) -> Callable[[int, str], None]:
    values = {85: ["Маяк"], 4191: ["Держит тепло."]}
    return lambda number, title: app[STORE].add(offer(200 + number, f"MX-{number}", title, attributes=values))


def _yandex(app: Any) -> Callable[[int, str], None]:
    values = {14871214: ["Керамика"], 15060326: ["330"]}
    return lambda number, title: app[PRODUCTS].add(
        product(number, f"MX-{number}", title, description="Держит тепло.", vendor="Маяк", parameters=values)
    )


def _instagram(app: Any) -> Callable[[int, str], None]:
    def put(number: int, title: str) -> None:
        at = datetime(2026, 4, 1, tzinfo=UTC) + timedelta(minutes=number)
        app[FEED].add(Post(str(1700 + number), f"{title}. Цена: 990 ₽" if title else "", at))

    return put


PLACES = {
    "wildberries": (simulated_wildberries.application, _wildberries, wildberries_cards, "CARDS_OF_PAGE"),
    "ozon": (simulated_ozon.application, _ozon, ozon_products, "PAGE"),
    "yandex_market": (simulated_yandex.application, _yandex, yandex_market_products, "PAGE"),
    "instagram": (simulated_instagram.application, _instagram, instagram, "PAGE"),
}


@pytest.fixture(params=list(PLACES))
def place(request: pytest.FixtureRequest, seller: Seller, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    """Pages of five; nobody waits for a limit."""
    application, putting, adapter, page = PLACES[request.param]
    monkeypatch.setattr(adapter, page, 5)
    monkeypatch.setattr(Throttle, "enter", lambda throttle, rate: None)
    app = application()
    server = Marketplace(app)
    server.state.settings.limits = False
    if request.param == "wildberries":
        server.state.settings.key = GIVEN["wildberries"]["token"]
    connection = connecting.connect(seller, PLATFORMS[request.param], GIVEN[request.param], by=None)
    Connection.objects.filter(pk=connection.pk).update(url=server.url)
    connection.refresh_from_db()
    source = changing.create(seller, request.param, connection=connection, name="Маяк", enrich=False, by=None)
    yield Place(request.param, server, putting(app), source)
    server.close()


def look(place: Place, **more: Any) -> Look:
    place.source.refresh_from_db()
    return looking.look(place.source, **{"tell": lambda found: None, "attempt": looking.TRIES} | more)


def titles() -> list[str]:
    return sorted(Product.objects.values_list("title", flat=True))


def counted(found: Look) -> tuple[int, int, int]:
    return found.created, found.updated, found.broken


def test_all_comes_in_and_a_second_look_changes_nothing(place: Place) -> None:
    for number in range(12):
        place.put(number, f"Кружка {number:02}")
    first = look(place)
    assert (first.state, counted(first)) == (LookState.DONE, (12, 0, 0))
    assert titles() == [f"Кружка {number:02}" for number in range(12)]
    versions = list(Product.objects.order_by("pk").values_list("pk", "version", "content_hash"))
    again = look(place)
    assert (again.state, counted(again)) == (LookState.DONE, (0, 0, 0))
    assert list(Product.objects.order_by("pk").values_list("pk", "version", "content_hash")) == versions
    assert not ListingChange.objects.exists()


def test_what_is_new_comes_with_the_next_look(place: Place) -> None:
    place.put(1, "Кружка")
    look(place)
    place.put(2, "Тарелка")
    assert counted(look(place)) == (1, 0, 0)
    assert titles() == ["Кружка", "Тарелка"]


class Killed(BaseException):
    """As the power going off: nothing after it is done."""


@pytest.mark.parametrize("pages", [1, 2])
def test_a_look_that_is_killed_goes_on_and_ends_as_one_that_was_not(place: Place, pages: int) -> None:
    for number in range(12):
        place.put(number, f"Кружка {number:02}")
    asked = []

    def tell(found: Look) -> None:
        if len(asked) == pages:
            raise Killed
        asked.append(found.pk)

    with pytest.raises(Killed):
        look(place, tell=tell)
    assert Product.objects.count() == 5 * pages
    found = look(place)
    assert (found.state, found.pk, found.created) == (LookState.DONE, asked[0], 12)
    assert titles() == [f"Кружка {number:02}" for number in range(12)]
    assert counted(look(place)) == (0, 0, 0)


def test_a_refused_key_is_told_and_changes_nothing(place: Place) -> None:
    place.put(1, "Кружка")
    look(place)
    place.server.fails(always="unauthorized")
    found = look(place)
    assert (found.state, found.trouble_kind) == (LookState.FAILED, "credentials")
    assert titles() == ["Кружка"]


def test_trouble_that_may_pass_is_tried_again_later(place: Place) -> None:
    place.put(1, "Кружка")
    place.server.fails("throttled")
    with pytest.raises(looking.LookLater) as later:
        look(place, attempt=1)
    assert (later.value.after_seconds or 0) > 0
    assert counted(look(place)) == (1, 0, 0)


def test_a_card_that_cannot_be_read_is_told_beside_the_others(place: Place) -> None:
    place.put(1, "Кружка")
    place.put(2, "")
    found = look(place)
    assert counted(found) == (1, 0, 1)
    assert [one["id"] for one in found.remarks] == ["1702" if place.name == "instagram" else "MX-2"]


def test_a_connection_that_is_switched_off_is_not_asked(place: Place) -> None:
    place.put(1, "Кружка")
    assert place.source.connection is not None
    connecting.switch_off(place.source.connection, by=None)
    before = len(place.server.asked())
    found = look(place)
    assert (found.state, found.trouble_kind) == (LookState.FAILED, "switched_off")
    assert len(place.server.asked()) == before


def test_another_shop_behind_the_connection_is_not_mixed_in(place: Place) -> None:
    place.put(1, "Кружка")
    look(place)
    place.source.refresh_from_db()
    assert place.source.connection is not None
    changing.change(place.source, by=None, options={}, name="Маяк и сын")
    other = OTHERS[place.name]
    connecting.change_credentials(place.source.connection, GIVEN[place.name] | other, by=None)
    found = look(place)
    assert (found.state, found.trouble_kind) == (LookState.FAILED, "another_shop")
    assert titles() == ["Кружка"]


def test_what_the_place_does_not_tell_is_kept(place: Place, seller: Seller) -> None:
    id_ = "1701" if place.name == "instagram" else "MX-1"
    known = Listing(
        id_, "Старое", description="От поставщика.", brand="Маяк", price=Decimal("450.00"), currency="RUB",
        supplier="Маяк Опт", image_urls=("https://supplier.example/1.jpg",), barcode="4600000000017",
        is_available=True,
    )  # fmt: skip
    receive_many(seller, [known])
    place.put(1, "Кружка")
    assert counted(look(place)) == (0, 1, 0)
    product = Product.objects.select_related("brand").get(external_id=id_)
    told = Decimal("450.00") if place.name == "wildberries" else Decimal("990.00")
    assert (product.title, product.price, product.currency) == ("Кружка", told, "RUB")
    assert product.is_available is True
    assert (product.supplier, product.brand.name if product.brand else "") == ("Маяк Опт", "Маяк")
    pictures = [image.url for image in product.images.all()]
    if place.name == "instagram":
        assert pictures[0].startswith("https://scontent.example/1701.jpg")
    else:
        assert pictures == ["https://supplier.example/1.jpg"]
    if place.name == "wildberries":
        assert product.description == "От поставщика."
    version = product.version
    assert counted(look(place)) == (0, 0, 0)
    product.refresh_from_db()
    assert product.version == version


def test_a_source_is_named_after_its_place_where_the_shop_has_no_name(place: Place, seller: Seller) -> None:
    assert place.source.connection is not None
    Source.objects.all().delete()
    made = changing.create(seller, place.name, connection=place.source.connection, by=None)
    assert made.name == str(PLATFORMS[place.name].words)
