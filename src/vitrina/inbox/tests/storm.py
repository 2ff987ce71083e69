"""A storm over answers: workers killed and frozen at random, windows that answer the same, marketplaces that lose answers.

Counted where it counts: in the marketplaces' own logs, and by the clock of the rows. `bench/inbox_storm.py` runs a big one,
`test_storm.py` a small one.
"""

from __future__ import annotations

import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from aiohttp import web
from tests.servers import Marketplace

from vitrina.jobs.tests.installation import Installation, Store
from vitrina.simulators import ozon, wildberries, yandex_market
from vitrina.simulators.marketplace import Settings
from vitrina.simulators.talk import Line, Talk

SIMULATED: dict[str, Callable[..., web.Application]] = {
    "ozon": ozon.application,
    "wildberries": wildberries.application,
    "yandex_market": yandex_market.application,
}
CREDENTIALS = {
    "ozon": {"client_id": "12345", "api_key": "sim-key"},
    "wildberries": {"token": "sim-key"},
    "yandex_market": {"api_key": "sim-key", "business_id": str(yandex_market.BUSINESS)},
}
# The requests that bring an answer.
ANSWERS = "/create|/send/message|POST /api/v1/feedbacks/answer|PATCH /api/v1/questions|/seller/message|/update|/chats/message"
KINDS = ("review", "review", "question", "chat")
# What becomes of an answer, and how often; twenty in a hundred in some way that isn't seen to its end.
WEATHER = {
    "ok": 76, "lost": 4, "broken": 4, "garbage": 3, "cut": 3, "late": 3, "slow": 3, "silent": 2, "unavailable": 2,
}  # fmt: skip
IN_DOUBT = {"lost", "broken", "garbage", "cut", "late", "slow", "unavailable"}
PATIENCE_SECONDS, LATE_SECONDS, LOOK_AGAIN_SECONDS = 1.0, 1.8, 2.0
WORKERS, THREADS, WINDOWS = 3, 2, 2
SETTLES_SECONDS = 180.0


@dataclass(frozen=True)
class Size:
    """`lease`: seconds; a frozen worker sleeps three of them."""

    sends: int
    kills: int
    freezes: int = 0
    sellers: int = 1
    lease: float = 3.0


@dataclass
class Counts:
    """`doubled`, `lost`: talks by key. `told`: replies of which a person was told that they don't stand there. `slowest`:
    seconds from the intent to send until a person saw that it is in doubt."""

    size: Size
    seed: int
    shown: int = 0
    doubled: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    weather: Counter[str] = field(default_factory=Counter)
    clicks: int = 0
    refused: int = 0
    for_person: int = 0
    told: int = 0
    slowest: float = 0.0
    reclaimed: int = 0
    stands: dict[str, int] = field(default_factory=dict)
    under_way: int = 0
    seconds: float = 0.0
    locked: list[str] = field(default_factory=list)  # lines of the workers that say so of the database

    @property
    def in_doubt(self) -> int:
        return sum(count for fault, count in self.weather.items() if fault in IN_DOUBT)


def environment(size: Size) -> dict[str, str]:
    return {
        "VITRINA_JOB_LEASE_SECONDS": str(size.lease),
        "VITRINA_JOB_LOOK_AGAIN_SECONDS": str(LOOK_AGAIN_SECONDS),
        "TEST_PATIENCE": str(PATIENCE_SECONDS),
    }


def run(store: Store, folder: Path, size: Size, *, seed: int) -> Counts:
    """From buyers' words to answers that stand there. The installation and its database are gone afterwards."""
    chance = random.Random(seed)
    markets = {
        (f"seller-{number}", platform): Marketplace(
            make(settings=Settings(plan="premium_pro", limits=False, late_seconds=LATE_SECONDS))
        )
        for number in range(size.sellers)
        for platform, make in SIMULATED.items()
    }
    here = Installation(folder, store, "", module="vitrina.inbox.tests.process", **environment(size))
    counts = Counts(size, seed)
    begun = time.monotonic()
    try:
        _open_shops(here, markets, size)
        _click(here, counts, size)
        _weather(markets, chance)
        _strike(here, markets, chance, size)
        here.wait_for(lambda: here.store.rows(SENDS) == [(0,)], SETTLES_SECONDS)
        for market in markets.values():
            market.state.next_faults.clear()
        _settle(here)
        _count(here, markets, counts)
    finally:
        counts.seconds = time.monotonic() - begun
        here.close()
        said = (folder / "errors.txt").read_text().splitlines()
        counts.locked = [line for line in said if "database is locked" in line]
        for market in markets.values():
            market.close()
    return counts


