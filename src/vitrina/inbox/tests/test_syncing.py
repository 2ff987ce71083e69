"""Reading a simulated marketplace over HTTP: cursors last, nothing twice, one failing channel holds up no other."""

from __future__ import annotations

import pytest

from vitrina.accounts.models import User
from vitrina.channels import connecting
from vitrina.channels.tests.ozon_shop import IDS, chat, talk
from vitrina.inbox import sending
from vitrina.inbox.models import InboxSettings, Interaction, Reading, ReplyState, Status
from vitrina.inbox.sending import NotSent
from vitrina.inbox.tests.conftest import Desk
from vitrina.jobs.models import Job
from vitrina.jobs.worker import run_ready

pytestmark = pytest.mark.filterwarnings("ignore::aiohttp.web_exceptions.NotAppKeyWarning")


def kinds() -> dict[str, int]:
    found: dict[str, int] = {}
    for kind in Interaction.objects.values_list("kind", flat=True):
        found[kind] = found.get(kind, 0) + 1
    return found


def test_everything_that_wants_an_answer_comes_once(desk: Desk) -> None:
    desk.market.add(*[talk("review", number) for number in range(45)])
    desk.market.add(*[talk("question", number) for number in range(12)])
    desk.market.add(
        chat(1, ("buyer", "Есть размер M?")), chat(2, ("buyer", "Где заказ?"), ("seller", "В пути"))
    )
    told = desk.sync()
    assert told["troubles"] == {}
    assert kinds() == {"review": 45, "question": 12, "chat": 2}
    assert Interaction.objects.filter(needs_response=True).count() == 58
    again = desk.sync()
    assert (again["new"], again["changed"]) == (0, 0)
    assert kinds() == {"review": 45, "question": 12, "chat": 2}


@pytest.mark.parametrize("fault", ["again", "shift"])
def test_pages_that_repeat_or_shift_lose_and_double_nothing(desk: Desk, fault: str) -> None:
    desk.market.add(*[talk("review", number) for number in range(50)])
    desk.market.fails("ok", fault, "ok", fault, on="/v1/review/list")
    troubles = [desk.sync()["troubles"] for _ in range(4)]
    assert troubles[-1] == {}
    assert kinds() == {"review": 50}


def test_pages_that_lead_in_a_circle_end_and_say_so(desk: Desk) -> None:
    desk.market.add(*[talk("review", number) for number in range(45)], talk("question", 1))
    desk.market.fails(always="loop", on="/v1/review/list")
    told = desk.sync()
    assert "another page" in told["troubles"]["review"]
    assert kinds()["question"] == 1
    desk.market.fails(always="")
    assert desk.sync()["troubles"] == {}
    assert kinds() == {"review": 45, "question": 1}
    assert not Reading.objects.exclude(trouble="").exists()


def test_a_channel_that_fails_is_recorded_and_stops_no_other(desk: Desk) -> None:
    desk.market.add(talk("review", 1), talk("question", 1))
    desk.market.fails(always="unavailable", on="/v1/review/list")
    told = desk.sync()
    assert list(told["troubles"]) == ["review"]
    assert kinds() == {"question": 1}
    trouble = Reading.objects.get(kind="review").trouble
    assert "Ozon" in trouble
    desk.market.fails(always="")
    desk.sync()
    assert kinds() == {"question": 1, "review": 1}


def test_a_reading_that_broke_off_goes_on_where_it_was(desk: Desk) -> None:
    desk.market.add(*[talk("review", number) for number in range(70)])
    desk.market.fails("ok", "ok", "server_error", on="/v1/review/list")
    assert "review" in desk.sync()["troubles"]
    half = kinds()["review"]
    assert 0 < half < 70
    asked = len(desk.market.asked("/v1/review/list"))
    desk.sync()
    assert kinds()["review"] == 70
    first = desk.market.asked("/v1/review/list")[asked]
    assert first.body["last_id"]  # not from the beginning


def test_an_answer_in_the_cabinet_ends_it_here(desk: Desk, alice: User) -> None:
    desk.market.add(talk("review", 1), talk("review", 2))
    desk.sync()
    Interaction.objects.update(assignee=alice, note="узнать на складе")
    desk.market.state.reply(desk.market.state.talks["review:1"], "Спасибо!", by="cabinet")
    desk.sync()
    row = Interaction.objects.get(external_id=IDS["review"]("1"))
    assert (row.status, row.needs_response) == (Status.RESPONDED, False)
    assert (row.assignee, row.note) == (alice, "узнать на складе")
    assert Interaction.objects.get(external_id=IDS["review"]("2")).needs_response


