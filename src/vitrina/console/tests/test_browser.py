"""The studio in a real browser: found by keyboard, by thumb and without scripts; work is followed live."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from vitrina.console.tests.conftest import Studio, Watch, fill_in_the_door, sign_in

pytestmark = pytest.mark.browser


def one(studio: Studio, query: str) -> str:
    """An id from the studio's own database."""
    models = "from vitrina.catalog.models import *; from vitrina.enrichment.models import *; from vitrina.jobs.models import *"
    return studio.run(f"{models}\nprint({query})")


def test_a_thumb_finds_its_way_on_a_phone(chromium: Any, studio: Studio, watch: Watch) -> None:
    context = chromium.new_context(
        base_url=studio.address,
        viewport={"width": 390, "height": 844},
        is_mobile=True,
        has_touch=True,
        locale="ru-RU",
    )
    page = context.new_page()
    watch.on(page)
    sign_in(page)
    page.goto("/products/")
    page.locator(".bar summary").tap()
    page.locator(".sheet a", has_text="Импорт").tap()
    page.wait_for_url("**/imports/")
    context.close()
    assert watch.outside == []


def test_pages_are_whole_without_scripts(chromium: Any, studio: Studio) -> None:
    context = chromium.new_context(base_url=studio.address, java_script_enabled=False, locale="ru-RU")
    page = context.new_page()
    fill_in_the_door(page)
    page.goto("/products/")
    page.fill("[data-search]", "котелок дирижёра")
    page.click("text=Найти")
    assert page.locator("tbody tr").count() == 1
    page.click("tbody a.title")
    assert "Котелок" in page.locator("h1").inner_text()
    page.click("button:has-text('Сгенерировать')")
    assert page.locator("text=Идёт обработка").is_visible()
    context.close()


def test_the_keyboard_alone_finds_and_opens_a_product(desk: Any) -> None:
    desk.keyboard.press("g")
    desk.keyboard.press("p")
    desk.wait_for_url("**/products/")
    desk.keyboard.press("/")
    desk.keyboard.type("котелок дирижёра")
    desk.keyboard.press("Enter")
    desk.wait_for_url("**q=*")
    expect(desk.locator("[data-row]")).to_have_count(1)
    desk.keyboard.press("Escape")
    desk.keyboard.press("j")
    desk.keyboard.press("Enter")
    desk.wait_for_url("**/products/*/?in=*")
    assert "Котелок" in desk.locator("h1").inner_text()
    desk.keyboard.press("?")
    assert desk.locator("dialog[open]").is_visible()
    desk.keyboard.press("Escape")
    assert desk.locator("dialog[open]").count() == 0


def test_ticked_products_show_the_bar_and_start_one_batch(desk: Any, studio: Studio) -> None:
    desk.goto("/products/?q=фетровая")
    assert not desk.locator("[data-bulk]").is_visible()
    desk.keyboard.press("j")
    desk.keyboard.press("x")
    assert desk.locator("[data-picked]").inner_text() == "1"
    desk.locator("[data-pick-all]").check()
    assert desk.locator("[data-picked]").inner_text() == "50"
    desk.click("button:has-text('Обогатить')")
    desk.wait_for_url("**/selection/enrichment/*")
    desk.dblclick("button:has-text('Начать')")
    desk.wait_for_url("**/jobs/*/")
    assert (
        one(
            studio,
            "Job.objects.filter(kind='enrichment.batch').count(), Job.objects.get(kind='enrichment.batch').total",
        )
        == "1 50"
    )


def test_a_run_is_followed_live_through_a_reload_to_its_end(desk: Any, studio: Studio) -> None:
    product = one(studio, "Product.objects.get(title='Шляпа фетровая № 5').pk")
    desk.goto(f"/products/{product}/")
    desk.click("button:has-text('Сгенерировать')")
    panel = desk.locator("[data-job]")
    job = panel.get_attribute("data-job")
    progress = "from vitrina.jobs import events; from vitrina.jobs.models import Job\n"
    tell = progress + (
        f"Job.objects.filter(pk={job}).update(state='running', progress={{'step': 'describe', 'done': 4, 'total': 8, 'text': 'Шляпа <b>мягкая'}})\n"
        f"events.record('job:{job}', 'progress', {{'step': 'describe', 'done': 4, 'total': 8, 'seconds_left': 12, 'text': 'Шляпа <b>мягкая'}}, {job})"
    )
    studio.run(tell)
    expect(desk.locator("[data-step]")).to_have_text("Написание текста")
    assert desk.locator("[data-text]").inner_text() == "Шляпа <b>мягкая"
    assert "12" in desk.locator("[data-left]").inner_text()
    assert desk.locator("[data-step-id=describe]").get_attribute("data-state") == "now"
    desk.reload()
    assert desk.locator("[data-step]").inner_text() == "Написание текста"
    assert desk.locator("[data-text]").inner_text() == "Шляпа <b>мягкая"
    studio.run(
        progress + "from vitrina.enrichment.models import ProcessingLog\n"
        f"ProcessingLog.objects.filter(job_id={job}).update(status='failed', error='Сервер модели не ответил за 60 с.')\n"
        f"Job.objects.filter(pk={job}).update(state='dead')\n"
        f"events.record('job:{job}', 'state', {{'state': 'dead'}}, {job})"
    )
    desk.wait_for_selector("text=Сервер модели не ответил за 60 с.")
    assert desk.locator("[data-job]").count() == 0
    assert desk.locator("button:has-text('Повторить')").is_visible()


