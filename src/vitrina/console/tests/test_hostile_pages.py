"""Words of others on every page: whatever a feed, a model, a name or a file holds, nothing of it runs or is fetched."""

from __future__ import annotations

from typing import Any

import pytest

from vitrina.console.tests.conftest import Studio, Watch, sign_in

pytestmark = pytest.mark.browser

HARM = """() => ({
  ran: window.pwned ?? null,
  elements: [...document.querySelectorAll(
    '[onerror],[onload],[onclick],[style],[srcdoc],iframe,object,embed,script:not([src]),[href^="javascript:" i],[hx-on\\\\:click],[data-hx-post],'
    + '[sse-connect],[hx-ext],[hx-get*="pwned"],[hx-post*="pwned"],img[src="x"],[src*="outside.example"],base,form[action^="http"]'
  )].filter((element) => !element.closest(".plot")).map((element) => element.outerHTML.slice(0, 200)),
  evaluates: window.htmx?.config.allowEval || window.htmx?.config.allowScriptTags || !(window.htmx?.config.selfRequestsOnly ?? true),
})"""


def test_nothing_of_others_runs_on_any_page(
    chromium: Any, studio: Studio, pages: dict[str, list[str]], watch: Watch
) -> None:
    context = chromium.new_context(base_url=studio.address, locale="ru-RU")
    page = context.new_page()
    sign_in(page, "chief")
    watch.on(page)
    # A part alone names no icon, so the browser looks for one; nobody opens a part alone.
    page.route("**/favicon.ico", lambda route: route.fulfill(status=204))
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "pwned" in request.url else None)
    wrong: dict[str, Any] = {}
    shown = 0
    for path in [*pages["planted"], *pages.get("planted parts", []), *pages["plain"]]:
        page.goto(path)
        page.wait_for_load_state("load")
        # What htmx would have done of itself it has done by the second frame.
        page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        found = page.evaluate(HARM)
        shown += "onerror" in page.locator("body").inner_text()
        if found["ran"] is not None or found["elements"] or found["evaluates"]:
            wrong[path] = found
    context.close()
    assert wrong == {}
    assert asked == []
    assert watch.outside == []
    assert watch.console == []
    # The words were there to be read, as words, on most pages.
    assert shown > len(pages["planted"]) / 2
