"""A product from each mark-up, and nothing but words from garbage."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from vitrina.channels.cards import CardSeen
from vitrina.channels.web import product_page, schema_org
from vitrina.simulators import web_shop
from vitrina.simulators.web_shop import DIALECTS, LOGIN, Goods

BASE = "https://shop.example"
MUG = Goods("mug-1", "Кружка «Утро»")


def read(dialect: str, goods: Goods = MUG) -> product_page.PageRead:
    return product_page.read(DIALECTS[dialect](goods, BASE).encode(), f"{BASE}/p/{goods.sku}")


def one(dialect: str, goods: Goods = MUG) -> CardSeen:
    [card] = read(dialect, goods).cards
    return card


@pytest.mark.parametrize("dialect", ["json_ld", "graph", "microdata", "mixed", "two_products"])
def test_each_mark_up_says_the_same_of_a_product(dialect: str) -> None:
    card = one(dialect)
    assert (card.id, card.title, card.brand) == ("mug-1", "Кружка «Утро»", "Маяк")
    assert (card.price, card.currency, card.is_available) == (Decimal("1490.00"), "RUB", True)
    assert card.image_urls == (f"{BASE}/i/1.jpg", f"{BASE}/i/2.jpg")
    assert [(seen.name, seen.values) for seen in card.attributes] == [("Объём", ("350 мл",))]
    assert card.barcode == "4600000000017"
    assert card.address == f"{BASE}/p/mug-1"
    assert "Кружка из фарфора." in card.description
    if dialect != "two_products":
        assert card.category == "Посуда > Кружки"


def test_open_graph_alone_is_enough() -> None:
    card = one("open_graph", Goods("mug-2", "Кружка", is_available=False))
    assert (card.id, card.title, card.price, card.currency) == ("mug-2", "Кружка", Decimal("1490.00"), "RUB")
    assert card.is_available is False
    assert len(card.image_urls) == 2


def test_open_graph_of_an_article_is_no_product() -> None:
    page = b'<meta property="og:type" content="article"><meta property="og:title" content="How we sew">'
    assert product_page.read(page, BASE).cards == ()


def test_variants_say_what_differs_and_their_group_the_rest() -> None:
    cards = read("group").cards
    assert [(card.id, card.title, card.brand) for card in cards] == [
        ("mug-1-S", "Кружка «Утро» S", "Маяк"),
        ("mug-1-M", "Кружка «Утро» M", "Маяк"),
    ]
    assert {seen.name: seen.values for seen in cards[1].attributes} == {
        "Размер": ("M",),
        "Объём": ("350 мл",),
    }
    assert all(card.image_urls and card.price == Decimal(1490) for card in cards)


def test_from_a_price_to_another_is_no_price() -> None:
    card = one("aggregate")
    assert (card.price, card.currency) == (None, "")


def test_offers_that_differ_are_no_price_unless_one_alone_can_be_bought() -> None:
    def price(*offers: tuple[str, str]) -> Decimal | None:
        said = [{"@type": "Offer", "price": amount, "availability": stock} for amount, stock in offers]
        [card] = _json({"@type": "Product", "name": "Кружка", "offers": said}).cards
        return card.price

    assert price(("10", "InStock"), ("12", "InStock")) is None
    assert price(("10", "OutOfStock"), ("12", "InStock")) == 12
    assert price(("10", "InStock"), ("10.00", "InStock")) == 10


@pytest.mark.parametrize(
    ("said", "price"),
    [
        ("1 990,00 ₽", "1990"), ("1.990", "1.990"), (1990, "1990"), (0, None), ("", None), ("по запросу", None),
        ("-5", None), ("NaN", None), ("1e9", None), (True, None), ({"a": 1}, None), (None, None),
    ],
)  # fmt: skip
def test_a_price_is_one_or_unknown(said: Any, price: str | None) -> None:
    [card] = _json({"@type": "Product", "name": "Кружка", "offers": {"price": said}}).cards
    assert card.price == (Decimal(price) if price else None)


def test_a_struck_price_is_the_old_one() -> None:
    offer = {
        "price": 900,
        "priceSpecification": {"priceType": "https://schema.org/ListPrice", "price": "1200"},
    }
    [card] = _json({"@type": "Product", "name": "Кружка", "offers": offer}).cards
    assert (card.price, card.old_price) == (900, 1200)


def test_an_old_word_for_a_currency_is_understood() -> None:
    [card] = _json(
        {"@type": "Product", "name": "Кружка", "offers": {"price": 9, "priceCurrency": "руб."}}
    ).cards
    assert card.currency == "RUB"


def test_a_list_of_products_is_all_of_them() -> None:
    items = [
        {"@type": "ListItem", "item": {"@type": "Product", "name": f"Кружка {n}", "url": f"/p/{n}"}}
        for n in range(5, 8)
    ]
    cards = _json({"@type": "ItemList", "itemListElement": items}).cards
    assert [(card.id, card.address) for card in cards] == [
        (f"shop.example/p/{n}", f"{BASE}/p/{n}") for n in range(5, 8)
    ]


def test_what_a_buyer_may_like_is_not_the_page_s_product() -> None:
    liked = [{"@type": "Product", "name": "Блюдце"}]
    [card] = _json({"@type": "Product", "name": "Кружка", "isRelatedTo": liked}).cards
    assert card.title == "Кружка"


def test_an_id_that_stands_twice_is_said() -> None:
    page = _json([{"@type": "Product", "sku": "1", "name": name} for name in ("Кружка", "Чашка")])
    assert [card.title for card in page.cards] == ["Кружка"]
    assert [broken.id for broken in page.broken] == ["1"]


def test_addresses_of_pictures_are_whole_or_left_out() -> None:
    images = [
        "//cdn.example/1.jpg",
        "i/2.jpg",
        "data:image/png;base64,AA",
        "javascript:alert(1)",
        "http://[",
        {"url": "/3.jpg"},
    ]
    [card] = _json({"@type": "Product", "name": "Кружка", "image": images}).cards
    assert card.image_urls == ("https://cdn.example/1.jpg", f"{BASE}/p/i/2.jpg", f"{BASE}/3.jpg")


def test_entities_that_were_written_twice_are_read() -> None:
    [card] = _json({"@type": "Product", "name": "Bosch &amp; Siemens &quot;A&quot;"}).cards
    assert card.title == 'Bosch & Siemens "A"'


def test_json_with_a_comma_too_many_is_understood() -> None:
    page = b'<script type="application/ld+json">/*<![CDATA[*/{"@type":"Product","name":"Mug","sku":"7",}/*]]>*/</script>'
    [card] = product_page.read(page, BASE).cards
    assert card.id == "7"


def test_broken_json_is_said_and_a_bare_page_shows_nothing() -> None:
    assert [broken.reason for broken in read("broken_json").broken] == [product_page.BROKEN_MARKUP]
    assert read("bare") == product_page.PageRead()


def test_a_page_that_asks_for_a_password_is_known() -> None:
    assert product_page.read(LOGIN.encode(), BASE).asks_password


def test_a_shop_whose_header_has_a_form_to_sign_in_is_no_login_page() -> None:
    page = web_shop.json_ld(MUG, BASE).replace("<h1>", '<input type="password"><h1>')
    assert not product_page.read(page.encode(), BASE).asks_password


def test_windows_1251_is_read_by_the_header_and_by_the_page_s_own_word() -> None:
    page = '<meta property="og:type" content="product"><meta property="og:title" content="Кружка">'
    by_header = product_page.read(page.encode("cp1251"), BASE, "text/html; charset=windows-1251")
    own = f'<meta http-equiv="Content-Type" content="text/html; charset=windows-1251">{page}'
    by_page = product_page.read(own.encode("cp1251"), BASE, "text/html; charset=no-such-thing")
    assert [card.title for card in (*by_header.cards, *by_page.cards)] == ["Кружка", "Кружка"]


def test_nodes_that_point_to_each_other_end() -> None:
    nodes = [
        {"@id": "#a", "@type": "Product", "name": "Кружка", "isVariantOf": {"@id": "#b"}},
        {
            "@id": "#b",
            "@type": "ProductGroup",
            "name": "Кружки",
            "brand": "Маяк",
            "hasVariant": {"@id": "#a"},
        },
    ]
    assert [(card.title, card.brand) for card in _json({"@graph": nodes}).cards] == [("Кружка", "Маяк")]


@pytest.mark.parametrize("deep", ['{"a":' * 5000 + "1" + "}" * 5000, "[" * 100_000])
def test_json_that_is_too_deep_is_broken_and_no_more(deep: str) -> None:
    page = f'<script type="application/ld+json">{deep}</script>'.encode()
    assert product_page.read(page, BASE).cards == ()


json_values = some.recursive(
    some.none() | some.booleans() | some.integers() | some.floats() | some.text(max_size=20)
    | some.sampled_from(["Product", "ProductGroup", "Offer", "1 990,00", "https://schema.org/InStock", "#a", "/1.jpg"]),
    lambda inner: some.lists(inner, max_size=4)
    | some.dictionaries(
        some.sampled_from(
            ["@type", "@id", "@graph", "@value", "name", "offers", "price", "priceCurrency", "image", "brand", "sku",
             "url", "hasVariant", "isVariantOf", "additionalProperty", "value", "category", "itemListElement", "item"]
        ) | some.text(max_size=8),
        inner, max_size=6,
    ),
    max_leaves=25,
)  # fmt: skip


@given(json_values)
def test_no_json_breaks_the_reading(value: Any) -> None:
    for card in _json(value).cards:
        assert card.id
        assert card.title
        assert card.price is None or card.price > 0
        assert all(url.startswith(("http://", "https://")) for url in card.image_urls)


@given(
    some.binary(max_size=400)
    | some.text(max_size=400).map(lambda text: text.encode("utf-8", "surrogatepass"))
)
def test_no_bytes_break_the_reading(body: bytes) -> None:
    product_page.read(body, BASE)
    product_page.read(b"<html><body itemscope itemtype='http://schema.org/Product'>" + body, BASE)


@given(some.text(max_size=60))
def test_an_address_is_whole_http_or_none(text: str) -> None:
    found = schema_org.absolute(text, f"{BASE}/p/1")
    assert not found or found.startswith(("http://", "https://"))


@given(some.text(max_size=30) | some.integers() | some.decimals(allow_nan=True, allow_infinity=True))
def test_an_amount_is_above_zero_or_unknown(value: Any) -> None:
    price, code = schema_org.amount(value)
    assert price is None or (price > 0 and price.is_finite())
    assert len(code) in (0, 3)


def _json(value: Any) -> product_page.PageRead:
    said = json.dumps(value).replace("</", "<\\/")
    page = f'<html><head><script type="application/ld+json">{said}</script></head></html>'
    return product_page.read(page.encode(), f"{BASE}/p/1")
