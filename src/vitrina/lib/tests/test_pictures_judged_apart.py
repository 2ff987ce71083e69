"""A picture judged in a process of its own: the same as at home, and words for whatever ends the process."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest
from PIL import Image

from vitrina.lib.pictures import Expected
from vitrina.lib.pictures.pool import Limits, Pool
from vitrina.lib.pictures.quality import issues, judging
from vitrina.lib.pictures.quality.judged import POOR
from vitrina.lib.tests.picture_files import endless_scans, saved


@pytest.fixture(scope="module")
def pool() -> Iterator[Pool]:
    pool = Pool(1)
    yield pool
    pool.end()


def scattered(kind: str = "PNG") -> bytes:
    """Squares of all colours, more than 10 KB."""
    few = Image.frombytes("RGB", (80, 60), random.Random(1).randbytes(80 * 60 * 3))
    return saved(few.resize((640, 480), Image.Resampling.NEAREST), kind)


def test_it_is_the_same_as_at_home_and_prepared_along(pool: Pool) -> None:
    data, expected = scattered(), Expected(width=2000, height=40, color="#ff0000")
    told = pool.judge(data, "image/jpeg; charset=binary", expected)
    assert told == judging.judge(data, "image/jpeg", expected)
    assert {issues.OTHER_KIND, issues.OTHER_SIZE} <= {issue.code for issue in told.issues}
    assert told.prepared == pool.prepare(data)


@pytest.mark.parametrize(
    "data",
    [b"", b'{"error": "rate limited"}', b"<!doctype html><p>Queue full", b"\0" * 20_000, b"%PDF-1.7"],
)
def test_what_is_no_picture_is_said_in_words_and_is_poor(pool: Pool, data: bytes) -> None:
    told = pool.judge(data, "image/png", Expected())
    assert told.prepared is None
    assert told.level == POOR
    assert issues.NOT_A_PICTURE in [issue.code for issue in told.issues]
    assert all(str(issue) for issue in told.issues)


def test_a_file_cut_short_is_broken_and_the_process_goes_on(pool: Pool) -> None:
    for kind in ("PNG", "JPEG", "WEBP"):
        data = scattered(kind)
        told = pool.judge(data[: len(data) * 2 // 3], "", Expected())
        assert (told.prepared, told.level) == (None, POOR)
        assert issues.BROKEN in [issue.code for issue in told.issues]
    assert len(pool.pids()) == 1


def test_a_picture_that_takes_too_long_is_broken() -> None:
    pool = Pool(1, Limits(cpu_seconds=1))
    told = pool.judge(endless_scans(), "image/jpeg", Expected())
    pool.end()
    assert told.prepared is None
    assert "within 1 seconds" in str(told.issues[-1])


def test_too_large_a_file_never_reaches_a_process() -> None:
    pool = Pool(1)
    told = pool.judge(b"\xff\xd8\xff" + bytes(33_000_000), "image/jpeg", Expected())
    assert pool.pids() == []
    assert [issue.code for issue in told.issues] == [issues.HUGE_FILE, issues.BROKEN]
