"""The whole way at each marketplace: read, drafted, answered, seen to stand there; each reply exactly once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiohttp import web
from django.utils import timezone
from tests.servers import Marketplace

from vitrina.accounts.models import Seller, User
from vitrina.channels import connecting
from vitrina.channels.marketplaces import PLATFORMS
from vitrina.channels.models import Connection
from vitrina.inbox import sending
from vitrina.inbox.jobs import enqueue_sync
from vitrina.inbox.models import InboxSettings, Interaction, Reply
from vitrina.jobs.models import Job
from vitrina.jobs.worker import run_ready
from vitrina.simulators import ozon, wildberries, yandex_market
from vitrina.simulators.marketplace import Settings
from vitrina.simulators.talk import Line, Talk

pytestmark = pytest.mark.filterwarnings("ignore::aiohttp.web_exceptions.NotAppKeyWarning")

NOW = datetime.now(UTC).replace(microsecond=0)
SIMULATED: dict[str, Callable[..., web.Application]] = {
    "ozon": ozon.application,
    "wildberries": wildberries.application,
    "yandex_market": yandex_market.application,
}
CREDENTIALS: dict[str, dict[str, str]] = {
    "ozon": {"client_id": "12345", "api_key": "sim-key"},
    "wildberries": {"token": "sim-key"},
    "yandex_market": {"api_key": "sim-key", "business_id": ""},
}


def talk(kind: str, number: int, **fields: Any) -> Talk:
    at = NOW - timedelta(hours=number)
    known: dict[str, Any] = {"buyer": "Анна", "sku": "646399170", "offer_id": "SKU-1", "product": "Лампа"}
    return Talk(kind, str(number), at, **known | fields)


TALKS = [
    talk("review", 1, rating=1, text="Лампа не горит, брак"),
    talk("review", 2, rating=5, text="Отличная лампа, спасибо"),
    talk("question", 3, text="Подойдёт ли цоколь E27?"),
    talk(
        "chat",
        4,
        order_id="55501",
        lines=[Line("41", NOW - timedelta(hours=1), "buyer", "Пришла разбитая лампа")],
    ),
]


@pytest.fixture(params=list(SIMULATED))
def connection(
    request: Any, transactional_db: None, seller: Seller, alice: User, settings: Any
) -> Iterator[tuple[Connection, Marketplace]]:
    name = request.param
    import copy

    app = SIMULATED[name](copy.deepcopy(TALKS), Settings(plan="premium_pro"))
    market = Marketplace(app)
    settings.CHANNEL_URLS = {name: market.url}
    InboxSettings.objects.create(seller=seller, delay_seconds=0)
    made = connecting.connect(seller, PLATFORMS[name], CREDENTIALS[name], by=alice)
    run_ready()
    yield made, market
    market.close()


def hurry() -> None:
    """What is to be done later is due now."""
    Job.objects.filter(state="queued").update(run_at=timezone.now() - timedelta(seconds=1))
    run_ready()


def test_from_the_buyers_word_to_the_answer_that_stands_there(
    connection: tuple[Connection, Marketplace], alice: User
) -> None:
    connected, market = connection
    enqueue_sync(connected)
    run_ready()
    rows = list(Interaction.objects.order_by("priority", "-occurred_at"))
    assert [row.kind for row in rows].count("review") == 2
    assert {row.kind for row in rows} == {"review", "question", "chat"}
    assert all(row.needs_response and row.draft for row in rows)
    assert rows[0].kind == "chat"  # a broken lamp in a chat is the most pressing
    for row in rows:
        assert row.draft is not None
        sending.queue(row, row.draft.text, by=alice, draft=row.draft)
    run_ready()
    hurry()
    assert set(Reply.objects.values_list("state", flat=True)) == {"confirmed"}
    for key, said in market.state.talks.items():
        if said.kind == "chat":
            stands = [line.text for line in said.lines if line.sender == "seller"]
        else:
            stands = [reply.text for reply in said.replies]
        assert len(stands) == 1, key
    # Read again, nothing is open and nothing is sent twice.
    enqueue_sync(connected)
    run_ready()
    assert not Interaction.objects.filter(needs_response=True).exists()
    assert Reply.objects.count() == len(rows)
