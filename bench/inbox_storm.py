"""Answers in a storm: 500 of them, 100 kills, 20 frozen workers, on each database; counted in the marketplaces' own logs.

Two sellers at three simulated marketplaces; two windows on everything, each click doubled; a quarter of the answers lost, late,
slow, broken, cut or dropped in silence. VITRINA_BENCH_SENDS and VITRINA_BENCH_KILLS make it smaller, VITRINA_BENCH_SEED repeats one.
"""

from __future__ import annotations

import os
import random
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from bench.jobs import answers
from bench.report import BenchRow

if TYPE_CHECKING:
    from vitrina.inbox.tests.storm import Counts

GROUP = "inbox storm"
SENDS = int(os.environ.get("VITRINA_BENCH_SENDS", "500"))
KILLS = int(os.environ.get("VITRINA_BENCH_KILLS", "100"))
VISIBLE_SECONDS = 60.0


def rows() -> Iterator[BenchRow]:
    from vitrina.inbox.tests import storm
    from vitrina.jobs.tests.installation import PostgresStore, SqliteStore, Store

    server = os.environ.get("VITRINA_TEST_POSTGRES_URL", "postgresql://postgres@127.0.0.1:5432/postgres")
    size = storm.Size(SENDS, KILLS, freezes=KILLS // 5, sellers=2)
    for name in ("sqlite", "postgres"):
        if name == "postgres" and not answers(server):
            continue
        with tempfile.TemporaryDirectory(prefix="vitrina-storm-") as folder:
            store: Store = SqliteStore(Path(folder))
            if name == "postgres":
                store = PostgresStore(server, f"vitrina_storm_{os.getpid()}")
            seed = int(os.environ.get("VITRINA_BENCH_SEED", random.randrange(10**6)))
            yield from _told(name, storm.run(store, Path(folder), size, seed=seed))


def _told(name: str, counts: Counts) -> Iterator[BenchRow]:
    size, faults = counts.size, sum(counts.weather.values())
    weather = ", ".join(f"{fault} {times}" for fault, times in sorted(counts.weather.items()))

    def row(what: str, figure: float, limit: str = "", holds: bool | None = None, unit: str = "") -> BenchRow:
        return BenchRow(GROUP, f"{what}, {name}", figure, unit, limit, holds)

    yield row("answers queued", size.sends, f"of {counts.clicks} clicks, {counts.refused} refused")
    yield row("workers killed", size.kills, f"and {size.freezes} frozen past their lease")
    yield row("sends taken over from a dead or frozen worker", counts.reclaimed)
    yield row("answers that met a fault", faults, weather)
    yield row("of them in doubt", counts.in_doubt, "≥ 50", counts.in_doubt >= 50 if SENDS >= 500 else None)
    yield row("answers that stand, once each", counts.shown, f"= {size.sends}", counts.shown == size.sends)
    yield row("doubled", len(counts.doubled), ", ".join(counts.doubled) or "0", not counts.doubled)
    yield row("lost", len(counts.lost), ", ".join(counts.lost) or "0", not counts.lost)
    yield row("still under way", counts.under_way, "0", counts.under_way == 0)
    yield row("dropped over there, told, written again", counts.told)
    yield row("left to a person", counts.for_person, "chats whose message can't be found")
    yield row("slowest doubt seen", counts.slowest, f"≤ {VISIBLE_SECONDS:g} s", counts.slowest <= VISIBLE_SECONDS, "s")  # fmt: skip
    yield row(
        "«database is locked»",
        len(counts.locked),
        "; ".join(counts.locked[:3])[:300] or "0",
        not counts.locked,
    )
    yield row("whole storm", counts.seconds, f"seed {counts.seed}", unit="s")
