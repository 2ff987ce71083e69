"""By the keyboard alone; test_every_page.py walks over all pages, and looks whether «?» tells their keys."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from vitrina.console.tests.conftest import Studio, sign_in

pytestmark = pytest.mark.browser

# Everything that reacts must be an element that Tab reaches; each one, focused, must look different and not be covered.
WALK = """() => {
  const wrong = [];
  const shown = (element) => element.checkVisibility({ visibilityProperty: true }) && element.getClientRects().length > 0;
  const name = (element) => `${element.localName}${element.id ? "#" + element.id : ""} «${(element.textContent || element.value || element.name || "").trim().replace(/\\s+/g, " ").slice(0, 40)}»`;
  const controls = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex]";
  for (const element of document.querySelectorAll("[hx-post], [data-opens], [data-key], [role=button], [onclick]")) {
    if (shown(element) && !element.matches(controls) && !element.matches("form, [hx-trigger]")) wrong.push(`can't be reached: ${name(element)}`);
  }
  let radios = new Set();
  for (const element of document.querySelectorAll(controls)) {
    if (!shown(element) || element.matches(":disabled") || element.tabIndex < 0) continue;
    if (element.tabIndex > 0) wrong.push(`breaks the order of Tab: ${name(element)}`);
    const host = element.closest("label, .check, .choice") ?? element;
    const look = () => [element, host].map((one) => { const s = getComputedStyle(one); return `${s.boxShadow}|${s.outlineStyle}|${s.outlineColor}|${s.outlineWidth}`; }).join();
    document.activeElement?.blur();
    const before = look();
    element.focus({ focusVisible: true });
    if (document.activeElement !== element) { wrong.push(`takes no focus: ${name(element)}`); continue; }
    if (look() === before) wrong.push(`focus is not seen: ${name(element)}`);
    element.scrollIntoView({ block: "center" });
    const box = element.getClientRects()[0];
    const x = Math.min(innerWidth - 1, Math.max(0, box.x + box.width / 2)), y = Math.min(innerHeight - 1, Math.max(0, box.y + box.height / 2));
    const top = document.elementFromPoint(x, y);
    if (top && !element.contains(top) && !top.contains(element) && !top.closest("label")?.contains(element)) wrong.push(`is covered: ${name(element)} by ${name(top)}`);
  }
  return wrong;
}"""


@pytest.fixture
def chief(chromium: Any, studio: Studio) -> Any:
    context = chromium.new_context(
        base_url=studio.address,
        locale="ru-RU",
        viewport={"width": 1280, "height": 900},
        reduced_motion="reduce",
    )
    page = context.new_page()
    sign_in(page, "chief")
    yield page
    context.close()


def test_tab_walks_through_a_page_and_out_of_it(chief: Any) -> None:
    chief.goto("/jobs/")
    chief.keyboard.press("Tab")
    assert chief.evaluate("document.activeElement.className") == "skip"
    chief.keyboard.press("Enter")
    chief.keyboard.press("Tab")
    assert chief.evaluate("document.querySelector('main').contains(document.activeElement)")
    count = chief.evaluate("document.querySelectorAll('a, button, input, select, summary').length")
    seen = set()
    for _ in range(count + 5):
        chief.keyboard.press("Tab")
        place = chief.evaluate(
            "document.activeElement === document.body ? '' : [...document.querySelectorAll('*')].indexOf(document.activeElement)"
        )
        if place == "":
            break
        assert place not in seen, "Tab goes in circles"
        seen.add(place)
    else:
        pytest.fail("Tab never left the page")


def test_a_refreshed_region_leaves_the_focus_and_what_was_opened(desk: Any, studio: Studio) -> None:
    desk.goto("/")
    desk.locator("summary", has_text="То же таблицей").click()
    desk.locator("a.figure[href='/runs/']").focus()
    desk.evaluate("document.getElementById('today').dataset.old = ''")
    studio.run(
        "from vitrina.accounts.models import Seller; from vitrina.jobs import events\n"
        "events.record(f\"seller:{Seller.objects.get(slug='hat').pk}\", 'state', {'state': 'done'})"
    )
    expect(desk.locator("#today:not([data-old])")).to_be_attached()
    expect(desk.locator("a.figure[href='/runs/']")).to_be_focused()
    expect(desk.locator("#ends")).to_be_visible()
