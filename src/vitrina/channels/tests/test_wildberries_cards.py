"""The cards of Wildberries over real HTTP, against its simulated shelf."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.servers import Marketplace

from vitrina.channels import wildberries_cards as adapter
from vitrina.channels.cards import AttributeSeen, CardBroken, CardSeen
from vitrina.channels.errors import (
    ChannelError,
    CredentialsRefused,
    NotOpen,
    Throttled,
    Unavailable,
    Unreadable,
)
from vitrina.channels.platforms import Account
from vitrina.channels.ports import AccessState
from vitrina.channels.throttle import Throttle
from vitrina.channels.wildberries import PLATFORM, Wildberries
from vitrina.channels.wildberries_card_words import UNTITLED, card_of, values_of
from vitrina.channels.wildberries_cards import WildberriesCardSource
from vitrina.channels.wildberries_door import CONTENT_RATE
from vitrina.simulators import wildberries as simulated
from vitrina.simulators.wildberries_cards import SHELF, Shelf, card

pytestmark = pytest.mark.django_db

MUG: dict[int, Any] = {17596: ["Керамика"], 14177460: 330, 14177449: ["белый", "синий"]}


@pytest.fixture
def shop() -> Iterator[tuple[Marketplace, Shelf]]:
    app = simulated.application()
    server = Marketplace(app)
    server.state.settings.limits = False
    yield server, app[SHELF]
    server.close()


@pytest.fixture(autouse=True)
def _hurried(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Small pages are many requests; nobody waits for them but where limits are looked at."""
    monkeypatch.setattr(adapter, "CARDS_OF_PAGE", 5)
    if "paced" not in request.fixturenames:
        monkeypatch.setattr(adapter, "CONTENT_RATE", replace(CONTENT_RATE, per_minute=60_000))


@pytest.fixture
def paced() -> None:
    """For tests that are about limits: the real ones."""


def account(server: Marketplace, token: str = "sim-key", *, patience: float = 15.0) -> Account:
    hosts = dict.fromkeys(PLATFORM.hosts, server.url)
    return Account({"token": token}, hosts, Throttle("wildberries:test", patience=patience))


def shelved(shelf: Shelf, count: int, **given_: Any) -> None:
    shelf.add(*[card(100 + n, f"MX-{n}", f"Кружка {n}", characteristics=MUG, **given_) for n in range(count)])


def whole(source: WildberriesCardSource, cursor: str = "", *, most: int = 60) -> tuple[list[CardSeen], str]:
    """A pass to its end."""
    seen: list[CardSeen] = []
    for _ in range(most):
        page = source.cards(cursor)
        seen += page.cards
        cursor = page.cursor
        if page.is_last:
            return seen, cursor
    raise AssertionError("the pass doesn't end")


def test_a_card_is_told_in_our_words_and_kept_in_theirs(shop: Any) -> None:
    server, shelf = shop
    row = card(
        310001001, "MX-1", "Кружка «Мыс»", characteristics=MUG, brand="Маяк", description="Держит тепло.",
        photos=["https://basket.example/1.webp", "https://basket.example/2.webp"],
        at=datetime(2026, 4, 1, 10, tzinfo=UTC),
    )  # fmt: skip
    shelf.add(row)
    [seen], _cursor = whole(WildberriesCardSource(account(server)))
    assert seen == CardSeen(
        id="MX-1",
        number="310001001",
        title="Кружка «Мыс»",
        description="Держит тепло.",
        brand="Маяк",
        category="Кружки",
        category_id="825",
        image_urls=("https://basket.example/1.webp", "https://basket.example/2.webp"),
        attributes=(
            AttributeSeen("Материал изделия", ("Керамика",), id="17596"),
            AttributeSeen("Объем (мл)", ("330",), id="14177460"),
            AttributeSeen("Цвет", ("белый", "синий"), id="14177449"),
            AttributeSeen("Длина упаковки", ("12",), unit="см"),
            AttributeSeen("Ширина упаковки", ("10",), unit="см"),
            AttributeSeen("Высота упаковки", ("11",), unit="см"),
            AttributeSeen("Вес с упаковкой", ("0.4",), unit="кг"),
        ),
        barcode="2000310001001",
        address="https://www.wildberries.ru/catalog/310001001/detail.aspx",
        changed_at=datetime(2026, 4, 1, 10, tzinfo=UTC),
        whole=row,
    )
    assert (seen.price, seen.currency, seen.is_available) == (None, "", None)


