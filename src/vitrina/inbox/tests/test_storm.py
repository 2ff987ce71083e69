"""Real workers that are killed and frozen while they answer, marketplaces that lose answers: each reply leaves once.

A small one; `python -m bench inbox_storm` runs five hundred answers under a hundred kills on both databases.
"""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest

from vitrina.inbox.tests import storm
from vitrina.inbox.tests.storm import Size
from vitrina.jobs.tests.conftest import server
from vitrina.jobs.tests.installation import PostgresStore, SqliteStore, Store

SMALL = Size(sends=18, kills=5, freezes=1, lease=2.0)


@pytest.mark.storm
@pytest.mark.parametrize("store", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def test_answers_leave_once_though_workers_die_and_freeze_and_answers_are_lost(
    tmp_path: Path, migrated: Path, store: str
) -> None:
    kept: Store = SqliteStore(tmp_path, migrated)
    if store == "postgres":
        url = server("VITRINA_TEST_POSTGRES_URL", "postgresql://postgres@127.0.0.1:5432/postgres")
        kept = PostgresStore(url, f"vitrina_inbox_test_{os.getpid()}")
    counts = storm.run(kept, tmp_path, SMALL, seed=random.randrange(10**6))
    assert (counts.doubled, counts.lost, counts.under_way) == ([], [], 0), counts
    assert counts.shown == counts.stands["confirmed"] == SMALL.sends, counts
    assert counts.refused == 3 * SMALL.sends, counts  # of four clicks on each, one
    assert counts.slowest < 60, counts
    assert counts.locked == []
