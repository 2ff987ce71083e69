"""Who a buyer is stands in the inbox and nowhere else: in no log, no audit, no ledger, no job, no prompt of a model."""

from __future__ import annotations

import copy
import io
import logging
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import structlog
from django.apps import apps
from tests import factories
from tests.servers import Marketplace, ModelServer

from vitrina.accounts.models import Seller, User
from vitrina.channels import connecting
from vitrina.channels.marketplaces import PLATFORMS
from vitrina.channels.models import Connection, Pace
from vitrina.channels.ports import Kind
from vitrina.engine import exchanges
from vitrina.engine.models import Exchange, ModelCall
from vitrina.inbox import handling, on_demand, sending
from vitrina.inbox.drafting import draft
from vitrina.inbox.jobs import enqueue_sync
from vitrina.inbox.models import InboxSettings, Interaction, Reply
from vitrina.inbox.tests.storm import ANSWERS, CREDENTIALS, SIMULATED
from vitrina.inbox.tests.test_sending import hurry
from vitrina.jobs.models import Job
from vitrina.jobs.worker import run_ready
from vitrina.simulators.marketplace import Settings
from vitrina.simulators.talk import Line, Talk

NOW = datetime.now(UTC).replace(microsecond=0)
BUYER, PHONE, ORDER = "Ефросинья Кулебякина", "+7 916 555-01-23", "4567890123"
TOLD = (
    f"Это Ефросинья, заказ {ORDER} не пришёл, мой телефон {PHONE}, почта frosya.kul@mail.ru, "
    "живу: ул. Тополиная, д. 17, кв. 45. Где посылка?"
)
# Stems, and the digits however they are written.
MARKS = re.compile(
    r"фросин|кулебяк|тополин|frosya|4567890123|9165550123|916\D{0,3}555\D{0,3}01\D{0,3}23", re.I
)
# Where a buyer's words live, and the answers to them.
HOMES = {"inbox.Interaction", "inbox.Message", "inbox.Draft", "inbox.Reply"}


class Everything(logging.Formatter):
    """All that a record carries, not only what a line of ours would show."""

    def format(self, record: logging.LogRecord) -> str:
        carried = {name: value for name, value in vars(record).items() if name not in ("msg", "args")}
        return f"{super().format(record)} {record.args!r} {carried!r}"


@pytest.fixture
def said() -> Iterator[io.StringIO]:
    """What every logger of the process says, at DEBUG."""
    told = io.StringIO()
    handler = logging.StreamHandler(told)
    handler.setFormatter(Everything("%(name)s %(message)s"))
    names = ["", "vitrina", "urllib3", "aiohttp", "asyncio", "celery", "django"]
    loggers = [logging.getLogger(name) for name in names]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.DEBUG)
    logging.getLogger().addHandler(handler)
    yield told
    logging.getLogger().removeHandler(handler)
    for logger, level in zip(loggers, levels, strict=True):
        logger.setLevel(level)


def talks() -> list[Talk]:
    known: dict[str, Any] = {"buyer": BUYER, "sku": "646399170", "offer_id": "SKU-1", "product": "Лампа"}
    return [
        Talk("review", "1", NOW - timedelta(hours=3), rating=2, text=TOLD, pros=f"Вежливая {BUYER}", cons=PHONE, **known),
        Talk("question", "2", NOW - timedelta(hours=2), text=TOLD, **known),
        Talk("chat", "3", NOW - timedelta(hours=2), order_id=ORDER, lines=[Line("31", NOW - timedelta(hours=1), "buyer", TOLD)], **known),
    ]  # fmt: skip


@pytest.fixture(params=list(SIMULATED))
def market(
    request: Any, transactional_db: None, seller: Seller, alice: User, settings: Any
) -> Iterator[tuple[Connection, Marketplace]]:
    name = request.param
    app = SIMULATED[name](copy.deepcopy(talks()), Settings(plan="premium_pro", limits=False))
    market = Marketplace(app)
    settings.CHANNEL_URLS = {name: market.url}
    InboxSettings.objects.create(seller=seller, delay_seconds=0)
    factories.product(seller=seller, external_id="SKU-1")
    made = connecting.connect(seller, PLATFORMS[name], CREDENTIALS[name], by=alice)
    run_ready()
    yield made, market
    market.close()


def read(connection: Connection) -> None:
    enqueue_sync(connection)
    run_ready()
    Pace.objects.update(held_until=0)


def elsewhere() -> Iterator[tuple[str, str]]:
    """Every row of every table that is no home of a buyer's words; packed ones unpacked."""
    for model in apps.get_models():
        if model._meta.label in HOMES:
            continue
        for values in model._default_manager.values():
            yield model._meta.label, str(values)
    for call_id in Exchange.objects.values_list("pk", flat=True):
        yield "engine.Exchange", str(exchanges.kept(call_id))


