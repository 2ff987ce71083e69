"""Pictures in a storm: 300 of them under 30 kills, from services that answer in every way there is, on each database; counted
by the services themselves.

VITRINA_BENCH_PICTURES and VITRINA_BENCH_KILLS make it smaller, VITRINA_BENCH_SEED repeats one.
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
    from vitrina.imagery.tests.storm import Counts

GROUP = "picture storm"
PICTURES = int(os.environ.get("VITRINA_BENCH_PICTURES", "300"))
KILLS = int(os.environ.get("VITRINA_BENCH_KILLS", "30"))


def rows() -> Iterator[BenchRow]:
    from vitrina.imagery.tests import storm
    from vitrina.jobs.tests.installation import PostgresStore, SqliteStore, Store

    server = os.environ.get("VITRINA_TEST_POSTGRES_URL", "postgresql://postgres@127.0.0.1:5432/postgres")
    size = storm.Size(PICTURES, KILLS, sellers=3)
    for name in ("sqlite", "postgres"):
        if name == "postgres" and not answers(server):
            continue
        with tempfile.TemporaryDirectory(prefix="vitrina-storm-") as folder:
            store: Store = SqliteStore(Path(folder))
            if name == "postgres":
                store = PostgresStore(server, f"vitrina_picture_storm_{os.getpid()}")
            seed = int(os.environ.get("VITRINA_BENCH_SEED", random.randrange(10**6)))
            yield from _told(name, storm.run(store, Path(folder), size, seed=seed))


def _told(name: str, counts: Counts) -> Iterator[BenchRow]:
    from vitrina.imagery.tests.storm import doubtful_money

    size = counts.size
    weather = ", ".join(f"{said} {times}" for said, times in sorted(counts.weather.items()))
    ended = sum(counts.states.get(state, 0) for state in ("completed", "failed"))
    most = counts.spent + doubtful_money(counts)

    def row(what: str, figure: float, limit: str = "", holds: bool | None = None, unit: str = "") -> BenchRow:
        return BenchRow(GROUP, f"{what}, {name}", figure, unit, limit, holds)

    yield row("pictures asked for", size.pictures)
    yield row("workers killed", size.kills)
    yield row("calls that reached a service", counts.calls, weather)
    yield row("pictures that ended", ended, f"= {size.pictures}", ended == size.pictures)
    yield row(
        "of them drawn", counts.earned, ", ".join(f"{k} {v}" for k, v in sorted(counts.services.items()))
    )
    yield row(
        "units counted",
        counts.counted,
        f"= {counts.earned} drawn = {counts.held} held",
        counts.counted == counts.earned == counts.held,
    )
    yield row(
        "calls whose end nobody lived to write",
        counts.unseen,
        f"0 … {counts.cut}",
        0 <= counts.unseen <= counts.cut,
    )
    yield row(
        "pictures paid and drawn again", counts.paid_twice, f"≤ {counts.cut}", counts.paid_twice <= counts.cut
    )
    yield row(
        "money in the budget",
        float(counts.budget),
        f"{counts.spent:f} … {most:f}",
        counts.spent <= counts.budget <= most,
        "USD",
    )
    yield row("files lost", len(counts.lost_files), "0", not counts.lost_files)
    yield row("«database is locked»", len(counts.locked), "0", not counts.locked)
    yield row("whole storm", counts.seconds, f"seed {counts.seed}", unit="s")
