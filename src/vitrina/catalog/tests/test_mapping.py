from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitrina.catalog.listing import HIGHEST_PRICE, LONGEST, MOST_IMAGES, Listing
from vitrina.catalog.mapping import Mapped, Refused, RowMapper


def read(fields: dict[str, Any], *, file_format: str = "csv", **options: Any) -> Mapped | Refused:
    return RowMapper(file_format=file_format, **options).map(fields)


def listing(fields: dict[str, Any], **options: Any) -> Listing:
    mapped = read(fields, **options)
    assert isinstance(mapped, Mapped), mapped
    assert not mapped.warnings, list(map(str, mapped.warnings))
    return mapped.listing


def warnings(fields: dict[str, Any], **options: Any) -> list[str]:
    mapped = read(fields, **options)
    assert isinstance(mapped, Mapped)
    return list(map(str, mapped.warnings))


def test_a_russian_price_list_is_read_by_its_headers() -> None:
    row = {
        "Артикул": "К-17",
        "Наименование товара": "  Кружка\xa0керамическая ",
        "Описание": "<p>Объём 350 мл</p>",
        "Торговая марка": "Dulevo",
        "Цена, руб.": "1 290,50",
        "Старая цена": "1 590 ₽",
        "Фото 1": "https://shop.example/1.jpg",
        "Фото 2": "https://shop.example/2.jpg",
        "Категория": "Посуда > Кружки",
        "Штрих-код": "4601234567893",
        "Остаток": "12",
        "Материал": "керамика",
        "Объём, мл": "350",
    }
    assert listing(row, currency="RUB") == Listing(
        external_id="К-17",
        title="Кружка керамическая",
        description="<p>Объём 350 мл</p>",
        brand="Dulevo",
        price=Decimal("1290.50"),
        currency="RUB",
        old_price=Decimal("1590.00"),
        image_urls=("https://shop.example/1.jpg", "https://shop.example/2.jpg"),
        category_hint="Посуда > Кружки",
        barcode="4601234567893",
        is_available=True,
        attributes={"Материал": "керамика", "Объём, мл": "350"},
    )


def test_english_headers_in_camel_case_and_json_values_are_read() -> None:
    row = {
        "offerId": 17,
        "name": "Mug",
        "oldPrice": 15.5,
        "price": 12,
        "imageLink": ["https://shop.example/1.jpg", {"url": "https://shop.example/2.jpg"}],
        "attributes": [
            {"name": "Weight", "value": 0.35, "unit": "kg"},
            ["Colour", "blue"],
            ["Height", "cm", 9],
        ],
        "available": False,
    }
    assert listing(row, file_format="jsonl") == Listing(
        external_id="17",
        title="Mug",
        price=Decimal("12.00"),
        old_price=Decimal("15.50"),
        image_urls=("https://shop.example/1.jpg", "https://shop.example/2.jpg"),
        attributes={"Weight, kg": "0.35", "Colour": "blue", "Height, cm": "9"},
        is_available=False,
    )


def test_what_a_person_said_about_columns_goes_before_the_table_of_names() -> None:
    row = {"Модель": "Кружка", "Код": "1", "Склад": "Тула", "Наименование": "внутреннее имя"}
    mapper = RowMapper(
        file_format="csv", explicit={"модель": "title", "Склад": "", "Наименование": "attribute"}
    )
    mapped = mapper.map(row)
    assert isinstance(mapped, Mapped)
    assert (mapped.listing.title, mapped.listing.attributes) == ("Кружка", {"Наименование": "внутреннее имя"})
    assert mapper.columns == {
        "Модель": "title",
        "Код": "vendor_code",
        "Склад": "",
        "Наименование": "attribute",
    }


def test_an_id_goes_before_a_vendor_code_which_stays_as_an_attribute() -> None:
    row = {"id": "9", "Артикул": "A-1", "Название": "Кружка"}
    assert listing(row) == Listing(external_id="9", title="Кружка", attributes={"Артикул": "A-1"})


def test_a_header_typed_with_look_alike_letters_is_known() -> None:
    assert listing({"Koд": "1", "Haзвaниe": "Кружка"}).title == "Кружка"


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"Название": "Кружка"}, "the row has no id: fill the id or the vendor code"),
        ({"id": "7", "Название": " \u200b "}, "the row has no title"),
        (
            {"id": "7", "Название": "я" * 1001},
            "title has 1001 characters, the limit is 1000; the row is left out, nothing is cut",
        ),
        (
            {"id": "7" * 201, "Название": "Кружка"},
            "external_id has 201 characters, the limit is 200; the row is left out, nothing is cut",
        ),
    ],
)
def test_a_row_that_can_be_no_product_is_refused_in_words(fields: dict[str, Any], reason: str) -> None:
    refused = read(fields)
    assert isinstance(refused, Refused)
    assert str(refused.reason) == reason