def test_a_plan_that_lacks_a_channel_is_a_state_and_no_trouble(desk: Desk) -> None:
    desk.shop.settings.plan = ""
    desk.market.add(talk("review", 1), talk("question", 1))
    told = desk.sync()
    assert told["troubles"] == {}
    assert desk.connection.access["review"]["state"] == "needs_plan"
    asked = len(desk.market.asked("/v1/review/list"))
    desk.sync()
    assert len(desk.market.asked("/v1/review/list")) == asked  # nobody knocks again until the next probe


def test_a_key_that_was_withdrawn_stops_the_reading_and_is_said(desk: Desk) -> None:
    desk.shop.settings.key = "another"
    told = desk.sync()
    assert told["troubles"]
    assert desk.connection.trouble


def test_another_shop_begins_anew_and_mixes_with_nothing(desk: Desk, alice: User) -> None:
    desk.market.add(talk("review", 1), talk("review", 2), chat(3, ("buyer", "Есть?")))
    desk.sync()
    assert desk.connection.shop == "12345"
    waits = sending.queue(Interaction.objects.get(kind="chat"), "Есть", by=alice)
    old = dict(Reading.objects.values_list("kind", "pk"))

    other = {"client_id": "777", "api_key": "sim-key"}
    connecting.change_credentials(desk.connection, other, by=alice)
    desk.market.state.talks.clear()
    desk.market.add(talk("review", 2, text="Про другой магазин"), talk("review", 9))
    run_ready()  # before anything of the other shop was read
    waits.refresh_from_db()
    assert waits.state == ReplyState.FAILED
    assert "another shop" in waits.words
    assert desk.market.asked("/send/message") == []

    desk.sync()
    assert desk.connection.shop == "777"
    assert not set(Reading.objects.values_list("pk", flat=True)) & set(old.values())
    rows = {row.external_id: row for row in Interaction.objects.all()}
    theirs, same, fresh = (rows[IDS["review"](number)] for number in "129")
    assert (theirs.connection, theirs.needs_response, theirs.status) == (None, False, Status.CLOSED)
    assert (same.connection, same.needs_response, same.text) == (desk.connection, True, "Про другой магазин")
    assert (fresh.connection, fresh.needs_response) == (desk.connection, True)
    asked = [str(one.body) for one in desk.market.asked("/info")]
    assert not any(IDS["review"]("1") in body for body in asked[-5:])
    with pytest.raises(NotSent):
        sending.queue(theirs, "Спасибо", by=alice)

    # And back: what still waits there is open again.
    connecting.change_credentials(desk.connection, {"client_id": "12345", "api_key": "sim-key"}, by=alice)
    desk.market.state.talks.clear()
    desk.market.add(talk("review", 1), chat(3, ("buyer", "Есть?")))
    desk.sync()
    theirs.refresh_from_db()
    assert (theirs.connection, theirs.needs_response, theirs.status) == (desk.connection, True, Status.NEW)
    assert Interaction.objects.get(kind="chat").needs_response


def test_a_new_key_of_the_same_shop_goes_on_reading(desk: Desk, alice: User) -> None:
    desk.market.add(talk("review", 1))
    desk.sync()
    cursors = dict(Reading.objects.values_list("kind", "pk"))
    desk.shop.settings.key = "another"
    connecting.change_credentials(desk.connection, {"client_id": "12345", "api_key": "another"}, by=alice)
    assert desk.sync()["troubles"] == {}
    assert dict(Reading.objects.values_list("kind", "pk")) == cursors
    assert Interaction.objects.get().connection == desk.connection


def test_a_draft_is_there_as_soon_as_it_was_read(desk: Desk) -> None:
    InboxSettings.objects.update(pregenerates=True)
    desk.market.add(talk("review", 1, rating=1, text="Порвалось"), talk("question", 2))
    desk.sync()
    assert Interaction.objects.filter(draft=None).count() == 0
    assert Job.objects.filter(kind="inbox.round", state="done").exists()