def test_every_card_is_shown_once_and_then_those_alone_that_changed(shop: Any) -> None:
    server, shelf = shop
    shelved(shelf, 13)
    source = WildberriesCardSource(account(server))
    seen, cursor = whole(source)
    assert [one.id for one in seen] == [f"MX-{n}" for n in range(13)]
    assert whole(source, cursor) == ([], cursor)
    shelf.cards[104]["updatedAt"] = "2026-05-01T10:00:00.5Z"
    again, later = whole(source, cursor)
    assert [one.id for one in again] == ["MX-4"]
    assert whole(source, later) == ([], later)


def test_a_page_that_is_exactly_full_is_not_the_last(shop: Any) -> None:
    server, shelf = shop
    shelved(shelf, 10)
    seen, _cursor = whole(WildberriesCardSource(account(server)))
    assert len(seen) == 10
    assert len(server.asked("cards/list")) == 3


def test_a_card_that_changes_while_the_list_is_read_is_shown_anew_and_none_is_left_out(shop: Any) -> None:
    server, shelf = shop
    shelved(shelf, 12)
    source = WildberriesCardSource(account(server))
    first = source.cards("")
    shelf.cards[101] |= {"title": "Другая", "updatedAt": "2026-06-01T00:00:00Z"}
    rest, _cursor = whole(source, first.cursor)
    assert [one.id for one in (*first.cards, *rest)] == [*(f"MX-{n}" for n in range(12)), "MX-1"]


@pytest.mark.parametrize("fault", ["again", "loop", "shift"])
def test_pages_that_repeat_or_lead_back_or_shift_lose_nothing(shop: Any, fault: str) -> None:
    server, shelf = shop
    shelved(shelf, 13)
    server.fails("ok", fault)
    seen, _cursor = whole(WildberriesCardSource(account(server)))
    assert list(dict.fromkeys(one.id for one in seen)) == [f"MX-{n}" for n in range(13)]


def test_a_list_that_only_leads_back_to_itself_ends_in_words(shop: Any) -> None:
    server, shelf = shop
    shelved(shelf, 13)
    source = WildberriesCardSource(account(server))
    first = source.cards("")
    server.fails(always="again")
    with pytest.raises(Unreadable, match="leads back to itself"):
        source.cards(first.cursor)
    server.fails(always="")
    assert len(whole(source, first.cursor)[0]) == 8


def test_killed_in_the_middle_it_goes_on_where_it_was(shop: Any) -> None:
    server, shelf = shop
    shelved(shelf, 13)
    first = WildberriesCardSource(account(server)).cards("")
    rest, _cursor = whole(WildberriesCardSource(account(server)), first.cursor)
    assert [one.id for one in (*first.cards, *rest)] == [f"MX-{n}" for n in range(13)]
    assert len(whole(WildberriesCardSource(account(server)), "no cursor at all")[0]) == 13


def token(mask: int) -> str:
    claims = base64.urlsafe_b64encode(json.dumps({"s": mask, "sid": "1"}).encode()).decode().rstrip("=")
    return f"e30.{claims}.sign"


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
def test_what_keeps_it_from_reading_is_told(shop: Any, fault: str, error: type[ChannelError]) -> None:
    server, shelf = shop
    shelved(shelf, 3)
    server.fails(fault)
    with pytest.raises(error):
        WildberriesCardSource(account(server)).cards("")


