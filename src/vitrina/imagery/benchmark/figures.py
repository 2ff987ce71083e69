"""How often the quality check says of drawn pictures what is wrong with them, and how often it says so of clean ones."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context

from vitrina.imagery.benchmark.breaking import BREAKAGES, broken, clean
from vitrina.imagery.benchmark.drawing import ROUNDS, Order, draw, orders
from vitrina.lib.pictures.quality.judged import POOR
from vitrina.lib.pictures.quality.judging import judge

CLEAN = "clean"
MOST_FALSE_ALARMS, LEAST_CAUGHT = 0.02, 0.95


@dataclass(frozen=True, slots=True)
class Seen:
    """What became of one drawn picture. `name`: CLEAN, or the breakage's. `is_right`: nothing was said of a clean one; of a broken one,
    what is wrong with it. `milliseconds`: of CPU, the picture prepared and judged."""

    name: str
    kind: str
    is_held_out: bool
    is_right: bool
    codes: tuple[str, ...]
    level: str
    milliseconds: float


@dataclass(frozen=True, slots=True)
class Tally:
    """Of one defect in one half. `mistaken`: kinds of scenes and what was said of them, where that was wrong."""

    name: str
    pictures: int
    right: int
    poor: int
    mistaken: tuple[tuple[str, int], ...]

    @property
    def share(self) -> float:
        return self.right / self.pictures

    @property
    def holds(self) -> bool:
        return 1 - self.share <= MOST_FALSE_ALARMS if self.name == CLEAN else self.share >= LEAST_CAUGHT


def seen(rounds: int = ROUNDS, every: int = 1, processes: int | None = None) -> Iterator[Seen]:
    """Every picture of the set, or only of every N-th order; drawn and judged on all cores (`processes` 0: here)."""
    wanted = list(orders(rounds))[::every]
    if processes == 0:
        for order in wanted:
            yield from of_order(order)
        return
    with ProcessPoolExecutor(processes or os.cpu_count(), get_context("spawn")) as pool:
        for found in pool.map(of_order, wanted, chunksize=2):
            yield from found


def of_order(order: Order) -> list[Seen]:
    image = draw(order)
    answer = clean(order, image)
    made = [(CLEAN, frozenset[str](), answer)]
    for breakage in BREAKAGES:
        wrong = broken(breakage, order, image, answer)
        if wrong is not None:
            made.append((breakage.name, breakage.told_as, wrong))
    found = []
    for name, told_as, sent in made:
        began = time.process_time()
        told = judge(sent.data, sent.media_type, sent.expected)
        took = (time.process_time() - began) * 1000
        codes = tuple(issue.code for issue in told.issues)
        is_right = not told_as.isdisjoint(codes) if told_as else not codes
        found.append(Seen(name, order.kind, order.is_held_out, is_right, codes, told.level, took))
    return found


def tallies(found: Sequence[Seen], *, held_out: bool) -> list[Tally]:
    """The clean ones first, then every defect in the order of BREAKAGES."""
    told = []
    for name in (CLEAN, *(breakage.name for breakage in BREAKAGES)):
        members = [one for one in found if one.name == name and one.is_held_out is held_out]
        if members:
            wrong = Counter(
                f"{one.kind}: {', '.join(one.codes) or 'nothing'}" for one in members if not one.is_right
            )
            told.append(
                Tally(
                    name,
                    len(members),
                    sum(one.is_right for one in members),
                    sum(one.level == POOR for one in members),
                    tuple(wrong.most_common()),
                )
            )
    return told


def milliseconds(found: Sequence[Seen]) -> tuple[float, float]:
    """Of CPU for a clean picture, prepared and judged: the middle one, and what 95 of 100 stay below."""
    took = sorted(one.milliseconds for one in found if one.name == CLEAN)
    return took[len(took) // 2], took[min(len(took) - 1, round(0.95 * len(took)))]
