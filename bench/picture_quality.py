"""The quality check: what judging one picture costs, with and without preparing it, and through the processes.

`python -m bench picture_quality`. The pictures are drawn (`imagery/benchmark`), of about 1024 pixels, one of every kind of scene.
How often the check is right is told by `vitrina benchmark_images --gate`.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

from bench.report import BenchRow
from vitrina.imagery.benchmark.breaking import clean
from vitrina.imagery.benchmark.drawing import draw, orders
from vitrina.lib.pictures.pool import Pool
from vitrina.lib.pictures.preparing import prepare, prepare_and_keep
from vitrina.lib.pictures.quality.judging import judge, seen_in

GROUP = "pictures"
MOST_MS = 60.0
ROUNDS = 3


def rows() -> Iterator[BenchRow]:
    answers = [clean(order, draw(order)) for order in orders(1)]
    own, preparing, whole = [], [], []
    for answer in answers:
        opened = prepare_and_keep(answer.data, is_native_kept=True)[1]
        own.append(_cpu_ms(lambda opened=opened: seen_in(opened)))  # type: ignore[misc]
        preparing.append(_cpu_ms(lambda answer=answer: prepare(answer.data)))  # type: ignore[misc]
        whole.append(_cpu_ms(lambda answer=answer: judge(answer.data, answer.media_type, answer.expected)))  # type: ignore[misc]
    own.sort()
    middle, most = own[len(own) // 2], own[-1]
    yield BenchRow(
        GROUP, "judging, the middle one", round(middle, 1), "ms CPU", f"≤ {MOST_MS:.0f}", middle <= MOST_MS
    )
    yield BenchRow(GROUP, "judging, the slowest scene", round(most, 1), "ms CPU")
    yield BenchRow(GROUP, "preparing, mean", round(sum(preparing) / len(preparing), 1), "ms CPU")
    yield BenchRow(GROUP, "preparing and judging, mean", round(sum(whole) / len(whole), 1), "ms CPU")

    cores = os.cpu_count() or 1
    pool = Pool(cores)
    try:
        with ThreadPoolExecutor(2 * cores) as askers:
            list(askers.map(lambda one: pool.judge(one.data, one.media_type, one.expected), answers))
            began = time.perf_counter()
            list(askers.map(lambda one: pool.judge(one.data, one.media_type, one.expected), answers * 4))
            seconds = time.perf_counter() - began
    finally:
        pool.end()
    yield BenchRow(GROUP, f"judged by {cores} processes", round(4 * len(answers) / seconds, 1), "pictures/s")


def _cpu_ms(work: Callable[[], object]) -> float:
    """The best of some rounds: what others do on the machine only adds."""
    times = []
    for _ in range(ROUNDS):
        began = time.process_time()
        work()
        times.append(time.process_time() - began)
    return min(times) * 1000
