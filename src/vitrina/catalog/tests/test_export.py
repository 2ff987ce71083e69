from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree
from tests import factories

from vitrina.accounts.models import Seller
from vitrina.catalog import exporting, limits
from vitrina.catalog.attributes import from_cell, to_cell, with_unit, without_unit
from vitrina.catalog.card import Card
from vitrina.catalog.cards import cards
from vitrina.catalog.export import Shop, write
from vitrina.catalog.limits import Target, UnknownTarget
from vitrina.catalog.listing import Listing
from vitrina.catalog.mapping import Mapped, RowMapper
from vitrina.catalog.models import Picture, Product, ProductContent, ProductImage, RunState
from vitrina.catalog.tests.test_preflight import GOOD, URLS
from vitrina.catalog.writers import FORMATS_OF, WRITERS, cdata
from vitrina.jobs.models import Job
from vitrina.lib.feeds import FeedRow, open_feed
from vitrina.lib.files import storage
from vitrina.lib.text import normalise

FULL = replace(
    GOOD,
    external_id="=17",
    title="+7 оттенков: кружка «Dulevo» & Co, 350 мл",
    description=GOOD.description + "<p>5 &lt; 7 ]]> =HYPERLINK(1)</p>",
    seo_title="Кружка",
    keywords=("кружка", "керамика"),
    key_benefits=("=держит тепло", "не бьётся"),
    old_price=Decimal("590.50"),
    supplier="ООО «Посуда»",
    image_urls=URLS[:3],
    barcode="0460123456789",
    attributes={
        "Материал": "керамика",
        "Вес, г": "350",
        "Состав": "a: b; c: d",
        "@Цвет": "-синий",
        "Режим": "1 | 2",
    },
    source="openai:gpt-4o-mini",
)
SHOP = Shop("Лавка & Ко", "https://shop.example/", datetime(2026, 11, 21, tzinfo=UTC))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "cards"


def read(path: Path) -> list[Listing]:
    with open_feed(path) as feed:
        mapper = RowMapper(file_format=feed.format, categories=feed.categories)
        listings = []
        for row in feed:
            assert isinstance(row, FeedRow), row
            mapped = mapper.map(row.fields)
            assert isinstance(mapped, Mapped), mapped
            assert not mapped.warnings, list(map(str, mapped.warnings))
            listings.append(mapped.listing)
    return listings


def expected(card: Card, file_format: str, target: str) -> Listing:
    listing = card.for_target(limits.target(target)).as_listing()
    # YML and Google's feed have no place for the supplier, Google's none for the old price.
    if file_format == "yml" or target == "google":
        listing = replace(listing, supplier="")
    if target == "google":
        listing = replace(listing, old_price=None)
    return listing


WAYS = [
    (target, file_format)
    for target in limits.targets()
    for file_format in FORMATS_OF.get(target, tuple(WRITERS))
]


@pytest.mark.parametrize("language", ["ru", "en"])
@pytest.mark.parametrize(("target", "file_format"), WAYS)
def test_an_exported_file_imports_again_equal(
    path: Path, target: str, file_format: str, language: str
) -> None:
    given_cards = [
        FULL,
        replace(FULL, external_id="18", is_available=False, source="", attributes={}, old_price=None),
    ]
    report = write(given_cards, path, file_format=file_format, target=target, language=language, shop=SHOP)
    assert (report.written, report.held_back) == (2, [])
    assert read(path) == [expected(card, file_format, target) for card in given_cards]


