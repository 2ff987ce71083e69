"""The moment in which an answer leaves: what is looked at before, what a dead or frozen worker leaves behind, how doubt shows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from vitrina.accounts.models import User
from vitrina.channels import connecting, wire
from vitrina.channels.models import Pace
from vitrina.channels.tests.ozon_shop import chat, talk
from vitrina.inbox import confirming, sending
from vitrina.inbox.models import Interaction, Reply, ReplyState, Status
from vitrina.inbox.sending import NotSent, Unfit
from vitrina.inbox.tests.conftest import Desk
from vitrina.inbox.tests.test_sending import TEXT, hurry, row, standing  # noqa: F401 - a fixture among them
from vitrina.jobs import claiming, sweeping
from vitrina.jobs.models import Effect, Job, JobEvent
from vitrina.jobs.pace import pace
from vitrina.jobs.worker import run_ready

CREATE, SEND = "/v1/review/comment/create", "/v1/chat/send/message"


def stands(reply: Reply) -> tuple[str, str]:
    reply.refresh_from_db()
    return reply.state, reply.words


# --- Looked at before --------------------------------------------------------------------------------------


def test_an_answer_from_the_cabinet_is_never_answered_over(desk: Desk, row: Interaction, alice: User) -> None:  # noqa: F811
    reply = sending.queue(row, TEXT, by=alice)
    desk.market.state.reply(desk.market.state.talks["review:1"], "Уже ответили", by="cabinet")
    run_ready()
    assert stands(reply)[0] == ReplyState.FAILED
    assert "стоит другой ответ" in reply.words
    assert standing(desk) == ["Уже ответили"]
    assert Job.objects.get(pk=reply.job_id).state == "cancelled"
    assert not Effect.objects.exists()


def test_what_the_buyer_added_after_the_click_is_read_before_it_leaves(desk: Desk, alice: User) -> None:
    desk.market.add(chat(1, ("buyer", "Есть M?")))
    desk.sync()
    reply = sending.queue(Interaction.objects.get(), "Есть", by=alice)
    desk.market.state.say(desk.market.state.talks["chat:1"], "buyer", "Уже не надо")
    run_ready()
    assert stands(reply)[0] == ReplyState.FAILED
    assert standing(desk, "chat:1") == []
    it = Interaction.objects.get()
    assert (it.text, it.needs_response, it.status) == ("Уже не надо", True, Status.NEW)
    sending.queue(it, "Есть", by=alice)
    run_ready()
    assert standing(desk, "chat:1") == ["Есть"]


def test_the_same_text_goes_into_a_talk_once(desk: Desk, alice: User) -> None:
    desk.market.add(chat(1, ("buyer", "Есть M?")))
    desk.sync()
    sending.queue(Interaction.objects.get(), "Есть, и синий", by=alice)
    run_ready()
    with pytest.raises(Unfit, match="уже отправляли"):
        sending.queue(Interaction.objects.get(), " Есть,  и синий\n", by=alice)
    sending.queue(Interaction.objects.get(), "И красный", by=alice)
    run_ready()
    assert standing(desk, "chat:1") == ["Есть, и синий", "И красный"]


def test_what_a_limit_holds_back_waits_its_turn_and_uses_up_no_try(
    desk: Desk,
    row: Interaction,  # noqa: F811
    alice: User,
) -> None:
    desk.market.fails(*["throttled"] * 8, on=CREATE)
    reply = sending.queue(row, TEXT, by=alice)
    for _ in range(8):
        hurry()
        Pace.objects.update(held_until=0)
        assert stands(reply)[0] == ReplyState.QUEUED
        assert "limit" in reply.words
    assert Job.objects.get(pk=reply.job_id).attempt == 0
    hurry()
    assert stands(reply) == (ReplyState.SENT, "")
    assert standing(desk) == [TEXT]


# --- Begun, and its end not seen ---------------------------------------------------------------------------


class Killed(BaseException):
    """As if the process were gone."""


@pytest.fixture
def killed(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """The worker dies in its next request to a path, once: `before` it leaves, or `after` it arrived."""
    ask = wire.Wire.ask

    def dies(path: str, *, after: bool) -> None:
        def dying(self: wire.Wire, method: str, url: str, **given: Any) -> Any:
            if path not in url:
                return ask(self, method, url, **given)
            monkeypatch.setattr(wire.Wire, "ask", ask)
            if after:
                ask(self, method, url, **given)
            raise Killed

        monkeypatch.setattr(wire.Wire, "ask", dying)

    def run(path: str, *, after: bool = False) -> None:
        dies(path, after=after)
        with pytest.raises(Killed):
            run_ready()

    return run  # type: ignore[return-value]


def seconds_pass(seconds: float) -> None:
    """For every row: what happened, happened so much earlier."""
    back = timedelta(seconds=seconds)
    for model, names in (
        (Job, ["lease_until", "run_at", "woken_at"]),
        (Effect, ["created_at", "changed_at"]),
    ):
        for one in model.objects.all():
            moved = {name: value - back for name in names if (value := getattr(one, name, None))}
            model.objects.filter(pk=one.pk).update(**moved)


def until_found_dead() -> float:
    """The longest that a dead worker's job lies about: its lease, the next sweep, the next look for work."""
    return pace().lease + pace().sweep + pace().poll


