"""Every page that the matrix knows, opened once for each look: what is promised of all pages holds on it."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from vitrina.console.tests.conftest import Studio, Watch, sign_in
from vitrina.console.tests.test_accessibility import DESK, PHONE, violations
from vitrina.console.tests.test_keyboard import WALK

pytestmark = pytest.mark.browser

# Each language, theme and size once; VITRINA_TEST_ALL_LOOKS=1 takes all eight together.
LOOKS = [("ru", "light", "desk"), ("en", "dark", "phone")]
if os.environ.get("VITRINA_TEST_ALL_LOOKS"):
    LOOKS = [
        (lang, theme, size)
        for lang in ("ru", "en")
        for theme in ("light", "dark")
        for size in ("desk", "phone")
    ]
# Where a filter finds little or nothing, or what others wrote.
MORE = ["/no-such-page/", "/jobs/?state=dead", "/calls/?outcome=error&provider=x", "/products/?q=hostile"]

HARM = """() => ({
  ran: window.pwned ?? null,
  elements: [...document.querySelectorAll(
    '[onerror],[onload],[onclick],[style],[srcdoc],iframe,object,embed,script:not([src]),[href^="javascript:" i],[hx-on\\\\:click],[data-hx-post],'
    + '[sse-connect],[hx-ext],[hx-get*="pwned"],[hx-post*="pwned"],img[src="x"],[src*="outside.example"],base,form[action^="http"]'
  )].filter((element) => !element.closest(".plot")).map((element) => element.outerHTML.slice(0, 200)),
  evaluates: window.htmx?.config.allowEval || window.htmx?.config.allowScriptTags || !(window.htmx?.config.selfRequestsOnly ?? true),
  counts: (document.title + document.body.innerText).includes("</div>14"),  // {{ 7|add:7 }} was a template
})"""
UNHARMED = {"ran": None, "elements": [], "evaluates": False, "counts": False}


def harmed(page: Any) -> list[str]:
    """What of others is alive in the page."""
    page.wait_for_load_state("load")
    # What htmx would have done of itself it has done by the second frame.
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    found = page.evaluate(HARM)
    return [] if found == UNHARMED else [str(found)]


def too_wide(page: Any) -> list[str]:
    width = page.evaluate("document.documentElement.scrollWidth")
    return [] if width <= PHONE["viewport"]["width"] else [f"{width} px"]


def out_of_reach(page: Any) -> list[str]:
    """What can be pressed but not reached by Tab, or not be seen when it is."""
    page.keyboard.press("Tab")
    return list(page.evaluate(WALK))


def untold_keys(page: Any) -> list[str]:
    """Keys of the page that «?» does not tell."""
    page.evaluate("document.activeElement.blur()")
    if not page.locator("dialog#keys").count():
        return []  # a door with nothing to press but its own form
    page.keyboard.press("?")
    expect(page.locator("dialog#keys")).to_be_visible()
    told = set(page.locator("dialog#keys kbd").all_inner_texts())
    used = page.evaluate(
        "[...document.querySelectorAll('[data-key]')].filter(e => e.checkVisibility()).map(e => e.dataset.key)"
    )
    return sorted(set(used) - told)


Promise = Callable[[Any], list[str]]
# In this order: the later ones move the focus and open what was closed.
OF_ALL: tuple[Promise, ...] = (harmed, violations)
OF_SIZE: dict[str, tuple[Promise, ...]] = {"desk": (out_of_reach, untold_keys), "phone": (too_wide,)}


@pytest.mark.parametrize("look", LOOKS, ids="-".join)
def test_every_page_keeps_what_is_promised_of_all(
    chromium: Any, studio: Studio, pages: dict[str, list[str]], watch: Watch, look: tuple[str, str, str]
) -> None:
    language, theme, size = look
    context = chromium.new_context(
        base_url=studio.address,
        locale={"ru": "ru-RU", "en": "en-US"}[language],
        color_scheme=theme,
        reduced_motion="reduce",
        **(DESK if size == "desk" else PHONE),
    )
    page = context.new_page()
    sign_in(page, "chief")
    watch.on(page)
    broken: list[str] = []
    for path in [*pages["plain"], *MORE]:
        page.goto(path)
        wanting = page.locator("[autofocus]")
        if wanting.count():  # given some time after the page was laid out; it would take a key for a letter
            expect(wanting.first).to_be_focused()
        for promise in (*OF_ALL, *OF_SIZE[size]):
            broken += [f"{path} {promise.__name__}: {wrong}" for wrong in promise(page)[:6]]
    context.close()
    assert broken == [], "\n".join(broken)
    assert watch.outside == []
    assert [words for words in watch.console if "404" not in words] == []


def test_nothing_of_others_runs_where_all_words_are_theirs(
    chromium: Any, studio: Studio, pages: dict[str, list[str]], watch: Watch
) -> None:
    """Whatever a feed, a model, a name or a file holds, nothing of it runs or is fetched."""
    context = chromium.new_context(base_url=studio.address, locale="ru-RU", reduced_motion="reduce")
    page = context.new_page()
    sign_in(page, "chief")
    watch.on(page)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "pwned" in request.url else None)
    broken: list[str] = []
    shown = 0
    for path in pages["planted"]:
        page.goto(path)
        broken += [f"{path} {wrong}" for wrong in harmed(page)]
        shown += "onerror" in page.locator("body").inner_text()
    # A part alone names no icon, so the browser looks for one; nobody opens a part alone.
    page.route("**/favicon.ico", lambda route: route.fulfill(status=204))
    for path in pages.get("planted parts", []):
        page.goto(path)
        broken += [f"{path} {wrong}" for wrong in harmed(page)]
    context.close()
    assert broken == [], "\n".join(broken)
    assert asked == []
    assert watch.outside == []
    assert watch.console == []
    # The words were there to be read, as words, on most pages.
    assert shown > len(pages["planted"]) / 2
