"""An answer leaves once: clicks, kills, lost and late answers of the marketplace, moderation."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from vitrina.accounts.models import User
from vitrina.channels.tests.ozon_shop import chat, talk
from vitrina.channels.tests.test_ozon import hurried
from vitrina.inbox import confirming, drafting, sending
from vitrina.inbox.models import Interaction, Reply, ReplyState, Status
from vitrina.inbox.sending import NotSent
from vitrina.inbox.tests.conftest import Desk
from vitrina.jobs import control
from vitrina.jobs.models import Job
from vitrina.jobs.worker import run_ready

pytestmark = pytest.mark.filterwarnings("ignore::aiohttp.web_exceptions.NotAppKeyWarning")

TEXT = "Здравствуйте! Спасибо за отзыв, передали коллегам."


@pytest.fixture
def row(desk: Desk) -> Interaction:
    desk.market.add(talk("review", 1, rating=2))
    desk.sync()
    return Interaction.objects.get()


def standing(desk: Desk, key: str = "review:1") -> list[str]:
    """The shop's answers as they stand at the marketplace."""
    said = desk.market.state.talks[key]
    if said.kind == "chat":
        return [line.text for line in said.lines if line.sender == "seller"]
    return [reply.text for reply in said.replies]


def hurry() -> None:
    """What is to be tried again later is due now."""
    Job.objects.filter(state="queued").update(run_at=timezone.now() - timedelta(seconds=1))
    run_ready()


def test_a_reply_is_sent_and_seen_to_stand_there(desk: Desk, row: Interaction, alice: User) -> None:
    reply = sending.queue(row, TEXT, by=alice, draft=drafting.draft(row))
    row.refresh_from_db()
    assert (reply.state, row.needs_response, row.status) == (ReplyState.QUEUED, False, Status.IN_PROGRESS)
    run_ready()
    reply.refresh_from_db()
    row.refresh_from_db()
    assert (reply.state, row.status) == (ReplyState.SENT, Status.RESPONDED)
    assert standing(desk) == [TEXT]
    hurry()
    reply.refresh_from_db()
    assert reply.state == ReplyState.CONFIRMED
    assert reply.kept_share is not None
    assert 0 < reply.kept_share < 1


def test_two_clicks_and_two_people_send_one(desk: Desk, row: Interaction, alice: User, bob: User) -> None:
    sending.queue(row, TEXT, by=alice)
    with pytest.raises(NotSent):
        sending.queue(row, TEXT, by=alice)
    with pytest.raises(NotSent):
        sending.queue(row, "Другой ответ", by=bob)
    run_ready()
    assert standing(desk) == [TEXT]


def test_what_the_buyer_said_meanwhile_is_read_first(desk: Desk, alice: User) -> None:
    desk.market.add(chat(1, ("buyer", "Есть M?")))
    desk.sync()
    opened = Interaction.objects.get()
    desk.market.state.say(desk.market.state.talks["chat:1"], "buyer", "И синий?")
    desk.sync()
    with pytest.raises(NotSent):
        sending.queue(opened, "Есть", by=alice)
    assert not Reply.objects.exists()


@pytest.mark.parametrize("text", ["", "   ", "Д" * 5001])
def test_what_the_marketplace_would_not_take_is_not_queued(row: Interaction, alice: User, text: str) -> None:
    with pytest.raises(NotSent):
        sending.queue(row, text, by=alice)
    assert not Reply.objects.exists()


@pytest.mark.parametrize(
    "text",
    [
        "Позвоните нам: +7 916 123-45-67",
        "Измените оценку, и подарим скидку на следующий заказ",
        "Пишите нам в телеграм @mayak",
    ],
)
def test_what_the_guardrails_block_is_not_queued_and_says_why(
    row: Interaction, alice: User, text: str
) -> None:
    with pytest.raises(NotSent) as refused:
        sending.queue(row, text, by=alice)
    assert refused.value.findings
    assert str(refused.value)
    assert not Reply.objects.exists()


@pytest.mark.parametrize("fault", ["lost", "broken", "garbage"])
def test_an_answer_whose_end_nobody_saw_is_looked_up_and_not_sent_twice(
    desk: Desk, row: Interaction, alice: User, fault: str
) -> None:
    desk.market.fails(fault, on="/v1/review/comment/create")
    reply = sending.queue(row, TEXT, by=alice)
    run_ready()
    hurry()
    hurry()
    reply.refresh_from_db()
    assert reply.state in (ReplyState.SENT, ReplyState.CONFIRMED)
    assert standing(desk) == [TEXT]