texts = st.text(st.characters(exclude_categories=("Cs", "Cc", "Cf", "Co", "Cn")), max_size=40)
clean = texts.map(normalise)
filled = clean.filter(bool)
# What stands at the border of an address is no part of one.
urls = st.sampled_from([*URLS[:6], "https://пример.рф/а б.jpg", "http://a.example/x;y,z|q?a=1&b='2'"])


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    st.builds(
        Card,
        external_id=filled,
        title=filled,
        description=clean,
        brand=clean,
        price=st.none() | st.decimals(Decimal("0.01"), Decimal("99999999"), places=2),
        old_price=st.none() | st.decimals(Decimal("0.01"), Decimal("99999999"), places=2),
        currency=st.sampled_from(["", "RUB", "KZT", "USD"]),
        supplier=clean,
        url=urls,
        image_urls=st.lists(urls, unique=True, max_size=4).map(tuple),
        attributes=st.dictionaries(filled, filled, max_size=4),
        category=st.sampled_from(["", "Посуда", "Посуда > Кружки & чашки", "А > Б > В"]),
        barcode=st.sampled_from(["", "0123456789012"]),
        is_available=st.none() | st.booleans(),
    ),
    st.sampled_from(list(WRITERS)),
)
def test_any_card_comes_back_equal(path: Path, card: Card, file_format: str) -> None:
    # The target that allows everything: this is about the formats.
    with WRITERS[file_format](path, target="", language="ru", shop=SHOP) as writer:
        writer.add(card)
    listing = card.as_listing()
    assert read(path) == [replace(listing, supplier="") if file_format == "yml" else listing]


@given(st.dictionaries(filled, filled, max_size=6))
def test_any_attributes_come_back_from_their_cell(attributes: dict[str, str]) -> None:
    assert (
        from_cell(to_cell(attributes)) == attributes if attributes else from_cell(to_cell(attributes)) == {}
    )


@given(st.text())
def test_any_cell_gives_attributes_or_nothing(cell: str) -> None:
    assert all(isinstance(value, str) for value in from_cell(cell).values())


@given(filled)
def test_a_unit_taken_off_a_name_goes_back_on(name: str) -> None:
    assert with_unit(*without_unit(name)) == name


def test_a_csv_runs_nothing_and_keeps_numbers_as_numbers(path: Path) -> None:
    write([FULL], path, file_format="csv", target="ozon", language="ru", shop=SHOP)
    raw = path.read_text(encoding="utf-8-sig")
    row = dict(zip(*csv.reader(io.StringIO(raw)), strict=True))
    assert row["ID"] == "'=17"
    assert row["Название"].startswith("'+7")
    assert row["Преимущества"].startswith("'=")
    assert ",490.00,590.50," in raw
    for cell in row.values():
        assert not cell or cell[0] not in "=+-@\t\r"


def test_a_workbook_holds_texts_and_numbers_and_no_formula(path: Path) -> None:
    write([FULL], path, file_format="xlsx", target="ozon", language="ru", shop=SHOP)
    sheet = openpyxl.load_workbook(path.rename(path.with_suffix(".xlsx"))).active
    assert sheet is not None
    header, row = sheet.iter_rows()
    cells = {str(name.value): cell for name, cell in zip(header, row, strict=True)}
    assert (cells["Цена"].value, cells["Цена"].data_type) == (490, "n")
    assert (cells["Штрихкод"].value, cells["Штрихкод"].data_type) == ("0460123456789", "s")
    assert "f" not in {cell.data_type for cell in cells.values()}


def test_generated_texts_are_marked_for_google_and_others_are_not(path: Path) -> None:
    by_rules = replace(FULL, external_id="18", source="offline")
    by_person = replace(FULL, external_id="19", source="")
    write([FULL, by_rules, by_person], path, file_format="jsonl", target="google", language="ru", shop=SHOP)
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert rows[0]["structured_title"] == {
        "digital_source_type": "trained_algorithmic_media",
        "content": FULL.title,
    }
    assert rows[0]["structured_description"]["digital_source_type"] == "trained_algorithmic_media"
    assert ("title" in rows[0], "description" in rows[0]) == (False, False)
    assert [("structured_title" in row, row.get("title")) for row in rows[1:]] == [(False, FULL.title)] * 2
    assert rows[0]["price"] == "490.00 RUB"


