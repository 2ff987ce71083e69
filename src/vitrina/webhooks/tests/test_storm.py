"""Real workers that are killed, a receiver that fails in every way: nothing is lost, nothing overtakes."""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from vitrina.jobs.tests.conftest import server
from vitrina.jobs.tests.installation import Installation, PostgresStore, SqliteStore, Store
from vitrina.webhooks import signing
from vitrina.webhooks.tests.receiver import ADDRESS, Receiver, Reply

EVENTS, SUBJECTS = 1000, 50
FAULTS = (
    [Reply(500, body=b"broken")] * 8
    + [Reply(None)] * 6
    + [Reply(429, (("Retry-After", "0"),))] * 6
    + [Reply(302, (("Location", "http://127.0.0.1:1/"),))] * 2
)


@pytest.fixture
def storm(tmp_path: Path, migrated: Path) -> Iterator[Callable[..., Installation]]:
    made: list[Installation] = []

    def install(store: str, *receivers: Receiver) -> Installation:
        kept: Store = SqliteStore(tmp_path, migrated)
        if store == "postgres":
            url = server("VITRINA_TEST_POSTGRES_URL", "postgresql://postgres@127.0.0.1:5432/postgres")
            kept = PostgresStore(url, f"vitrina_webhooks_test_{os.getpid()}")
        installation = Installation(
            tmp_path, kept, receivers[0].url, module="vitrina.webhooks.tests.process",
            VITRINA_JOB_LEASE_SECONDS="4",  # on a busy machine no lease runs out but those of the dead
            VITRINA_FETCH_ALLOWED_NETWORKS=f"{ADDRESS}/32",
            VITRINA_FETCH_ALLOWED_PORTS=",".join(str(receiver.port) for receiver in receivers),
            VITRINA_WEBHOOK_WAITS_SECONDS=", ".join(["0.05"] * 30),
        )  # fmt: skip
        made.append(installation)
        return installation

    yield install
    for installation in made:
        installation.close()


def faults(chance: random.Random, share: float) -> Callable[[dict[str, Any], int], Reply]:
    """A share of all requests meets a fault; one of them all hangs, for its whole deadline."""
    hung: list[str] = []

    def script(said: dict[str, Any], time: int) -> Reply:
        if said["data"]["n"] == 7 and not hung:
            hung.append(said["id"])
            return Reply(hangs=True)
        return chance.choice(FAULTS) if chance.random() < share else Reply()

    return script


@pytest.mark.storm
@pytest.mark.parametrize("store", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def test_a_thousand_events_arrive_in_order_though_receiver_and_workers_fail(
    storm: Callable[..., Installation], store: str
) -> None:
    seed = random.randrange(10**6)
    chance = random.Random(seed)
    receiver = Receiver(faults(random.Random(seed), 0.3))
    try:
        here = storm(store, receiver)
        made = here.ask("endpoint", url=receiver.url)
        here.ask("say", seller=made["seller"], count=EVENTS, subjects=SUBJECTS)
        worker = here.start_worker(threads=6)
        kills = 0
        for part in (0.15, 0.3, 0.5, 0.7):
            assert receiver.wait_for(lambda part=part: len(receiver.requests) > EVENTS * part, 60), (
                here.errors()
            )
            threading.Event().wait(chance.uniform(0, 0.05))
            here.signal(worker, signal.SIGKILL)
            kills += 1
            worker = here.start_worker(threads=6)
        left = "SELECT count(*) FROM webhooks_delivery WHERE state <> 'delivered'"
        here.wait_for(lambda: here.store.rows(left) == [(0,)], 120)

        note = f"seed {seed}"
        uids = dict(here.store.rows("SELECT id, uid FROM webhooks_event"))
        assert len(uids) == EVENTS
        accepted = receiver.accepted()
        times = Counter(request.headers["webhook-id"] for request in accepted)
        assert set(times) == set(uids.values()), note
        # Only a worker that was killed between the answer and its row sends what had arrived; four lines, four kills.
        assert sum(times.values()) - EVENTS <= 4 * kills, note
        for subject in range(SUBJECTS):
            first: dict[str, int] = {}
            for request in accepted:
                if request.said["subject"] == f"product:{subject}":
                    first.setdefault(request.headers["webhook-id"], request.said["data"]["n"])
            assert list(first.values()) == list(range(subject, EVENTS, SUBJECTS)), (subject, note)
        bodies = {(request.headers["webhook-id"], request.body) for request in receiver.requests}
        assert len(bodies) == len({uid for uid, _ in bodies}), note
        for request in receiver.requests:
            assert signing.is_genuine(request.headers, request.body, made["secret"], now=time.time())
        # Every request has its row; a try whose worker was killed before it was sent has one too.
        [(logged,)] = here.store.rows("SELECT count(*) FROM webhooks_try")
        assert len(receiver.requests) <= logged <= len(receiver.requests) + 4 * kills, note
        answered = Counter(request.answered for request in receiver.requests if request.answered)
        log = dict(here.store.rows("SELECT status, count(*) FROM webhooks_try GROUP BY status"))
        for status, count in answered.items():
            assert count - 4 * kills <= log[status] <= count, (status, note)
        assert "database is locked" not in here.errors()
        assert "deadlock" not in here.errors()
    finally:
        receiver.close()


@pytest.mark.storm
def test_a_receiver_that_hangs_holds_up_no_other(storm: Callable[..., Installation]) -> None:
    hanging, healthy = Receiver(lambda said, time: Reply(hangs=True)), Receiver()
    try:
        here = storm("sqlite", hanging, healthy)
        for slug, receiver in (("hat", hanging), ("rabbit", healthy)):
            made = here.ask("endpoint", url=receiver.url, slug=slug)
            here.ask("say", seller=made["seller"], count=40, subjects=40)
        here.start_worker(threads=7)
        assert hanging.wait_for(lambda: len(hanging.requests) == 4)
        # Half of the deadline of a request that hangs.
        assert healthy.wait_for(lambda: len(healthy.accepted()) == 40, 5), here.errors()
        assert len(hanging.requests) == 4
    finally:
        hanging.close()
        healthy.close()
