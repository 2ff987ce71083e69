"""The products in a real browser: filters and views by keyboard, a deed on all that is found, a card by hand."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from vitrina.console.tests.conftest import Studio, Watch, sign_in
from vitrina.console.tests.test_browser import one

pytestmark = pytest.mark.browser


def test_filters_chips_and_a_view_by_keyboard(desk: Any, studio: Studio) -> None:
    desk.goto("/products/?all=1")
    desk.keyboard.press("f")
    desk.keyboard.press("Tab")
    desk.keyboard.type("плать")
    expect(desk.locator("#branches option")).to_have_count(1)
    desk.fill("#branch", "Одежда")
    desk.keyboard.press("Enter")
    desk.wait_for_url("**branch=*")
    expect(desk.locator("details[data-keeps=more-filters]")).to_have_attribute("open", "")
    desk.check("[name=no_description]")
    desk.wait_for_url("**no_description=1*")
    chips = desk.locator(".worn .chip")
    expect(chips).to_have_count(2)
    desk.keyboard.press("Escape")
    chips.first.click()
    expect(desk.locator(".worn .chip")).to_have_count(1)
    desk.locator("details[data-keeps=views] > summary").click()
    desk.fill("#view_name", "Мой взгляд")
    desk.dblclick("button:has-text('Сохранить вид')")
    desk.wait_for_url("**view=*")
    assert (
        one(
            studio,
            "__import__('vitrina.console.models').console.models.SavedView.objects.filter(name='Мой взгляд').count()",
        )
        == "1"
    )
    desk.locator("details[data-keeps=views] > summary").click()
    expect(desk.locator(".views li", has_text="Мой взгляд").locator("span.num")).to_have_text(
        re.compile(r"\d")
    )


def test_a_category_for_all_that_the_filter_finds_is_one_batch(desk: Any, studio: Studio) -> None:
    desk.goto("/products/?q=берет")
    desk.keyboard.press("j")
    desk.keyboard.press("x")
    desk.check("[data-pick-found]")
    expect(desk.locator("[data-row] input[name=ids]").first).to_be_disabled()
    desk.click("button:has-text('Назначить категорию')")
    desk.wait_for_url("**/selection/category/*")
    desk.fill("#category_words", "сапоги")
    desk.keyboard.press("Enter")
    desk.wait_for_url("**category_words=*")
    expect(desk.locator("[name=category]")).to_have_count(1)
    desk.dblclick("button:has-text('Начать')")
    desk.wait_for_url("**/jobs/*/")
    made = "Job.objects.filter(kind='enrichment.bulk')"
    found = one(
        studio,
        f"{made}.count(), {made}.first().payload['products'], Product.objects.filter(search_text__contains='берет').count()",
    )
    count, chosen, there = map(int, found.split())
    assert count == 1
    assert chosen == there > 1


def test_two_windows_on_one_card(desk: Any, studio: Studio) -> None:
    product = one(studio, "Product.objects.get(title='Шляпа фетровая № 7').pk")
    desk.goto(f"/products/{product}/")
    desk.keyboard.press("e")
    desk.wait_for_url("**/card/ru/")
    other = desk.context.new_page()
    other.goto(f"/products/{product}/card/ru/")
    desk.fill("#edit_title", "Шляпа первая")
    desk.dblclick("button:has-text('Сохранить')")
    desk.wait_for_url(f"**/products/{product}/?lang=ru")
    expect(desk.locator(".card-title", has_text="Шляпа первая")).to_be_visible()
    other.fill("#edit_title", "Шляпа вторая")
    other.click("button:has-text('Сохранить')")
    expect(other.locator("[role=alert] ins")).to_have_text("вторая")
    assert other.input_value("#edit_title") == "Шляпа вторая"
    # The first window heard of nothing yet; once the second saves, it shows the new words by itself.
    other.click("button:has-text('Сохранить')")
    expect(desk.locator(".card-title", has_text="Шляпа вторая")).to_be_visible()
    other.close()


def test_sources_light_up_and_the_history_opens_in_place(desk: Any, studio: Studio) -> None:
    product = one(studio, "ProcessingLog.objects.filter(status='completed').first().product_id")
    one(
        studio,
        f"Product.objects.filter(pk={product}).update(ai_extracted={{'attributes': {{'Сезон': {{'value': 'лето',"
        " 'evidence': {'kind': 'text', 'field': 'title', 'start': 7, 'end': 13}}}})",
    )
    desk.goto(f"/products/{product}/")
    assert desk.locator("[data-lit]").count() == 0
    desk.locator("[data-source]").focus()
    expect(desk.locator(".before [data-lit]")).to_have_text("летнее")
    desk.locator(".changes summary").first.click()
    expect(desk.locator(".changes dl.diff").first).to_be_visible()
    assert f"/products/{product}/" in desk.url
    mark = desk.locator("mark.found").first
    mark.focus()  # by Tab or a touch
    assert desk.evaluate("getComputedStyle(document.activeElement, '::after').content").strip(
        '"'
    ) == mark.get_attribute("title")
    desk.locator("[data-differences]").first.uncheck()
    background = "getComputedStyle(document.querySelector('.versus ins')).backgroundColor"
    assert desk.evaluate(background) == "rgba(0, 0, 0, 0)"


def test_all_of_it_without_scripts(chromium: Any, studio: Studio, watch: Watch) -> None:
    context = chromium.new_context(base_url=studio.address, java_script_enabled=False, locale="ru-RU")
    page = context.new_page()
    sign_in(page)
    page.goto("/products/?all=1")
    page.fill("[data-search]", "фетровая № 11")
    page.select_option("#order", "oldest")
    page.click(".filters button:has-text('Найти')")
    assert page.locator("tbody tr").count() > 1
    page.locator("tbody input[name=ids]").first.check()
    page.click("button:has-text('Обогатить')")
    assert "1 товар" in page.locator("h2").first.inner_text()
    page.click("button:has-text('Начать')")
    assert "/jobs/" in page.url
    page.goto("/products/?q=фетровая № 8")
    page.locator("tbody a.title").first.click()
    page.click("a:has-text('Написать вручную')")
    page.fill("#edit_title", "Шляпа без скриптов")
    page.click("button:has-text('Сохранить')")
    assert "Шляпа без скриптов" in page.locator("main").inner_text()
    page.locator(".changes summary").first.click()
    page.locator(".changes-box a").first.click()
    assert "Шляпа без скриптов" in page.locator("main").inner_text()
    context.close()