def test_a_token_without_the_right_is_told_which_one_it_lacks(shop: Any) -> None:
    server, shelf = shop
    shelved(shelf, 1)
    server.state.settings.key = key = token(1 << 6)
    with pytest.raises(NotOpen) as raised:
        WildberriesCardSource(account(server, key)).cards("")
    assert (raised.value.needs, raised.value.is_plan) == ("Контент", False)
    probe = Wildberries(account(server, key)).probe()
    assert probe.cards is not None
    assert (probe.cards.state, probe.cards.needs) == (AccessState.NEEDS_RIGHT, "Контент")
    server.state.settings.key = both = token(1 << 6 | 1)
    opened = Wildberries(account(server, both)).probe().cards
    assert opened is not None
    assert opened.state is AccessState.OPEN


def test_a_token_that_expires_between_two_pages_stops_the_reading_at_its_cursor(shop: Any) -> None:
    server, shelf = shop
    shelved(shelf, 8)
    source = WildberriesCardSource(account(server))
    first = source.cards("")
    server.fails("unauthorized")
    with pytest.raises(CredentialsRefused):
        source.cards(first.cursor)
    assert [one.id for one in whole(source, first.cursor)[0]] == ["MX-5", "MX-6", "MX-7"]


def test_it_asks_no_faster_than_the_marketplace_allows(shop: Any, paced: None) -> None:
    server, shelf = shop
    shelved(shelf, 40)
    server.state.settings.limits = True
    source = WildberriesCardSource(account(server, patience=0))
    cursor = ""
    for _ in range(4):
        cursor = source.cards(cursor).cursor
    with pytest.raises(Throttled) as raised:
        source.cards(cursor)
    assert 0 < (raised.value.retry_after or 0) <= 0.6
    assert [one.status for one in server.asked()] == [200] * 4


def test_a_card_that_cannot_be_understood_is_told_and_the_others_come(shop: Any) -> None:
    server, shelf = shop
    shelved(shelf, 3)
    shelf.cards[101]["title"] = "  "
    page = WildberriesCardSource(account(server)).cards("")
    assert [one.id for one in page.cards] == ["MX-0", "MX-2"]
    assert page.broken == (CardBroken("MX-1", UNTITLED, {"number": "101"}),)


def test_sizes_and_several_barcodes() -> None:
    sizes = [
        {"chrtID": 1, "techSize": "S", "wbSize": "42", "skus": ["1", "2"]},
        {"chrtID": 2, "techSize": "M", "wbSize": "44", "skus": ["3"]},
    ]
    seen = card_of(card(7, "MX-7", "Платье", subject=69, sizes=sizes, dimensions={"length": 0}))
    assert isinstance(seen, CardSeen)
    assert seen.barcode == ""
    assert seen.attributes == (
        AttributeSeen("Размер", ("S", "M")),
        AttributeSeen("Российский размер", ("42", "44")),
    )


def test_values_as_text() -> None:
    assert values_of(["белый", "", 5]) == ("белый", "5")
    assert values_of(330.0) == ("330",)
    assert values_of(123456.75) == ("123456.75",)
    assert values_of(True) == ("да",)
    assert values_of(None) == values_of({}) == ()


ODD = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8)
JUNK = st.recursive(ODD, lambda inner: st.lists(inner, max_size=3), max_leaves=6)


@given(
    st.dictionaries(
        st.sampled_from([*card(7, "MX-7", "Кружка"), "strange"]),
        JUNK | st.just([{"big": 5, "value": {}, "id": [], "skus": 7, "name": None}]),
    )
)
def test_any_row_is_a_card_or_told_to_be_none(row: dict[str, Any]) -> None:
    one = card_of(row)
    if isinstance(one, CardSeen):
        assert one.id
        assert one.title.strip()
        assert all(attribute.values for attribute in one.attributes)
    else:
        assert one.reason % one.values
