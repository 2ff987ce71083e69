"""Marketplaces in a real browser: connected by keyboard, on a phone; the key is never on a page again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from vitrina.console.tests.conftest import Studio, Watch, sign_in
from vitrina.console.tests.test_accessibility import violations
from vitrina.console.tests.test_keyboard import WALK

pytestmark = pytest.mark.browser

LIST = "/settings/marketplaces/"
KEY = "a-key-that-nobody-should-see-0417"
MADE = """
from tests import factories
from vitrina.accounts.models import Seller, User
from vitrina.accounts.roles import Role
if not User.objects.filter(username="petra").exists():
    seller = Seller.objects.create(name="Котелок", slug="bowler")
    factories.user("petra", seller=seller, role=Role.ADMIN)
"""
ANSWERED = """
from django.utils import timezone
from datetime import timedelta
from vitrina.channels.models import Connection
from vitrina.channels.probing import PROBE
from vitrina.console.tests.browser_world import HOSTILE
from vitrina.jobs import events
from vitrina.jobs.models import Job
made = Connection.objects.get(seller__slug="bowler")
Connection.objects.filter(pk=made.pk).update(
    probed_at=timezone.now(), expires_at=timezone.now() + timedelta(days=5), name=HOSTILE[:200], trouble=HOSTILE,
    trouble_kind="unavailable", access={"review": {"state": "open"}, "question": {"state": "needs_plan", "needs": "Premium Plus"}},
)
job = Job.objects.get(kind=PROBE, key=str(made.pk))
Job.objects.filter(pk=job.pk).update(state="done")
events.record(f"job:{job.pk}", "state", {"state": "done"}, job.pk)
"""


@pytest.fixture
def petra(chromium: Any, studio: Studio, watch: Watch) -> Iterator[Any]:
    """Admin of a seller without a marketplace, on a phone."""
    studio.run(MADE)
    context = chromium.new_context(
        base_url=studio.address,
        viewport={"width": 390, "height": 844},
        locale="ru-RU",
        reduced_motion="reduce",
    )
    context.set_default_timeout(10_000)
    page = context.new_page()
    watch.on(page)
    sign_in(page, "petra")
    yield page
    context.close()
    assert watch.outside == []


def look(page: Any) -> None:
    """Whatever page it is: all of it fits, is accessible, and is reached by Tab."""
    page.wait_for_load_state("load")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390, page.url
    assert page.evaluate("window.pwned") is None, page.url
    assert violations(page) == [], page.url
    page.keyboard.press("Tab")
    assert page.evaluate(WALK) == [], page.url


def test_a_marketplace_is_connected_by_keyboard_and_its_first_look_is_followed(
    petra: Any, studio: Studio, watch: Watch
) -> None:
    petra.goto(LIST)
    assert "персональный токен" in petra.inner_text("main")
    look(petra)
    petra.focus("a[href$='platform=ozon']")
    petra.keyboard.press("Enter")
    petra.wait_for_url("**/new?platform=ozon")
    look(petra)
    petra.fill("[name=client_id]", "12345")
    petra.keyboard.press("Enter")
    petra.wait_for_selector(".error")
    look(petra)
    petra.fill("[name=api_key]", KEY)
    petra.keyboard.press("Enter")
    petra.wait_for_url(f"**{LIST}*/")
    assert "…0417" in petra.inner_text("main")
    assert "Вопрос задан" in petra.inner_text("#connection-opened")
    look(petra)
    studio.run(ANSWERED)
    petra.get_by_text("нужен Premium Plus").wait_for()  # came by itself
    assert "скоро истекают" in petra.inner_text("#connection-opened")
    assert "Вопрос задан" not in petra.inner_text("#connection-opened")
    look(petra)
    assert KEY not in petra.content()
    own = petra.url
    petra.keyboard.press("e")
    petra.wait_for_url("**/credentials")
    assert petra.input_value("[name=client_id]") == "12345"
    assert petra.input_value("[name=api_key]") == ""
    look(petra)
    petra.goto(LIST)
    look(petra)
    petra.keyboard.press("n")
    petra.wait_for_url("**/new")
    look(petra)
    petra.goto(own)
    petra.get_by_role("button", name="Отключить совсем").click()
    # It asks first, and this browser says no.
    assert [
        words.startswith("dialog: Отключить совсем?") for words in watch.console if "422" not in words
    ] == [True]
    petra.goto(own)
    assert "…0417" in petra.inner_text("main")
