"""Real worker processes that die at random moments, freeze, are asked to go, or race each other."""

from __future__ import annotations

import random
import signal
import threading
import time
from collections import Counter

import pytest

from vitrina.jobs.tests.conftest import Install
from vitrina.jobs.tests.installation import Installation
from vitrina.jobs.tests.world import World

STORES = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]
stores = pytest.mark.parametrize("store", STORES)


@pytest.mark.storm
@stores
def test_thirty_kills_lose_nothing_double_nothing_and_pay_at_most_once_more_each(
    install: Install, world: World, store: str
) -> None:
    jobs, kills_wanted, seed = 200, 32, random.randrange(10**6)
    chance = random.Random(seed)
    here = install(store)
    here.ask(
        "queue", kind="test.reply", items=[{"payload": {"number": n}, "key": f"r{n}"} for n in range(jobs)]
    )
    workers = [here.start_worker() for _ in range(4)]
    kills = 0
    bell = threading.Event()
    while kills < kills_wanted:
        bell.wait(chance.uniform(0.05, 0.3))
        victim = chance.randrange(len(workers))
        here.signal(workers[victim], signal.SIGKILL)
        kills += 1
        workers[victim] = here.start_worker()
        if kills >= 30 and "queued" not in here.states():
            break

    here.wait_until_settled(60)
    aside = 0
    # Twice: a job dead of three kills may be in doubt as well, which only trying it again brings to light.
    for _ in range(2):
        if decided := here.ask("person"):
            aside += decided
            here.wait_until_settled(30)
    note = f"seed {seed}, {kills} kills, {aside} for a person"
    assert here.states() == {"done": jobs}, note
    assert set(world.replied) == {str(n) for n in range(jobs)}, note
    assert [n for n, times in world.replied.items() if times > 1] == [], note
    assert sum(world.paid.values()) - jobs <= kills, note
    assert kills >= 30
    assert aside <= 10, note
    assert "database is locked" not in here.errors()


@stores
def test_what_a_frozen_worker_writes_after_its_lease_is_refused(
    install: Install, world: World, store: str
) -> None:
    here = install(store)
    world.gate.clear()
    here.ask("queue", kind="test.note", items=[{"payload": {"number": 1}}])
    frozen = here.start_worker()
    assert world.wait_for(lambda: world.arrived == 1)
    here.signal(frozen, signal.SIGSTOP)

    here.start_worker()
    assert world.wait_for(lambda: world.arrived == 2), here.errors()
    here.signal(frozen, signal.SIGCONT)
    world.gate.set()
    here.wait_until_settled()
    here.wait_for(lambda: "was taken over" in here.errors(), 10)
    [(state, fence, attempt)] = here.store.rows("SELECT state, fence, attempt FROM jobs_job")
    assert (state, fence, attempt) == ("done", 2, 2)


@stores
def test_sigterm_hands_back_what_has_not_begun_and_burns_no_try(
    install: Install, world: World, store: str
) -> None:
    here = install(store)
    world.gate.clear()
    here.ask("queue", kind="test.note", items=[{"payload": {"number": n}} for n in range(40)])
    first = here.start_worker(threads=4)
    # Three of four: the last slot is never a batch job's.
    assert world.wait_for(lambda: world.arrived == 3), here.errors()
    here.signal(first, signal.SIGTERM)
    # Told to go, it takes no more; what is in a call ends, once the call answers.
    world.gate.set()
    begun = time.monotonic()
    here.wait_for(lambda: not here.is_alive(first), 10)
    assert time.monotonic() - begun < 8
    [(most,)] = here.store.rows("SELECT max(attempt) FROM jobs_job WHERE state = 'queued'")
    assert most == 0
    assert here.store.rows("SELECT count(*) FROM jobs_job WHERE state = 'running'") == [(0,)]

    here.start_worker(threads=4)
    here.wait_until_settled()
    assert here.states() == {"done": 40}
    assert Counter(world.noted) == Counter({str(n): 1 for n in range(40)})
    assert here.store.rows("SELECT max(attempt) FROM jobs_job") == [(1,)]


