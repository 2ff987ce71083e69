"""Pure computing in processes of its own.

Python runs one thread of a process at a time. What two hundred threads compute for long, another core can do meanwhile.
Only functions of modules that know no Django go there: a function goes by its name, its arguments and its answer pickled.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable
from concurrent.futures import CancelledError, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from typing import ParamSpec, TypeVar

from vitrina.lib.turns import aside

logger = logging.getLogger(__name__)

Arguments = ParamSpec("Arguments")
Answer = TypeVar("Answer")

LAST_WORDS_SECONDS = 0.5  # for what is being computed when nobody waits for it any longer

_pool: ProcessPoolExecutor | None = None
_most = 0  # processes
_lock = threading.Lock()


def begin(processes: int) -> None:
    """Compute in up to so many processes from now on; they are started when they are first needed. 0: none."""
    global _pool
    with _lock:
        if _pool is None and processes > 0:
            _pool = _processes(processes)


def end() -> None:
    """Let the processes go. What is asked from now on is computed by whoever asks."""
    global _pool
    with _lock:
        closing, _pool = _pool, None
    if closing is not None:
        closing.shutdown(wait=False, cancel_futures=True)
        for process in multiprocessing.active_children():
            process.join(LAST_WORDS_SECONDS)
            process.kill()


def compute(
    function: Callable[Arguments, Answer], *args: Arguments.args, **kwargs: Arguments.kwargs
) -> tuple[Answer, float]:
    """The answer, and the CPU seconds that it took elsewhere: 0 where this thread computed it. Raises what it raises."""
    pool = _pool
    if pool is not None:
        try:
            asked = pool.submit(_timed, partial(function, *args, **kwargs))
        except RuntimeError:  # it ended between these lines, or one of its processes was killed
            _replace(pool)
        else:
            try:
                with aside():
                    return asked.result()
            except (BrokenProcessPool, CancelledError):
                _replace(pool)
    return function(*args, **kwargs), 0.0


def prepare(function: Callable[[], object]) -> None:
    """Have the first process started, and there this done that a first answer would wait for. Nobody waits for it."""
    with _lock:
        if _pool is not None:
            _pool.submit(function)


def _replace(broken: ProcessPoolExecutor) -> None:
    """New processes for those that died, once, whoever of the askers comes first."""
    global _pool
    with _lock:
        if _pool is not broken:
            return
        _pool = _processes(_most)
    logger.warning("a computing process died; another one takes its place", extra={"action": "apart.died"})


def _processes(most: int) -> ProcessPoolExecutor:
    global _most
    _most = most
    # Spawned and not forked: a fork would copy two hundred threads' locks as they stand.
    context = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(most, mp_context=context, initializer=_live_with_the_parent)


def _timed(work: Callable[[], Answer]) -> tuple[Answer, float]:
    begun = time.process_time()
    return work(), time.process_time() - begun


def _live_with_the_parent() -> None:
    """Ctrl-C in a terminal reaches every process of it, and is the parent's to answer; its death ends this one."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    assert parent is not None

    def follow() -> None:
        parent.join()
        os._exit(0)

    threading.Thread(target=follow, name="apart-parent", daemon=True).start()
