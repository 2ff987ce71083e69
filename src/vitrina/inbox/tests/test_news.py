"""What other programs hear of the inbox: ids and states, in order, never a word of a buyer."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from vitrina.accounts.models import Seller, User
from vitrina.channels.tests.ozon_shop import talk
from vitrina.inbox import drafting, sending
from vitrina.inbox.models import Interaction
from vitrina.inbox.tests.conftest import Desk
from vitrina.inbox.tests.test_sending import TEXT, hurry
from vitrina.jobs.worker import run_ready
from vitrina.webhooks import endpoints
from vitrina.webhooks.kinds import KINDS
from vitrina.webhooks.models import Event
from vitrina.webhooks.tests.receiver import ADDRESS, Receiver

pytestmark = pytest.mark.filterwarnings("ignore::aiohttp.web_exceptions.NotAppKeyWarning")


@pytest.fixture
def receiver(desk: Desk, seller: Seller, alice: User, settings: Any) -> Iterator[Receiver]:
    """Of a program that wants to hear of everything but jobs."""
    receiver = Receiver()
    settings.FETCH_ALLOWED_NETWORKS = [f"{ADDRESS}/32"]
    settings.FETCH_ALLOWED_PORTS = [receiver.port]
    endpoints.create(seller, url=receiver.url, kinds=[*KINDS], by=alice)
    yield receiver
    receiver.close()


def heard(receiver: Receiver) -> list[tuple[str, dict[str, Any]]]:
    return [(request.said["kind"], request.said["data"]) for request in receiver.accepted()]


def test_a_program_hears_of_a_review_its_draft_and_how_the_reply_stands(
    desk: Desk, receiver: Receiver, alice: User
) -> None:
    desk.market.add(talk("review", 1, rating=2, text="Лампа мигает, телефон 8 916 123-45-67"))
    desk.market.add(talk("review", 2, rating=5, answered="Спасибо!"))
    desk.sync()
    row = Interaction.objects.get(needs_response=True)
    made = drafting.draft(row)
    reply = sending.queue(row, TEXT, by=alice, draft=made)
    run_ready()
    hurry()
    told = {"interaction": row.pk, "kind": "review", "platform": "ozon"}
    stands = told | {"reply": reply.pk, "draft": made.pk}
    assert heard(receiver) == [
        (
            "interactions.received",
            {
                "connection": desk.connection.pk,
                "platform": "ozon",
                "interactions": [{"interaction": row.pk, "kind": "review", "priority": "high", "is_new": True}],
            },
        ),
        (
            "draft.ready",
            told | {"draft": made.pk, "priority": "high", "source": "offline", "was_ahead": True, "is_beginning": False, "cost_usd": "0.000000"},
        ),
        ("reply.sent", stands | {"state": "sent"}),
        ("reply.confirmed", stands | {"state": "confirmed"}),
    ]  # fmt: skip
    said = json.dumps([request.said for request in receiver.requests], ensure_ascii=False)
    for word in ("мигает", "916", "Анна", TEXT):
        assert word not in said


def test_a_reply_that_came_back_is_told_by_its_end(desk: Desk, receiver: Receiver, alice: User) -> None:
    desk.market.add(talk("review", 1, rating=2))
    desk.sync()
    row = Interaction.objects.get()
    desk.shop.settings.key = "another"
    sending.queue(row, TEXT, by=alice)
    run_ready()
    desk.shop.settings.key = "sim-key"
    desk.market.fails("silent", on="/v1/review/comment/create")
    sending.queue(row, TEXT, by=alice)
    run_ready()
    for _look in range(8):
        hurry()
    ends = [(kind, data["state"]) for kind, data in heard(receiver) if kind.startswith("reply.")]
    assert ends == [("reply.failed", "failed"), ("reply.sent", "sent"), ("reply.rejected", "unconfirmed")]


def test_where_nobody_listens_nothing_is_written(desk: Desk, alice: User) -> None:
    desk.market.add(talk("review", 1, rating=2))
    desk.sync()
    sending.queue(Interaction.objects.get(), TEXT, by=alice)
    run_ready()
    assert not Event.objects.exists()