@pytest.mark.parametrize("path", ["/", "/jobs/", "/jobs/{job}/", "/products/{product}/", "/moderation/"])
def test_news_that_comes_while_an_answer_is_on_its_way_is_asked_for_next(
    path: str, desk: Any, studio: Studio
) -> None:
    """The part is replaced by an answer from before the news; what heard of the news must not go with it."""
    job = one(studio, "Job.objects.filter(state='queued', parent=None, child_kind='').first().pk")
    product = one(studio, "Product.objects.get(title='Шляпа фетровая № 8').pk")
    held: list[Any] = []
    asks = lambda request: is_old and request.headers.get("hx-request") == "true"  # noqa: E731
    is_old = False
    # Before the page is opened: a page that is open already may send one more request past a new route.
    desk.route(
        lambda _url: True, lambda route: held.append(route) if asks(route.request) else route.continue_()
    )
    desk.goto(path.format(job=job, product=product))
    part = desk.locator("[data-live]")
    part.evaluate("part => part.dataset.old = 'yes'")
    is_old = True
    with desk.expect_request(asks):
        part.evaluate("part => htmx.trigger(part, 'changed')")
    with desk.expect_request(asks):
        part.evaluate("part => htmx.trigger(part, 'changed')")
        held[0].continue_()
    expect(part).not_to_have_attribute("data-old", "yes")
    held[1].continue_()


def test_a_field_that_a_person_pulled_larger_is_swapped_without_a_complaint(
    desk: Any, studio: Studio
) -> None:
    """Its size stands in an attribute `style`, which htmx must not write into the new part: the policy forbids it."""
    product = one(studio, "Product.objects.get(title='Шляпа фетровая № 7').pk")
    desk.goto(f"/products/{product}/")
    remark = desk.locator("#run_remark")
    remark.evaluate("field => { field.style.height = '200px'; field.dataset.old = 'yes'; }")
    with desk.expect_response(f"**/products/{product}/"):
        desk.evaluate("htmx.trigger('#product', 'changed')")
    expect(remark).not_to_have_attribute("data-old", "yes")
    expect(desk.locator("#product.htmx-settling, #product .htmx-settling")).to_have_count(0)


def test_a_lost_connection_is_said_and_taken_up_again(desk: Any, studio: Studio, watch: Watch) -> None:
    job = one(studio, "Job.objects.filter(state='queued', parent=None, child_kind='').first().pk")
    desk.route("**/live?*", lambda route: route.abort())
    desk.goto(f"/jobs/{job}/")
    bar = desk.locator("[data-stale]")
    bar.wait_for(state="visible")
    desk.unroute("**/live?*")
    bar.wait_for(state="hidden")
    watch.console.clear()  # the browser's own words about the request that was cut on purpose


@pytest.mark.parametrize(
    ("answer", "words"),
    [(0, "Студия не отвечает"), (403, "не ваше право"), (429, "Слишком много"), (500, "сломалось")],
)
def test_what_a_person_asked_for_and_did_not_get_is_said(
    answer: int, words: str, desk: Any, studio: Studio, watch: Watch
) -> None:
    is_cut = True

    def pass_on(route: Any) -> None:
        if not is_cut or route.request.headers.get("hx-request") != "true":
            route.continue_()
        elif answer:
            route.fulfill(status=answer, body="")
        else:
            route.abort()

    desk.route("**/products/?*", pass_on)
    desk.goto("/products/")
    bar = desk.locator("[data-refused]")
    assert not bar.is_visible()
    field = desk.locator("input[type=search]").first
    field.fill("шляпа")
    field.press("Enter")
    expect(bar).to_contain_text(words)
    assert field.input_value() == "шляпа"
    is_cut = False
    field.fill("шляпа фетровая")
    field.press("Enter")
    expect(bar).to_be_hidden()
    watch.console.clear()  # the browser's own words about the request that was refused on purpose
