"""The inbox in a real browser: canned answers by keyboard, several approved at once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import expect

from vitrina.console.tests.conftest import Studio, Watch, sign_in
from vitrina.console.tests.test_browser import one

pytestmark = pytest.mark.browser


@pytest.fixture
def inbox(chromium: Any, studio: Studio, watch: Watch) -> Iterator[Any]:
    """The page of somebody who may answer; nothing outside, no complaint of the browser."""
    context = chromium.new_context(
        base_url=studio.address, viewport={"width": 1280, "height": 900}, locale="ru-RU"
    )
    context.set_default_timeout(10_000)
    page = context.new_page()
    watch.on(page)
    sign_in(page, "chief")
    yield page
    context.close()
    assert watch.outside == []
    assert watch.console == []


def review(studio: Studio) -> str:
    """Id of the review of the world that the browser visits."""
    return one(
        studio,
        "__import__('vitrina.inbox.models').inbox.models.Interaction.objects.filter(seller__slug='hat', kind='review').earliest('pk').pk",
    )


def test_a_canned_answer_is_put_in_by_keys_alone(inbox: Any, studio: Studio) -> None:
    inbox.goto(f"/inbox/{review(studio)}/")
    field, palette = inbox.locator("[data-reply-text]"), inbox.locator("[data-palette]")
    inbox.keyboard.press("r")
    expect(field).to_be_focused()
    inbox.keyboard.press("Control+A")
    # A slash inside of a word is a slash.
    inbox.keyboard.type("Размер 44/46. ")
    expect(palette).to_be_hidden()
    inbox.keyboard.type("/")
    expect(palette).to_be_visible()
    expect(inbox.locator("[data-canned]")).to_have_count(1)
    inbox.keyboard.type("нет такого")
    expect(inbox.locator("[data-none]")).to_be_visible()
    inbox.keyboard.press("Escape")
    expect(field).to_be_focused()
    expect(field).to_have_value("Размер 44/46. /")
    inbox.keyboard.press("Backspace")
    inbox.keyboard.type("/")
    inbox.keyboard.type("мол")
    inbox.keyboard.press("Enter")
    expect(palette).to_be_hidden()
    expect(field).to_have_value("Размер 44/46. Анна Покупателева, молнию 7305 проверим.")
    inbox.keyboard.type(" Спасибо!")
    expect(field).to_have_value("Размер 44/46. Анна Покупателева, молнию 7305 проверим. Спасибо!")
    assert inbox.locator("#reply_form [name=canned]").get_attribute("value") == one(
        studio,
        "__import__('vitrina.inbox.models').inbox.models.CannedAnswer.objects.get(seller__slug='hat').pk",
    )
    # The browser's own undo knows it.
    inbox.locator("h1").first.click()
    inbox.keyboard.press("t")
    expect(palette).to_be_visible()
    inbox.keyboard.press("Enter")
    inbox.keyboard.press("Control+Z")
    expect(field).to_have_value("Размер 44/46. Анна Покупателева, молнию 7305 проверим. Спасибо!")


QUESTIONS = """
from datetime import timedelta
from django.utils import timezone
from vitrina.channels.models import Connection
from vitrina.channels.ports import Kind, Seen
from vitrina.inbox import drafting
from vitrina.inbox.models import Interaction
from vitrina.inbox.receiving import receive
shop = Connection.objects.get(seller__slug="hat")
now = timezone.now()
receive(shop, [
    Seen(Kind.QUESTION, f"ahead-{number}", now - timedelta(minutes=number), True, text=f"Вопрос про подкладку {number}?")
    for number in (1, 2)
])
rows = list(Interaction.objects.filter(external_id__startswith="ahead-").order_by("external_id"))
for row in rows:
    drafting.draft(row, by_model=False)
print(shop.seller_id, *(row.pk for row in rows))
"""
CAN_BE_SEEN = "(field) => field.checkVisibility({ opacityProperty: true })"
WROTE_MORE = """
from django.db.models import F
from django.utils import timezone
from vitrina.inbox.models import Interaction
from vitrina.jobs import events
row = Interaction.objects.get(pk={pk})
Interaction.objects.filter(pk=row.pk).update(text={text!r}, version=F("version") + 1, changed_at=timezone.now())
if {is_told}:
    events.record(f"seller:{{row.seller_id}}", "inbox", {{"interactions": [row.pk]}})