# --- Before ------------------------------------------------------------------------------------------------


def _open_shops(here: Installation, markets: dict[tuple[str, str], Marketplace], size: Size) -> None:
    every = list(markets.values())
    for number in range(size.sends):
        every[number % len(every)].add(_said(number, KINDS[number // len(every) % len(KINDS)]))
    told = here.ask(
        "shop",
        markets=[
            {"seller": seller, "platform": platform, "credentials": CREDENTIALS[platform], "url": market.url}
            for (seller, platform), market in markets.items()
        ],
    )
    assert told == {"new": size.sends, "troubles": {}}, told


def _said(number: int, kind: str) -> Talk:
    at = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=number + 1)
    about = {"buyer": "Анна", "sku": "646399170", "offer_id": "MAYAK-7", "product": "Лампа"}
    if kind == "chat":
        line = Line(str(number * 100 + 1), at, "buyer", "Где заказ?")
        return Talk(kind, str(number + 1), at, lines=[line], **about)
    rating = 2 if kind == "review" else None
    return Talk(kind, str(number + 1), at, rating=rating, text=f"Не горит {number}", **about)


def _click(here: Installation, counts: Counts, size: Size) -> None:
    """All windows at once, each with a click too many."""
    for window in range(WINDOWS):
        here.tell("answer_all", window=window)
    told = [here.answer(600) for _ in range(WINDOWS)]
    counts.clicks = sum(one["queued"] + one["refused"] for one in told)
    counts.refused = sum(one["refused"] for one in told)
    assert counts.clicks - counts.refused == size.sends, told


def _weather(markets: dict[tuple[str, str], Marketplace], chance: random.Random) -> None:
    for market in markets.values():
        market.state.settings.latency = 0.02
        market.state.on = ANSWERS
        market.state.next_faults.extend(chance.choices(list(WEATHER), list(WEATHER.values()), k=1000))


# --- In it -------------------------------------------------------------------------------------------------


def _strike(
    here: Installation,
    markets: dict[tuple[str, str], Marketplace],
    chance: random.Random,
    size: Size,
) -> None:
    """Kills and freezes in a random order, spread over the answers; who is killed has a successor at once, who is frozen a
    stand-in until it wakes, and one at a time is: a frozen process may hold the only lock of SQLite."""
    bell = threading.Event()
    workers = [here.start_worker(THREADS) for _ in range(WORKERS)]
    frozen: dict[int, float] = {}  # when each wakes
    strikes = ["kill"] * size.kills + ["freeze"] * size.freezes
    chance.shuffle(strikes)
    for number, strike in enumerate(strikes):
        # Once so many arrived, and then at a random moment; a storm goes on though nothing does.
        due, latest = 0.9 * size.sends * number / len(strikes), time.monotonic() + 5
        while sum(len(market.state.arrived) for market in markets.values()) < due:
            if time.monotonic() > latest and not frozen:
                break
            bell.wait(0.02)
            _wake(here, frozen, workers)
        bell.wait(chance.uniform(0, 0.3))
        while frozen and strike == "freeze":
            bell.wait(0.05)
            _wake(here, frozen, workers)
        victim = workers.pop(chance.randrange(len(workers)))
        if strike == "kill":
            here.signal(victim, signal.SIGKILL)
        else:
            here.signal(victim, signal.SIGSTOP)
            frozen[victim] = time.monotonic() + 3 * size.lease
        workers.append(here.start_worker(THREADS))
    while frozen:
        bell.wait(0.1)
        _wake(here, frozen, workers)


def _wake(here: Installation, frozen: dict[int, float], workers: list[int]) -> None:
    """Who wakes is one of the workers again; the oldest of the others is asked to go."""
    for pid in [pid for pid, at in frozen.items() if time.monotonic() >= at]:
        here.signal(pid, signal.SIGCONT)
        del frozen[pid]
        here.signal(workers.pop(0), signal.SIGTERM)
        workers.append(pid)


# --- After -------------------------------------------------------------------------------------------------

SENDS = "SELECT count(*) FROM jobs_job WHERE kind = 'inbox.send' AND state IN ('queued', 'running')"
LOOKS = (
    "SELECT count(*) FROM jobs_job WHERE kind = 'inbox.confirm' AND state IN ('queued', 'running') "
    "AND run_at < '2002-01-01 00:00:00'"
)
OPEN = "SELECT count(*) FROM inbox_interaction WHERE needs_response"
UNDER_WAY = "SELECT count(*) FROM inbox_reply WHERE state IN ('queued', 'sending', 'check', 'sent')"


def _settle(here: Installation) -> None:
    """Until nothing is under way and nothing is open: looks, a person's decisions, answers that are written again."""
    for _round in range(40):
        here.wait_for(lambda: here.store.rows(SENDS) == [(0,)], SETTLES_SECONDS)
        here.ask("decide")
        here.ask("hurry")
        here.wait_for(lambda: here.store.rows(LOOKS) == [(0,)], SETTLES_SECONDS)
        here.ask("write_again")
        if here.store.rows(OPEN) == here.store.rows(UNDER_WAY) == here.store.rows(SENDS) == [(0,)]:
            return


def _count(here: Installation, markets: dict[tuple[str, str], Marketplace], counts: Counts) -> None:
    for (seller, platform), market in markets.items():
        shown = Counter(arrival.talk for arrival in market.state.arrived if arrival.is_shown)
        counts.shown += sum(shown.values())
        counts.doubled += [f"{seller} {platform} {key}" for key, times in shown.items() if times > 1]
        counts.lost += [f"{seller} {platform} {key}" for key in market.state.talks if not shown[key]]
        counts.weather.update(asked.fault for asked in market.state.log if asked.fault not in ("", "ok"))
    counts.stands = dict(here.store.rows("SELECT state, count(*) FROM inbox_reply GROUP BY state"))
    [(counts.under_way,)] = here.store.rows(UNDER_WAY)
    counts.told = counts.stands.get("unconfirmed", 0) + counts.stands.get("failed", 0)
    [(taken_over,)] = here.store.rows(
        "SELECT coalesce(sum(fence - 1), 0) FROM jobs_job WHERE kind = 'inbox.send'"
    )
    counts.reclaimed = int(taken_over)
    for begun, seen in _doubts(here):
        counts.for_person += 1
        counts.slowest = max(counts.slowest, seen - begun)


def _doubts(here: Installation) -> list[tuple[float, float]]:
    """When each reply that a person was asked about was begun to be sent, and when that was seen, by the clock of the rows."""
    begun = dict(here.store.rows(f"SELECT key, {_seconds(here, 'created_at')} FROM jobs_effect"))
    checks = here.store.rows(
        f"SELECT data, {_seconds(here, 'created_at')} FROM jobs_jobevent WHERE kind = 'reply' ORDER BY id"
    )
    seen: dict[str, float] = {}
    for data, at in checks:
        told = data if isinstance(data, dict) else _json(data)
        if told["state"] == "check":
            seen.setdefault(f"inbox.reply:{told['reply']}", float(at))
    return [(float(begun[key]), at) for key, at in seen.items()]


def _seconds(here: Installation, column: str) -> str:
    if here.store.url:
        return f"extract(epoch FROM {column})"
    return f"(julianday({column}) - 2440587.5) * 86400"


def _json(text: str) -> dict[str, str]:
    import json

    told: dict[str, str] = json.loads(text)
    return told
