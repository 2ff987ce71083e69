"""The inbox in a real browser: canned answers by keyboard."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import expect

from vitrina.console.tests.conftest import Studio, Watch, sign_in
from vitrina.console.tests.test_browser import one

pytestmark = pytest.mark.browser


@pytest.fixture
def inbox(chromium: Any, studio: Studio, watch: Watch) -> Iterator[Any]:
    """The page of somebody who may answer; nothing outside, no complaint of the browser."""
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


def review(studio: Studio) -> str:
    """Id of the review of the world that the browser visits."""
    return one(
        studio,
        "__import__('vitrina.inbox.models').inbox.models.Interaction.objects.filter(seller__slug='hat', kind='review').earliest('pk').pk",
    )


def test_a_canned_answer_is_put_in_by_keys_alone(inbox: Any, studio: Studio) -> None:
    inbox.goto(f"/inbox/{review(studio)}/")
    field, palette = inbox.locator("[data-reply-text]"), inbox.locator("[data-palette]")
    inbox.keyboard.press("r")
    expect(field).to_be_focused()
    inbox.keyboard.press("Control+A")
    # A slash inside of a word is a slash.
    inbox.keyboard.type("Размер 44/46. ")
    expect(palette).to_be_hidden()
    inbox.keyboard.type("/")
    expect(palette).to_be_visible()
    expect(inbox.locator("[data-canned]")).to_have_count(1)
    inbox.keyboard.type("нет такого")
    expect(inbox.locator("[data-none]")).to_be_visible()
    inbox.keyboard.press("Escape")
    expect(field).to_be_focused()
    expect(field).to_have_value("Размер 44/46. /")
    inbox.keyboard.press("Backspace")
    inbox.keyboard.type("/")
    inbox.keyboard.type("мол")
    inbox.keyboard.press("Enter")
    expect(palette).to_be_hidden()
    expect(field).to_have_value("Размер 44/46. Анна Покупателева, молнию 7305 проверим.")
    inbox.keyboard.type(" Спасибо!")
    expect(field).to_have_value("Размер 44/46. Анна Покупателева, молнию 7305 проверим. Спасибо!")
    assert inbox.locator("#reply_form [name=canned]").get_attribute("value") == one(
        studio,
        "__import__('vitrina.inbox.models').inbox.models.CannedAnswer.objects.get(seller__slug='hat').pk",
    )
    # The browser's own undo knows it.
    inbox.locator("h1").first.click()
    inbox.keyboard.press("t")
    expect(palette).to_be_visible()
    inbox.keyboard.press("Enter")
    inbox.keyboard.press("Control+Z")
    expect(field).to_have_value("Размер 44/46. Анна Покупателева, молнию 7305 проверим. Спасибо!")
