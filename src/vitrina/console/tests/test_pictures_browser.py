"""Generated pictures in a real browser: a tile that renews itself, two over each other, a product's pictures by mouse and keys."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import expect

from vitrina.console.tests.conftest import Studio, Watch, sign_in

pytestmark = pytest.mark.browser

WORLD = "from vitrina.imagery.models import *; from vitrina.catalog.models import *; from vitrina.imagery import ending; "


@pytest.fixture
def easel(chromium: Any, studio: Studio, watch: Watch) -> Iterator[Any]:
    """A page of whoever may draw and arrange everywhere."""
    context = chromium.new_context(
        base_url=studio.address, viewport={"width": 1280, "height": 900}, locale="ru-RU"
    )
    context.set_default_timeout(10_000)
    page = context.new_page()
    watch.on(page)
    sign_in(page, "chief")
    yield page
    context.close()
    assert watch.outside == []
    assert watch.console == []


def told(studio: Studio, expression: str) -> str:
    return studio.run(f"{WORLD}print({expression})").strip()


def test_a_new_picture_is_followed_until_its_end_without_a_reload(easel: Any, studio: Studio) -> None:
    easel.goto("/pictures/")
    easel.keyboard.press("n")
    easel.wait_for_url("**/pictures/new/")
    easel.keyboard.type("Замок 904417 на скале")
    easel.dblclick("button.main")
    easel.wait_for_url(re.compile(r"/pictures/\d+/"))
    pk = easel.url.rstrip("/").rpartition("/")[2]
    assert told(studio, "GeneratedImage.objects.filter(title__contains='904417').count()") == "1"
    gallery = easel.context.new_page()
    gallery.goto("/pictures/?q=904417")
    expect(gallery.locator(".tile.live")).to_have_count(1)
    studio.run(f"{WORLD}ending.fail({pk}, 'Picture 904417 is not to be had.')")
    expect(gallery.locator(".tile.failed .trouble")).to_have_text("Picture 904417 is not to be had.")
    expect(easel.locator("[role=alert]", has_text="904417 is not")).to_be_visible()
    expect(easel.locator("button:has-text('Ещё раз')")).to_be_visible()
    gallery.close()


def test_two_pictures_lie_over_each_other_and_the_arrow_keys_part_them(easel: Any, studio: Studio) -> None:
    one, two = told(
        studio,
        "*GeneratedImage.objects.filter(recipe='product_shot', status='completed').values_list('pk', flat=True)[:2]",
    ).split()
    easel.goto(f"/pictures/{one}/beside/{two}/")
    line = easel.locator("[data-sweep] input[type=range]")
    line.focus()
    easel.keyboard.press("End")
    assert (
        easel.locator(".sweep-stage").evaluate("e => getComputedStyle(e).getPropertyValue('--sweep').trim()")
        == "100%"
    )
    easel.keyboard.press("Home")
    assert (
        easel.locator(".sweep-stage").evaluate("e => getComputedStyle(e).getPropertyValue('--sweep').trim()")
        == "0%"
    )


def test_a_products_pictures_are_arranged_by_mouse_and_by_keys(easel: Any, studio: Studio) -> None:
    product = told(studio, "Product.objects.filter(images__picture__isnull=False).earliest('pk').pk")
    order = f"*ProductImage.objects.filter(product={product}).values_list('pk', flat=True)"
    first, second, *rest = told(studio, order).split()
    easel.goto(f"/products/{product}/")
    places = easel.locator("[data-arranges] > li")
    places.nth(0).drag_to(places.nth(1))
    easel.wait_for_url("**#pictures")
    expect(places.nth(0).locator(".address, .frame img")).to_be_visible()
    assert told(studio, order).split() == [second, first, *rest]
    easel.locator("[data-arranges] > li").nth(1).locator("button[title='Раньше']").press("Enter")
    expect(easel.locator("[data-arranges] > li").nth(0).locator("img")).to_be_visible()
    assert told(studio, order).split() == [first, second, *rest]
    easel.locator("[data-arranges] > li").nth(0).locator("button[title='Убрать']").click()
    easel.locator("summary", has_text="1 картинка").click()
    easel.locator("button:has-text('Вернуть')").click()
    expect(easel.locator("[data-arranges] > li")).to_have_count(2 + len(rest))
    assert told(studio, order).split() == [first, second, *rest]