@pytest.mark.parametrize(
    "price",
    ["договорная?", "10-200", "true", True, float("nan"), float("inf"), 10**400, "1e400", "12 фунтов"],
)
def test_a_price_that_can_not_be_read_is_unknown_and_said_so(price: object) -> None:
    mapped = read({"id": "1", "Название": "Кружка", "Цена": price})
    assert isinstance(mapped, Mapped)
    assert mapped.listing.price is None
    assert len(mapped.warnings) == 1
    assert "it is left unknown" in str(mapped.warnings[0])


def test_a_price_on_request_is_unknown_without_a_word() -> None:
    assert listing({"id": "1", "Название": "Кружка", "Цена": "по запросу", "Старая цена": "0"}).price is None


def test_a_price_of_zero_is_unknown_and_said_so() -> None:
    assert warnings({"id": "1", "Название": "Кружка", "Цена": "0,00"}) == [
        "Цена is zero; it is taken as unknown"
    ]


def test_the_currency_beside_the_price_beats_the_sellers_own() -> None:
    assert listing({"id": "1", "Название": "К", "Цена": "4 660 ₸"}, currency="RUB").currency == "KZT"
    assert (
        listing({"id": "1", "Название": "К", "Цена": "4660", "Валюта": "RUR"}, currency="KZT").currency
        == "RUB"
    )
    assert listing({"id": "1", "Название": "К", "Цена": "4660"}, currency="KZT").currency == "KZT"


def test_pictures_joined_in_one_cell_are_taken_apart() -> None:
    cell = "https://a.example/1.jpg | https://a.example/2.jpg, //a.example/3.jpg;https://a.example/4,5.jpg"
    assert listing({"id": "1", "Название": "К", "Фото": cell}).image_urls == (
        "https://a.example/1.jpg",
        "https://a.example/2.jpg",
        "https://a.example/3.jpg",
        "https://a.example/4,5.jpg",
    )


def test_a_picture_that_is_no_address_is_left_out_and_said_so() -> None:
    mapped = read({"id": "1", "Название": "К", "Фото": "javascript:alert(1)"})
    assert isinstance(mapped, Mapped)
    assert mapped.listing.image_urls == ()
    assert list(map(str, mapped.warnings)) == [
        "the picture «javascript:alert(1)» is no http(s) address; it is left out"
    ]


def test_more_pictures_than_kept_are_told() -> None:
    urls = [f"https://a.example/{number}.jpg" for number in range(MOST_IMAGES + 1)]
    mapped = read({"id": "1", "title": "К", "images": urls}, file_format="jsonl")
    assert isinstance(mapped, Mapped)
    assert len(mapped.listing.image_urls) == MOST_IMAGES
    assert "the row has 101 pictures, the limit is 100" in str(mapped.warnings[0])


def test_a_long_brand_is_left_unknown_and_said_so() -> None:
    mapped = read({"id": "1", "Название": "К", "Бренд": "б" * (LONGEST["brand"] + 1)})
    assert isinstance(mapped, Mapped)
    assert mapped.listing.brand == ""
    assert str(mapped.warnings[0]) == "brand has 201 characters, the limit is 200; it is left unknown"


def test_html_of_a_description_is_kept_as_it_came_without_control_characters() -> None:
    raw = "<script>alert(1)</script>\r\n<p onclick=x>Тёплая\x00 \x0bшапка</p>"
    assert listing({"id": "1", "Название": "К", "Описание": raw}).description == (
        "<script>alert(1)</script>\n<p onclick=x>Тёплая шапка</p>"
    )


def test_attributes_in_one_cell_are_taken_apart() -> None:
    cell = "Материал: хлопок; Цвет: синий\nРазмер: 42; 44"
    assert listing({"id": "1", "Название": "К", "Характеристики": cell}).attributes == {
        "Материал": "хлопок",
        "Цвет": "синий",
        "Размер": "42; 44",
    }


def test_cells_of_a_workbook_keep_their_meaning() -> None:
    row = {
        "id": 12.0,
        "Название": "К",
        "Цена": 99.9,
        "Дата выпуска": date(2026, 5, 1),
        "Скидка": 0.15,
        "Новинка": True,
    }
    assert listing(row, file_format="xlsx") == Listing(
        external_id="12",
        title="К",
        price=Decimal("99.90"),
        attributes={"Дата выпуска": "2026-05-01", "Скидка": "0.15", "Новинка": "да"},
    )


# --- YML ----------------------------------------------------------------------------------------------------


def offer(**fields: Any) -> dict[str, Any]:
    return {"id": "1", "name": "Кружка"} | fields


