"""Computing in processes of its own: the answer comes, whatever happens to the process that computes it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from vitrina.lib import apart


@pytest.fixture
def processes() -> Iterator[None]:
    apart.begin(1)
    yield
    apart.end()


def where(*_anything: object) -> int:
    return os.getpid()


_kept: list[int] = []


def remember() -> None:
    _kept.append(1)


def remembered() -> bool:
    return bool(_kept)


def refuse(word: str) -> None:
    raise ValueError(word)


def die_elsewhere(home: int) -> int:
    if os.getpid() != home:
        os.kill(os.getpid(), signal.SIGKILL)
    return os.getpid()


def hang_elsewhere(home: int, started: str) -> int:
    if os.getpid() != home:
        with open(started, "w"):  # noqa: PTH123 - a named pipe, which says that this line was reached
            signal.pause()
    return os.getpid()


def test_it_is_computed_elsewhere_and_its_cost_is_told(processes: None) -> None:
    answer, cpu = apart.compute(where)
    assert answer != os.getpid()
    assert cpu > 0


def test_without_processes_the_asker_computes() -> None:
    assert apart.compute(where) == (os.getpid(), 0.0)


def test_what_is_prepared_is_done_before_it_is_asked_for(processes: None) -> None:
    apart.prepare(remember)
    assert apart.compute(remembered)[0] is True
    assert not remembered()


def test_what_the_function_raises_is_raised_here(processes: None) -> None:
    with pytest.raises(ValueError, match="no hat"):
        apart.compute(refuse, "no hat")


def test_a_process_that_dies_costs_no_answer_and_gets_a_successor(processes: None) -> None:
    home = os.getpid()
    with ThreadPoolExecutor(8) as askers:
        answers = list(askers.map(lambda _: apart.compute(die_elsewhere, home), range(8)))
    assert answers == [(home, 0.0)] * 8
    assert apart.compute(where)[0] != home


def test_a_process_that_hangs_does_not_hold_up_the_end(processes: None, tmp_path: os.PathLike[str]) -> None:
    started = os.fspath(tmp_path) + "/started"
    os.mkfifo(started)
    answers: list[tuple[int, float]] = []
    asker = threading.Thread(
        target=lambda: answers.append(apart.compute(hang_elsewhere, os.getpid(), started))
    )
    asker.start()
    with open(started):  # noqa: PTH123 - opens when the other process has opened its end
        apart.end()
        asker.join(10)
    assert answers == [(os.getpid(), 0.0)]


def test_the_death_of_the_parent_ends_the_processes() -> None:
    """Killed with -9 the parent can say nothing; its computing processes see it and go."""
    program = (
        "import os, signal\n"
        "from vitrina.lib import apart\n"
        "from vitrina.lib.tests.test_apart import where\n"
        "if __name__ == '__main__':\n"
        "    apart.begin(1)\n"
        "    apart.compute(where)\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE)
    assert parent.stdout is not None
    # The pipe is the family's: it ends when the last of them has.
    assert parent.communicate(timeout=30)[0] == b""
    assert parent.returncode == -signal.SIGKILL


def test_the_checks_of_a_text_know_no_django() -> None:
    """They are computed apart, where nothing sets Django up."""
    program = "import sys, vitrina.enrichment.checks.card; sys.exit('django' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
