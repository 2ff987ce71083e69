"""Real workers that are killed while services answer in every way there is: nothing is lost, and nothing paid twice beyond
the kills.

A small one; `python -m bench picture_storm` runs a big one on both databases.
"""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest

from vitrina.imagery.tests import storm
from vitrina.imagery.tests.storm import Size
from vitrina.jobs.tests.conftest import server
from vitrina.jobs.tests.installation import PostgresStore, SqliteStore, Store

SMALL = Size(pictures=24, kills=6)


@pytest.mark.storm
@pytest.mark.parametrize("store", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def test_in_a_storm_every_picture_ends_units_and_ledger_agree_and_kills_alone_pay_twice(
    tmp_path: Path, migrated: Path, store: str
) -> None:
    kept: Store = SqliteStore(tmp_path, migrated)
    if store == "postgres":
        url = server("VITRINA_TEST_POSTGRES_URL", "postgresql://postgres@127.0.0.1:5432/postgres")
        kept = PostgresStore(url, f"vitrina_imagery_test_{os.getpid()}")
    counts = storm.run(kept, tmp_path, SMALL, seed=random.randrange(10**6))
    assert sum(counts.states.values()) == SMALL.pictures, counts
    assert set(counts.states) <= {"completed", "failed"}, counts
    assert counts.held == counts.counted == counts.earned, counts
    assert 0 <= counts.unseen <= counts.cut, counts
    assert 0 <= counts.paid_twice <= counts.cut, counts
    assert counts.spent <= counts.budget <= counts.spent + storm.doubtful_money(counts), counts
    assert (counts.lost_files, counts.locked) == ([], []), counts
