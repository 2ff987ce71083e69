"""Pictures in processes of their own: whatever happens to a process, the picture comes or is refused in words."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import psutil
import pytest
from PIL import Image

from vitrina.lib.pictures import PictureRefused, preparing
from vitrina.lib.pictures.pool import DIED, TOO_SLOW, Limits, Pool, _Process
from vitrina.lib.tests.picture_files import endless_scans


def picture(colour: str = "red", size: tuple[int, int] = (60, 40)) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", size, colour).save(file, "PNG")
    return file.getvalue()


@pytest.fixture
def pool() -> Iterator[Pool]:
    pool = Pool(1)
    yield pool
    pool.end()


def test_it_is_the_same_as_at_home(pool: Pool) -> None:
    data = picture(size=(1500, 900))
    assert pool.prepare(data) == preparing.prepare(data)


def test_a_refusal_keeps_its_sentence_and_values_and_the_process(pool: Pool) -> None:
    pool.prepare(picture())
    pids = pool.pids()
    with pytest.raises(PictureRefused) as refused:
        pool.prepare(b"%!PS-Adobe-3.0 EPSF-3.0")
    assert refused.value.values == {"kind": "EPS"}
    assert "of the kind EPS" in str(refused.value)
    assert pool.pids() == pids


def test_a_process_serves_many_pictures_of_many_threads() -> None:
    pool = Pool(2)
    with ThreadPoolExecutor(8) as askers:
        prepared = list(askers.map(pool.prepare, [picture(size=(10 + at, 10)) for at in range(40)]))
    assert [one.width for one in prepared] == list(range(10, 50))
    assert len(pool.pids()) == 2
    pool.end()


def test_a_process_that_was_killed_is_replaced_and_the_picture_comes(pool: Pool) -> None:
    pool.prepare(picture())
    (pid,) = pool.pids()
    os.kill(pid, signal.SIGKILL)
    assert pool.prepare(picture()).width == 60
    assert pool.pids() != [pid]


def test_a_process_that_is_killed_over_a_picture_is_replaced_and_the_picture_comes(pool: Pool) -> None:
    pool.prepare(picture())
    (pid,) = pool.pids()
    os.kill(pid, signal.SIGSTOP)
    with ThreadPoolExecutor(1) as asker:
        # Bigger than what a socket holds: the asker is on its way when the process dies.
        asked = asker.submit(pool.prepare, picture(size=(300, 300)) + bytes(3_000_000))
        os.kill(pid, signal.SIGKILL)
        assert asked.result(60).width == 300
    assert pool.pids() != [pid]


def test_a_process_that_hangs_costs_its_picture_and_is_replaced() -> None:
    pool = Pool(1, Limits(deadline_seconds=2))
    pool.prepare(picture())
    (pid,) = pool.pids()
    os.kill(pid, signal.SIGSTOP)
    with pytest.raises(PictureRefused) as refused:
        pool.prepare(picture())
    assert (refused.value.sentence, refused.value.values) == (TOO_SLOW, {"seconds": 2})
    assert not psutil.pid_exists(pid)
    assert pool.prepare(picture()).width == 60
    pool.end()


def test_a_picture_that_computes_without_end_is_ended() -> None:
    pool = Pool(1, Limits(cpu_seconds=1))
    with pytest.raises(PictureRefused) as refused:
        pool.prepare(endless_scans())
    assert (refused.value.sentence, refused.value.values) == (TOO_SLOW, {"seconds": 1})
    assert pool.prepare(picture()).width == 60
    pool.end()


def test_the_time_of_one_picture_is_not_the_next_ones() -> None:
    """More CPU than one picture may have, over several."""
    pool = Pool(1, Limits(cpu_seconds=1))
    data = endless_scans(200)
    pids = set()
    for _ in range(5):
        assert pool.prepare(data).width == 5000
        pids.update(pool.pids())
    (pid,) = pids
    times = psutil.Process(pid).cpu_times()
    assert times.user + times.system > 2
    pool.end()


def test_more_memory_than_a_picture_may_have_is_refused_in_words() -> None:
    pool = Pool(1, Limits(memory_bytes=60_000_000))
    file = io.BytesIO()
    Image.new("RGB", (4000, 4000)).save(file, "PNG")
    with pytest.raises(PictureRefused, match="memory"):
        pool.prepare(file.getvalue())
    pids = pool.pids()
    assert pool.prepare(picture()).width == 60
    assert pool.pids() == pids
    pool.end()


def test_a_picture_that_ends_every_process_is_refused_and_no_other(
    pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No such picture is known: each process is made to abort as soon as it has started."""
    start = _Process._start

    def start_and_abort(process: _Process) -> None:
        start(process)
        assert process.pid is not None
        os.kill(process.pid, signal.SIGABRT)

    monkeypatch.setattr(_Process, "_start", start_and_abort)
    with pytest.raises(PictureRefused) as refused:
        pool.prepare(picture())
    assert refused.value.sentence == DIED
    monkeypatch.undo()
    assert pool.prepare(picture()).width == 60


def test_a_process_that_nobody_needs_goes_home_and_comes_back() -> None:
    pool = Pool(1, Limits(idle_seconds=1))
    pool.prepare(picture())
    (pid,) = pool.pids()
    psutil.Process(pid).wait(30)
    assert pool.prepare(picture()).width == 60
    assert pool.pids() != [pid]
    pool.end()


def test_an_ended_pool_leaves_no_process_and_still_answers(pool: Pool) -> None:
    pool.prepare(picture())
    (pid,) = pool.pids()
    pool.end()
    assert not psutil.pid_exists(pid)
    assert pool.prepare(picture()).width == 60
    assert pool.pids() == []


def test_no_key_of_the_parent_is_known_to_the_processes(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    pool.prepare(picture())
    (pid,) = pool.pids()
    assert set(psutil.Process(pid).environ()) <= {"PATH", "PYTHONPATH", "MALLOC_ARENA_MAX", "LC_CTYPE"}


def test_where_no_process_starts_the_picture_is_not_blamed(
    pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(OSError, match="can be started"):
        pool.prepare(picture())


def test_the_death_of_the_parent_ends_the_processes() -> None:
    program = (
        "import os, signal\n"
        "from vitrina.lib.tests.test_pictures_pool import Pool, picture\n"
        "pool = Pool(1)\n"
        "pool.prepare(picture())\n"
        "print(*pool.pids(), flush=True)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    parent = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert parent.returncode == -signal.SIGKILL
    (pid,) = map(int, parent.stdout.split())
    if psutil.pid_exists(pid):
        psutil.Process(pid).wait(30)
    assert not psutil.pid_exists(pid)


def test_the_parent_loads_no_picture_reader() -> None:
    program = "import sys, vitrina.lib.pictures; sys.exit('PIL' in sys.modules or 'django' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
