"""Real workers that are killed while they answer, a marketplace that loses answers: each reply leaves once."""

from __future__ import annotations

import json
import os
import random
import signal
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.servers import Marketplace

from vitrina.jobs.tests.conftest import server
from vitrina.jobs.tests.installation import Installation, PostgresStore, SqliteStore, Store
from vitrina.simulators import ozon
from vitrina.simulators.marketplace import Settings
from vitrina.simulators.talk import Line, Talk

REVIEWS, CHATS = 90, 40
KILLS = 32
NOW = datetime.now(UTC).replace(microsecond=0)


@pytest.fixture
def market() -> Iterator[Marketplace]:
    made = Marketplace(ozon.application(settings=Settings(plan="premium_pro", limits=False)))
    yield made
    made.close()


@pytest.fixture
def storm(tmp_path: Path) -> Iterator[Callable[[str, Marketplace], Installation]]:
    made: list[Installation] = []

    def install(store: str, market: Marketplace) -> Installation:
        kept: Store = SqliteStore(tmp_path)
        if store == "postgres":
            url = server("VITRINA_TEST_POSTGRES_URL", "postgresql://postgres@127.0.0.1:5432/postgres")
            kept = PostgresStore(url, f"vitrina_inbox_test_{os.getpid()}")
        installation = Installation(
            tmp_path, kept, "", module="vitrina.inbox.tests.process",
            VITRINA_JOB_LEASE_SECONDS="3",
            VITRINA_CHANNEL_URLS=json.dumps({"ozon": market.url}),
        )  # fmt: skip
        made.append(installation)
        return installation

    yield install
    for installation in made:
        installation.close()


def said(number: int) -> Talk:
    at = NOW - timedelta(minutes=number)
    known = {"buyer": "Анна", "sku": "646399170", "offer_id": "MAYAK-7", "product": "Лампа"}
    if number < REVIEWS:
        return Talk("review", str(number), at, rating=2, text=f"Не горит {number}", **known)
    line = Line(str(number * 100), at, "buyer", "Где заказ?")
    return Talk("chat", str(number), at, lines=[line], **known)


def standing(market: Marketplace) -> dict[str, list[str]]:
    """The shop's answers as they stand at the marketplace, by talk."""
    return {
        key: [line.text for line in talk.lines if line.sender == "seller"]
        if talk.kind == "chat"
        else [reply.text for reply in talk.replies]
        for key, talk in market.state.talks.items()
    }


@pytest.mark.storm
@pytest.mark.parametrize("store", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def test_replies_leave_once_though_workers_die_and_answers_are_lost(
    storm: Callable[[str, Marketplace], Installation], market: Marketplace, store: str
) -> None:
    seed = random.randrange(10**6)
    chance = random.Random(seed)
    market.add(*[said(number) for number in range(REVIEWS + CHATS)])
    here = storm(store, market)
    credentials = {"client_id": "12345", "api_key": "sim-key"}
    found = here.ask("shop", platform="ozon", credentials=credentials)
    assert found == {"new": REVIEWS + CHATS, "troubles": {}}
    assert here.ask("answer_all") == REVIEWS + CHATS

    market.state.settings.latency = 0.02
    market.state.on = "/create"
    market.state.next_faults.extend(chance.choices(["ok", "lost", "broken", "cut"], [8, 1, 1, 1], k=400))
    workers = [here.start_worker() for _ in range(3)]
    bell = threading.Event()
    kills = 0
    while kills < KILLS:
        bell.wait(chance.uniform(0.05, 0.3))
        victim = chance.randrange(len(workers))
        here.signal(workers[victim], signal.SIGKILL)
        kills += 1
        workers[victim] = here.start_worker()
    market.state.next_faults.clear()

    note = f"seed {seed}"
    # The reading back waits for its time; what was to be sent must be.
    sends = "SELECT count(*) FROM jobs_job WHERE kind = 'inbox.send' AND state IN ('queued', 'running')"
    here.wait_for(lambda: here.store.rows(sends) == [(0,)], 90)
    for _ in range(3):
        if here.ask("decide"):
            here.wait_for(lambda: here.store.rows(sends) == [(0,)], 60)
    stands = standing(market)
    assert [key for key, texts in stands.items() if len(texts) > 1] == [], note
    assert [key for key, texts in stands.items() if not texts] == [], note
    under_way = here.store.rows(
        "SELECT state, count(*) FROM inbox_reply WHERE state IN ('queued', 'sending', 'check') GROUP BY state"
    )
    assert under_way == [], note
    assert "database is locked" not in here.errors()