def test_generated_texts_are_marked_in_googles_text_form(path: Path) -> None:
    card = replace(FULL, title='Кружка "Dulevo"')
    write([card], path, file_format="csv", target="google", language="ru", shop=SHOP)
    row = next(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"))))
    assert row["structured_title"] == 'trained_algorithmic_media:"Кружка ""Dulevo"""'
    assert row["title"] == ""


def test_a_yml_is_whole_and_its_categories_stand_before_the_offers(path: Path) -> None:
    kzt = replace(FULL, external_id="18", currency="KZT", category="Посуда > Чашки")
    write([FULL, kzt], path, file_format="yml", target="yml", language="ru", shop=SHOP)
    shop = etree.parse(str(path)).getroot().find("shop")
    assert shop is not None
    assert [child.tag for child in shop] == ["name", "company", "url", "currencies", "categories", "offers"]
    assert [(c.get("id"), c.get("parentId"), c.text) for c in shop.iterfind("categories/category")] == [
        ("1", None, "Посуда"),
        ("2", "1", "Кружки"),
        ("3", "1", "Чашки"),
    ]
    assert [c.get("id") for c in shop.iterfind("currencies/currency")] == ["RUB", "KZT"]
    assert [offer.findtext("categoryId") for offer in shop.iterfind("offers/offer")] == ["2", "3"]
    weight = next(p for p in shop.iterfind("offers/offer/param") if p.get("name") == "Вес")
    assert (weight.get("unit"), weight.text) == ("г", "350")


@given(st.text(st.characters(exclude_categories=("Cs", "Cc", "Cn", "Co"))))
def test_any_text_survives_cdata(text: str) -> None:
    assert (etree.fromstring(f"<a>{cdata(text)}</a>").text or "") == text


def test_what_is_held_back_is_listed_with_every_reason(path: Path, tmp_path: Path) -> None:
    bad = replace(GOOD, external_id="=bad", title="Кружка 🔥 " * 10)
    report = write(
        [GOOD, bad],
        path,
        file_format="csv",
        target="wildberries",
        language="ru",
        report_path=tmp_path / "held.csv",
    )
    assert (report.written, report.held_back_count) == (1, 1)
    assert dict(report.reasons) == {"title.max_chars": 1, "title.no_emoji": 1}
    assert report.held_back[0][0] == "=bad"
    with (tmp_path / "held.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    assert [row[2] for row in rows] == ["code", "title.max_chars", "title.no_emoji"]
    assert rows[1][0] == "'=bad"
    assert [listing.external_id for listing in read(path)] == ["17"]


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(list(limits.targets().values())),
    st.builds(
        replace,
        st.just(GOOD),
        title=st.text(max_size=70) | st.text(min_size=140, max_size=600),
        description=st.text(max_size=200) | st.integers(0, 7000).map(lambda size: "д" * size),
        image_urls=st.integers(0, 40).map(lambda count: URLS[:count]),
        external_id=st.text(max_size=80),
        price=st.none() | st.just(Decimal("10.00")),
        is_available=st.none() | st.booleans(),
    ),
)
def test_nothing_that_breaks_a_limit_leaves_the_house(target: Target, card: Card) -> None:
    """Whatever the card: what was written, measured by hand against the table, breaks no hard limit."""
    from tempfile import TemporaryDirectory

    with TemporaryDirectory() as folder:
        path = Path(folder) / "cards"
        report = write([card], path, file_format="jsonl", target=target.key, language="ru")
        assert report.written + report.held_back_count == 1
        # Not splitlines(): a line of JSON may hold other signs that end a line of prose.
        for line in path.read_text(encoding="utf-8").split("\n")[:-1]:
            row = json.loads(line)
            values = {
                "external_id": row["id"],
                "title": row["title"],
                "description": row["description"],
                "image_urls": row.get(
                    "images", [row.get("image_link"), *row.get("additional_image_links", [])]
                ),
            }
            for limit in target.limits:
                value = values.get(limit.field)
                if limit.kind != limits.HARD or value is None:
                    continue
                if limit.limit in {"max_chars", "max_count"}:
                    assert len(value) <= limit.value
                if limit.limit in {"min_chars", "min_count"}:
                    assert len(value) >= limit.value
                if limit.limit == "required":
                    assert value


def test_a_format_that_the_target_does_not_read_is_refused_in_words(path: Path) -> None:
    with pytest.raises(
        UnknownTarget, match=r"Google Merchant Center can't be written as «yml»; they can as csv"
    ):
        write([GOOD], path, file_format="yml", target="google")
    assert not path.exists()


def test_an_export_that_fails_leaves_the_file_that_was_there(path: Path) -> None:
    path.write_text("before")

    def broken() -> Iterator[Card]:
        yield GOOD
        raise RuntimeError

    with pytest.raises(RuntimeError):
        write(broken(), path, file_format="csv", target="ozon")
    assert path.read_text() == "before"
    assert [file.name for file in path.parent.iterdir()] == ["cards"]


# --- From the database --------------------------------------------------------------------------------------


def finished(seller: Seller, **fields: Any) -> Product:
    product = factories.product(
        seller=seller, is_available=True, category=factories.category("Одежда > Платья"), **fields
    )
    ProductContent.objects.create(
        product=product,
        language="ru",
        title="Платье летнее",
        description=GOOD.description,
        source="openai:gpt",
    )
    ProductImage.objects.create(product=product, url=URLS[0])
    return product


@pytest.mark.django_db
def test_a_product_becomes_a_card_with_its_finished_text_and_extracted_attributes(seller: Seller) -> None:
    product = finished(
        seller,
        attributes={"Цвет": "синий"},
        ai_extracted={
            "attributes": {"цвет": {"value": "голубой"}, "Длина": {"value": 95, "unit": "см"}, "Сезон": None}
        },
    )
    (card,) = cards(Product.objects.all(), "ru")
    assert (card.external_id, card.title, card.category) == (
        product.external_id,
        "Платье летнее",
        "Одежда > Платья",
    )
    assert card.attributes == {"Цвет": "синий", "Длина, см": "95"}
    assert (card.is_finished, card.is_generated, card.image_urls) == (True, True, URLS[:1])


@pytest.mark.django_db
def test_cards_cost_no_query_for_a_single_product(seller: Seller) -> None:
    for number in range(30):
        stored = Picture.objects.create(
            seller=seller,
            digest=f"{number:064}",
            media_type="image/png",
            size=1,
            width=800,
            height=900,
            likeness=0,
        )
        product = finished(seller)
        for position, picture in enumerate((None, stored)):
            url = f"https://shop.example/{number}/{position}.png"
            ProductImage.objects.create(product=product, url=url, position=position + 1, picture=picture)
    with CaptureQueriesContext(connection) as queries:
        found = list(cards(Product.objects.all(), "ru"))
    assert len(queries) <= 4
    assert [len(card.image_urls) for card in found] == [3] * 30
    assert [[one.number for one in card.pictures] for card in found] == [[3]] * 30


@pytest.mark.django_db
def test_an_export_is_written_into_the_storage_with_its_report(
    seller: Seller, other_seller: Seller, settings: Any, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path
    finished(seller, external_id="1")
    factories.product(seller=seller, external_id="2")
    finished(other_seller, external_id="3")
    export_run = exporting.start(seller, target="ozon", file_format="jsonl")
    assert Job.objects.get().payload == {"export_id": export_run.pk}
    done = exporting.write_out(export_run)
    assert (done.state, done.written, done.held_back, done.reasons) == (
        RunState.DONE,
        1,
        1,
        {"text.finished": 1},
    )
    with storage().open(done.file_name) as stream:
        assert [json.loads(line)["id"] for line in stream] == ["1"]
    with storage().open(done.report_name) as stream:
        assert '"text.finished"' in stream.read().decode("utf-8-sig")