def test_a_doubt_shows_within_a_minute_by_the_clock_of_the_rows(
    desk: Desk, alice: User, killed: Callable[..., None]
) -> None:
    desk.market.add(chat(1, ("buyer", "Есть M?")))
    desk.sync()
    reply = sending.queue(Interaction.objects.get(), "Есть", by=alice)
    killed(SEND)
    assert stands(reply)[0] == ReplyState.SENDING
    seconds_pass(until_found_dead())
    sweeping.sweep()
    run_ready()
    assert stands(reply)[0] == ReplyState.CHECK
    begun_at = Effect.objects.get().created_at
    told = [
        event
        for event in JobEvent.objects.order_by("pk")
        if event.kind == "reply" and event.data["state"] == "check"
    ]
    assert len(told) == 1
    assert timedelta(0) < told[0].created_at - begun_at < timedelta(seconds=60)
    # Before its lease is over nobody touches it: the worker may be alive.
    assert until_found_dead() < 58


@pytest.mark.parametrize("after", [True, False])
def test_a_worker_that_dies_while_it_sends_leaves_no_second_answer(
    desk: Desk,
    row: Interaction,  # noqa: F811
    alice: User,
    killed: Callable[..., None],
    after: bool,
) -> None:
    reply = sending.queue(row, TEXT, by=alice)
    killed(CREATE, after=after)
    seconds_pass(until_found_dead())
    sweeping.sweep()
    run_ready()
    if not after:
        assert stands(reply)[0] == ReplyState.SENDING
        assert "это проверят" in reply.words
        hurry()
    assert stands(reply) == (ReplyState.SENT, "")
    assert standing(desk) == [TEXT]


def test_a_doubt_is_said_at_once_and_looked_up_twice_before_it_is_sent_again(
    desk: Desk,
    row: Interaction,  # noqa: F811
    alice: User,
) -> None:
    desk.market.fails("cut", on=CREATE)
    reply = sending.queue(row, TEXT, by=alice)
    run_ready()
    assert stands(reply)[0] == ReplyState.SENDING
    assert "looked up" in reply.words
    looks = len(desk.market.asked("/v1/review/info"))
    hurry()
    assert stands(reply)[0] == ReplyState.SENDING
    assert len(desk.market.asked("/v1/review/info")) == looks + 1
    due = Job.objects.get(pk=reply.job_id).run_at - timezone.now()
    assert timedelta(seconds=20) < due <= timedelta(seconds=pace().look_again)
    hurry()
    assert stands(reply)[0] == ReplyState.SENT
    assert (standing(desk), len(desk.market.asked(CREATE))) == ([TEXT], 2)


def test_what_is_in_doubt_is_never_called_failed_because_nobody_could_look(
    desk: Desk,
    row: Interaction,  # noqa: F811
    alice: User,
) -> None:
    desk.market.fails("lost", on=CREATE)
    reply = sending.queue(row, TEXT, by=alice)
    run_ready()
    desk.shop.settings.key = "another"  # withdrawn
    hurry()
    assert stands(reply)[0] == ReplyState.CHECK
    with pytest.raises(NotSent):
        sending.queue(Interaction.objects.get(), "Другой ответ", by=alice)
    desk.shop.settings.key = "sim-key"
    from vitrina.jobs import control

    control.retry(Job.objects.get(pk=reply.job_id))
    run_ready()
    assert stands(reply)[0] == ReplyState.SENT
    assert standing(desk) == [TEXT]


