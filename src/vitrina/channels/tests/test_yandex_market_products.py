"""The products of Yandex Market over real HTTP, against its simulated store: reading, changing, its tree."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.servers import Marketplace

from vitrina.channels import yandex_market_products
from vitrina.channels.cards import (
    AttributeSeen,
    AttributeWanted,
    CardBroken,
    CardSeen,
    CardWanted,
    FieldRefused,
    TargetAttribute,
    TreeNode,
    Value,
    attribute_field,
)
from vitrina.channels.errors import (
    ChannelError,
    CredentialsRefused,
    NotOpen,
    Refused,
    Throttled,
    Unavailable,
    Unreadable,
)
from vitrina.channels.platforms import Account
from vitrina.channels.throttle import Throttle
from vitrina.channels.yandex_market_product_words import HALF, Names, card_of, names_in
from vitrina.channels.yandex_market_products import YandexMarketProductSource
from vitrina.channels.yandex_market_push import YandexMarketCards, attribute_of, changed, parameter_values
from vitrina.simulators import yandex_market as simulated
from vitrina.simulators.yandex_market_products import STORE, Store, offer

pytestmark = pytest.mark.django_db

MATERIAL, COLOR, VOLUME, WASHABLE = 14871214, 13887626, 15060326, 15060328
MUG: dict[int, list[str]] = {
    MATERIAL: ["Керамика", "Стекло"],
    COLOR: ["мятный"],
    VOLUME: ["330"],
    WASHABLE: ["true"],
}


@pytest.fixture
def shop() -> Iterator[tuple[Marketplace, Store]]:
    app = simulated.application()
    server = Marketplace(app)
    server.own = app[simulated.SHOP]  # type: ignore[attr-defined]
    server.state.settings.limits = False
    yield server, app[STORE]
    server.close()


@pytest.fixture(autouse=True)
def _small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(yandex_market_products, "PAGE", 5)
    monkeypatch.setattr(Throttle, "enter", lambda throttle, rate: None)


def account(server: Marketplace, key: str = "sim-key") -> Account:
    given_ = {"api_key": key, "business_id": str(simulated.BUSINESS)}
    return Account(given_, {"api": server.url}, Throttle("yandex_market:test"))


def stored(store: Store, count: int) -> None:
    store.add(*[offer(n, f"MX-{n}", f"Кружка {n}", parameters=MUG) for n in range(1, count + 1)])


def whole(source: YandexMarketProductSource, cursor: str = "", *, most: int = 30) -> list[CardSeen]:
    """A pass to its end."""
    seen: list[CardSeen] = []
    for _ in range(most):
        page = source.cards(cursor)
        seen += page.cards
        cursor = page.cursor
        if page.is_last:
            return seen
    raise AssertionError("the pass doesn't end")


# --- Reading -----------------------------------------------------------------------------------------------


def test_a_product_is_told_in_our_words(shop: Any) -> None:
    server, store = shop
    store.add(
        offer(
            7, "MX-1", "Кружка «Мыс»", parameters=MUG, price=990.5, old_price=1200, vendor="Маяк",
            description="<p>Держит тепло.</p>", barcodes=["4600000000017"], sells="NO_STOCKS",
            pictures=["https://p.example/1.jpg", "https://p.example/1.jpg", "https://p.example/2.jpg"],
            rest={"manufacturerCountries": ["Россия"]},
        )
    )  # fmt: skip
    page = YandexMarketProductSource(account(server)).cards("")
    [seen] = page.cards
    assert page.is_last
    assert replace(seen, whole={}) == CardSeen(
        id="MX-1",
        number="100000007",
        title="Кружка «Мыс»",
        description="<p>Держит тепло.</p>",
        brand="Маяк",
        price=Decimal("990.50"),
        currency="RUB",
        old_price=Decimal("1200.00"),
        category="Кружки",
        category_id="91183",
        image_urls=("https://p.example/1.jpg", "https://p.example/2.jpg"),
        attributes=(
            AttributeSeen("Материал", ("Керамика", "Стекло"), id=str(MATERIAL)),
            AttributeSeen("Цвет", ("мятный",), id=str(COLOR)),
            AttributeSeen("Объём", ("330",), id=str(VOLUME), unit="мл"),
            AttributeSeen("Можно мыть в посудомоечной машине", ("да",), id=str(WASHABLE)),
            AttributeSeen("Страна производства", ("Россия",)),
            AttributeSeen("Длина упаковки", ("10",), unit="см"),
            AttributeSeen("Ширина упаковки", ("8",), unit="см"),
            AttributeSeen("Высота упаковки", ("11",), unit="см"),
            AttributeSeen("Вес с упаковкой", ("0.4",), unit="кг"),
        ),
        barcode="4600000000017",
        is_available=False,
    )
    assert seen.whole["offer"]["basicPrice"]["currencyId"] == "RUR"


def test_all_but_the_archive_are_shown_once_and_names_are_asked_once(shop: Any) -> None:
    server, store = shop
    stored(store, 12)
    store.add(offer(99, "OLD", "Старая", is_archived=True))
    seen = whole(YandexMarketProductSource(account(server)))
    assert [one.id for one in seen] == [f"MX-{n}" for n in range(1, 13)]
    assert len(server.asked("/parameters")) == 1
    assert len(server.asked("offer-cards")) == 3


@pytest.mark.parametrize("fault", ["again", "shift"])
def test_a_page_that_repeats_loses_nothing(shop: Any, fault: str) -> None:
    server, store = shop
    stored(store, 12)
    server.fails("ok", fault, on="offer-mappings")
    assert {one.id for one in whole(YandexMarketProductSource(account(server)))} == {
        f"MX-{n}" for n in range(1, 13)
    }


def test_a_list_that_leads_back_to_itself_is_told(shop: Any) -> None:
    server, store = shop
    stored(store, 12)
    source = YandexMarketProductSource(account(server))
    cursor = source.cards("").cursor
    server.fails(always="loop", on="offer-mappings")
    with pytest.raises(Unreadable):
        source.cards(cursor)


def test_a_token_that_the_market_forgot_begins_the_pass_anew(shop: Any) -> None:
    server, store = shop
    stored(store, 3)
    page = YandexMarketProductSource(account(server)).cards("forgotten")
    assert [one.id for one in page.cards] == ["MX-1", "MX-2", "MX-3"]


def test_half_an_answer_is_no_card(shop: Any) -> None:
    server, store = shop
    stored(store, 2)
    store.untold.add("MX-1")
    page = YandexMarketProductSource(account(server)).cards("")
    assert [one.id for one in page.cards] == ["MX-2"]
    assert page.broken == (CardBroken("MX-1", HALF, {"number": "MX-1"}),)


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ("unauthorized", CredentialsRefused),
        ("throttled", Throttled),
        ("unavailable", Unavailable),
        ("cut", Unavailable),
        ("garbage", Unreadable),
    ],
)
@pytest.mark.parametrize("door", ["offer-mappings", "offer-cards", "/parameters"])
def test_trouble_at_any_door_is_told_and_nothing_is_shown(
    shop: Any, door: str, fault: str, error: type[ChannelError]
) -> None:
    server, store = shop
    stored(store, 2)
    server.fails(always=fault, on=door)
    with pytest.raises(error):
        YandexMarketProductSource(account(server)).cards("")


def test_a_key_without_the_right_is_told_which_one_it_needs(shop: Any) -> None:
    server, _store = shop
    server.own.scopes = ["communication"]
    with pytest.raises(NotOpen) as told:
        YandexMarketProductSource(account(server)).cards("")
    assert told.value.needs == "offers-and-cards-management"


def test_a_minute_that_is_used_up_says_when_it_goes_on(shop: Any) -> None:
    server, store = shop
    stored(store, 2)
    server.state.settings.limits = True
    server.own.quotas["offer-cards"] = 1
    source = YandexMarketProductSource(account(server))
    source.cards("")
    with pytest.raises(Throttled) as told:
        source.cards("")
    assert 1 <= (told.value.retry_after or 0) <= 60


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
_FIELDS = st.sampled_from(
    [
        "offerId",
        "name",
        "basicPrice",
        "value",
        "parameterValues",
        "parameterId",
        "weightDimensions",
        "length",
        "campaigns",
        "status",
        "pictures",
        "barcodes",
        "mapping",
        "marketCategoryId",
        "units",
        "unit",
        "id",
    ]
)
_ROW = st.dictionaries(_FIELDS, _JSON | st.dictionaries(_FIELDS, _JSON, max_size=4), max_size=6)


@given(offer_=_ROW, mapping=_ROW, card=st.none() | _ROW, parameters=st.lists(_ROW, max_size=3))
def test_whatever_the_market_says_is_a_card_or_is_told_to_be_broken(
    offer_: Any, mapping: Any, card: Any, parameters: Any
) -> None:
    one = card_of({"offer": offer_, "mapping": mapping}, card, names_in(parameters))
    assert isinstance(one, CardBroken) or (one.id and one.title)
    assert all(isinstance(attribute_of(row), TargetAttribute) for row in parameters)


# --- Changing ----------------------------------------------------------------------------------------------


def test_a_card_is_looked_at_by_its_article_and_one_that_is_not_there_is_missing(shop: Any) -> None:
    server, store = shop
    stored(store, 7)
    seen = YandexMarketCards(account(server)).look([f"MX-{n}" for n in range(1, 9)])
    assert list(seen) == [f"MX-{n}" for n in range(1, 8)]
    assert seen["MX-1"].category_id == "91183"
    assert seen["MX-1"].attributes[0] == AttributeSeen(
        str(MATERIAL), ("Керамика", "Стекло"), id=str(MATERIAL)
    )


def test_a_refusal_names_the_card_and_the_parameter_and_nothing_changes(shop: Any) -> None:
    server, store = shop
    stored(store, 2)
    cards = YandexMarketCards(account(server))
    seen = cards.look(["MX-1", "MX-2"])
    wrong = CardWanted(
        title="Новая",
        attributes=(AttributeWanted(str(VOLUME), (Value("много"),)), AttributeWanted("5", (Value("x"),))),
    )
    with pytest.raises(Refused) as told:
        cards.push([(seen["MX-1"], CardWanted(title="Новая")), (seen["MX-2"], wrong)])
    assert told.value.cards == {
        "MX-2": (
            FieldRefused(attribute_field(str(VOLUME)), "Характеристика «Объём»: ожидалось число"),
            FieldRefused(attribute_field("5"), "Характеристики нет у категории"),
        )
    }
    assert store.offers["MX-1"].name == "Кружка 1"
    assert not store.arrived


def test_a_request_that_is_none_is_refused_for_all_of_it(shop: Any) -> None:
    server, store = shop
    stored(store, 1)
    cards = YandexMarketCards(account(server))
    seen = cards.look(["MX-1"])["MX-1"]
    del store.offers["MX-1"]
    with pytest.raises(Refused) as told:
        cards.push([(seen, CardWanted(title="Новая"))])
    assert (told.value.cards, told.value.status) == ({}, 400)


def test_an_attribute_without_values_is_taken_away(shop: Any) -> None:
    server, store = shop
    stored(store, 1)
    cards = YandexMarketCards(account(server))
    seen = cards.look(["MX-1"])["MX-1"]
    cards.push([(seen, CardWanted(attributes=(AttributeWanted(str(COLOR), ()),)))])
    assert COLOR not in store.offers["MX-1"].parameters
    assert store.offers["MX-1"].parameters[MATERIAL]


def test_pictures_replace_those_that_stand_there_and_nothing_else(shop: Any) -> None:
    server, store = shop
    store.add(offer(1, "MX-1", "Кружка", parameters=MUG, pictures=["https://p.example/old.jpg"]))
    cards = YandexMarketCards(account(server))
    seen = cards.look(["MX-1"])["MX-1"]
    assert seen.image_urls == ("https://p.example/old.jpg",)
    before = store.offers["MX-1"]
    cards.push([(seen, CardWanted(pictures=("https://p.example/1.jpg", "https://p.example/2.jpg")))])
    assert cards.look(["MX-1"])["MX-1"].image_urls == ("https://p.example/1.jpg", "https://p.example/2.jpg")
    assert replace(store.offers["MX-1"], pictures=before.pictures) == before


def test_without_a_category_values_stay_at_home() -> None:
    seen = CardSeen("MX-1", "Кружка")
    wanted = CardWanted(title="Новая", attributes=(AttributeWanted(str(VOLUME), (Value("350"),)),))
    assert changed(seen, wanted) == {"offerId": "MX-1", "name": "Новая"}


@given(
    st.lists(
        st.builds(Value, st.text(max_size=6), st.sampled_from(["", "7", "true", "x", "9" * 30])), max_size=4
    )
)
def test_every_value_has_a_row_and_ids_are_numbers(values: list[Value]) -> None:
    rows = parameter_values([AttributeWanted("5", tuple(values)), AttributeWanted("нет", tuple(values))])
    assert len(rows) == max(1, len(values))
    assert all(row["parameterId"] == 5 and isinstance(row.get("valueId", 1), int) for row in rows)


# --- The tree ----------------------------------------------------------------------------------------------


def test_the_tree_comes_without_its_root_and_parents_come_first(shop: Any) -> None:
    server, _store = shop
    nodes = YandexMarketCards(account(server)).nodes()
    assert nodes[:3] == [
        TreeNode("90666", "Дом и сад", ""),
        TreeNode("90700", "Посуда", "90666"),
        TreeNode("91183", "Кружки", "90700"),
    ]
    known = {""}
    for node in nodes:
        assert node.parent_id in known
        known.add(node.id)


def test_a_leaf_says_what_it_asks_for(shop: Any) -> None:
    server, _store = shop
    rows = {one.id: one for one in YandexMarketCards(account(server)).attributes("91183")}
    assert rows[str(VOLUME)] == TargetAttribute(
        str(VOLUME), "Объём", is_number=True, unit="мл", is_required=True, most=1
    )
    material, color, washable = rows[str(MATERIAL)], rows[str(COLOR)], rows[str(WASHABLE)]
    assert (material.most, material.is_required, material.takes_others) == (0, True, False)
    assert (material.choices or ())[0] == Value("Керамика", "101")
    assert (color.most, color.takes_others) == (1, True)
    assert washable.choices == (Value("да", "true"), Value("нет", "false"))


def test_names_are_kept_by_number() -> None:
    assert names_in([{"id": 5, "name": "Объём", "unit": {"units": [{"id": 3, "name": "мл"}]}}, {}]) == Names(
        {"5": "Объём"}, {"3": "мл"}
    )