def test_a_chat_message_in_doubt_waits_for_a_person_where_it_can_not_be_seen(
    desk: Desk, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    hurried(monkeypatch)
    desk.market.add(chat(1, ("buyer", "Есть M?")))
    desk.sync()
    desk.market.fails("cut", on="/v1/chat/send/message")
    reply = sending.queue(Interaction.objects.get(), "Есть", by=alice)
    run_ready()
    hurry()
    reply.refresh_from_db()
    assert reply.state == ReplyState.CHECK
    assert reply.words
    assert standing(desk, "chat:1") == []
    assert Job.objects.get(pk=reply.job_id).state == "check"


def test_a_chat_message_that_arrived_is_found(desk: Desk, alice: User) -> None:
    desk.market.add(chat(1, ("buyer", "Есть M?")))
    desk.sync()
    desk.market.fails("lost", on="/v1/chat/send/message")
    reply = sending.queue(Interaction.objects.get(), "Есть", by=alice)
    run_ready()
    hurry()
    reply.refresh_from_db()
    assert reply.state in (ReplyState.SENT, ReplyState.CONFIRMED)
    assert standing(desk, "chat:1") == ["Есть"]


def test_after_a_deadline_that_is_not_sure_a_person_may_try_and_is_told(desk: Desk, alice: User) -> None:
    desk.market.add(chat(1, ("buyer", "Есть M?"), hours=47))
    desk.sync()
    Interaction.objects.update(closes_at=timezone.now() - timedelta(minutes=1))
    desk.market.state.talks["chat:1"].lines[0].at -= timedelta(hours=2)
    reply = sending.queue(Interaction.objects.get(), "Есть", by=alice)
    run_ready()
    reply.refresh_from_db()
    assert (reply.state, standing(desk, "chat:1")) == (ReplyState.FAILED, [])
    assert "not available" in reply.words


def test_after_a_deadline_that_is_sure_nothing_is_queued(row: Interaction, alice: User) -> None:
    row.platform, row.closes_at = "wildberries", timezone.now()
    row.save()
    with pytest.raises(NotSent):
        sending.queue(row, TEXT, by=alice)
    assert not Reply.objects.exists()


@pytest.mark.parametrize("fault", ["unavailable", "throttled"])
def test_what_never_left_is_tried_again(desk: Desk, row: Interaction, alice: User, fault: str) -> None:
    desk.market.fails(fault, on="/v1/review/comment/create")
    reply = sending.queue(row, TEXT, by=alice)
    run_ready()
    from vitrina.channels.models import Pace

    Pace.objects.update(held_until=0)
    hurry()
    hurry()
    reply.refresh_from_db()
    assert reply.state in (ReplyState.SENT, ReplyState.CONFIRMED)
    assert standing(desk) == [TEXT]


def test_moderation_that_rejects_opens_the_matter_again(desk: Desk, row: Interaction, alice: User) -> None:
    desk.market.fails("reject", on="/v1/review/comment/create")
    reply = sending.queue(row, TEXT, by=alice)
    run_ready()
    for _ in confirming.PAUSES:
        hurry()
    reply.refresh_from_db()
    row.refresh_from_db()
    assert reply.state in (ReplyState.REJECTED, ReplyState.UNCONFIRMED)
    assert row.needs_response


def test_an_answer_dropped_in_silence_is_told_and_open_again(
    desk: Desk, row: Interaction, alice: User
) -> None:
    desk.market.fails("silent", on="/v1/review/comment/create")
    reply = sending.queue(row, TEXT, by=alice)
    run_ready()
    for _ in confirming.PAUSES:
        hurry()
    reply.refresh_from_db()
    row.refresh_from_db()
    assert reply.state == ReplyState.UNCONFIRMED
    assert row.needs_response


def test_a_key_that_was_withdrawn_fails_the_reply_and_keeps_the_text(
    desk: Desk, row: Interaction, alice: User
) -> None:
    desk.shop.settings.key = "another"
    reply = sending.queue(row, TEXT, by=alice)
    run_ready()
    reply.refresh_from_db()
    row.refresh_from_db()
    assert (reply.state, reply.text, row.needs_response) == (ReplyState.FAILED, TEXT, True)
    assert reply.words
    desk.shop.settings.key = "sim-key"
    sending.queue(row, TEXT, by=alice)
    run_ready()
    assert standing(desk) == [TEXT]


def test_a_job_that_died_while_it_sent_leaves_the_reply_to_a_person_and_finds_it_when_tried_again(
    desk: Desk, row: Interaction, alice: User
) -> None:
    desk.market.fails("lost", on="/v1/review/comment/create")
    reply = sending.queue(row, TEXT, by=alice)
    run_ready()
    job = Job.objects.get(pk=reply.job_id)
    assert standing(desk) == [TEXT]
    Job.objects.filter(pk=job.pk).update(state="dead")
    sending.fail_by_job(job.pk, job.seller_id, 0)
    reply.refresh_from_db()
    assert reply.state == ReplyState.CHECK
    with pytest.raises(NotSent):
        sending.queue(row, TEXT, by=alice)
    control.retry(Job.objects.get(pk=job.pk))
    run_ready()
    reply.refresh_from_db()
    assert reply.state == ReplyState.SENT
    assert standing(desk) == [TEXT]


def test_a_job_that_died_before_it_sent_opens_the_matter_again(
    desk: Desk, row: Interaction, alice: User
) -> None:
    reply = sending.queue(row, TEXT, by=alice)
    sending.fail_by_job(reply.job_id or 0, row.seller_id, 0)
    reply.refresh_from_db()
    row.refresh_from_db()
    assert (reply.state, row.needs_response) == (ReplyState.FAILED, True)


def test_a_reading_while_a_reply_is_on_its_way_does_not_open_the_matter(
    desk: Desk, row: Interaction, alice: User
) -> None:
    desk.market.state.settings.moderation_seconds = 3600
    sending.queue(row, TEXT, by=alice)
    run_ready()
    desk.market.state.talks["review:1"].pictures += 1  # something else about it changed
    desk.sync()
    row.refresh_from_db()
    assert (row.needs_response, row.status) == (False, Status.RESPONDED)
