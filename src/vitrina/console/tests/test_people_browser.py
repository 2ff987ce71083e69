"""Coming in, in a real browser: the welcome of the first administrator, the second factor, an invitation."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import expect

from vitrina.accounts.two_factor_codes import STEP_SECONDS, code_at
from vitrina.console.tests.conftest import Studio, Watch, fill_in_the_door, sign_in

pytestmark = pytest.mark.browser


@pytest.fixture
def guest(chromium: Any, studio: Studio, watch: Watch) -> Iterator[Any]:
    """A browser in which nobody signed in; nothing outside, no complaint but of refused sign-ins."""
    context = chromium.new_context(
        base_url=studio.address, viewport={"width": 1280, "height": 900}, locale="ru-RU"
    )
    context.set_default_timeout(10_000)
    page = context.new_page()
    watch.on(page)
    yield page
    context.close()
    assert watch.outside == []
    assert [words for words in watch.console if "401" not in words] == []


def make(studio: Studio, name: str, **fields: object) -> None:
    studio.run(f"from tests import factories; factories.user({name!r}, **{fields!r})")


def test_the_welcome_leads_a_new_administrator_to_their_seller(guest: Any, studio: Studio) -> None:
    make(studio, "first", is_superuser=True, must_change_password=True, welcome="language")
    guest.goto("/login/")
    guest.fill("#id_name", "first")
    guest.fill("#id_password", "first-password")
    guest.click("button.main")
    guest.fill("#id_new_password1", "a-window-full-of-hats")
    guest.fill("#id_new_password2", "a-window-full-of-hats")
    guest.click("button.main")
    guest.wait_for_url("**/welcome/language/")
    guest.click("text=Русский")
    guest.fill("#id_name", "Лавка с площади")
    guest.select_option("#id_target", "wildberries")
    guest.click("button.main")
    guest.wait_for_url("**/welcome/models/")
    # It is left, and taken up from Today.
    guest.goto("/settings/")
    guest.goto("/")
    guest.wait_for_url("**/welcome/models/")
    guest.click("button.main")
    guest.wait_for_url("**/welcome/onward/")
    expect(guest.locator(".doors-on")).to_contain_text("Лавка с площади")
    guest.set_viewport_size({"width": 390, "height": 844})
    for step in ("language", "seller", "models", "onward"):
        guest.goto(f"/welcome/{step}/")
        assert guest.evaluate("document.documentElement.scrollWidth") <= 390, step
    guest.goto("/")
    expect(guest).to_have_url(f"{studio.address}/")


def test_a_second_factor_is_set_up_and_asked_for(guest: Any, studio: Studio) -> None:
    make(studio, "dora")
    fill_in_the_door(guest, "dora")
    guest.goto("/settings/security/")
    guest.click("text=Включить")
    assert guest.locator(".qr svg path").count() >= 1
    secret = guest.locator("code.wrap").inner_text().replace(" ", "")
    step = int(time.time()) // STEP_SECONDS
    guest.fill("#id_code", code_at(secret, step))
    guest.click("button.main")
    codes = guest.locator("#codes").inner_text().split()
    assert len(codes) == 10
    guest.click("text=Коды сохранены")
    expect(guest.locator("#factor + .chip")).to_have_text("включён")

    guest.locator(".rail-foot form[action='/logout/'] button").click()
    guest.fill("#id_name", "dora")
    guest.fill("#id_password", "dora-password")
    guest.click("button.main")
    guest.wait_for_url("**/login/code**")
    guest.fill("#id_code", code_at(secret, step))  # the one that was used already
    guest.click("button.main")
    expect(guest.locator(".error")).to_be_visible()
    guest.fill("#id_code", codes[0].upper())
    guest.click("button.main")
    guest.wait_for_url(f"{studio.address}/")
    expect(guest.locator("#messages")).to_contain_text("9")


def test_an_invitation_is_made_copied_and_accepted(guest: Any, chromium: Any, studio: Studio) -> None:
    studio.run(
        "from tests import factories; from vitrina.accounts.models import Seller\n"
        "factories.user('hedda', seller=Seller.objects.get(slug='hat'), role='admin')"
    )
    guest.context.grant_permissions(["clipboard-read", "clipboard-write"])
    sign_in(guest, "hedda")
    guest.goto("/settings/people/")
    guest.fill("#id_name", "Новенький")
    guest.select_option("#id_role", "moderator")
    guest.click("text=Создать ссылку")
    guest.click("text=Скопировать")
    expect(guest.locator("[data-copies]")).to_have_text("Скопировано")
    link = guest.evaluate("navigator.clipboard.readText()")
    assert link == guest.locator("#shown-once").input_value()

    context = chromium.new_context(locale="ru-RU")
    other = context.new_page()
    other.goto(link)
    other.fill("#id_name", "novenky")
    other.fill("#id_new", "a-window-full-of-hats")
    other.click("button.main")
    other.wait_for_url(f"{studio.address}/")
    other.goto(f"{studio.address}/moderation/")
    assert other.locator("h1").count() == 1
    context.close()


def test_pages_of_administrators_run_nothing_of_others_and_fit_a_phone(guest: Any, studio: Studio) -> None:
    studio.run(
        "from tests import factories\n"
        "from vitrina.accounts import audit, inviting, tokens\n"
        "from vitrina.accounts.models import Plan, Seller\n"
        "from vitrina.console.tests.browser_world import HOSTILE\n"
        "chief = factories.user('ruth', is_superuser=True, first_name=HOSTILE[:150])\n"
        "seller = Seller.objects.create(name=HOSTILE[:200], slug='ruths', currency='RUB')\n"
        "Plan.objects.create(name=HOSTILE[:80])\n"
        "factories.user('sam', seller=seller, role='moderator', first_name=HOSTILE[:150])\n"
        "inviting.invite(seller, 'moderator', name=HOSTILE[:150], by=chief)\n"
        "tokens.issue(chief, HOSTILE[:80], ['view'])\n"
        "audit.record(HOSTILE[:80], seller, by=chief, before={HOSTILE: HOSTILE}, after={HOSTILE: [HOSTILE]})"
    )
    ids = studio.run(
        "from vitrina.accounts.models import *\n"
        "print(Seller.objects.get(slug='ruths').pk, User.objects.get(username='sam').pk)"
    )
    seller, sam = ids.split()
    sign_in(guest, "ruth")
    pages = (
        f"/settings/people/?seller={seller}", "/settings/people/everybody/", f"/settings/people/{sam}/", "/settings/sellers/",
        f"/settings/sellers/{seller}/", "/settings/sellers/new", "/settings/tokens/", "/settings/audit/",
        f"/settings/audit/?seller={seller}", "/settings/security/", "/settings/security/two-factor", "/settings/",
        "/welcome/seller/", "/welcome/onward/",
    )  # fmt: skip
    for path in pages:
        guest.set_viewport_size({"width": 1280, "height": 900})
        assert guest.goto(path).status == 200, path
        assert guest.evaluate("window.pwned") is None, path
        assert guest.locator("[onerror], [onload], [style], iframe").count() == 0, path
        for width, height in ((1280, 900), (390, 844)):
            guest.set_viewport_size({"width": width, "height": height})
            assert guest.evaluate("document.documentElement.scrollWidth") <= width, (path, width)
