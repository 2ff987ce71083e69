"""The inbox as operators work in it, in a real browser: by keyboard alone, two at once, over a connection that breaks, live."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import expect
from tests.servers import Marketplace

from vitrina.console.tests.conftest import Watch, sign_in
from vitrina.console.tests.inbox_world import open_inbox
from vitrina.console.tests.running import Studio
from vitrina.simulators import ozon
from vitrina.simulators.marketplace import Settings

pytestmark = [
    pytest.mark.browser,
    pytest.mark.filterwarnings("ignore::aiohttp.web_exceptions.NotAppKeyWarning"),
]

Opens = Callable[..., Any]
MANY = 20


@pytest.fixture(scope="module")
def market() -> Iterator[Marketplace]:
    made = Marketplace(ozon.application(settings=Settings(plan="premium_pro", limits=False)))
    yield made
    made.close()


@pytest.fixture
def enter(chromium: Any, studio: Studio, watch: Watch) -> Iterator[Opens]:
    """Pages of people who signed in, each in a browser of their own."""
    contexts = []

    def open_page(name: str, *, watched: bool = True) -> Any:
        context = chromium.new_context(
            base_url=studio.address, locale="ru-RU", viewport={"width": 1280, "height": 900}
        )
        context.set_default_timeout(10_000)
        contexts.append(context)
        page = context.new_page()
        if watched:
            watch.on(page)
        sign_in(page, name)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert watch.outside == []
    assert watch.console == []


def kept(page: Any) -> list[str]:
    """What this browser keeps of texts that were not sent."""
    keys: list[str] = page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('inbox:'))")
    return keys


def test_twenty_are_answered_in_a_row_by_keys_alone(
    studio: Studio, market: Marketplace, enter: Opens
) -> None:
    inbox = open_inbox(studio, market, [f"Здравствуйте, подойдёт ли лампа № {n}?" for n in range(MANY)])
    page = enter(inbox.people[0])
    page.goto("/inbox/")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    for number, row in enumerate(inbox.rows):
        expect(page.locator(f'#pane[data-interaction="{row}"]')).to_be_visible()
        if number:  # the keys go on from the heading of the next one
            expect(page.locator("#pane h1")).to_be_focused()
        if number == 2:  # taken, with a note for colleagues
            page.keyboard.press("m")
            expect(page.locator("#pane [data-key=m]")).not_to_contain_text("Взять себе")
            expect(page.locator("#pane .inbox-standing")).to_contain_text("Ольга")
            expect(page.locator("#pane h1")).to_be_focused()
            page.keyboard.press("i")
            page.keyboard.press("Tab")
            page.keyboard.type("ждём склад")
            page.keyboard.press("Tab")
            page.keyboard.press("Enter")
            expect(page.locator("#pane .note.ok")).to_contain_text("Заметка")
            expect(page.locator("#pane h1")).to_be_focused()
        if number == 3:  # what can't be sent isn't, and says where
            page.keyboard.press("r")
            page.keyboard.press("Control+A")
            page.keyboard.type("Добрый день! Пишите нам в телеграм @lavka")
            expect(page.locator("[data-send-next]")).to_have_attribute("aria-disabled", "true")
            expect(page.locator("#reply_blocked")).to_be_visible()
            expect(page.locator("[data-marks] mark.high").first).to_be_attached()
            page.keyboard.press("Control+Enter")
            page.keyboard.press("Control+A")
            page.keyboard.type("Добрый день! Проверим по карточке и ответим здесь.")
            expect(page.locator("[data-send-next]")).not_to_have_attribute("aria-disabled", "true")
        if number == 4:
            page.keyboard.press("?")
            expect(page.locator("#keys")).to_contain_text("Ctrl+Enter")
            page.keyboard.press("Escape")
        page.keyboard.press("Control+Enter")
    expect(page.locator("#pane h1")).to_have_count(0)
    inbox.work()
    said = inbox.said()
    assert [len(lines) for lines in said] == [1] * MANY
    assert ["Добрый день! Проверим по карточке и ответим здесь."] in said
    assert len(market.asked("/v1/chat/send/message")) == MANY
    assert kept(page) == []


def test_a_colleague_is_seen_in_the_list_and_beside_it_until_they_leave(
    studio: Studio, market: Marketplace, enter: Opens
) -> None:
    inbox = open_inbox(studio, market, ["Есть ли размер M?", "Когда доставка?"])
    row = inbox.rows[0]
    olga, petr = (enter(name) for name in inbox.people)
    petr.goto("/inbox/")
    with olga.expect_response(f"**/inbox/{row}/presence"):
        olga.goto(f"/inbox/{row}/")
    in_list = petr.locator(f'[data-item="{row}"] .colleague')
    expect(in_list).to_have_attribute("title", "Ольга")
    # Another window of hers is no colleague.
    second = olga.context.new_page()
    with second.expect_response(f"**/inbox/{row}/presence"):
        second.goto(f"/inbox/{row}/")
    expect(olga.locator(".colleague")).to_have_count(0)
    second.close()
    expect(in_list).to_have_count(1)
    petr.goto(f"/inbox/{row}/")
    seen_by_olga = olga.locator("#pane .colleague")
    expect(seen_by_olga).to_contain_text("Пётр")
    petr.locator("#reply_text").press_sequentially("Да")
    expect(seen_by_olga.locator(".types")).to_be_visible()
    petr.close()
    expect(seen_by_olga).to_have_count(0)


def test_what_is_typed_outlives_a_reload_and_a_lost_connection_and_goes_when_it_is_sent(
    studio: Studio, market: Marketplace, enter: Opens
) -> None:
    inbox = open_inbox(studio, market, ["Есть ли размер M?"])
    page = enter(inbox.people[0], watched=False)
    page.goto(f"/inbox/{inbox.rows[0]}/")
    text = "Добрый день! Размер M есть, отправим завтра."
    box = page.locator("#reply_text")
    box.fill("")
    box.press_sequentially(text)
    page.reload()
    expect(box).to_have_value(text)
    page.context.set_offline(True)
    box.press("Control+Enter")
    expect(page.locator("[data-refused]")).to_be_visible()
    expect(box).to_have_value(text)
    page.context.set_offline(False)
    page.reload()
    expect(box).to_have_value(text)
    box.press("Control+Enter")
    expect(page.locator("#pane h1")).to_have_count(0)
    assert kept(page) == []
    inbox.work()
    assert inbox.said() == [[text]]


def test_news_come_by_themselves_and_move_nothing(studio: Studio, market: Marketplace, enter: Opens) -> None:
    inbox = open_inbox(studio, market, ["Есть ли размер M?", "Когда доставка?"])
    row = inbox.rows[0]
    olga, petr = (enter(name) for name in inbox.people)
    olga.goto(f"/inbox/{row}/")
    box = olga.locator("#reply_text")
    box.focus()
    box.press("Control+End")
    box.press_sequentially(" Пишу своё.")
    typed, place = box.input_value(), box.bounding_box()
    # Another buyer, with a draft.
    inbox.write("Новое обращение: пришла разбитая лампа")
    fresh = olga.locator("[data-item]", has_text="Новое обращение")
    expect(fresh).to_contain_text("Готово заранее")
    expect(box).to_be_focused()
    assert (box.input_value(), box.bounding_box()) == (typed, place)
    # A colleague answers the same one: hers stays, and says so.
    petr.goto(f"/inbox/{row}/")
    petr.keyboard.press("Control+Enter")
    expect(olga.locator("[data-elsewhere]")).to_be_visible()
    expect(olga.locator(".inbox-pane .history .chip.run")).to_have_text("ждёт отправки")
    expect(box).to_have_value(typed)
    inbox.work()
    expect(olga.locator(".inbox-pane .history .chip").first).to_have_text("отправлен")
    inbox.work(later=True)
    expect(olga.locator(".inbox-pane .history .chip").first).to_have_text("опубликован")
    assert sorted(len(lines) for lines in inbox.said()) == [0, 0, 1]
