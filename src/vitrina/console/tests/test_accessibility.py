"""axe-core, and the door; test_every_page.py takes it to all the others."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import axe_playwright_python
import pytest

from vitrina.console.tests.conftest import Studio

pytestmark = pytest.mark.browser

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
DESK = {"viewport": {"width": 1280, "height": 900}}
PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}


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
