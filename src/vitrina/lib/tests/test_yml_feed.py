from __future__ import annotations

import io
import tracemalloc
from html import escape
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitrina.lib.feeds import BrokenFeedRow, Feed, FeedLimits, FeedRow, NotAFeed, open_feed

HEAD = """<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE yml_catalog SYSTEM "shops.dtd">
<yml_catalog date="2026-03-02 10:00"><shop><name>Шляпа</name>
<categories><category id="1">Дом</category><category id="2" parentId="1">Кухня</category></categories>
<offers>
"""
TAIL = "</offers></shop></yml_catalog>\n"
OFFER = '<offer id="{0}"><name>Товар {0}</name><price>{0}</price></offer>\n'


def feed_of(text: str | bytes, **options: object) -> Feed:
    data = text.encode() if isinstance(text, str) else text
    return open_feed(io.BytesIO(data), **options)  # type: ignore[arg-type]


def read(text: str | bytes, **options: object) -> list[FeedRow | BrokenFeedRow]:
    with feed_of(text, **options) as feed:
        return list(feed)


def ids(rows: list[FeedRow | BrokenFeedRow]) -> list[object]:
    return [row.fields.get("id") for row in rows if isinstance(row, FeedRow)]


def test_an_offer_is_read_whole() -> None:
    offer = """<offer id="А-1" available="true" type="vendor.model" group_id="7">
<url>https://shop.example/a?b=1&amp;c=2</url><price>1990.50</price><oldprice>2490</oldprice><currencyId>RUR</currencyId>
<categoryId>2</categoryId><picture>https://s.example/1.jpg</picture><picture>https://s.example/2.jpg | https://s.example/3.jpg</picture>
<typePrefix>Чайник</typePrefix><vendor>Теремок</vendor><model>Т-100</model><vendorCode>T100</vendorCode>
<description><![CDATA[<p>Вода &amp; <b>пар</b></p>]]></description><barcode>4601234567890</barcode><barcode>4601234567891</barcode>
<param name="Объём" unit="л">1,7</param><param name="Цвет">белый</param>
<delivery-options><option cost="300" days="1"/></delivery-options><sales_notes/>
</offer>"""
    assert read(HEAD + offer + TAIL) == [
        FeedRow(
            6,
            {
                "id": "А-1",
                "available": "true",
                "type": "vendor.model",
                "group_id": "7",
                "url": "https://shop.example/a?b=1&c=2",
                "price": "1990.50",
                "oldprice": "2490",
                "currencyId": "RUR",
                "categoryId": "2",
                "typePrefix": "Чайник",
                "vendor": "Теремок",
                "model": "Т-100",
                "vendorCode": "T100",
                "description": "<p>Вода &amp; <b>пар</b></p>",
                "barcode": "4601234567890",
                "delivery-options": [{"cost": "300", "days": "1"}],
                "pictures": ["https://s.example/1.jpg", "https://s.example/2.jpg", "https://s.example/3.jpg"],
                "params": [("Объём", "л", "1,7"), ("Цвет", "", "белый")],
                "more": {"barcode": ["4601234567891"]},
            },
        )
    ]


def test_categories_are_there_before_the_first_row() -> None:
    with feed_of(HEAD + OFFER.format(1) + TAIL) as feed:
        assert feed.categories == {"1": ("", "Дом"), "2": ("1", "Кухня")}


def test_title_in_place_of_name_is_kept_as_it_stands() -> None:
    rows = read(HEAD + '<offer id="1"><title>Лампа</title></offer>' + TAIL)
    assert rows[0].fields["title"] == "Лампа"  # type: ignore[union-attr]


@pytest.mark.parametrize("encoding", ["windows-1251", "koi8-r", "utf-16", "utf-8-sig"])
def test_declared_encodings_are_read(encoding: str) -> None:
    text = (
        HEAD.replace('encoding="utf-8"', f'encoding="{encoding.removesuffix("-sig")}"')
        + OFFER.format(1)
        + TAIL
    )
    assert read(text.encode(encoding))[0].fields["name"] == "Товар 1"  # type: ignore[union-attr]


def test_windows_1251_that_is_declared_as_utf_8_is_read() -> None:
    rows = read((HEAD + OFFER.format(1) * 20 + TAIL).encode("cp1251"))
    assert rows[0].fields["name"] == "Товар 1"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "doctype",
    [
        '<!DOCTYPE yml_catalog [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>',
        '<!DOCTYPE yml_catalog [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE yml_catalog SYSTEM "shops.dtd" [<!ENTITY % p SYSTEM "http://127.0.0.1/x">%p;]>',
    ],
)
def test_declared_entities_are_refused(doctype: str) -> None:
    text = HEAD.replace('<!DOCTYPE yml_catalog SYSTEM "shops.dtd">', doctype)
    with pytest.raises(NotAFeed, match="declares XML entities"):
        read(text + OFFER.format(1) + TAIL)


