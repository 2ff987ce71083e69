"""axe-core over every page that the matrix knows, in both languages, both themes, on a desk and on a phone."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import axe_playwright_python
import pytest

from vitrina.console.tests.conftest import Studio, sign_in

pytestmark = pytest.mark.browser

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
DESK = {"viewport": {"width": 1280, "height": 900}}
PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
# Each language, theme and size once; VITRINA_TEST_ALL_LOOKS=1 takes all eight together.
LOOKS = [("ru", "light", "desk"), ("en", "dark", "phone")]
if os.environ.get("VITRINA_TEST_ALL_LOOKS"):
    LOOKS = [
        (lang, theme, size)
        for lang in ("ru", "en")
        for theme in ("light", "dark")
        for size in ("desk", "phone")
    ]


@pytest.fixture
def looking(request: Any, chromium: Any, studio: Studio) -> Iterator[Any]:
    language, theme, size = request.param
    context = chromium.new_context(
        base_url=studio.address,
        locale={"ru": "ru-RU", "en": "en-US"}[language],
        color_scheme=theme,
        reduced_motion="reduce",
        **(DESK if size == "desk" else PHONE),
    )
    page = context.new_page()
    sign_in(page, "chief")
    yield page
    context.close()


@pytest.mark.parametrize("looking", LOOKS, indirect=True, ids="-".join)
def test_every_page_is_accessible(looking: Any, pages: dict[str, list[str]]) -> None:
    wrong: dict[str, list[str]] = {}
    for path in [*pages["plain"], "/no-such-page/"]:
        looking.goto(path)
        found = violations(looking)
        if found:
            wrong[path] = found
    assert wrong == {}, "\n".join(f"{path}\n  " + "\n  ".join(found) for path, found in wrong.items())


def test_the_door_is_accessible(chromium: Any, studio: Studio) -> None:
    context = chromium.new_context(base_url=studio.address, **PHONE)
    page = context.new_page()
    page.goto("/login/")
    assert violations(page) == []
    # And axe does see what is wrong.
    page.evaluate("document.querySelector('main').append(document.createElement('img'))")
    assert [one.split()[0] for one in violations(page)] == ["image-alt"]
    context.close()


def violations(page: Any) -> list[str]:
    page.wait_for_load_state("load")
    page.evaluate(AXE)
    result = page.evaluate("axe.run(document, { resultTypes: ['violations'] })")
    return [
        f"{rule['id']} ({rule['impact']}): {', '.join(' '.join(map(str, node['target'])) for node in rule['nodes'][:4])}"
        for rule in result["violations"]
    ]
