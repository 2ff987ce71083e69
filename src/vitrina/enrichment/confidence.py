"""How sure a suggestion is, by what people decided before, and how sure it has to be."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass

from django.db.models import Max, QuerySet

from vitrina.accounts.runtime_settings import value
from vitrina.catalog.models import PATH_SEPARATOR
from vitrina.enrichment import running_values
from vitrina.enrichment.autoapply import AUDIT_RATE, Judged, Threshold, is_audited, threshold_for
from vitrina.enrichment.calibration import Calibration, Decided, fit
from vitrina.enrichment.models import CategoryDecision

# How long decisions of other processes may go unnoticed; a batch of thousands then asks once, not each time.
FRESH_SECONDS = 5.0
# The newest decisions say most of the producer as it is now, and bound what is read.
MOST_DECISIONS = 5_000


@dataclass(frozen=True, slots=True)
class Verdict:
    """`confidence` None is unknown. `is_calibrated` False: the producer's own word, for want of decisions."""

    confidence: float | None
    is_calibrated: bool
    threshold: float
    is_audited: bool = False


@dataclass(frozen=True, slots=True)
class Known:
    """What the decisions on one producer's suggestions to one seller say."""

    newest_id: int
    calibration: Calibration
    judged: tuple[Judged, ...]
    looked_at: float  # time.monotonic()


_known: dict[tuple[int, str], Known] = {}
_lock = threading.Lock()


def judge(raw: float | None, *, producer: str, seller_id: int, path: str, lot: str) -> Verdict:
    """`lot`: what decides whether this one is audited; the same lot, the same answer. A query every few seconds."""
    known = known_of(seller_id, producer)
    shown = known.calibration.shown(raw)
    threshold = _threshold(known, path)
    sure = shown.value is not None and shown.value >= threshold.value
    return Verdict(
        confidence=shown.value,
        is_calibrated=shown.is_calibrated,
        threshold=threshold.value,
        is_audited=sure and is_audited(lot),
    )


def threshold_of(seller_id: int, producer: str, path: str) -> Threshold:
    """For the console: what is let through there, and how precise that was on the decisions."""
    return _threshold(known_of(seller_id, producer), path)


def _threshold(known: Known, path: str) -> Threshold:
    return threshold_for(
        known.judged,
        branch_of(path),
        target=value(running_values.TARGET),
        least=value(running_values.LEAST_DECISIONS),
        fallback=value(running_values.FALLBACK),
    )


def known_of(seller_id: int, producer: str) -> Known:
    found = _known.get((seller_id, producer))
    if found is not None and time.monotonic() - found.looked_at < FRESH_SECONDS:
        return found
    with _lock:
        decisions = CategoryDecision.objects.filter(
            seller_id=seller_id, producer=producer, raw_confidence__isnull=False, shown__isnull=False
        )
        newest = decisions.aggregate(Max("pk"))["pk__max"] or 0
        if found is not None and found.newest_id == newest:
            known = Known(newest, found.calibration, found.judged, time.monotonic())
        else:
            known = _read(decisions, newest)
        _known[(seller_id, producer)] = known
        return known


def _read(decisions: QuerySet[CategoryDecision], newest: int) -> Known:
    rows = list(
        decisions.order_by("-pk").values_list(
            "raw_confidence", "shown_id", "chosen_id", "is_audit", "shown__path"
        )[:MOST_DECISIONS]
    )
    calibration = fit(Decided(raw, shown == chosen) for raw, shown, chosen, _, _ in rows if raw is not None)
    judged = tuple(
        Judged(
            confidence=calibration.shown(raw).value or 0.0,
            is_right=shown == chosen,
            branch=branch_of(path),
            weight=1 / AUDIT_RATE if is_audit else 1.0,
        )
        for raw, shown, chosen, is_audit, path in rows
    )
    return Known(newest, calibration, judged, time.monotonic())


def branch_of(path: str) -> str:
    return path.partition(PATH_SEPARATOR)[0]