def test_an_entity_that_is_declared_after_the_beginning_is_a_broken_row() -> None:
    rows = read(HEAD + OFFER.format(1) + '<!ENTITY a "b">' + OFFER.format(2) + TAIL)
    assert ids(rows) == ["1", "2"]
    assert rows[1] == BrokenFeedRow(7, "An entity is declared here; it is not read.")


def test_a_broken_offer_is_reported_with_its_line_and_the_rest_goes_on() -> None:
    rows = read(HEAD + OFFER.format(1) + '<offer id="2"><name>Товар</nam></offer>\n' + OFFER.format(3) + TAIL)
    assert ids(rows) == ["1", "3"]
    assert isinstance(rows[1], BrokenFeedRow)
    assert rows[1].line == 7
    assert rows[1].reason.startswith("Not well-formed XML: Opening and ending tag mismatch")
    assert rows[1].raw == '<offer id="2"><name>Товар</nam></offer>'


def test_an_offer_that_is_not_closed_does_not_swallow_the_next() -> None:
    rows = read(HEAD + '<offer id="1"><name>а</name>\n' + OFFER.format(2) + '<offer id="3">' + TAIL)
    assert ids(rows) == ["2"]
    assert [row.line for row in rows] == [6, 7, 8]


def test_an_unclosed_cdata_section_does_not_swallow_the_next_offer() -> None:
    rows = read(
        HEAD
        + '<offer id="1"><description><![CDATA[<p>а</description></offer>\n'
        + '<offer id="2"><description><![CDATA[<p>б</p>]]></description></offer>\n'
        + TAIL
    )
    assert ids(rows) == ["2"]
    assert rows[0].reason == "A CDATA section or a comment opens here and is never closed."  # type: ignore[union-attr]


def test_offers_in_comments_and_in_cdata_are_no_offers() -> None:
    rows = read(
        HEAD
        + f"<!-- {OFFER.format(1)} -->"
        + '<offer id="2"><!-- <offer id="9"> </offer> --><description><![CDATA[ <offer> & ]]></description></offer>'
        + TAIL
    )
    assert ids(rows) == ["2"]
    assert rows[0].fields["description"] == "<offer> &"  # type: ignore[union-attr]


def test_bare_ampersands_and_html_entities_are_mended_and_told() -> None:
    offer = '<offer id="1"><url>https://a.example/?b=1&c=2&copy=3</url><name>«Чай»&nbsp;&laquo;Ли&raquo; < 5 &amp; 6</name></offer>'
    with feed_of(HEAD + offer + TAIL) as feed:
        rows = list(feed)
        assert feed.remarks == ["Bare «&» or «<», or characters that XML forbids, were mended in 6 places."]
    assert rows[0].fields["url"] == "https://a.example/?b=1&c=2&copy=3"  # type: ignore[union-attr]
    assert rows[0].fields["name"] == "«Чай»\xa0«Ли» < 5 & 6"  # type: ignore[union-attr]


def test_characters_that_xml_forbids_are_removed() -> None:
    rows = read(
        HEAD
        + '<offer id="1"><name>а\x0bб&#0;в&#x1F;</name><description><![CDATA[г\x01д&c]]></description></offer>'
        + TAIL
    )
    assert rows[0].fields["name"] == "абв"  # type: ignore[union-attr]
    assert rows[0].fields["description"] == "гд&c"  # type: ignore[union-attr]


def test_markup_without_cdata_is_kept_as_markup() -> None:
    rows = read(
        HEAD + '<offer id="1"><description>Вес &lt; 5<p>да <b>нет</b></p></description></offer>' + TAIL
    )
    assert rows[0].fields["description"] == "Вес &lt; 5<p>да <b>нет</b></p>"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "cut", ['<offer id="3"><name>Тов', '<offer id="3', '<offer id="3"><![CDATA[ a', "<offer"]
)
def test_a_truncated_file_keeps_what_was_read_and_reports_the_break(cut: str) -> None:
    rows = read(HEAD + OFFER.format(1) + OFFER.format(2) + cut)
    assert ids(rows) == ["1", "2"]
    assert isinstance(rows[2], BrokenFeedRow)
    assert (rows[2].line, rows[2].reason) == (
        8,
        "The file ends in the middle of this <offer>: it was cut short.",
    )


def test_a_file_that_ends_between_two_offers_is_reported() -> None:
    rows = read(HEAD + OFFER.format(1))
    assert rows[1] == BrokenFeedRow(7, "The file ends before its last tag: it was cut short.")


def test_an_offer_that_is_too_big_is_broken_and_the_rest_goes_on() -> None:
    limits = FeedLimits(row_characters=100_000)
    big = f'<offer id="2"><name>{"a" * 400_000}</name></offer>\n'
    rows = read(HEAD + OFFER.format(1) + big + OFFER.format(3) + TAIL, limits=limits)
    assert ids(rows) == ["1", "3"]
    assert [row.reason for row in rows if isinstance(row, BrokenFeedRow)] == [
        "The <offer> is longer than 100000 characters."
    ]


