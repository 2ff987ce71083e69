"""Feeds in, cards out, the tree and the templates in a real browser."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from vitrina.console.tests.conftest import Studio, Watch, sign_in
from vitrina.console.tests.test_browser import one

pytestmark = pytest.mark.browser

WORK = "from vitrina.jobs.worker import run_ready; run_ready()"
PRICE = (
    "Артикул;Наименование товара;Цена, руб.;Склад\n"
    + "".join(f"K-{n};Кружка керамическая {n};{400 + n},50;Тула\n" for n in range(30))
    + ";Без кода;1;\n"
)


@pytest.fixture
def price(tmp_path: Path) -> Path:
    path = tmp_path / "Прайс.csv"
    path.write_text(PRICE, encoding="cp1251")
    return path


def test_a_price_list_is_looked_at_explained_tried_out_and_read(
    desk: Any, studio: Studio, price: Path
) -> None:
    desk.goto("/imports/")
    desk.set_input_files("input[type=file]", price)
    desk.click("text=Посмотреть, что внутри")
    desk.wait_for_url("**/imports/*/")
    expect(desk.locator("#role_3")).to_have_value("attribute")
    desk.focus("#role_3")
    desk.select_option("#role_3", "")
    expect(desk.locator("text=как вы сказали").first).to_be_visible()
    expect(desk.locator("#role_3")).to_be_focused()
    desk.locator("#role_3").blur()
    desk.keyboard.press("d")
    expect(desk.locator("[data-job]")).to_be_visible()
    studio.run(WORK)
    expect(desk.locator(".figures.slim .value").first).to_have_text("30")
    assert one(studio, "Product.objects.filter(external_id='K-1').count()") == "0"
    with desk.expect_navigation():
        desk.keyboard.press("i")
    expect(desk.locator("text=Чтение").first).to_be_visible()
    studio.run(WORK)
    expect(desk.locator(".figure .value").first).to_have_text("31")
    expect(desk.locator("#import-enrichment")).to_be_visible()
    assert one(studio, "Product.objects.get(external_id='K-1').attributes") == "{}"
    desk.goto("/imports/")
    desk.click("text=Запомненные столбцы")
    expect(desk.locator("details[open] >> text=Прайс.csv")).to_be_visible()


def test_a_dropped_file_is_taken(desk: Any) -> None:
    desk.goto("/imports/")
    desk.evaluate(
        """() => {
          const data = new DataTransfer();
          data.items.add(new File(["id;name\\n1;Шляпа\\n"], "dropped.csv"));
          document.querySelector("[data-drop]").dispatchEvent(new DragEvent("drop", {dataTransfer: data, bubbles: true, cancelable: true}));
        }"""
    )
    desk.wait_for_url("**/imports/*/")
    assert desk.locator("h1").inner_text() == "dropped.csv"
    desk.click("text=Убрать")
    desk.wait_for_url("**/imports/")


def test_a_login_page_in_place_of_a_feed_is_said_on_the_page(desk: Any, tmp_path: Path) -> None:
    path = tmp_path / "feed.yml"
    path.write_text("<html><form><input type='password'></form></html>")
    desk.goto("/imports/")
    desk.set_input_files("input[type=file]", path)
    desk.click("text=Посмотреть, что внутри")
    desk.wait_for_url("**/imports/*/")
    assert desk.get_by_role("alert").is_visible()


def test_an_import_goes_without_scripts_and_on_a_phone(
    chromium: Any, studio: Studio, watch: Watch, price: Path
) -> None:
    context = chromium.new_context(
        base_url=studio.address, java_script_enabled=False, viewport={"width": 390, "height": 844}, locale="ru-RU"
    )  # fmt: skip
    page = context.new_page()
    sign_in(page)
    page.goto("/imports/")
    page.set_input_files("input[type=file]", price)
    page.click("text=Посмотреть, что внутри")
    page.select_option("#role_3", "supplier")
    page.click("text=Показать так")
    assert page.locator("#role_3").input_value() == "supplier"
    page.click("button:has-text('Загрузить')")
    studio.run(WORK)
    page.reload()
    assert page.locator(".figure .value").first.inner_text() == "31"
    context.close()
    assert watch.outside == []


def test_cards_are_checked_written_and_fetched_by_keyboard(desk: Any, studio: Studio) -> None:
    desk.goto("/exports/")
    desk.select_option("#id_target", "wildberries")
    desk.select_option("#id_file_format", "xlsx")
    desk.click("text=Проверить карточки")
    desk.wait_for_url("**/exports/*/")
    studio.run(WORK)
    expect(desk.locator("text=Почему карточки задержаны")).to_be_visible()
    desk.click("summary >> text=не готов")
    assert desk.locator("details[open] a").count() > 0
    with desk.expect_navigation():
        desk.keyboard.press("w")
    studio.run(WORK)
    expect(desk.locator("text=Скачать файл")).to_be_visible()
    with desk.expect_download() as fetched:
        desk.keyboard.press("d")
    assert fetched.value.suggested_filename.endswith(".xlsx")


def test_a_category_is_opened_renamed_and_merged_in_the_tree(desk: Any, studio: Studio) -> None:
    studio.run(
        "from vitrina.accounts.models import Seller; from vitrina.catalog import reshaping\n"
        "s = Seller.objects.get(slug='hat'); a = reshaping.add('Аксессуары', seller=s)\n"
        "reshaping.add('Шарфы', seller=s, parent=a); reshaping.add('Кашне', seller=s, parent=a)"
    )
    desk.goto("/categories/")
    row = desk.locator(".tree > li", has_text="Аксессуары")
    row.locator("summary").first.focus()
    desk.keyboard.press("Enter")
    expect(row.locator("text=Шарфы")).to_be_visible()
    row.locator("text=Кашне").click()
    desk.wait_for_url("**/categories/*/")
    expect(desk.locator("#category-quality")).to_contain_text("пока мало")
    desk.click("summary >> text=Переименовать")
    desk.fill("#name", "Кашне и платки")
    desk.click("form button:text-is('Переименовать')")
    expect(desk.locator("h1")).to_have_text("Кашне и платки")
    expect(desk.locator("#category-quality")).to_be_visible()
    desk.click("summary >> text=Перенести или слить")
    desk.fill("#target", "шарф")
    desk.keyboard.press("Enter")
    desk.check("input[name=target][type=radio]")
    expect(desk.locator("#category-quality")).to_be_visible()
    desk.click("text=Перенести внутрь этой")
    expect(desk.locator("#messages")).to_contain_text("Шарфы > Кашне и платки")
    expect(desk.locator("#category-quality")).to_be_visible()
    desk.click("summary >> text=Убрать из дерева")
    desk.click("button.bad")
    expect(desk.locator("text=Вернуть в дерево")).to_be_visible()
    expect(desk.locator("#category-quality")).to_be_visible()


def test_a_template_is_changed_tried_and_switched_off(desk: Any, studio: Studio) -> None:
    desk.goto("/templates/")
    desk.keyboard.press("a")
    desk.wait_for_url("**/templates/new")
    desk.fill("#id_name", "Шляпа фетровая")
    desk.fill("#id_text", "<p>Шляпа из фетра держит форму и не боится дождя.</p>")
    desk.click("form.panel button.main")
    desk.wait_for_url("**/templates/*/")
    desk.fill("#id_text", "<p>Шляпа из мягкого фетра держит форму под дождём.</p>")
    desk.click("form.panel button.main")
    expect(desk.locator("summary >> text=версия 2")).to_be_visible()
    desk.keyboard.press("t")
    expect(desk.locator("[data-job]")).to_be_visible()
    studio.run(WORK)
    expect(desk.locator(".card-title")).to_be_visible()
    desk.click("text=Выключить")
    expect(desk.locator("text=не используется").first).to_be_visible()