def test_a_frozen_worker_that_wakes_sends_nothing_and_says_nothing(
    desk: Desk,
    row: Interaction,  # noqa: F811
    alice: User,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It froze between its last look at the lease and the request; meanwhile another one did the work."""
    reply = sending.queue(row, TEXT, by=alice)
    ask, asleep = wire.Wire.ask, []

    def freezing(self: wire.Wire, method: str, url: str, **given: Any) -> Any:
        if CREATE not in url or asleep:
            return ask(self, method, url, **given)
        asleep.append(1)
        seconds_pass(until_found_dead())
        sweeping.sweep()
        run_ready()  # the other worker: looks, finds nothing, waits
        hurry()  # looks again, and sends
        assert standing(desk) == [TEXT]
        frozen[0].held_until -= until_found_dead()
        return ask(self, method, url, **given)

    frozen: list[claiming.Claim] = []
    claim = claiming.Claim.__init__

    def claimed(self: claiming.Claim, *args: Any, **given: Any) -> None:
        claim(self, *args, **given)
        frozen.append(self)

    monkeypatch.setattr(claiming.Claim, "__init__", claimed)
    monkeypatch.setattr(wire.Wire, "ask", freezing)
    run_ready()
    assert asleep
    assert stands(reply) == (ReplyState.SENT, "")
    assert standing(desk) == [TEXT]


# --- After it left -----------------------------------------------------------------------------------------


def test_an_answer_that_was_taken_is_looked_for_whatever_happens_next(
    desk: Desk,
    row: Interaction,  # noqa: F811
    alice: User,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    reply = sending.queue(row, TEXT, by=alice)

    def dies(reply: Reply) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(confirming, "enqueue_confirm", dies)
        with pytest.raises(Killed):
            run_ready()
    assert stands(reply)[0] == ReplyState.SENDING  # «sent» is written with the job that looks, or not at all
    seconds_pass(until_found_dead())
    sweeping.sweep()
    run_ready()
    assert stands(reply)[0] == ReplyState.SENT
    hurry()
    assert stands(reply)[0] == ReplyState.CONFIRMED
    assert len(desk.market.asked(CREATE)) == 1


def test_a_look_that_fails_is_one_that_did_not_see_it(desk: Desk, row: Interaction, alice: User) -> None:  # noqa: F811
    reply = sending.queue(row, TEXT, by=alice)
    run_ready()
    desk.market.fails("unavailable", "unauthorized", "cut", on="/v1/review/info")
    for _ in range(3):
        hurry()
        assert stands(reply)[0] == ReplyState.SENT
    assert not Job.objects.dead().exists()
    hurry()
    assert stands(reply)[0] == ReplyState.CONFIRMED


def test_a_reply_of_a_shop_that_is_read_no_more_is_left_as_it_is(
    desk: Desk,
    row: Interaction,  # noqa: F811
    alice: User,
) -> None:
    reply = sending.queue(row, TEXT, by=alice)
    run_ready()
    connecting.change_credentials(desk.connection, {"client_id": "777", "api_key": "sim-key"}, by=alice)
    hurry()
    assert stands(reply)[0] == ReplyState.SENT
    assert not Job.objects.dead().exists()


def test_reviews_alike_are_looked_at_each_for_itself(desk: Desk, alice: User) -> None:
    """A text that stands under one review says nothing of another one."""
    desk.market.add(talk("review", 1), talk("review", 2))
    desk.sync()
    desk.market.fails("ok", "cut", on=CREATE)
    texts = [TEXT, "Жаль, что так вышло: разберёмся с упаковкой на складе."]
    replies = [
        sending.queue(one, text, by=alice) for one, text in zip(Interaction.objects.all(), texts, strict=True)
    ]
    for _ in range(4):
        hurry()
    assert [stands(reply)[0] for reply in replies] == [ReplyState.CONFIRMED] * 2
    assert len(standing(desk, "review:1")) == len(standing(desk, "review:2")) == 1