def test_elements_nested_too_deep_cost_their_offer_only() -> None:
    deep = f'<offer id="1">{"<a>" * 5000}{"</a>" * 5000}</offer>'
    rows = read(HEAD + deep + OFFER.format(2) + TAIL)
    assert ids(rows) == ["2"]
    assert isinstance(rows[0], BrokenFeedRow)


@pytest.mark.parametrize("offer", ["<offer/>", "<offer></offer>"])
def test_an_empty_offer_is_broken(offer: str) -> None:
    assert read(HEAD + offer + TAIL) == [BrokenFeedRow(6, "The offer is empty.", offer)]


def test_doubtful_categories_are_reported_and_loops_are_left_to_the_reader() -> None:
    text = HEAD.replace(
        "</categories>",
        '<category id="2">Опять</category><category>Без</category><category id="8" parentId="9">а</category>'
        '<category id="9" parentId="8">б</category><category id="10"/></categories>',
    )
    with feed_of(text + OFFER.format(1) + TAIL) as feed:
        rows = list(feed)
        assert feed.categories["8"] == ("9", "а")
        assert feed.categories["9"] == ("8", "б")
        assert feed.categories["2"] == ("1", "Кухня")
    assert [row.reason for row in rows if isinstance(row, BrokenFeedRow)] == [
        "The category id «2» stands twice; the first is kept.",
        "The category has no id or no name.",
        "The category has no id or no name.",
    ]


def test_a_feed_without_offers_says_so() -> None:
    with feed_of(HEAD + TAIL) as feed:
        assert list(feed) == []
        assert feed.remarks == ["The feed holds no offers."]


def test_an_unknown_namespace_costs_nothing() -> None:
    rows = read(HEAD + '<offer id="1" xmlns:g="urn:g"><g:brand>Б</g:brand><name>а</name></offer>' + TAIL)
    assert rows[0].fields["brand"] == "Б"  # type: ignore[union-attr]


def test_line_numbers_hold_far_into_a_big_file() -> None:
    """Parsers that keep the line in 16 bits stop counting at 65,535."""
    rows = read(HEAD + OFFER.format(1) + "\n" * 70_000 + "<!--\n\n-->\n<offer id='x'><a></offer>\n" + TAIL)
    assert rows[-1].line == 70_010
    assert isinstance(rows[-1], BrokenFeedRow)


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    path = tmp_path / "big.yml"
    with path.open("w", encoding="utf-8") as file:
        file.write(HEAD)
        file.writelines(OFFER.format(n) + "<junk/>" for n in range(10_000))
        file.write(TAIL)
    tracemalloc.start()
    with open_feed(path) as feed:
        count = sum(1 for row in feed if isinstance(row, FeedRow))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == 10_000
    assert peak < 2_000_000


XML_TEXT = st.text(st.characters(whitelist_categories=["L", "N", "P", "S", "Z"]), max_size=20)


@given(st.lists(st.tuples(XML_TEXT, XML_TEXT, XML_TEXT), max_size=5))
def test_what_is_written_is_read_back(offers: list[tuple[str, str, str]]) -> None:
    text = "".join(
        f'<offer id="{number}"><name>{escape(name)}</name><param name="{escape(key)}">{escape(value)}</param></offer>'
        for number, (name, key, value) in enumerate(offers)
    )
    rows = read(HEAD + text + TAIL)
    assert ids(rows) == [str(number) for number in range(len(offers))]
    for row, (name, key, value) in zip(rows, offers, strict=True):
        assert isinstance(row, FeedRow)
        assert row.fields.get("name", "") == name.strip()
        assert row.fields["params"] == [(" ".join(key.split(" ")).strip(), "", value.strip())]


TOKENS = [
    "<offer id='1'>",
    "</offer>",
    "<name>",
    "</name>",
    "<![CDATA[",
    "]]>",
    "<!--",
    "-->",
    "&",
    "<",
    ">",
    '"',
]
TOKENS += [
    "<category id='1'>",
    "</category>",
    "<offer/>",
    "</offers>",
    "<!ENTITY",
    "a",
    "\n",
    "&#0;",
    "&nbsp;",
    "é\x01",
]


@given(st.lists(st.sampled_from(TOKENS), max_size=30).map("".join))
def test_junk_gives_rows_and_never_an_error(junk: str) -> None:
    rows = read(HEAD + OFFER.format(6) + junk + OFFER.format(7) + TAIL)
    assert all(isinstance(row, FeedRow | BrokenFeedRow) for row in rows)
    assert rows[0].fields["id"] == "6"  # type: ignore[union-attr]


@given(st.integers(0, len(HEAD + OFFER.format(1) * 2 + TAIL) - 1))
def test_a_cut_anywhere_never_passes_unnoticed(length: int) -> None:
    whole = HEAD + OFFER.format(1) + OFFER.format(2) + TAIL
    try:
        rows = read(whole[:length].encode())
    except NotAFeed:
        return
    if "</offers>" not in whole[:length]:
        assert any(isinstance(row, BrokenFeedRow) for row in rows)