def test_who_a_buyer_is_stands_nowhere_but_in_the_inbox(
    market: tuple[Connection, Marketplace], model_server: ModelServer, alice: User, said: io.StringIO
) -> None:
    connection, server = market
    structlog.get_logger("vitrina.inbox").debug("begun", action="test.silence")

    # Read, with a marketplace that stumbles; drafted, with a model that does.
    model_server.fails("bad_request", "prose", "truncated_json", "poisoned", "server_error")
    server.fails("garbage", "cut", "throttled", "server_error", "unauthorized")
    for _ in range(4):
        read(connection)
        connecting.change_credentials(connection, CREDENTIALS[connection.platform], by=alice)
    model_server.reset()
    read(connection)
    rows = {row.kind: row for row in Interaction.objects.all()}
    assert rows.keys() == {kind.value for kind in Kind}
    assert all(PHONE in row.text for row in rows.values())

    # By hand: a draft on demand with a remark, a note, somebody takes it.
    chat, question = rows["chat"], rows["question"]
    on_demand.enqueue_draft(chat, force=True, by_id=alice.pk)
    run_ready()
    remarked = draft(chat, force=True, remarks=[f"Обратись к Ефросинье и назови {PHONE}"])
    handling.write_note(question, f"Перезвонить: {BUYER}, {PHONE}", by=alice)
    handling.write_note(question, f"Перезвонила {BUYER}", by=alice)
    handling.assign(chat, alice.pk, by=alice)

    # Sent, in the chat with the buyer's own name and number; marketplaces that lose, refuse and repeat what they were sent.
    server.fails(
        "cut", "lost", "garbage", "throttled", "unavailable", "broken", "late", "unauthorized", on=ANSWERS
    )
    server.state.settings.late_seconds = 0
    texts = {
        "chat": f"Ефросинья, по заказу {ORDER} всё выяснили: посылка едет. Если что, наберём {PHONE[-5:]}.",
        "question": "Посылка едет, завтра будет на месте; проверили на складе.",
        "review": "Жаль, что так вышло: разобрались с доставкой и уже отправили.",
    }
    for kind, text in texts.items():
        rows[kind].refresh_from_db()
        sending.queue(rows[kind], text, by=alice)
    for _ in range(8):
        hurry()
        Pace.objects.update(held_until=0)

    for place, words in elsewhere():
        assert not MARKS.search(words), (place, MARKS.findall(words), words[:2000])
    told = said.getvalue()
    assert "begun" in told
    assert "urllib3" in told  # it does speak at DEBUG
    assert not MARKS.search(told), [line for line in told.splitlines() if MARKS.search(line)][:5]
    assert Exchange.objects.exists()
    assert ModelCall.objects.filter(outcome="error").exists()
    assert Job.objects.exclude(error="").exists()
    assert Reply.objects.exclude(words="").exists() or Reply.objects.filter(state="confirmed").exists()
    prompts = str(model_server.requests)
    assert "[phone 1]" in prompts
    assert not MARKS.search(prompts), MARKS.findall(prompts)
    assert remarked.text


def test_what_a_marketplace_repeats_of_an_answer_is_kept_nowhere(
    transactional_db: None, seller: Seller, alice: User, settings: Any, said: io.StringIO
) -> None:
    """Yandex Market and Ozon say in their refusals what they were sent."""
    from vitrina.channels.tests.ozon_shop import Shop

    shop = Shop()
    settings.CHANNEL_URLS = {"ozon": shop.market.url}
    shop.market.add(*talks()[2:])
    connection = connecting.connect(seller, PLATFORMS["ozon"], CREDENTIALS["ozon"], by=alice)
    run_ready()
    read(connection)
    row = Interaction.objects.get()
    text = f"Ефросинья Кулебякина, наберём {PHONE} по заказу {ORDER}, дом 17 на Тополиной."
    Reply.objects.create(seller=seller, interaction=row, text=text, version=row.version, by=alice)
    reply = Reply.objects.get()
    from vitrina.jobs.enqueue import enqueue

    job = enqueue(sending.SEND, {"reply": reply.pk}, seller_id=seller.pk)
    Reply.objects.update(job_id=job.pk)

    send = shop.market.state
    for echo in (
        f"text «{text}» is not allowed",
        f"contains phone {PHONE}",
        f"stop words: {ORDER}, Кулебякина",
    ):
        Reply.objects.update(state="queued")
        Job.objects.filter(pk=job.pk).update(state="queued", is_held=False)
        send.on = "/send/message"
        shop.own.says = {}

        original = shop.market.state.fault_for

        def refusing(method: str, path: str, echo: str = echo, original: Any = original) -> str:
            if path == "/v1/chat/send/message":
                shop.own.says = {"status": 400, "code": 3, "message": echo}
            return str(original(method, path))

        send.fault_for = refusing  # type: ignore[method-assign]
        run_ready()
        send.fault_for = original  # type: ignore[method-assign]
        reply.refresh_from_db()
        assert reply.state == "failed"
        assert not MARKS.search(reply.words), reply.words
    for place, words in elsewhere():
        assert not MARKS.search(words), (place, words[:2000])
    assert not MARKS.search(said.getvalue())
    shop.market.close()
