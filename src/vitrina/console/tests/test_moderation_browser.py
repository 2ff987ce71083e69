"""The moderation desk in a real browser: by keyboard alone, by two people, over a connection that breaks."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import expect

from vitrina.console.tests.conftest import Studio, Watch, sign_in
from vitrina.console.tests.desk_world import Shop, open_shop

pytestmark = pytest.mark.browser

Opens = Callable[..., Any]
# A person has seen the card before they decide; quicker presses are a double click's.
SEEN = 300


@pytest.fixture
def shop(studio: Studio) -> Shop:
    return open_shop(studio)


@pytest.fixture
def enter(chromium: Any, studio: Studio, watch: Watch) -> Iterator[Opens]:
    """Pages of people who signed in, each in a browser of their own."""
    contexts = []

    def open_page(name: str, *, watched: bool = True, **options: Any) -> Any:
        context = chromium.new_context(
            base_url=studio.address,
            locale="ru-RU",
            **{"viewport": {"width": 1280, "height": 900}} | options,
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


def on_desk(page: Any, item: int) -> None:
    """The card is shown, its buttons work, and the next ones had their time to come."""
    expect(page.locator(f'[data-desk][data-item="{item}"]')).to_be_visible()
    page.wait_for_url(f"**/moderation/{item}/*")
    page.wait_for_timeout(SEEN)


def all_sent(page: Any) -> None:
    expect(page.locator("[data-desk-place]")).to_have_attribute("data-outbox", "0")


def start(page: Any) -> None:
    with page.expect_response("**/moderation/ahead*"):
        page.goto("/moderation/")
        page.keyboard.press("s")


def test_a_desk_is_worked_by_keyboard_alone(shop: Shop, enter: Opens, watch: Watch) -> None:
    one, two, three, four, five, six = shop.items
    page = enter(shop.people[0])
    start(page)
    on_desk(page, one)
    page.keyboard.press("2")
    page.keyboard.press("a")
    on_desk(page, two)
    page.keyboard.press("e")
    page.fill("[data-desk] [name=title]", "Платье из хлопка, длина 95 см")
    page.keyboard.press("Escape")
    page.keyboard.press("a")
    on_desk(page, three)
    page.keyboard.press("r")
    page.keyboard.press("3")
    page.keyboard.press("Tab")
    page.keyboard.type("тускло")
    page.keyboard.press("Enter")
    on_desk(page, four)
    page.keyboard.press("s")
    page.keyboard.type("короче")
    page.keyboard.press("Enter")
    on_desk(page, five)
    page.keyboard.press("n")
    on_desk(page, six)
    page.keyboard.press("/")
    page.keyboard.type("ботфорт")
    page.keyboard.press("Enter")
    found = page.locator("[data-desk] label:has([name=category])", has_text="Сапоги")
    expect(found.locator("input")).to_be_focused()
    page.keyboard.press("a")
    on_desk(page, five)  # what was put off comes again
    expect(page.locator("[data-desk-notes]")).to_contain_text("Одобрено")
    assert shop.told("resolution, rejection, notes") == [
        ("approved", "", ""),
        ("approved", "", ""),
        ("rejected", "words", "тускло"),
        ("sent_back", "", "короче"),
        ("", "", ""),
        ("approved", "", ""),
    ]
    assert [edits and sorted(json.loads(edits)) for edits in shop.told("edits")] == [
        ["category"], ["title"], None, None, None, ["category"],
    ]  # fmt: skip
    assert watch.console == []


def test_the_last_decision_is_taken_back_by_one_key(shop: Shop, enter: Opens, watch: Watch) -> None:
    one, two = shop.items[:2]
    page = enter(shop.people[0])
    start(page)
    on_desk(page, one)
    page.keyboard.press("a")
    on_desk(page, two)
    expect(page.locator("[data-desk-notes]")).to_contain_text("Одобрено")
    page.keyboard.press("z")
    on_desk(page, one)
    assert shop.told("id", "resolution <> ''") == []
    page.keyboard.press("a")
    on_desk(page, two)
    assert watch.console == []


def test_a_double_click_and_a_held_key_decide_one_card(shop: Shop, enter: Opens) -> None:
    page = enter(shop.people[0])
    start(page)
    on_desk(page, shop.items[0])
    page.dblclick("[data-desk] [data-key=a]")
    on_desk(page, shop.items[1])
    page.keyboard.down("a")
    for _ in range(5):
        page.keyboard.down("a")  # as a held key repeats
    page.keyboard.up("a")
    on_desk(page, shop.items[2])
    expect(page.locator("[data-waiting]")).to_have_count(0)
    all_sent(page)
    assert len(shop.told("id", "resolution = 'approved'")) == 2


def test_decisions_wait_out_a_lost_connection_and_arrive_once(shop: Shop, enter: Opens, watch: Watch) -> None:
    one, two, three = shop.items[:3]
    page = enter(shop.people[0])
    start(page)
    on_desk(page, one)
    page.context.set_offline(True)
    page.wait_for_function("fetch('/health/live').then(() => false, () => true)")
    page.keyboard.press("a")
    on_desk(page, two)
    page.keyboard.press("r")
    page.keyboard.press("Enter")
    on_desk(page, three)
    expect(page.locator("[data-waiting]")).to_be_visible()
    assert shop.told("id", "resolution <> ''") == []
    page.context.set_offline(False)
    expect(page.locator("[data-waiting]")).to_have_count(0)
    all_sent(page)
    assert shop.told("resolution")[:3] == ["approved", "rejected", ""]
    watch.console.clear()  # the browser's own words about the line that was cut on purpose


def test_a_decision_that_was_not_sent_survives_a_reload(shop: Shop, enter: Opens) -> None:
    page = enter(shop.people[0], watched=False)
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    # Before the page is opened: a page that is open already may send one more request past a new route.
    page.route("**/approval*", lambda route: route.abort())
    start(page)
    on_desk(page, shop.items[0])
    page.keyboard.press("a")
    on_desk(page, shop.items[1])
    expect(page.locator("[data-waiting]")).to_be_visible()
    page.unroute("**/approval*")
    page.reload()
    all_sent(page)
    assert shop.told("resolution")[0] == "approved"
    assert asked == ["beforeunload"]


def test_a_decision_is_kept_before_anything_else_happens(shop: Shop, enter: Opens) -> None:
    page = enter(shop.people[0], watched=False)
    page.on("dialog", lambda dialog: dialog.accept())
    start(page)
    on_desk(page, shop.items[0])
    kept = page.evaluate(
        "document.querySelector('[data-desk] [data-key=a]').click(); sessionStorage.getItem('moderation-outbox')"
    )
    assert [one["id"] for one in json.loads(kept or "[]")] == [str(shop.items[0])]
    page.reload()
    page.wait_for_load_state()
    all_sent(page)
    assert shop.told("resolution")[:2] == ["approved", ""]


def test_a_page_that_is_hidden_at_once_sends_its_decision(shop: Shop, enter: Opens, watch: Watch) -> None:
    page = enter(shop.people[0])
    start(page)
    on_desk(page, shop.items[0])
    page.evaluate("requestAnimationFrame = () => 0")  # as in a hidden tab: nothing is painted
    page.keyboard.press("a")
    page.evaluate(
        "Object.defineProperty(document, 'hidden', { value: true }); document.dispatchEvent(new Event('visibilitychange'))"
    )
    all_sent(page)
    assert shop.told("resolution")[:2] == ["approved", ""]
    assert watch.console == []


def test_the_next_card_waits_in_the_page_and_no_key_reaches_it(
    shop: Shop, enter: Opens, watch: Watch
) -> None:
    one, two = shop.items[:2]
    page = enter(shop.people[0])
    start(page)
    on_desk(page, one)
    waits = page.locator("[data-waits]")
    expect(waits).to_have_attribute("data-item", str(two))
    expect(waits.locator("h1")).to_be_hidden()
    assert page.get_by_role("heading", level=1).count() == 1
    shop.give(one, shop.people[1])
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(page.locator("[data-desk] [data-key=a]")).to_have_attribute("aria-disabled", "true")
    page.keyboard.press("a")
    page.keyboard.press("n")  # what may still be done with it
    on_desk(page, two)
    all_sent(page)
    assert shop.told("id", "resolution <> ''") == []
    watch.console.clear()  # 409 is what was asked for


def test_the_next_card_is_first_seen_from_its_top(shop: Shop, enter: Opens, watch: Watch) -> None:
    page = enter(shop.people[0], viewport={"width": 1280, "height": 500})
    start(page)
    on_desk(page, shop.items[0])
    expect(page.locator("[data-waits]")).to_have_count(1)
    page.evaluate(
        "scrollTo(0, 400); addEventListener('desk:shown', () => { window.seenFrom = scrollY; }, true)"
    )
    assert page.evaluate("scrollY") == 400
    page.keyboard.press("a")
    on_desk(page, shop.items[1])
    assert page.evaluate("seenFrom") == 0
    assert watch.console == []


def test_a_lease_that_was_lost_is_said_and_the_edits_are_kept(shop: Shop, enter: Opens, watch: Watch) -> None:
    one, two = shop.items[:2]
    page = enter(shop.people[0])
    start(page)
    on_desk(page, one)
    page.keyboard.press("e")
    page.fill("[data-desk] [name=title]", "Мои слова не пропали")
    page.keyboard.press("Escape")
    shop.give(one, shop.people[1])
    page.keyboard.press("a")
    on_desk(page, two)
    returned = page.locator("[data-returned]")
    expect(returned).to_contain_text("Не сохранено")
    returned.get_by_role("button").click()
    expect(page.locator(f'[data-desk][data-item="{one}"]')).to_be_visible()
    assert page.input_value("[data-desk] [name=title]") == "Мои слова не пропали"
    assert shop.told("resolution")[0] == ""
    watch.console.clear()  # 409 is what was asked for


def test_what_the_studio_asks_back_keeps_the_edits_and_can_be_insisted_on(
    shop: Shop, enter: Opens, watch: Watch
) -> None:
    one, two = shop.items[:2]
    page = enter(shop.people[0])
    start(page)
    on_desk(page, one)
    page.keyboard.press("e")
    page.fill("[data-desk] [name=seo_title]", "слово " * 30)
    page.keyboard.press("Escape")
    page.keyboard.press("a")
    on_desk(page, two)
    page.locator("[data-returned] button").click()
    expect(page.locator("[data-desk] [name=seo_title]")).to_have_attribute("aria-invalid", "true")
    page.fill("[data-desk] [name=seo_title]", "Платье летнее из хлопка")
    page.keyboard.press("Escape")
    page.wait_for_timeout(SEEN)
    page.keyboard.press("a")
    on_desk(page, two)
    all_sent(page)
    assert shop.told("resolution")[0] == "approved"
    watch.console.clear()  # 422 is what was asked for


def test_two_people_see_each_other_and_never_meet(shop: Shop, enter: Opens, watch: Watch) -> None:
    one = shop.items[0]
    boris, anna = enter(shop.people[0]), enter(shop.people[1])
    start(boris)
    on_desk(boris, one)
    anna.goto(f"/moderation/{one}/")
    expect(anna.locator("[data-holder]")).to_contain_text("Борис смотрит это сейчас")
    assert anna.locator("[data-decides]").count() == 0
    with boris.expect_response("**/moderation/ahead*"):  # what he leaves behind is known when he leaves
        boris.keyboard.press("a")
    expect(anna.locator("[data-holder]")).to_contain_text("Решено")
    start(anna)
    given = int(anna.locator("[data-desk]").get_attribute("data-item"))
    mine = int(boris.locator("[data-desk]").get_attribute("data-item"))
    assert given != mine
    assert given in shop.items
    # Whoever leaves gives back what was prepared for them and never seen.
    boris.goto("/moderation/")
    expect(boris.locator("tbody tr")).to_have_count(5)
    his = f"resolution = '' AND assignee_id = (SELECT id FROM accounts_user WHERE username = '{shop.people[0]}')"
    for _ in range(100):  # a page that is left tells it in passing
        if shop.told("id", his) == [mine]:
            break
        boris.wait_for_timeout(50)
    assert shop.told("id", his) == [mine]
    assert watch.console == []


def test_the_end_of_the_queue_is_said(shop: Shop, enter: Opens) -> None:
    page = enter(shop.people[0])
    start(page)
    for item in shop.items:
        on_desk(page, item)
        page.keyboard.press("a")
    expect(page.locator(".empty")).to_be_visible()
    assert set(shop.told("resolution")) == {"approved"}


def test_a_filter_holds_while_one_works_through_it(shop: Shop, enter: Opens) -> None:
    page = enter(shop.people[0])
    page.goto("/moderation/?sure=middle")
    page.keyboard.press("s")
    on_desk(page, shop.items[0])
    page.keyboard.press("a")
    on_desk(page, shop.items[1])
    assert "sure=middle" in page.url
    page.locator(".crumbs a").first.click()
    assert page.locator("#sure").input_value() == "middle"
    page.goto("/moderation/?sure=low")
    assert page.locator("tbody tr").count() == 0


def test_the_desk_is_whole_without_scripts(shop: Shop, enter: Opens) -> None:
    page = enter(shop.people[0], java_script_enabled=False)
    page.goto("/moderation/")
    page.click("form[action*=next] button")
    page.click("details[data-drawer=r] summary")
    page.check("input[name=reason][value=facts]")
    page.click("details[data-drawer=r] button")
    assert "Отклонено" in page.locator("#messages").inner_text()
    page.click("form[data-decides=skip] button")
    page.click("form[data-decides=approve] button")
    assert "Одобрено" in page.locator("#messages").inner_text()
    page.goto(f"/moderation/{shop.items[0]}/")
    page.click("form[action*=undoing] button")
    assert "Решение отменено" in page.locator("#messages").inner_text()
    assert len(shop.told("id", "resolution <> ''")) == 1


def test_a_thumb_decides_on_a_phone(shop: Shop, enter: Opens) -> None:
    page = enter(shop.people[0], viewport={"width": 390, "height": 844}, is_mobile=True, has_touch=True)
    start_ = page.locator("form[action*=next] button")
    page.goto("/moderation/")
    start_.tap()
    on_desk(page, shop.items[0])
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.locator("[data-desk] details[data-drawer=r] summary").tap()
    box = page.locator("[data-desk] details[data-drawer=r] .drawer-box").bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390
    assert box["y"] >= 0
    page.locator("[data-desk] details[data-drawer=r] button").tap()
    on_desk(page, shop.items[1])
