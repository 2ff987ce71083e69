"""The figures of a benchmark from what was answered. Pure.

What depends on past decisions (the threshold of auto-apply, calibration) is always chosen on one half of the rows
and measured on the other, both ways round.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypedDict

from vitrina.enrichment import autoapply, calibration

BINS = 10


@dataclass(frozen=True, slots=True)
class Answered:
    """One test row: the right category, the ranked candidates, the choice (None: no fit) and its raw confidence."""

    key: str
    right: int
    chosen: int | None
    candidates: tuple[int, ...]
    confidence: float | None
    seconds: float = 0.0

    @property
    def is_right(self) -> bool:
        return self.chosen == self.right


class Figures(TypedDict):
    """Shares are 0–1. `auto_share`: let through at the threshold from the other half; `auto_precision`: there."""

    rows: int
    top_1: float
    top_3: float
    top_20: float
    macro_f1: float
    no_fit: float
    confidence_unknown: float
    calibration_error_raw: float | None
    calibration_error: float | None
    auto_target: float
    auto_share: float
    auto_precision: float | None
    auto_thresholds: list[float]
    latency_ms_p50: float
    latency_ms_p95: float


def figures(answers: Sequence[Answered], *, target: float = autoapply.TARGET) -> Figures:
    halves = _halves(answers)
    through, right, thresholds = _auto(halves, target)
    seconds = sorted(one.seconds for one in answers)
    return Figures(
        rows=len(answers),
        top_1=_share(answers, lambda one: one.is_right),
        top_3=_share(answers, lambda one: one.right in _ranked(one)[:3]),
        top_20=_share(answers, lambda one: one.right in _ranked(one)[:20]),
        macro_f1=macro_f1(answers),
        no_fit=_share(answers, lambda one: one.chosen is None),
        confidence_unknown=_share(answers, lambda one: one.confidence is None),
        calibration_error_raw=calibration_error(
            [(one.confidence, one.is_right) for one in answers if one.confidence is not None]
        ),
        calibration_error=calibration_error(_calibrated(halves)),
        auto_target=target,
        auto_share=through / len(answers) if answers else 0.0,
        auto_precision=right / through if through else None,
        auto_thresholds=thresholds,
        latency_ms_p50=_at(seconds, 0.5) * 1e3,
        latency_ms_p95=_at(seconds, 0.95) * 1e3,
    )


def macro_f1(answers: Sequence[Answered]) -> float:
    """The mean of F1 over the categories that are right for some row."""
    hits = Counter(one.right for one in answers if one.is_right)
    wanted = Counter(one.right for one in answers)
    given = Counter(one.chosen for one in answers)
    if not wanted:
        return 0.0
    return sum(2 * hits[one] / (wanted[one] + given[one]) for one in wanted) / len(wanted)


def calibration_error(pairs: Sequence[tuple[float, bool]]) -> float | None:
    """The expected one (ECE): how far confidence is from the share of right answers, over ten equal bins."""
    if not pairs:
        return None
    bins: dict[int, list[tuple[float, bool]]] = {}
    for confidence, right in pairs:
        bins.setdefault(min(int(confidence * BINS), BINS - 1), []).append((confidence, right))
    return sum(
        abs(sum(confidence for confidence, _ in held) - sum(right for _, right in held))
        for held in bins.values()
    ) / len(pairs)


def _auto(halves: tuple[list[Answered], list[Answered]], target: float) -> tuple[int, int, list[float]]:
    through = right = 0
    thresholds = []
    for chosen_on, measured_on in (halves, halves[::-1]):
        judged = [
            autoapply.Judged(sure, one.is_right) for one in chosen_on if (sure := _sure(one)) is not None
        ]
        threshold = autoapply.measured(judged, target=target).value
        applied = [one for one in measured_on if (sure := _sure(one)) is not None and sure >= threshold]
        through += len(applied)
        right += sum(one.is_right for one in applied)
        thresholds.append(threshold)
    return through, right, thresholds


def _calibrated(halves: tuple[list[Answered], list[Answered]]) -> list[tuple[float, bool]]:
    pairs = []
    for fitted_on, measured_on in (halves, halves[::-1]):
        fitted = calibration.fit(
            calibration.Decided(one.confidence, one.is_right)
            for one in fitted_on
            if one.confidence is not None
        )
        for one in measured_on:
            shown = fitted.shown(one.confidence)
            if shown.value is not None:
                pairs.append((shown.value, one.is_right))
    return pairs


def _sure(one: Answered) -> float | None:
    """How sure the choice is; None when it is unknown, which is never taken for high, or when nothing was chosen."""
    return None if one.chosen is None else one.confidence


def _halves(answers: Sequence[Answered]) -> tuple[list[Answered], list[Answered]]:
    halves: tuple[list[Answered], list[Answered]] = ([], [])
    for one in answers:
        halves[hashlib.sha256(f"half:{one.key}".encode()).digest()[0] % 2].append(one)
    return halves


def _ranked(one: Answered) -> list[int]:
    """The choice first, then the candidates in their order."""
    first = [] if one.chosen is None else [one.chosen]
    return list(dict.fromkeys([*first, *one.candidates]))


def _share(answers: Sequence[Answered], holds: Callable[[Answered], bool]) -> float:
    return sum(map(holds, answers)) / len(answers) if answers else 0.0


def _at(ordered: Sequence[float], share: float) -> float:
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)] if ordered else 0.0
