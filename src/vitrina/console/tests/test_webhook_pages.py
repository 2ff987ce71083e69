"""Webhooks in a real browser: made, tested and read; nothing of a receiver runs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from vitrina.console.tests.conftest import Studio, Watch, sign_in

pytestmark = pytest.mark.browser

MADE = """
from tests import factories
from django.utils import timezone
from vitrina.accounts.models import Seller, User
from vitrina.accounts.roles import Role
from vitrina.console.tests.browser_world import HOSTILE
from vitrina.webhooks import endpoints
from vitrina.webhooks.models import Delivery, Endpoint, Try
seller = Seller.objects.get(slug="hat")
if not User.objects.filter(username="olga").exists():
    by = factories.user("olga", seller=seller, role=Role.ADMIN)
    endpoint, _secret = endpoints.create(seller, url="https://shop.example/hooks", kinds=["job.failed"], name=HOSTILE[:80], by=by)
    sent = endpoints.send_test(endpoint, by=by)
    now = timezone.now()
    Delivery.objects.filter(pk=sent.pk).update(state="given_up", tries=1, failures=1, status=500)
    Try.objects.create(delivery=sent, number=1, at=now, ended_at=now, status=500, milliseconds=4, answer=HOSTILE, error=HOSTILE)
endpoint = Endpoint.objects.get(seller=seller, url="https://shop.example/hooks", name=HOSTILE[:80])
print(Delivery.objects.get(endpoint=endpoint, event__kind="test").pk, endpoint.pk)
"""


@pytest.fixture
def made(studio: Studio) -> tuple[str, str]:
    delivery, endpoint = studio.run(MADE).split()
    return f"/settings/webhooks/deliveries/{delivery}/", f"/settings/webhooks/{endpoint}/"


@pytest.fixture
def olga(chromium: Any, studio: Studio, watch: Watch, made: tuple[str, str]) -> Iterator[Any]:
    """The seller's admin, on a phone."""
    context = chromium.new_context(
        base_url=studio.address, viewport={"width": 390, "height": 844}, locale="ru-RU"
    )
    context.set_default_timeout(10_000)
    page = context.new_page()
    watch.on(page)
    sign_in(page, "olga")
    yield page
    context.close()
    assert watch.outside == []


def test_a_webhook_is_made_by_keyboard_and_its_secret_is_shown_once(olga: Any, watch: Watch) -> None:
    olga.goto("/settings/webhooks/")
    olga.keyboard.press("n")
    olga.wait_for_url("**/settings/webhooks/new")
    olga.fill("[name=url]", "http://192.168.0.7/hooks")
    olga.keyboard.press("Enter")
    olga.wait_for_selector(".error")
    assert "частной сети" in olga.inner_text(".error")
    olga.fill("[name=url]", "https://shop.example/other")
    olga.keyboard.press("Enter")
    olga.wait_for_selector("code.secret")
    assert olga.inner_text("code.secret").startswith("whsec_")
    olga.reload()
    assert olga.locator("code.secret").count() == 0
    assert [words for words in watch.console if "422" not in words] == []


def test_what_a_receiver_answers_is_only_text_and_every_page_fits_a_phone(
    olga: Any, watch: Watch, made: tuple[str, str]
) -> None:
    for path in ("/settings/webhooks/", "/settings/webhooks/new", *made, f"{made[1]}change"):
        assert olga.goto(path).status == 200, path
        olga.wait_for_load_state("load")
        assert olga.evaluate("document.documentElement.scrollWidth") <= 390, path
        assert olga.evaluate("window.pwned") is None, path
        assert (
            olga.evaluate("document.querySelectorAll('[onerror],[style],iframe,[data-hx-post]').length") == 0
        ), path
    assert watch.console == []
