"""A storm over pictures: workers killed at random, services that answer in every way there is. Counted where it counts: by
the services themselves.

`bench/picture_storm.py` runs a big one, `test_storm.py` a small one.
"""

from __future__ import annotations

import random
import signal
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from vitrina.imagery.tests.drawing_world import DrawingWorld
from vitrina.imagery.tests.services_made import PRICE
from vitrina.jobs.tests.installation import Installation, Store

# What a service says, and how often.
WEATHER = {
    "ok": 58.0, "poor": 5.0, "garbage": 3.0, "json": 3.0, "truncated": 3.0, "retry_same": 7.0, "reset": 4.0, "hang": 2.0,
    "retry_after:0.3": 6.0, "retry_new_seed": 4.0, "fallback": 2.0, "refuse": 2.0, "bad_request": 1.0,
}  # fmt: skip
STORED = {"ok", "poor", "truncated"}  # what comes whole, to be judged and kept
PAID = STORED | {"garbage", "json"}
WORKERS, THREADS = 3, 3
AT_ONCE = 2
SETTLES_SECONDS = 180.0


@dataclass(frozen=True)
class Size:
    pictures: int
    kills: int
    sellers: int = 1


@dataclass
class Counts:
    """`calls`, `paid`: the services' own count; `stored`: of those paid, the ones that came whole. `ledger`: rows of calls by
    outcome. `held`: rows that hold a unit; `earned`: that should; `counted`: units in the counters. `spent`, `budget`: USD
    of the ledger, and of the counters. `cut`: the most calls that kills can have cut, each a worker with all its threads.
    `most_at_once`: calls under way at one moment."""

    size: Size
    seed: int
    calls: int = 0
    paid: int = 0
    stored: int = 0
    weather: Counter[str] = field(default_factory=Counter)
    ledger: dict[str, int] = field(default_factory=dict)
    states: dict[str, int] = field(default_factory=dict)
    services: dict[str, int] = field(default_factory=dict)
    held: int = 0
    earned: int = 0
    counted: int = 0
    spent: Decimal = Decimal(0)
    budget: Decimal = Decimal(0)
    cut: int = 0
    most_at_once: int = 0
    lost_files: list[str] = field(default_factory=list)
    seconds: float = 0.0
    locked: list[str] = field(default_factory=list)

    @property
    def unseen(self) -> int:
        """Calls that reached a service and whose end no worker lived to write."""
        return self.calls - self.ledger.get("ok", 0) - self.ledger.get("error", 0)

    @property
    def paid_twice(self) -> int:
        """Pictures that were drawn, paid for, and written down by nobody."""
        return self.stored - self.ledger.get("ok", 0)


def run(store: Store, folder: Path, size: Size, *, seed: int) -> Counts:
    """From wishes to pictures. The installation and its database are gone afterwards."""
    chance = random.Random(seed)
    world = DrawingWorld(seconds=0.05, lot=WEATHER, seed=seed)
    here = Installation(folder, store, world.url, module="vitrina.imagery.tests.process")
    counts = Counts(size, seed)
    begun = time.monotonic()
    try:
        here.ask(
            "illustrate",
            sellers=size.sellers,
            pictures=size.pictures // size.sellers,
            series=3,
            at_once=AT_ONCE,
        )
        _strike(here, world, chance, size, counts)
        here.wait_for(lambda: here.store.rows(UNDER_WAY) == [(0,)], SETTLES_SECONDS)
        here.wait_until_settled(30)
        _count(here, world, folder, counts)
    finally:
        counts.seconds = time.monotonic() - begun
        said = here.errors().splitlines()
        here.close()
        world.close()
        counts.locked = [line for line in said if "database is locked" in line]
    return counts


def _strike(
    here: Installation, world: DrawingWorld, chance: random.Random, size: Size, counts: Counts
) -> None:
    """Kills spread over the pictures; who is killed has a successor at once."""
    bell = threading.Event()
    workers = [here.start_worker(THREADS) for _ in range(WORKERS)]
    for number in range(size.kills):
        due, latest = 0.9 * size.pictures * number / size.kills, time.monotonic() + 5
        while sum(world.calls.values()) < due and time.monotonic() < latest:
            bell.wait(0.02)
        bell.wait(chance.uniform(0, 0.25))
        counts.cut += THREADS
        here.signal(workers.pop(chance.randrange(len(workers))), signal.SIGKILL)
        workers.append(here.start_worker(THREADS))


UNDER_WAY = "SELECT count(*) FROM imagery_generatedimage WHERE status IN ('queued', 'generating')"


def _count(here: Installation, world: DrawingWorld, folder: Path, counts: Counts) -> None:
    rows = here.store.rows
    counts.calls, counts.paid = sum(world.calls.values()), sum(world.paid.values())
    counts.weather = world.outcomes
    counts.stored = sum(times for said, times in world.outcomes.items() if said in STORED)
    counts.most_at_once = world.most_at_once
    counts.ledger = dict(
        rows("SELECT outcome, count(*) FROM engine_modelcall WHERE kind = 'image' GROUP BY outcome")
    )
    counts.states = dict(rows("SELECT status, count(*) FROM imagery_generatedimage GROUP BY status"))
    counts.services = dict(
        rows(
            "SELECT service, count(*) FROM imagery_generatedimage WHERE status = 'completed' GROUP BY service"
        )
    )
    [(counts.earned,)] = rows(
        "SELECT count(*) FROM imagery_generatedimage WHERE status = 'completed' AND service <> 'offline'"
    )
    held = rows("SELECT held FROM imagery_generatedimage")
    counts.held = sum(one not in ("[]", []) for (one,) in held)
    month = time.strftime("%Y-%m")
    used = dict(rows("SELECT key, used FROM accounts_usagecounter"))
    counts.counted = sum(
        amount
        for key, amount in used.items()
        if key.startswith("seller:") and key.endswith(f"|pictures|calls|{month}")
    )
    [(spent,)] = rows(
        "SELECT sum(cost) FROM engine_modelcall WHERE kind = 'image' AND outcome IN ('ok', 'error')"
    )
    counts.spent = Decimal(str(spent or 0)).quantize(Decimal("1e-9"))  # SQLite adds floats
    counts.budget = Decimal(sum(a for key, a in used.items() if key.startswith("installation||usd|"))) / 10**9
    names = rows("SELECT seller_id, digest FROM imagery_generatedimage WHERE status = 'completed'")
    media = folder / "files"
    for seller_id, digest in names:
        for kind, suffix in (("original", "jpg"), ("processed", "jpg"), ("thumbs", "webp")):
            path = media / "generated" / kind / str(seller_id) / digest[:2] / f"{digest}.{suffix}"
            if not path.is_file():
                counts.lost_files.append(str(path.relative_to(media)))


def doubtful_money(counts: Counts) -> Decimal:
    """The most that may stay reserved for calls whose end nobody saw: what they may have cost."""
    return PRICE * (counts.ledger.get("doubt", 0) + counts.cut)
