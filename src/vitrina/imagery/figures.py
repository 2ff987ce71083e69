"""How the picture services do, by their last attempts: for people, for Prometheus and for the choice of a service."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from time import monotonic

from vitrina.imagery.models import ImageAttempt
from vitrina.imagery.outcomes import OK

LAST = 1000  # attempts of a service that its times are reckoned from
LAST_FOR_CHOICE = 20
FRESH_SECONDS = 10.0
PERCENTILES = (50, 90, 95, 99)


@dataclass(frozen=True)
class Count:
    total: int = 0
    success: int = 0

    @property
    def failed(self) -> int:
        return self.total - self.success

    @property
    def success_rate(self) -> float | None:
        """0…1; None where nothing was tried."""
        return self.success / self.total if self.total else None


@dataclass(frozen=True)
class Figures:
    """Of the last `LAST` calls of one service. `mean`, `percentiles` ({50: 3.1, …}): seconds of those that gave a picture,
    None and empty where none did. `by_kind`, `by_plan`: the same calls apart. `by_fault`: outcome → how many."""

    service: str
    count: Count
    mean: float | None = None
    percentiles: dict[int, float] = field(default_factory=dict)
    by_kind: dict[str, Count] = field(default_factory=dict)
    by_plan: dict[str, Count] = field(default_factory=dict)
    by_fault: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Row:
    """What the figures read of an attempt."""

    outcome: str
    seconds: float | None
    kind: str
    plan: str


def of_service(service: str, *, seller_ids: Sequence[int] | None = None) -> Figures:
    """One query, of `LAST` rows. `seller_ids`: only their pictures; None: of the whole installation."""
    rows = ImageAttempt.objects.filter(service=service, call__isnull=False).exclude(outcome="")
    if seller_ids is not None:
        rows = rows.filter(image__seller_id__in=list(seller_ids))
    found = rows.order_by("-pk").values_list("outcome", "seconds", "kind", "plan")[:LAST]
    return reckoned(service, [Row(*row) for row in found])


def reckoned(service: str, rows: Sequence[Row]) -> Figures:
    """Pure."""
    times = sorted(row.seconds for row in rows if row.outcome == OK and row.seconds is not None)
    return Figures(
        service,
        _count(rows),
        sum(times) / len(times) if times else None,
        {percent: _percentile(times, percent) for percent in PERCENTILES} if times else {},
        _apart((row.kind, row) for row in rows),
        _apart((row.plan, row) for row in rows),
        dict(Counter(row.outcome for row in rows if row.outcome != OK)),
    )


_recent: dict[str, tuple[float, Count]] = {}


def recent(service: str) -> Count:
    """Of its last few calls, at most some seconds old: what the choice of a service looks at."""
    now = monotonic()
    known = _recent.get(service)
    if known is not None and now - known[0] < FRESH_SECONDS:
        return known[1]
    rows = ImageAttempt.objects.filter(service=service, call__isnull=False).exclude(outcome="")
    outcomes = list(rows.order_by("-pk").values_list("outcome", flat=True)[:LAST_FOR_CHOICE])
    count = Count(len(outcomes), sum(outcome == OK for outcome in outcomes))
    _recent[service] = now, count
    return count


def forget() -> None:
    """Look anew at the next choice."""
    _recent.clear()


def _count(rows: Iterable[Row]) -> Count:
    outcomes = [row.outcome for row in rows]
    return Count(len(outcomes), sum(outcome == OK for outcome in outcomes))


def _apart(pairs: Iterable[tuple[str, Row]]) -> dict[str, Count]:
    found: dict[str, list[Row]] = {}
    for name, row in pairs:
        found.setdefault(name, []).append(row)
    return {name: _count(rows) for name, rows in sorted(found.items())}


def _percentile(times: Sequence[float], percent: int) -> float:
    """By nearest rank: the least time that so many percent did not exceed. `times`: in order, at least one."""
    return times[max(1, math.ceil(len(times) * percent / 100)) - 1]