def test_an_offer_is_read() -> None:
    fields = offer(
        available="true",
        price="4660",
        oldprice="5000.00",
        currencyId="RUR",
        categoryId="3",
        pictures=["https://a.example/1.jpg", "https://a.example/2.jpg | https://a.example/3.jpg"],
        vendor="Fellowes",
        vendorCode="FS-1",
        params=[("Вес", "г", "250"), ("Цвет", "", "синий"), ("Цвет", "", "белый"), ("Пусто", "", "")],
        country_of_origin="Россия",
        description="<b>80 мкм</b>",
    )
    categories = {"1": ("", "Офис"), "3": ("1", "Плёнка")}
    assert listing(fields, file_format="yml", categories=categories) == Listing(
        external_id="1",
        title="Кружка",
        description="<b>80 мкм</b>",
        brand="Fellowes",
        price=Decimal("4660.00"),
        old_price=Decimal("5000.00"),
        currency="RUB",
        image_urls=tuple(f"https://a.example/{number}.jpg" for number in (1, 2, 3)),
        attributes={
            "Вес, г": "250",
            "Цвет": "синий, белый",
            "Страна производства": "Россия",
            "Артикул": "FS-1",
        },
        category_hint="Офис > Плёнка",
        is_available=True,
    )


def test_a_vendor_model_offer_gets_its_title_from_its_parts() -> None:
    fields = {"id": "4", "typePrefix": "Швейная машина", "vendor": "Janome", "model": "Janome DC 3050"}
    assert listing(fields, file_format="yml").title == "Швейная машина Janome DC 3050"


def test_a_vendor_code_stands_in_for_a_missing_id() -> None:
    assert listing({"vendorCode": "FS-1", "name": "К"}, file_format="yml").external_id == "FS-1"


def test_the_points_of_a_yml_price_are_decimal_points() -> None:
    assert listing(offer(price="1.990"), file_format="yml").price == Decimal("1.99")


def test_an_unknown_category_is_told_once() -> None:
    mapper = RowMapper(file_format="yml", categories={"1": ("", "Офис")})
    first, second = mapper.map(offer(categoryId="9" * 18)), mapper.map(offer(id="2", categoryId="9" * 18))
    assert isinstance(first, Mapped)
    assert isinstance(second, Mapped)
    assert [str(warning) for warning in first.warnings] == [
        "the feed doesn't list the category 999999999999999999; the category at the source is unknown"
    ]
    assert second.warnings == ()
    assert first.listing.category_hint == second.listing.category_hint == ""


def test_a_loop_of_categories_ends_in_words() -> None:
    mapped = read(offer(categoryId="1"), file_format="yml", categories={"1": ("2", "А"), "2": ("1", "Б")})
    assert isinstance(mapped, Mapped)
    assert mapped.listing.category_hint == "Б > А"
    assert "its own ancestor" in str(mapped.warnings[0])


def test_a_missing_parent_shortens_the_path_in_words() -> None:
    mapped = read(offer(categoryId="1"), file_format="yml", categories={"1": ("7", "А")})
    assert isinstance(mapped, Mapped)
    assert mapped.listing.category_hint == "А"
    assert "a parent 7 that the feed doesn't list" in str(mapped.warnings[0])


# --- Anything -----------------------------------------------------------------------------------------------

scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.decimals() | st.dates()
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4)
)
names = st.sampled_from(
    ["id", "Название", "Цена", "Фото", "Характеристики", "Наличие", "Валюта", "Описание"]
) | st.text(min_size=1)
offer_names = st.sampled_from(
    [
        "id",
        "name",
        "price",
        "pictures",
        "params",
        "categoryId",
        "available",
        "description",
        "currencyId",
        "weight",
    ]
)


@given(st.dictionaries(names, values), st.sampled_from(["csv", "xlsx", "jsonl"]))
def test_any_row_becomes_a_listing_or_words(fields: dict[str, Any], file_format: str) -> None:
    check(read(fields, file_format=file_format))


@given(st.dictionaries(offer_names, values))
def test_any_offer_becomes_a_listing_or_words(fields: dict[str, Any]) -> None:
    check(read(fields, file_format="yml", categories={"": ("", ""), "0": ("1", "x"), "1": ("0", "y")}))


def check(result: Mapped | Refused) -> None:
    if isinstance(result, Refused):
        assert str(result.reason)
        return
    found = result.listing
    assert 0 < len(found.external_id) <= LONGEST["external_id"]
    assert 0 < len(found.title) <= LONGEST["title"]
    assert found.price is None or Decimal(0) < found.price <= HIGHEST_PRICE
    assert found.currency == "" or len(found.currency) == 3
    everything = [found.title, found.description, found.brand, *found.image_urls]
    everything += [*found.attributes, *found.attributes.values()]
    for text in everything:
        assert "\x00" not in text
        text.encode()  # no lone surrogate
    assert len(found.content_hash) == 64
    assert all(map(str, result.warnings))
