"""The products of Ozon over real HTTP, against its simulated store."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.servers import Marketplace

from vitrina.channels import ozon, ozon_products
from vitrina.channels.cards import AttributeSeen, CardBroken, CardSeen
from vitrina.channels.errors import (
    ChannelError,
    CredentialsRefused,
    NotOpen,
    Throttled,
    Unavailable,
    Unreadable,
)
from vitrina.channels.ozon_product_words import HALF, Names, card_of, names_in
from vitrina.channels.ozon_products import OzonProductSource
from vitrina.channels.platforms import Account
from vitrina.channels.ports import AccessState
from vitrina.channels.throttle import Throttle
from vitrina.simulators import ozon as simulated
from vitrina.simulators.ozon_products import STORE, Store, offer

pytestmark = pytest.mark.django_db

MUG: dict[int, list[str]] = {
    85: ["Маяк"], 9048: ["Мыс"], 4496: ["Керамика", "Стекло"], 5343: ["330"], 4191: ["Держит тепло."],
    11254: ["{}"], 23171: ["#кружка"],
}  # fmt: skip


@pytest.fixture
def shop() -> Iterator[tuple[Marketplace, Store]]:
    app = simulated.application()
    server = Marketplace(app)
    server.own = app[simulated.OWN]  # type: ignore[attr-defined]
    server.state.settings.limits = False
    yield server, app[STORE]
    server.close()


@pytest.fixture(autouse=True)
def _small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ozon_products, "PAGE", 5)


def account(server: Marketplace, key: str = "sim-key") -> Account:
    return Account({"client_id": "12345", "api_key": key}, {"api": server.url}, Throttle("ozon:test"))


def stored(store: Store, count: int, **given_: Any) -> None:
    store.add(*[offer(200 + n, f"MX-{n}", f"Кружка {n}", attributes=MUG, **given_) for n in range(count)])


def whole(source: OzonProductSource, cursor: str = "", *, most: int = 60) -> tuple[list[CardSeen], str]:
    """A pass to its end."""
    seen: list[CardSeen] = []
    for _ in range(most):
        page = source.cards(cursor)
        seen += page.cards
        cursor = page.cursor
        if page.is_last:
            return seen, cursor
    raise AssertionError("the pass doesn't end")


def test_a_product_is_told_in_our_words(shop: Any) -> None:
    server, store = shop
    store.add(
        offer(
            201, "MX-1", "Кружка «Мыс»", attributes=MUG, price="990.5000", old_price="0", stock=0,
            images=["https://ir.example/1.jpg", "https://ir.example/2.jpg"],
            primary_image="https://ir.example/2.jpg", barcodes=["4600000000017"],
        )
    )  # fmt: skip
    page = OzonProductSource(account(server)).cards("")
    [seen] = page.cards
    assert page.total == 1
    assert replace(seen, whole={}) == CardSeen(
        id="MX-1",
        number="201",
        title="Кружка «Мыс»",
        description="Держит тепло.",
        brand="Маяк",
        price=Decimal("990.50"),
        currency="RUB",
        old_price=None,
        category="Дом и сад > Посуда для напитков > Кружка",
        category_id="17029016:92499",
        image_urls=("https://ir.example/2.jpg", "https://ir.example/1.jpg"),
        attributes=(
            AttributeSeen("Название модели (для объединения в одну карточку)", ("Мыс",), id="9048"),
            AttributeSeen("Материал", ("Керамика", "Стекло"), id="4496"),
            AttributeSeen("Объем, мл", ("330",), id="5343"),
            AttributeSeen("#Хештеги", ("#кружка",), id="23171"),
            AttributeSeen("Длина упаковки", ("100",), unit="мм"),
            AttributeSeen("Ширина упаковки", ("80",), unit="мм"),
            AttributeSeen("Высота упаковки", ("110",), unit="мм"),
            AttributeSeen("Вес с упаковкой", ("400",), unit="г"),
        ),
        barcode="4600000000017",
        address="https://www.ozon.ru/product/1000000201/",
        is_available=False,
        changed_at=datetime(2026, 4, 1, tzinfo=UTC),
    )
    assert seen.whole["info"]["price"] == "990.5000"
    assert [one["id"] for one in seen.whole["attributes"]["attributes"]] == list(MUG)


def test_all_are_shown_once_and_the_next_pass_begins_anew(shop: Any) -> None:
    server, store = shop
    stored(store, 12)
    store.add(offer(300, "MX-OLD", "В архиве", is_archived=True))
    source = OzonProductSource(account(server))
    seen, cursor = whole(source)
    assert [one.id for one in seen] == [f"MX-{n}" for n in range(12)]
    assert cursor == ""
    assert whole(source, cursor)[0] == seen
    # What kinds of products are called was asked once, and nobody's words apart.
    assert len(server.asked("category")) == 2
    assert not server.asked("description")[2:]


def test_pages_of_attributes_that_are_shorter_than_asked_for(shop: Any) -> None:
    server, store = shop
    stored(store, 7)
    server.state.settings.page = 2
    assert len(whole(OzonProductSource(account(server)))[0]) == 7


@pytest.mark.parametrize("fault", ["again", "loop", "shift"])
def test_pages_that_repeat_or_lead_back_or_shift_lose_nothing(shop: Any, fault: str) -> None:
    server, store = shop
    stored(store, 12)
    server.fails("ok", fault, on=ozon_products.LIST)
    seen, _cursor = whole(OzonProductSource(account(server)))
    assert list(dict.fromkeys(one.id for one in seen)) == [f"MX-{n}" for n in range(12)]


def test_a_list_that_only_leads_back_to_itself_ends_in_words(shop: Any) -> None:
    server, store = shop
    stored(store, 12)
    source = OzonProductSource(account(server))
    first = source.cards("")
    server.fails(always="loop", on=ozon_products.LIST)
    with pytest.raises(Unreadable, match="leads back to itself"):
        source.cards(first.cursor)


def test_killed_in_the_middle_it_goes_on_where_it_was(shop: Any) -> None:
    server, store = shop
    stored(store, 12)
    first = OzonProductSource(account(server)).cards("")
    rest, _cursor = whole(OzonProductSource(account(server)), first.cursor)
    assert [one.id for one in (*first.cards, *rest)] == [f"MX-{n}" for n in range(12)]


def test_a_key_without_the_tree_shows_numbers_alone(shop: Any) -> None:
    server, store = shop
    stored(store, 7)
    server.own.methods = list(ozon_products.METHODS)
    seen, _cursor = whole(OzonProductSource(account(server)))
    assert len(seen) == 7
    assert (seen[0].category, seen[0].category_id) == ("", "17029016:92499")
    assert seen[0].attributes[0] == AttributeSeen("9048", ("Мыс",), id="9048")
    assert [one.path for one in server.asked("category")] == [ozon_products.TREE]


def test_a_description_that_is_not_among_the_attributes_is_asked_for(shop: Any) -> None:
    server, store = shop
    bare = {id_: words for id_, words in MUG.items() if id_ != 4191}
    store.add(offer(201, "MX-1", "Кружка", attributes=MUG), offer(202, "MX-2", "Кружка", attributes=bare))
    seen, _cursor = whole(OzonProductSource(account(server)))
    assert [one.description for one in seen] == ["Держит тепло.", ""]
    assert [one.body for one in server.asked(ozon_products.DESCRIPTION)] == [{"product_id": 202}]
    assert "description" not in seen[1].whole["attributes"]


@pytest.mark.parametrize("path", [ozon_products.INFO, ozon_products.ATTRIBUTES])
def test_a_product_of_which_half_is_told_is_broken_and_not_taken_for_empty(
    shop: Any, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    server, store = shop
    stored(store, 3)
    source = OzonProductSource(account(server))
    ask = source._door.ask

    def half(asked: str, body: Any) -> Any:
        said = ask(asked, body)
        name = "items" if asked == ozon_products.INFO else "result"
        if asked == path:
            said[name] = [row for row in said[name] if row["offer_id"] != "MX-1"]
        return said

    monkeypatch.setattr(source._door, "ask", half)
    page = source.cards("")
    assert [one.id for one in page.cards] == ["MX-0", "MX-2"]
    assert page.broken == (CardBroken("MX-1", HALF, {"number": "MX-1"}),)


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ("unauthorized", CredentialsRefused),
        ("throttled", Throttled),
        ("server_error", Unavailable),
        ("unavailable", Unavailable),
        ("cut", Unavailable),
        ("garbage", Unreadable),
    ],
)
@pytest.mark.parametrize("path", [ozon_products.LIST, ozon_products.INFO, ozon_products.ATTRIBUTES])
def test_what_keeps_it_from_reading_is_told(
    shop: Any, path: str, fault: str, error: type[ChannelError]
) -> None:
    server, store = shop
    stored(store, 3)
    server.fails(fault, on=path)
    with pytest.raises(error):
        OzonProductSource(account(server)).cards("")


def test_a_key_that_lacks_the_right_is_told_which_one(shop: Any) -> None:
    server, store = shop
    stored(store, 1)
    server.own.methods = [ozon_products.LIST]
    with pytest.raises(NotOpen) as raised:
        OzonProductSource(account(server)).cards("")
    assert (raised.value.needs, raised.value.is_plan) == (ozon_products.INFO, False)
    probe = ozon.Ozon(account(server)).probe()
    assert probe.cards is not None
    assert (probe.cards.state, probe.cards.needs) == (AccessState.NEEDS_RIGHT, ozon_products.INFO)
    server.own.methods = list(ozon_products.METHODS)
    opened = ozon.Ozon(account(server)).probe().cards
    assert opened is not None
    assert opened.state is AccessState.OPEN


def test_all_of_it_stays_under_the_limit_of_requests(shop: Any) -> None:
    server, store = shop
    server.state.settings.limits = True
    stored(store, 30)
    assert len(whole(OzonProductSource(account(server)))[0]) == 30
    assert {one.status for one in server.asked()} == {200}


LISTED = {"product_id": 201, "offer_id": "MX-1"}


def test_prices_that_nobody_set_are_unknown() -> None:
    for price in ("", "0", "0.0000", None, "много", -5, "1e30"):
        seen = card_of(LISTED, {"name": "К", "price": price, "currency_code": "RUB"}, {"id": 201}, Names())
        assert isinstance(seen, CardSeen)
        assert (seen.price, seen.currency) == (None, "")


def test_no_brand_is_no_brand() -> None:
    attributes = {"attributes": [{"id": 85, "values": [{"value": "Нет бренда"}]}]}
    seen = card_of(LISTED, {"name": "К"}, attributes, Names())
    assert isinstance(seen, CardSeen)
    assert seen.brand == ""


def test_a_tree_by_the_numbers_of_category_and_type() -> None:
    leaf = {"type_id": 7, "type_name": "Кружка", "children": []}
    tree = [{"description_category_id": 1, "category_name": "Дом", "children": [
        {"description_category_id": 2, "category_name": "Посуда", "children": [leaf]}]}]  # fmt: skip
    assert names_in(tree) == {"2:7": "Дом > Посуда > Кружка"}


ODD = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8)
JUNK = ODD | st.lists(ODD | st.dictionaries(st.sampled_from(["id", "values", "value"]), ODD), max_size=3)
ROW = st.dictionaries(
    st.sampled_from(
        ["product_id", "offer_id", "name", "price", "attributes", "images", "primary_image", "stocks", "sku",
         "description_category_id", "type_id", "barcodes", "depth", "dimension_unit", "updated_at"]
    ),
    JUNK,
    max_size=8,
)  # fmt: skip


@given(ROW, ROW, ROW)
def test_any_rows_are_a_product_or_told_to_be_none(listed: Any, info: Any, attributes: Any) -> None:
    one = card_of(listed, info, attributes, Names())
    if isinstance(one, CardSeen):
        assert one.id
        assert one.title
        assert all(attribute.values for attribute in one.attributes)
    else:
        assert one.reason % one.values