"""


def test_the_next_one_stands_at_once_and_never_with_a_draft_that_is_stale(inbox: Any, studio: Studio) -> None:
    seller, first, second = studio.run(QUESTIONS).split()
    held: list[Any] = []
    confirmed = f"**/inbox/{second}/?*"

    def asked_ahead(answer: Any) -> bool:
        return "/next?" in answer.url and "back=" not in answer.url and "x-ahead" in answer.request.headers

    try:
        with inbox.expect_response(asked_ahead):
            inbox.goto(f"/inbox/{first}/?kind=question&seller={seller}")
        field, talk = inbox.locator("[data-reply-text]"), inbox.locator("#pane .prose").first
        # The studio is silent for now: what stands there was asked for before.
        inbox.route(confirmed, lambda route: held.append(route))
        inbox.keyboard.press("j")
        expect(talk).to_have_text("Вопрос про подкладку 2?")
        expect(field).not_to_have_value("")
        # Its draft doesn't stay where it isn't known to hold.
        inbox.wait_for_function(f"!(({CAN_BE_SEEN})(document.querySelector('[data-reply-text]')))")
        # It changed in the same moment, and no news of it came: the answer to the question puts it right.
        studio.run(WROTE_MORE.format(pk=second, text="Передумала: мех?", is_told=False))
        for route in held:
            route.continue_()
        inbox.unroute(confirmed)
        expect(talk).to_have_text("Передумала: мех?")
        expect(field).to_have_value("")

        inbox.keyboard.press("k")
        expect(talk).to_have_text("Вопрос про подкладку 1?")
        inbox.wait_for_function(f"(({CAN_BE_SEEN})(document.querySelector('[data-reply-text]')))")
        expect(field).not_to_have_value("")
        with inbox.expect_response(asked_ahead):
            studio.run(WROTE_MORE.format(pk=second, text="И мех, и шёлк?", is_told=True))
        inbox.route(confirmed, lambda route: held.append(route))
        inbox.keyboard.press("j")
        expect(talk).to_have_text("И мех, и шёлк?")
    finally:
        inbox.goto("about:blank")
        studio.run(
            "from vitrina.inbox.models import Interaction\n"
            "Interaction.objects.filter(external_id__startswith='ahead-').delete()"
        )


WAITING = """
from datetime import timedelta
from django.utils import timezone
from vitrina.channels.models import Connection
from vitrina.channels.ports import Kind, Seen
from vitrina.inbox import drafting
from vitrina.inbox.models import Draft, Interaction
from vitrina.inbox.receiving import receive
connection = Connection.objects.get(seller__slug="hat")
texts = ["Рады, что шляпа впору!", "Спасибо за слова о фетре!", "Ждём вас снова у нас!", "УРА УРААА СПАСИБО!!!"]
at = timezone.now() - timedelta(days=2)
receive(connection, [
    Seen(Kind.REVIEW, f"bulk-{n}", at - timedelta(minutes=n), True, text=f"Шляпа номер {n} чудесная", rating=5, buyer=f"Вера {n}")
    for n in range(len(texts))
])
for n, text in enumerate(texts):
    row = Interaction.objects.get(external_id=f"bulk-{n}")
    made = drafting.draft(row, by_model=False)
    Draft.objects.filter(pk=made.pk).update(text="Здравствуйте! " + text)
"""


def test_several_are_picked_reviewed_and_sent_by_keys_alone(inbox: Any, studio: Studio) -> None:
    try:
        studio.run(WAITING)
        inbox.goto("/inbox/?words=Шляпа")
        boxes = inbox.locator("[data-row] input[name=ids]")
        expect(boxes).to_have_count(4)
        inbox.keyboard.press("j")
        inbox.keyboard.press("Space")
        inbox.keyboard.press("j")
        inbox.keyboard.press("j")
        inbox.keyboard.press("Shift+Space")
        expect(inbox.locator("[data-row] input[name=ids]:checked")).to_have_count(3)
        inbox.keyboard.press("Space")
        expect(inbox.locator("[data-bulk] [data-picked]")).to_have_text("2")
        inbox.keyboard.press("e")
        expect(inbox.locator("[data-bulk] [data-picked]")).to_have_text("4")
        # News from elsewhere brings the list anew; what is picked stays picked.
        with inbox.expect_response(
            lambda answer: "/inbox/" in answer.url and answer.request.headers.get("hx-request") == "true"
        ):
            studio.run(
                "from vitrina.jobs import events; from vitrina.accounts.models import Seller\n"
                "events.record(f'seller:{Seller.objects.get(slug=\"hat\").pk}', 'inbox', {})"
            )
        expect(inbox.locator("[data-row] input[name=ids]:checked")).to_have_count(4)
        inbox.keyboard.press("a")
        inbox.wait_for_url("**/inbox/approval?*")
        expect(inbox.locator("[data-row]")).to_have_count(4)
        expect(inbox.locator("[data-row] input:checked")).to_have_count(0)
        inbox.keyboard.press("Control+Enter")  # nothing is ticked: nothing happens
        expect(inbox.locator("[data-send-picked]")).to_have_attribute("aria-disabled", "true")
        inbox.keyboard.press("t")
        expect(inbox.locator("[data-row] input:checked")).to_have_count(3)  # the one that shouts isn't clean
        inbox.keyboard.press("j")
        inbox.keyboard.press("x")
        expect(inbox.locator("[data-approves] [data-picked]")).to_have_text("2")
        inbox.keyboard.press("Control+Enter")
        inbox.wait_for_url("**/inbox/approvals*")
        expect(inbox.locator("[data-outcome] .chip.run")).to_have_count(2)
        sent = "__import__('vitrina.inbox.models').inbox.models.Reply.objects.filter(interaction__external_id__startswith='bulk').count()"
        assert one(studio, sent) == "2"
    finally:
        inbox.goto("about:blank")
        studio.run(
            "from vitrina.inbox.models import Interaction\n"
            "Interaction.objects.filter(external_id__startswith='bulk-').delete()"
        )
