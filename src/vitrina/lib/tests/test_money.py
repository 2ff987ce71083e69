from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitrina.lib.money import BadPrice, Money, UnknownRate, convert, currency_code, parse_money, parse_price


@pytest.mark.parametrize(
    ("text", "amount", "currency"),
    [
        ("1990", "1990", ""),
        ("1990.5", "1990.5", ""),
        ("1990,50", "1990.50", ""),
        ("1 990", "1990", ""),
        ("1 990,00", "1990.00", ""),
        ("1\xa0990,00\xa0руб.", "1990.00", "RUB"),
        ("1\u202f990 ₽", "1990", "RUB"),
        ("1,990.00", "1990.00", ""),
        ("1.990,00 €", "1990.00", "EUR"),
        ("1,234,567.89", "1234567.89", ""),
        ("1.234.567", "1234567", ""),
        ("1'990.50", "1990.50", ""),
        ("1’990", "1990", ""),
        ("₽1990", "1990", "RUB"),
        ("1990р", "1990", "RUB"),
        ("1990 p.", "1990", "RUB"),
        ("1990 рублей", "1990", "RUB"),
        ("RUB 1990", "1990", "RUB"),
        ("RUR1990", "1990", "RUB"),
        ("$19.99", "19.99", "USD"),
        ("19.99 USD", "19.99", "USD"),
        ("12 500 ₸", "12500", "KZT"),
        ("12500 тг.", "12500", "KZT"),
        ("1990=", "1990", ""),
        ("1990,-", "1990", ""),
        ("1990.– руб", "1990", "RUB"),
        ("1990-00", "1990", ""),
        ("12 руб. 50 коп.", "12.50", "RUB"),
        ("Цена: 1990 руб.", "1990", "RUB"),
        ("１９９０", "1990", ""),
        ("1,990", "1990", ""),
        ("1.990 ₽", "1990", "RUB"),
        ("0,500", "0.500", ""),
        ("1990.000", "1990.000", ""),
        ("0", "0", ""),
        ("19.9", "19.9", ""),
        ("  1990  ", "1990", ""),
    ],
)
def test_a_price_is_read_in_every_usual_spelling(text: str, amount: str, currency: str) -> None:
    assert parse_money(text) == Money(Decimal(amount), currency)
    assert parse_price(text) == Decimal(amount)


@pytest.mark.parametrize("value", [1990, 1990.0, Decimal(1990)])
def test_numbers_are_prices(value: object) -> None:
    assert parse_price(value) == Decimal(1990)


def test_a_float_means_the_digits_it_shows() -> None:
    assert parse_price(0.1) == Decimal("0.1")


@pytest.mark.parametrize(
    "value", [None, "", " ", "-", "—", "По запросу", "договорная", "N/A", "нет", "уточняйте.", "null"]
)
def test_an_unknown_price_is_none(value: object) -> None:
    assert parse_price(value) is None


@pytest.mark.parametrize(
    "value",
    [
        "дорого", "от 1990", "1990-2490", "1990/2490", "-5", "−5 руб", "1e5", "0x10", "199О", "1 99", "1.2.3", "1,2,3", "1990 EUR USD",
        "1990 попугаев", "$5 руб", "1.990", "12..5", "1 990 1 990", "٣٤ ₽ ٥", "1" * 101, "9" * 20, float("nan"), float("inf"), Decimal("NaN"),
        -1, True, [], {}, b"5", "5,5 руб. 50 коп.",
    ],
)  # fmt: skip
def test_junk_is_told_and_never_guessed(value: object) -> None:
    with pytest.raises(BadPrice):
        parse_price(value)


def test_an_ambiguous_price_says_both_readings() -> None:
    with pytest.raises(BadPrice, match=r"«1\.990» may mean 1990 or 1\.990\."):
        parse_price("1.990")


@pytest.mark.parametrize(
    ("text", "code"),
    [("руб.", "RUB"), ("RUR", "RUB"), ("rub", "RUB"), ("₽", "RUB"), ("KZT", "KZT"), ("тенге", "KZT"), ("€", "EUR"), ("КZТ", "KZT"), ("", ""), ("XXX", "")],
)  # fmt: skip
def test_currencies_are_known_by_sign_word_and_code(text: str, code: str) -> None:
    assert currency_code(text) == code


RATES = {"RUB": Decimal(1), "USD": Decimal("92.5"), "KZT": Decimal("0.19")}


def test_money_is_exchanged_to_the_cent() -> None:
    assert convert(Decimal(10), "USD", "RUB", RATES) == Decimal("925.00")
    assert convert(Decimal(1000), "KZT", "USD", RATES) == Decimal("2.05")
    assert convert(Decimal("5.123"), "EUR", "EUR", RATES) == Decimal("5.123")


@pytest.mark.parametrize(("source", "target"), [("EUR", "RUB"), ("RUB", "EUR"), ("", "RUB")])
def test_a_currency_without_a_rate_is_never_guessed(source: str, target: str) -> None:
    with pytest.raises(UnknownRate):
        convert(Decimal(1), source, target, RATES)


@given(st.decimals(0, 10**9, places=2), st.sampled_from(["{:.2f}", "{:,.2f}", "{:.2f} руб.", "₽ {:,.2f}"]))
def test_what_is_written_is_read_back(amount: Decimal, form: str) -> None:
    assert parse_price(form.format(amount)) == amount
    assert parse_price(form.format(amount).replace(",", " ")) == amount


@given(st.text(max_size=30) | st.text(st.sampled_from("0123456789., '-=рубк₽$оRUB"), max_size=12))
def test_any_text_is_a_price_unknown_or_bad(text: str) -> None:
    try:
        price = parse_price(text)
    except BadPrice:
        return
    assert price is None or (price.is_finite() and price >= 0)