def test_a_call_that_outlasts_the_grace_is_handed_back_with_its_try(install: Install, world: World) -> None:
    here = install("sqlite", VITRINA_JOB_STOP_SECONDS="0.5")
    world.gate.clear()
    here.ask("queue", kind="test.note", items=[{"payload": {"number": 1}}])
    worker = here.start_worker()
    assert world.wait_for(lambda: world.arrived == 1)
    here.signal(worker, signal.SIGTERM)
    here.wait_for(lambda: not here.is_alive(worker), 8)
    assert here.store.rows("SELECT state, attempt, claims FROM jobs_job") == [("queued", 0, 0)]


@stores
def test_a_job_that_kills_its_worker_three_times_is_dead(install: Install, world: World, store: str) -> None:
    here = install(store)
    here.ask("queue", kind="test.poison", items=[{"payload": {}}])
    here.ask("queue", kind="test.note", items=[{"payload": {"number": n}} for n in range(5)])
    worker = here.start_worker(threads=1)

    def revive() -> bool:
        nonlocal worker
        if not here.is_alive(worker):
            worker = here.start_worker(threads=1)
        return here.states().get("dead") == 1 and here.states().get("done") == 5

    here.wait_for(revive, 40)
    [(error, claims)] = here.store.rows("SELECT error, fence FROM jobs_job WHERE kind = 'test.poison'")
    assert error.startswith("worker died 3 times")
    assert claims == 3


@pytest.mark.storm
@stores
def test_two_workers_and_two_schedulers_do_no_job_twice_and_keep_every_lane_in_order(
    install: Install, world: World, store: str
) -> None:
    here = install(store)
    lanes = 10
    items = [
        {"payload": {"number": f"{n % lanes}-{n // lanes}"}, "lane": f"thread:{n % lanes}"}
        for n in range(300)
    ]
    here.ask("queue", kind="test.note", items=items)
    # A slot that is due now, and ten schedulers' worth of asking for it.
    here.ask("tick", times=1)
    due = _make_due(here)
    here.start_worker(threads=6)
    here.start_worker(threads=6)
    for _ in range(2):
        here.tell("tick", times=25)
    won = [here.answer() for _ in range(2)]
    here.wait_until_settled(60)

    slots = here.store.rows("SELECT count(*) FROM jobs_job WHERE kind = 'jobs.clean_up'")
    assert slots == [(1,)], (won, due)
    assert Counter(world.noted).most_common(1)[0][1] == 1
    for lane in range(lanes):
        order = [int(note.split("-")[1]) for note in world.noted if note.startswith(f"{lane}-")]
        assert order == list(range(30))
    assert here.store.rows("SELECT max(claims), max(fence) FROM jobs_job") == [(0, 1)]
    assert "database is locked" not in here.errors()
    assert "deadlock" not in here.errors()


@stores
def test_a_batch_is_fed_window_by_window_and_survives_its_worker(
    install: Install, world: World, store: str
) -> None:
    here = install(store, VITRINA_JOB_WINDOW="20")
    here.ask("batch", items=150)
    worker = here.start_worker(threads=4)
    assert world.wait_for(lambda: world.arrived >= 40)
    here.signal(worker, signal.SIGKILL)
    here.start_worker(threads=4)
    here.wait_until_settled(40)
    assert here.states() == {"done": 151}
    assert set(world.noted) == {str(n) for n in range(150)}
    assert sum(Counter(world.noted).values()) <= 154  # the four that ran when it died may have run twice


def _make_due(here: Installation) -> object:
    sql = "UPDATE jobs_schedule SET next_run = '2026-01-01 00:00:00'"
    if here.store.url:
        import psycopg

        with psycopg.connect(here.store.url, autocommit=True) as connection:
            connection.execute(sql)
    else:
        import sqlite3

        with sqlite3.connect(here.store.path, timeout=20) as connection:  # type: ignore[attr-defined]
            connection.execute(sql)
        connection.close()
    return here.store.rows("SELECT name, next_run FROM jobs_schedule")
