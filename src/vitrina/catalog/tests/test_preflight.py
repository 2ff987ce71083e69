from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from vitrina.catalog import limits
from vitrina.catalog.card import Card
from vitrina.catalog.limits import HARD, NOT_CHECKED, UnknownLimit, UnknownTarget, format_limits, targets
from vitrina.catalog.preflight import CHECKS, holds_back, preflight

WORDS = "Тёплая кружка из керамики держит чай горячим дольше обычной. " * 8
GOOD = Card(
    external_id="17",
    title="Кружка керамическая Dulevo, 350 мл",
    description=f"<p>{WORDS}</p><ul><li>Объём 350 мл</li></ul>",
    brand="Dulevo",
    price=Decimal("490.00"),
    currency="RUB",
    url="https://shop.example/17",
    image_urls=("https://shop.example/17.jpg",),
    attributes={"Материал": "керамика"},
    category="Посуда > Кружки",
    is_available=True,
    language="ru",
)
URLS = tuple(f"https://shop.example/{number}.jpg" for number in range(40))


def codes(card: Card, target: str, **options: Any) -> list[str]:
    goal = limits.target(target)
    return [problem.code for problem in holds_back(preflight(card.for_target(goal), goal, **options))]


@pytest.mark.parametrize("target", list(targets()))
def test_a_good_card_may_go_everywhere(target: str) -> None:
    assert codes(GOOD, target) == []


@pytest.mark.parametrize(
    ("target", "change", "code"),
    [
        ("wildberries", {"title": "т" * 61}, "title.max_chars"),
        ("wildberries", {"title": "Кружка 🔥"}, "title.no_emoji"),
        ("wildberries", {"description": "<p>Пишите на a.b@shop.example</p>"}, "description.no_email"),
        ("wildberries", {"description": f"<p>{'д' * 1001}</p>"}, "description.max_chars"),
        ("wildberries", {"external_id": "1" * 73}, "external_id.max_chars"),
        ("wildberries", {"image_urls": URLS[:31]}, "image_urls.max_count"),
        ("ozon", {"title": "т" * 501}, "title.max_chars"),
        ("ozon", {"external_id": "1" * 51}, "external_id.max_chars"),
        ("ozon", {"image_urls": URLS[:31]}, "image_urls.max_count"),
        ("yandex_market", {"title": "т" * 257}, "title.max_chars"),
        ("yandex_market", {"description": "<p>" + "д" * 6000}, "description.max_chars"),
        ("yandex_market", {"description": "<p>да</p><table></table>"}, "description.allowed_html"),
        ("yandex_market", {"image_urls": ()}, "image_urls.min_count"),
        ("yandex_market", {"image_urls": URLS[:31]}, "image_urls.max_count"),
        (
            "yandex_market",
            {"image_urls": ("https://shop.example/" + "a" * 2000,)},
            "image_urls.max_chars_each",
        ),
        ("yandex_market", {"attributes": {str(n): "1" for n in range(301)}}, "attributes.max_count"),
        ("yandex_market", {"attributes": {"и" * 201: "1"}}, "attributes.max_name_chars"),
        ("yml", {"title": "т" * 151}, "title.max_chars"),
        ("yml", {"description": "<p>коротко</p>"}, "description.min_chars"),
        ("yml", {"description": "д" * 3001}, "description.max_chars"),
        ("yml", {"price": None}, "price.required"),
        ("yml", {"currency": ""}, "currency.required"),
        ("yml", {"category": ""}, "category.required"),
        ("google", {"title": "т" * 151}, "title.max_chars"),
        ("google", {"description": f"<p>{'д' * 5001}</p>"}, "description.max_chars"),
        ("google", {"description": ""}, "description.required"),
        ("google", {"url": ""}, "url.required"),
        ("google", {"image_urls": ()}, "image_urls.min_count"),
        ("google", {"price": None}, "price.required"),
        ("google", {"is_available": None}, "availability.required"),
        ("google", {"external_id": "1" * 51}, "external_id.max_chars"),
        ("ozon", {"is_finished": False}, "text.finished"),
        ("ozon", {"seo_title": "a\x00b"}, "seo_title.controls"),
        ("ozon", {"attributes": {"a\x1f": "b"}}, "attributes.controls"),
        ("ozon", {"title": ""}, "title.required"),
    ],
)
def test_a_card_that_breaks_a_limit_is_held_back(target: str, change: dict[str, Any], code: str) -> None:
    assert code in codes(replace(GOOD, **change), target)


def test_the_text_is_measured_in_the_form_that_the_target_gets() -> None:
    marked = replace(GOOD, description="<p>" + "</p><p>".join(["слово"] * 140) + "</p>")
    assert len(marked.description) > 1000
    assert codes(marked, "wildberries") == []


def test_a_sign_of_diameter_is_no_emoji() -> None:
    assert codes(replace(GOOD, title="Сверло ⌀ 8 мм, 100 % сталь № 5 ½”"), "wildberries") == []


def test_a_subjects_own_cap_goes_before_the_safe_one() -> None:
    long = replace(GOOD, description=f"<p>{'д' * 1500}</p>")
    own = limits.target("wildberries").with_caps({"description.max_chars": 2000})
    assert holds_back(preflight(long.for_target(own), own)) == []
    with pytest.raises(UnknownLimit, match=r"Wildberries has no limit title\.max_words"):
        limits.target("wildberries").with_caps({"title.max_words": 3})


def test_advice_holds_nothing_back() -> None:
    goal = limits.target("yml")
    problems = preflight(replace(GOOD, currency="KZT"), goal)
    assert "currency.one_of" in [problem.code for problem in problems]
    assert holds_back(problems) == []


def test_a_cell_of_a_workbook_has_its_own_limit() -> None:
    long = replace(GOOD, description="д" * 40_000)
    assert "description.cell" in codes(long, "ozon", format_limits=format_limits("xlsx"))
    assert codes(long, "ozon", format_limits=format_limits("csv")) == []


def test_a_reason_names_the_limit_and_the_value() -> None:
    goal = limits.target("wildberries")
    (problem,) = holds_back(preflight(replace(GOOD, title="т" * 61), goal))
    assert str(problem.remark) == "title has 61 characters, the limit is 60"
    assert problem.source


def test_an_unknown_target_names_the_known_ones() -> None:
    with pytest.raises(UnknownTarget, match="wildberries, ozon, yandex_market, yml, google"):
        limits.target("ebay")


@pytest.mark.parametrize("target", list(targets().values()), ids=list(targets()))
def test_every_limit_has_a_source_and_a_check(target: limits.Target) -> None:
    for limit in target.limits:
        assert limit.source
        assert limit.kind in {HARD, limits.ADVICE, NOT_CHECKED}
        assert (limit.limit in CHECKS) == (limit.kind != NOT_CHECKED)
    assert limits.version()
